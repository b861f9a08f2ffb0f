/**
 * Ratings as a Gaussian process over a graph: biases, and residuals that spread over similar items, similar users and both.
 *
 *   r_ui = mean + f(u, i) + noise;   cov(f(u, i), f(v, j)) =
 *     [u = v] (userBias + userTaste <phi_i, phi_j>) + [i = j] (itemBias + itemAudience <psi_u, psi_v>)
 *     + itemLevel <phi_i, phi_j> + sharedTaste <psi_u, psi_v> <phi_i, phi_j>
 *
 * psi (users x rank) and phi (items x rank) the coordinates of graph-features.ts; in the last term the first SHARED_RANK of them. All variances are
 * relative to that of the noise. (K + I) a = r - mean is solved by conjugate gradients; f is the posterior mean K a. Every product with K is a pass over
 * the labelled pairs that gathers coordinates into their users and items, and a pass back: K, pairs x pairs, is never stored.
 * userBias and itemBias alone are the shrunken bias model; userTaste spreads a user's residuals over the items' graph, itemAudience an
 * item's over the users' (correct and smooth: Huang, He, Singh, Lim and Benson 2021, arXiv:2010.13993); the sum is kriging with a graph's covariance
 * (Rasmussen and Williams 2006, chapter 2). Cost of a product: 4 rank multiplications per pair.
 */
import type { WeightedMatrix } from '../matrix/csr.ts'
import { inSlices, PAUSE, rowRanges, type Sliced } from '../support/pause.ts'
import type { GraphFeatures } from './graph-features.ts'

/** Labelled pairs: users in rows, items in columns, ratings as data. */
export type RatingMatrix = WeightedMatrix

/** Variances of the terms relative to that of the noise, each >= 0. */
export interface RatingVariances {
  /** How generous users are. */
  readonly userBias: number
  /** How good items are, independently of each other. */
  readonly itemBias: number
  /** How good items are, shared by similar items. */
  readonly itemLevel: number
  /** What a user likes, from the user's ratings of similar items. */
  readonly userTaste: number
  /** Who likes an item, from its own ratings by similar users. */
  readonly itemAudience: number
  /** What similar users like of similar items. */
  readonly sharedTaste: number
}

/** The posterior mean: mean + userBias_u + itemBias_i + <taste_u, phi_i> + <audience_i, psi_u>. */
export interface RatingModel {
  readonly mean: number
  readonly features: GraphFeatures
  /** Shape (users). */
  readonly userBias: Float64Array
  /** Shape (items). */
  readonly itemBias: Float64Array
  /** Shape (users x rank). */
  readonly taste: Float32Array
  /** Shape (items x rank). */
  readonly audience: Float32Array
}

/** A solved process. */
export interface RatingSolution {
  readonly model: RatingModel
  /** a, shape (pairs), a start for a similar problem. */
  readonly weights: Float64Array
  /** Variance of the noise in squared units of the ratings: a'(r - mean) / pairs, its maximum-likelihood estimate. */
  readonly noise: number
  readonly iterations: number
  /** |r - mean - (K + I) a| over |r - mean|. */
  readonly residual: number
  readonly converged: boolean
}

export interface SolveOptions {
  readonly tolerance: number
  readonly maxIterations: number
  /** Weights to start from; `null`: zeros. */
  readonly start: Float64Array | null
}

/** Number of coordinates of the shared term, which has as many parameters as their square. */
const SHARED_RANK = 16

/** Finds the posterior mean of a process by conjugate gradients (Hestenes and Stiefel 1952). */
export function* solveRatings(
  ratings: RatingMatrix,
  features: GraphFeatures,
  variances: RatingVariances,
  { tolerance, maxIterations, start }: SolveOptions,
): Sliced<RatingSolution> {
  const mean = ratings.data.reduce((sum, one) => sum + one, 0) / ratings.nnz
  const product = new CovarianceProduct(ratings, features, variances)
  const target = Float64Array.from(ratings.data, (one) => one - mean)
  const size = norm(target)
  const weights = start?.slice() ?? new Float64Array(target.length)
  const rest = start === null ? target.slice() : difference(target, yield* product.apply(weights))
  const direction = rest.slice()
  let square = dot(rest, rest)
  let iterations = 0
  while (Math.sqrt(square) > tolerance * size && iterations < maxIterations) {
    const image = yield* product.apply(direction)
    advance(square / dot(direction, image), direction, image, weights, rest)
    yield PAUSE
    const next = dot(rest, rest)
    turn(direction, rest, next / square)
    square = next
    iterations++
    yield PAUSE
  }
  return {
    model: { mean, features, ...(yield* product.fold(weights)) },
    weights,
    noise: Math.max(0, dot(weights, target)) / target.length,
    iterations,
    residual: size > 0 ? Math.sqrt(square) / size : 0,
    converged: Math.sqrt(square) <= tolerance * size,
  }
}

/** One step along a direction. */
function advance(
  step: number,
  direction: Float64Array,
  image: Float64Array,
  weights: Float64Array,
  rest: Float64Array,
): void {
  for (let at = 0; at < weights.length; at++) {
    weights[at] += step * direction[at]
    rest[at] -= step * image[at]
  }
}

/** The next direction. */
function turn(direction: Float64Array, rest: Float64Array, share: number): void {
  for (let at = 0; at < direction.length; at++) direction[at] = rest[at] + share * direction[at]
}

/** The posterior mean of one pair. */
export function meanRating(model: RatingModel, user: number, item: number): number {
  const { mean, userBias, itemBias, taste, audience, features } = model
  const { rank, users, items } = features
  let sum = mean + userBias[user] + itemBias[item]
  for (let c = 0, u = user * rank, i = item * rank; c < rank; c++, u++, i++) {
    sum += taste[u] * items[i] + audience[i] * users[u]
  }
  return sum
}

type Folded = Omit<RatingModel, 'mean' | 'features'>

/** Products with K + I. */
class CovarianceProduct {
  readonly #ratings: RatingMatrix
  readonly #features: GraphFeatures
  readonly #variances: RatingVariances
  readonly #shared: SharedTerm
  readonly #folded: Folded
  /** Ranges of users whose pairs are one slice of work. */
  readonly #parts: readonly (readonly [from: number, to: number])[]

  constructor(ratings: RatingMatrix, features: GraphFeatures, variances: RatingVariances) {
    const { rowCount, columnCount } = ratings
    const { rank } = features
    this.#ratings = ratings
    this.#features = features
    this.#variances = variances
    this.#shared = new SharedTerm(features, variances.sharedTaste)
    this.#parts = rowRanges(ratings.indptr, 2 * rank + 1)
    this.#folded = {
      userBias: new Float64Array(rowCount),
      itemBias: new Float64Array(columnCount),
      taste: new Float32Array(rowCount * rank),
      audience: new Float32Array(columnCount * rank),
    }
  }

  *apply(weights: Float64Array): Sliced<Float64Array> {
    const folded = yield* this.fold(weights)
    const image = weights.slice()
    for (const [from, to] of this.#parts) {
      this.#spread(folded, image, from, to)
      yield PAUSE
    }
    return image
  }

  /** Gathers weights of the pairs into parameters of users and items. The arrays are reused by the next product. */
  *fold(weights: Float64Array): Sliced<Folded> {
    const { userBias, itemBias, taste, audience } = this.#folded
    const { rank, items } = this.#features
    const { userTaste, itemAudience, itemLevel } = this.#variances
    for (const sums of [userBias, itemBias, taste, audience]) sums.fill(0)
    for (const [from, to] of this.#parts) {
      this.#gather(weights, from, to)
      yield PAUSE
    }
    const level = levels(itemBias, items, rank)
    yield* this.#shared.gather(taste)
    yield* inSlices(taste.length, (from, to) => multiply(taste, userTaste, from, to))
    yield* this.#shared.scatter(taste)
    yield* inSlices(audience.length, (from, to) => multiply(audience, itemAudience, from, to))
    multiply(userBias, this.#variances.userBias, 0, userBias.length)
    for (let item = 0; item < itemBias.length; item++) {
      let sum = 0
      for (let c = 0; c < rank; c++) sum += level[c] * items[item * rank + c]
      itemBias[item] = this.#variances.itemBias * itemBias[item] + itemLevel * sum
    }
    yield PAUSE
    return this.#folded
  }

  /** Adds the predictions of the parameters to the pairs of some users. */
  #spread({ userBias, itemBias, taste, audience }: Folded, image: Float64Array, from: number, to: number): void {
    const { indptr, indices } = this.#ratings
    const { rank, users, items } = this.#features
    for (let user = from; user < to; user++) {
      for (let pair = indptr[user]; pair < indptr[user + 1]; pair++) {
        let sum = userBias[user] + itemBias[indices[pair]]
        for (let c = 0, u = user * rank, i = indices[pair] * rank; c < rank; c++, u++, i++) {
          sum += taste[u] * items[i] + audience[i] * users[u]
        }
        image[pair] += sum
      }
    }
  }

  /** Sums of the weights, and of the weighted coordinates of the other side, over the pairs of some users. */
  #gather(weights: Float64Array, from: number, to: number): void {
    const { indptr, indices } = this.#ratings
    const { userBias, itemBias, taste, audience } = this.#folded
    const { rank, users, items } = this.#features
    for (let user = from; user < to; user++) {
      for (let pair = indptr[user]; pair < indptr[user + 1]; pair++) {
        const weight = weights[pair]
        userBias[user] += weight
        itemBias[indices[pair]] += weight
        for (let c = 0, u = user * rank, i = indices[pair] * rank; c < rank; c++, u++, i++) {
          taste[u] += weight * items[i]
          audience[i] += weight * users[u]
        }
      }
    }
  }
}

function multiply(values: Float32Array | Float64Array, factor: number, from: number, to: number): void {
  for (let at = from; at < to; at++) values[at] *= factor
}

/** sum_i sums_i phi_i, shape (rank). */
function levels(sums: Float64Array, items: Float32Array, rank: number): Float64Array {
  const level = new Float64Array(rank)
  for (let item = 0; item < sums.length; item++) {
    for (let c = 0; c < rank; c++) level[c] += sums[item] * items[item * rank + c]
  }
  return level
}

/** The term of similar users and similar items, via M = psi' C (shared rank x shared rank). */
class SharedTerm {
  readonly #features: GraphFeatures
  readonly #rank: number
  readonly #variance: number
  readonly #middle: Float64Array

  constructor(features: GraphFeatures, variance: number) {
    this.#features = features
    this.#rank = Math.min(SHARED_RANK, features.rank)
    // Scaled as if rows of the first coordinates had a mean squared length of 1.
    const lengths = [features.users, features.items].map((side) => meanSquare(side, features.rank, this.#rank))
    this.#variance = lengths.includes(0) ? 0 : variance / (lengths[0] * lengths[1])
    this.#middle = new Float64Array(this.#rank * this.#rank)
  }

  /** Computes M from the gathered coordinates C (users x rank). */
  *gather(sums: Float32Array): Sliced<void> {
    const { rank } = this.#features
    this.#middle.fill(0)
    yield* inSlices(rowsOf(sums, rank), (from, to) => this.#gatherRows(sums, from, to), this.#middle.length)
  }

  #gatherRows(sums: Float32Array, from: number, to: number): void {
    const { rank, users } = this.#features
    const middle = this.#middle
    const shared = this.#rank
    for (let at = from * rank; at < to * rank; at += rank) {
      for (let a = 0, entry = 0; a < shared; a++) {
        for (let b = 0; b < shared; b++, entry++) middle[entry] += users[at + a] * sums[at + b]
      }
    }
  }

  /** Adds psi M to the tastes. */
  *scatter(taste: Float32Array): Sliced<void> {
    const { rank } = this.#features
    yield* inSlices(rowsOf(taste, rank), (from, to) => this.#scatterRows(taste, from, to), this.#middle.length)
  }

  #scatterRows(taste: Float32Array, from: number, to: number): void {
    const { rank, users } = this.#features
    const middle = this.#middle
    const shared = this.#rank
    const sums = new Float64Array(shared)
    for (let at = from * rank; at < to * rank; at += rank) {
      sums.fill(0)
      for (let a = 0, entry = 0; a < shared; a++) {
        for (let b = 0; b < shared; b++, entry++) sums[b] += users[at + a] * middle[entry]
      }
      for (let b = 0; b < shared; b++) taste[at + b] += this.#variance * sums[b]
    }
  }
}

const rowsOf = (values: Float32Array, rank: number): number => (rank === 0 ? 0 : values.length / rank)

/** Mean squared length of the first `count` coordinates of the rows that are not all zeros. */
function meanSquare(side: Float32Array, rank: number, count: number): number {
  let [square, rows] = [0, 0]
  for (let at = 0; at < side.length; at += rank) {
    let length = 0
    for (let c = 0; c < count; c++) length += side[at + c] ** 2
    square += length
    rows += Number(length > 0)
  }
  return rows > 0 ? square / rows : 0
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at]
  return sum
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a))

const difference = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, at) => value - b[at])
