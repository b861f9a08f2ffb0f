/**
 * The head of a spreading recipe: the first k eigenpairs of P = X'X, relative to the largest, by the singular vectors of X, and the line that approximates its filter
 * below them.
 *
 *   f(P) ~ V (f(L) - a) V' + a + g (P - V L V')
 *
 * a + g x is the line nearest to f on [0, l_k], where a smooth f is nearly linear: the error is the distance of f from it, and the error of the eigenpairs.
 * The leverages of leave-one-out are computed with such a line too, h for f: diag = sum_k v_jk^2 (h(l_k) - c - s l_k) + c + s P_jj.
 */
import type { RowWindow } from '../../matrix/csr.ts'
import { powers } from '../../matrix/normalize.ts'
import type { Network } from '../../network/network.ts'
import type { Response } from '../../plan/filter.ts'
import type { Algorithm } from '../../request/request.ts'
import { singularVectors } from '../../solve/singular-vectors.ts'
import { inSlices, SCATTERED, type Sliced } from '../../support/pause.ts'
import { averageOf, shareOfAverage, type AverageUser } from './average-user.ts'
import { popularityPowers } from './degree-offset.ts'
import { dividedBy } from './divisors.ts'
import { noiseOf } from './graph-filter.ts'
import type { ModelCall } from './item-vectors.ts'
import { LONG, responseOfRecipe, type Recipe } from './recipe.ts'

/** Tolerance of the eigenpairs: the walk compensates for their errors. */
const TOLERANCE = 1e-2
/** Maximum leverage of an item, as in `leverages`. */
const MOST_OWED = 0.95

/** A recipe's eigenpairs on a network, and all other parts of its scores. */
export interface Head {
  readonly recipe: Recipe
  /** The largest eigenvalue of P, before division by it. */
  readonly top: number
  /** Relative to the largest, descending, shape (k). */
  readonly eigenvalues: Float64Array
  /** V, shape (items x k), row-major. */
  readonly vectors: Float32Array
  /** Factor of a profile's weights, shape (items). */
  readonly start: Float32Array
  /** Factor of scores, shape (items). */
  readonly finish: Float32Array
  /** By the length of profiles, LONG for all longer ones. */
  readonly filters: readonly HeadFilter[]
  /** Distance of the filter of long profiles from its line, over the filter's largest value. */
  readonly distance: number
  /** The completion of profiles. */
  readonly average: AverageUser | null
}

/** The recipe's filter for profiles of a length. */
export interface HeadFilter {
  /** a + g x, which replaces the filter below the head. */
  readonly line: Line
  /** f(l) - a for each eigenvalue, shape (k). */
  readonly gains: Float64Array
  /** The average user's contribution per unit of weight of a profile, from the eigenvectors alone: f(l) V' start o share a; shape (k), `null` for none. */
  readonly lent: Float64Array | null
}

/**
 * @param k maximum number of eigenpairs; there are fewer if the network's rank is lower
 * @param recent factors of scores in addition to those of the recipe, and shares of the average user
 * @throws {RivuletError} MEMORY_LIMIT
 */
export function* headOf(
  who: string,
  network: Network,
  recipe: Recipe,
  k: number,
  { factors = null, shares = null }: Pick<ModelCall, 'factors' | 'shares'> = {},
): Algorithm<Head> {
  const { userExponent, itemExponent, profileExponent } = recipe
  const divided = yield* dividedBy(who, network, recipe)
  const { columns, rows } = divided.degrees
  const { values, right: vectors } = yield* singularVectors(who, divided, {
    ...{ k, userExponent, itemExponent, tolerance: TOLERANCE, rightOnly: true, preliminary: true },
  })
  const top = values[0] ** 2
  const eigenvalues = Float64Array.from(values, (value) => value ** 2 / top)
  const middle = powers(rows, -2 * userExponent)
  const itemScale = powers(columns, -2 * itemExponent, 1 / top)
  const noise = yield* noiseOf(network, middle, itemScale)
  const finish = popularityPowers(network.degrees.columns, columns, recipe, 0)
  if (recipe.leaveOneOut !== null) {
    const ridge = recipe.leaveOneOut * noise
    const own = yield* ownProducts(network, middle, itemScale)
    const owed = yield* diagonal((x) => x / (x + ridge), eigenvalues, vectors, own)
    finish.forEach((factor, item) => (finish[item] = factor / (1 - Math.min(MOST_OWED, Math.max(0, owed[item])))))
  }
  if (factors !== null) finish.forEach((factor, item) => (finish[item] = factor * factors[item]))
  const start = powers(columns, profileExponent)
  const average = yield* averageOf(network, recipe, shares, eigenvalues)
  const projected = average && (yield* project(vectors, eigenvalues.length, start, average.items))
  const filters = Array.from({ length: LONG + 1 }, (_, n) => {
    const response = responseOfRecipe(recipe, noise, n)
    const line = lineOf(response, eigenvalues.at(-1) ?? 0)
    const share = average === null ? 0 : shareOfAverage(average, recipe, n)
    const lent = projected && share > 0 ? projected.map((sum, k) => share * response(eigenvalues[k]) * sum) : null
    return { line, gains: eigenvalues.map((x) => response(x) - line.at0), lent }
  })
  const { distance } = filters[LONG].line
  return { recipe, top, eigenvalues, vectors, start, finish, filters, distance, average }
}

/** V' (start o r), shape (k). */
function* project(vectors: Float32Array, k: number, start: Float32Array, r: Float32Array): Sliced<Float64Array> {
  const sums = new Float64Array(k)
  const add = (from: number, to: number): void => {
    for (let item = from, at = from * k; item < to; item++) {
      const weight = start[item] * r[item]
      for (let dimension = 0; dimension < k; dimension++, at++) sums[dimension] += weight * vectors[at]
    }
  }
  yield* inSlices(r.length, add, k)
  return sums
}

/** A line that approximates a response. */
export interface Line {
  /** Its value at 0. */
  readonly at0: number
  readonly slope: number
  /** The largest distance of the response from the line, over the largest response on [0, 1]. */
  readonly distance: number
}

const SAMPLES = 256
/** Most eigenvalues are near 0, so the line must fit well there. */
const DECAY = 3

/** The line nearest to a response on [0, end]: weighted least squares. */
export function lineOf(response: Response, end: number): Line {
  if (end === 0) return { at0: 0, slope: 0, distance: 0 }
  const points = Array.from({ length: SAMPLES }, (_, at) => {
    const x = ((at + 0.5) * end) / SAMPLES
    return { x, y: response(x), weight: Math.exp((-DECAY * x) / end) }
  })
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + point.weight * of(point), 0) /
    points.reduce((sum, { weight }) => sum + weight, 0)
  const [x0, y0] = [mean(({ x }) => x), mean(({ y }) => y)]
  const slope = mean(({ x, y }) => (x - x0) * (y - y0)) / mean(({ x }) => (x - x0) ** 2)
  const at0 = y0 - slope * x0
  const most = largest(Array.from({ length: SAMPLES }, (_, at) => response((at + 1) / SAMPLES)))
  const distance = largest(points.map(({ x, y }) => y - at0 - slope * x))
  return { at0, slope, distance: most === 0 ? 0 : distance / most }
}

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** The diagonal of h(P), by the head and the line below it; shape (columns). */
function* diagonal(
  h: Response,
  eigenvalues: Float64Array,
  vectors: Float32Array,
  own: Float64Array,
): Sliced<Float64Array> {
  const { at0, slope } = lineOf(h, eigenvalues.at(-1) ?? 0)
  const gains = eigenvalues.map((x) => h(x) - at0 - slope * x)
  const sums = own.map((product) => (product === 0 ? 0 : at0 + slope * product))
  const add = (from: number, to: number): void => {
    for (let item = from, at = from * gains.length; item < to; item++) {
      for (let k = 0; k < gains.length; k++, at++) sums[item] += gains[k] * vectors[at] * vectors[at]
    }
  }
  yield* inSlices(own.length, add, gains.length)
  return sums
}

/** P_jj = scale_j sum over users of middle_u w_uj^2, shape (columns). */
function* ownProducts({ rows }: Network, middle: Float32Array, scale: Float32Array): Sliced<Float64Array> {
  const products = new Float64Array(rows.columnCount)
  const add = (window: RowWindow, from: number, to: number): void => {
    const { indices, data } = window
    for (let user = from; user < to; user++) {
      for (let at = window.start(user), end = window.end(user); at < end; at++) {
        const weight = data === null ? 1 : data[at]
        products[indices[at]] += middle[user] * weight * weight
      }
    }
  }
  yield* rows.inSlices(add, SCATTERED)
  return products.map((sum, item) => sum * scale[item])
}
