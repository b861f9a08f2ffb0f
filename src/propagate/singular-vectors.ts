/**
 * The largest singular values and vectors of the normalised bipartite matrix, by subspace iteration with a Chebyshev filter.
 *
 *   X = D_u^-a W D_i^-e,   P = X'X;   V <- Ritz vectors of P in span p(P) V,   p(x) = T_d(2 x / b - 1),   u_j = X v_j / s_j
 *
 * W (rows x columns) weights, which may be below 0; D_u and D_i degrees of |W|; V (columns x block). The polynomial stays within -1 .. 1 on [0, b] and
 * grows beyond; b is the block's smallest Ritz value, and d as large as float32 allows the growth to be. Only products with P are taken, sixteen
 * vectors at a time, so what is large runs where sweeps run.
 * Rutishauser 1969, 10.1007/BF02219773; Zhou, Saad, Tiago and Chelikowsky 2006, 10.1016/j.jcp.2006.03.017; oversampling as in Halko, Martinsson and
 * Tropp 2011, 10.1137/090771806.
 * Cost: about 25 sweeps of a block 1.4 times as wide as k, and 2.5 columns block^2 multiplications for each of about four rounds; memory: six blocks.
 */
import { ritzPairs, type RitzPairs } from '../matrix/ritz.ts'
import type { RecurrenceStep } from '../kernel/kernel.ts'
import type { Algorithm } from '../run/drive.ts'
import type { PreparedMatrix } from '../run/prepared.ts'
import { seededRandom, type Random } from '../support/random.ts'
import { NormalProduct, ONCE } from './normal-product.ts'

export interface SingularVectorsOptions {
  /** How many; integer >= 1. */
  readonly k: number
  /** a in D_u^-a, any number. With 0.5 and 0.5 the values lie in [0, 1]. Default 0.5. */
  readonly userExponent?: number | undefined
  /** e in D_i^-e, any number. Default 0.5. */
  readonly itemExponent?: number | undefined
  /** Wanted |P v - s^2 v| over the square of the largest value; > 0. Float32 does not go below about 3e-6. Default 1e-4. */
  readonly tolerance?: number | undefined
  /** Most rounds of filter and Ritz vectors; integer >= 1. Default 40. */
  readonly maxIterations?: number | undefined
  /** Of the first vectors; integer >= 0. Default 1. */
  readonly seed?: number | undefined
}

/** X ~ left diag(values) right'. Rows and columns without weight have vectors of zeros. */
export interface SingularVectors {
  /** Descending, > 0; k of them, or as many as the rank. */
  readonly values: Float64Array
  /** Shape (rows x values), row-major; orthonormal columns. */
  readonly left: Float32Array
  /** Shape (columns x values), row-major; orthonormal columns, of each the entry that is largest in size is positive. */
  readonly right: Float32Array
  /** |P v - s^2 v| over the square of the largest value, shape (values). */
  readonly residuals: Float64Array
  /** Rounds taken. */
  readonly iterations: number
  readonly converged: boolean
}

/** How much more a filter may raise the largest component than what it suppresses: float32 forgets the rest beyond. */
const MOST_GROWTH = 1e7
/** The same as long as the vectors are hardly better than random. */
const FIRST_GROWTH = 1e3
const MOST_DEGREE = 40
/** A square of a value below this share of the largest is rounding. */
const ROUNDING = 1e-6

/** @param who for messages and plans */
export function* singularVectors(
  who: string,
  prepared: PreparedMatrix,
  options: SingularVectorsOptions,
): Algorithm<SingularVectors> {
  const { k, userExponent = 0.5, itemExponent = 0.5, tolerance = 1e-4, maxIterations = 40, seed = 1 } = options
  const product = new NormalProduct(who, prepared, userExponent, itemExponent)
  const random = seededRandom(seed)
  const wanted = Math.min(k, product.mostRank)
  const size = blockSize(wanted, product)
  let span = yield* product.apply(ONCE, addRandom(new Float32Array(0), 0, size, product, random))
  let before: Float64Array = new Float64Array(0)
  for (let iterations = 1; ; iterations++) {
    const { seeds, scores } = yield* product.project(span)
    const ritz = ritzPairs(seeds, scores, size)
    const last = iterations >= maxIterations
    if (last || isSettled(before, ritz.values, wanted, tolerance)) {
      const found = yield* measure(product, span, ritz, wanted)
      const converged = found.values.length === wanted && found.residuals.every((residual) => residual <= tolerance)
      if (converged || last) return { ...(yield* triplets(product, found, ritz.values[0])), iterations, converged }
    }
    before = ritz.values
    const filter = filterSteps(ritz.values, iterations === 1 ? FIRST_GROWTH : MOST_GROWTH)
    span = yield* refine(product, filter, span, ritz, size, random)
  }
}

/** Directions that are sought: more than k, because the last of them converge slowest; whole blocks of sixteen. */
function blockSize(k: number, { active }: NormalProduct): number {
  const columns = active.reduce((sum, one) => sum + one, 0)
  return Math.min(columns, Math.ceil(Math.max(Math.min(1.4 * k, k + 80), k + 8) / 16) * 16)
}

/** Whether the values have come to rest, so that it pays to look at the residuals. */
function isSettled(before: Float64Array, now: Float64Array, wanted: number, tolerance: number): boolean {
  if (now.length < wanted || before.length < wanted) return wanted === 0
  const most = tolerance * now[0]
  return now.subarray(0, wanted).every((value, at) => Math.abs(value - before[at]) <= most)
}

/** Orthonormal vectors, and how far P is from multiplying them by their values. */
interface Measured {
  readonly values: Float64Array
  /** Shape (columns of the matrix x values), row-major. */
  readonly vectors: Float32Array
  readonly residuals: Float64Array
}

function* measure(
  product: NormalProduct,
  span: Float32Array,
  { values, coefficients }: RitzPairs,
  wanted: number,
): Algorithm<Measured> {
  const count = Math.min(wanted, values.length)
  const vectors = yield* product.combine(span, firstColumns(coefficients, values.length, count), count)
  const image = yield* product.apply(ONCE, vectors)
  const squares = new Float64Array(count)
  for (let at = 0; at < image.length;) {
    for (let c = 0; c < count; c++, at++) squares[c] += (image[at] - values[c] * vectors[at]) ** 2
  }
  return { values: values.slice(0, count), vectors, residuals: squares.map((sum) => Math.sqrt(sum) / values[0]) }
}

/** Singular values and vectors, without those that cannot be told from zero: within rounding, or no larger than twice what they miss. */
function* triplets(
  product: NormalProduct,
  { values: squares, vectors, residuals }: Measured,
  largest: number,
): Algorithm<Pick<SingularVectors, 'values' | 'left' | 'right' | 'residuals'>> {
  const end = squares.findIndex((square, at) => !(square > largest * Math.max(ROUNDING, 2 * residuals[at])))
  const rank = end < 0 ? squares.length : end
  const values = squares.slice(0, rank).map((square) => Math.sqrt(square))
  const right = orient(firstColumns(vectors, squares.length, rank), rank)
  const image = yield* product.left(right)
  const left = image.map((entry, at) => entry / values[at % rank])
  return { values, left, right, residuals: residuals.slice(0, rank) }
}

/** The filter on the Ritz vectors, and on random ones in place of those that rounding has lost. */
function* refine(
  product: NormalProduct,
  filter: readonly RecurrenceStep[],
  span: Float32Array,
  { values, coefficients }: RitzPairs,
  size: number,
  random: Random,
): Algorithm<Float32Array> {
  if (values.length === size) return yield* product.apply(filter, span, new Float32Array(coefficients))
  const vectors = yield* product.combine(span, new Float32Array(coefficients), values.length)
  return yield* product.apply(filter, addRandom(vectors, values.length, size, product, random))
}

/** A block of `count` columns with random ones after them, up to `size`. */
function addRandom(
  vectors: Float32Array,
  count: number,
  size: number,
  { active }: NormalProduct,
  random: Random,
): Float32Array {
  const wide = new Float32Array(active.length * size)
  const spread = 1 / Math.sqrt(active.length)
  for (let row = 0; row < active.length; row++) {
    wide.set(vectors.subarray(row * count, (row + 1) * count), row * size)
    if (active[row] === 0) continue
    for (let c = count; c < size; c++) wide[row * size + c] = (random.next() - 0.5) * spread
  }
  return wide
}

/** T_d(2 P / b - 1) as a recurrence, for the largest degree that raises no component more than `growth` times. */
function filterSteps(values: Float64Array, growth: number): RecurrenceStep[] {
  const top = values[0]
  const bound = Math.max(values[values.length - 1], ROUNDING * top)
  const degree = Math.floor(Math.acosh(growth) / Math.acosh((2 * top) / bound - 1))
  return Array.from({ length: Math.max(1, Math.min(MOST_DEGREE, degree)) }, (_, at) =>
    at === 0 ? { a: 2 / bound, b: -1, c: 0, d: 0 } : { a: 4 / bound, b: -2, c: -1, d: 0 },
  )
}

/** The first `count` of `size` columns, as float32. */
function firstColumns(matrix: Float32Array | Float64Array, size: number, count: number): Float32Array {
  const rows = size === 0 ? 0 : matrix.length / size
  const first = new Float32Array(rows * count)
  for (let row = 0; row < rows; row++) first.set(matrix.subarray(row * size, row * size + count), row * count)
  return first
}

/** Flips columns so that the entry that is largest in size, the first of them if there are more, is positive. */
function orient(vectors: Float32Array, columns: number): Float32Array {
  const largest = new Float32Array(columns)
  vectors.forEach((entry, at) => {
    if (Math.abs(entry) > Math.abs(largest[at % columns])) largest[at % columns] = entry
  })
  // Sums, so that no zero is negative.
  return vectors.map((entry, at) => (largest[at % columns] < 0 ? 0 - entry : 0 + entry))
}
