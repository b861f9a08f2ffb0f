/**
 * The expected error of a predicted rating: the posterior deviation of the user's and of the item's own part, and the noise.
 *
 *   error^2 = noise (1 + z_u' B_u^-1 z_u + z_i' B_i^-1 z_i),   B_u = I + sum_j x_j x_j',   x_j = (sqrt(userBias), sqrt(userTaste) phi_j)
 *
 * j the items that u has rated; z_u is x of the requested item; likewise for items, over the users who rated them. Each rating reduces the deviation
 * of pairs near it in the graph, and of no others. The covariance between the parts and the deviation of the shared ones, which all ratings together
 * determine, are left out, so this underestimates the error; `errorFactor` in balance.ts corrects it on validation ratings.
 * Cost: a Cholesky factor of rank^3 / 6 for each requested user and item, rank^2 per pair.
 */
import { rowNumbers, sortedByKey } from '../data/counting-sort.ts'
import { transposeInSlices } from '../matrix/turn.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { RatingMatrix, RatingVariances } from './process.ts'
import type { GraphFeatures } from './graph-features.ts'

/** The requested pairs: rows of users and items, of the same length. */
export interface AskedPairs {
  readonly user: Int32Array
  readonly item: Int32Array
}

/** Expected error of each pair in units of the ratings, shape (pairs). @param noise variance of the noise, in squared units */
export function* expectedErrors(
  ratings: RatingMatrix,
  features: GraphFeatures,
  variances: RatingVariances,
  noise: number,
  { user, item }: AskedPairs,
): Sliced<Float32Array> {
  const total = new Float64Array(user.length).fill(1)
  const { rank, users, items } = features
  yield* addVariances(total, ratings, user, item, new Part(items, rank, variances.userBias, variances.userTaste))
  const byItem = yield* transposeInSlices(ratings)
  yield* addVariances(total, byItem, item, user, new Part(users, rank, variances.itemBias, variances.itemAudience))
  return Float32Array.from(total, (variance) => Math.sqrt(noise * variance))
}

type Groups = Pick<RatingMatrix, 'rowCount' | 'indptr' | 'indices'>

/** Adds the variance of one side's part to every pair, group by group, so that only one factor is in memory. */
function* addVariances(
  total: Float64Array,
  { rowCount, indptr, indices }: Groups,
  group: Int32Array,
  other: Int32Array,
  part: Part,
): Sliced<void> {
  const order = yield* sortedByKey(group, rowCount, yield* rowNumbers(group.length))
  const addRow = (start: number, end: number): void => {
    for (let at = start; at < end; at++) total[order[at]] += part.variance(other[order[at]])
  }
  const slices = new Slices()
  for (let start = 0; start < order.length;) {
    const row = group[order[start]]
    let end = start + 1
    while (end < order.length && group[order[end]] === row) end++
    yield* part.learn(indices.subarray(indptr[row], indptr[row + 1]))
    for (; start < end; start += PAIRS) {
      const stop = Math.min(start + PAIRS, end)
      addRow(start, stop)
      if (slices.full((stop - start) * part.pairCost)) yield PAUSE
    }
    start = end
  }
}

/** Maximum labels or pairs of one row between two pauses. */
const PAIRS = 256

/** Variances of Bayesian linear regression on the coordinates of the other side (Bishop 2006, section 3.3); they need no ratings. */
class Part {
  readonly #coordinates: Float32Array
  readonly #rank: number
  readonly #bias: number
  readonly #slope: number
  /** Lower Cholesky factor of B, shape (size x size). */
  readonly #factor: Float64Array
  readonly #row: Float64Array
  readonly #slices = new Slices()

  constructor(coordinates: Float32Array, rank: number, biasVariance: number, slopeVariance: number) {
    this.#coordinates = coordinates
    this.#rank = rank
    this.#bias = Math.sqrt(biasVariance)
    this.#slope = Math.sqrt(slopeVariance)
    this.#factor = new Float64Array((rank + 1) ** 2)
    this.#row = new Float64Array(rank + 1)
  }

  /** Operations per variance of a pair. */
  get pairCost(): number {
    return this.#row.length ** 2
  }

  *learn(labels: Uint32Array): Sliced<void> {
    const size = this.#rank + 1
    const factor = this.#factor.fill(0)
    for (let c = 0; c < size; c++) factor[c * size + c] = 1
    for (let start = 0; start < labels.length; start += PAIRS) {
      const some = labels.subarray(start, start + PAIRS)
      this.#add(some)
      if (this.#slices.full(some.length * this.pairCost)) yield PAUSE
    }
    factorise(factor, size)
    if (this.#slices.full(size * this.pairCost)) yield PAUSE
  }

  #add(labels: Uint32Array): void {
    const size = this.#rank + 1
    const factor = this.#factor
    for (const label of labels) {
      const x = this.#scaled(label)
      for (let a = 0, to = 0; a < size; a++, to = a * size) {
        for (let b = 0; b <= a; b++) factor[to + b] += x[a] * x[b]
      }
    }
  }

  /** z' B^-1 z = |L^-1 z|^2. */
  variance(other: number): number {
    const size = this.#rank + 1
    const z = this.#scaled(other)
    let sum = 0
    for (let a = 0; a < size; a++) {
      let rest = z[a]
      for (let b = 0, at = a * size; b < a; b++, at++) rest -= this.#factor[at] * z[b]
      z[a] = rest / this.#factor[a * size + a]
      sum += z[a] * z[a]
    }
    return sum
  }

  #scaled(other: number): Float64Array {
    const row = this.#row
    row[0] = this.#bias
    for (let c = 0, at = other * this.#rank; c < this.#rank; c++, at++) row[c + 1] = this.#slope * this.#coordinates[at]
    return row
  }
}

/** Cholesky factor of a symmetric matrix with eigenvalues >= 1, in place of its lower triangle. */
function factorise(matrix: Float64Array, size: number): void {
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = matrix[a * size + b]
      for (let c = 0, x = a * size, y = b * size; c < b; c++, x++, y++) sum -= matrix[x] * matrix[y]
      matrix[a * size + b] = a === b ? Math.sqrt(sum) : sum / matrix[b * size + b]
    }
  }
}
