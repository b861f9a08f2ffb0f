/**
 * The largest singular values and vectors of the normalised bipartite matrix, by subspace iteration with a Chebyshev filter.
 *
 *   X = D_u^-a W D_i^-e,   P = X'X;   V <- Ritz vectors of P in span p(P) .. p(P) V,   p(x) = T_d(2 x / b - 1),   u_j = X v_j / s_j
 *
 * W (rows x columns) weights, which may be below 0; D_u and D_i degrees of |W|; V (columns x block). The polynomial stays within -1 .. 1 on [0, b] and
 * grows beyond; b is the block's smallest value, and d is as large as the growth in float32 allows. Between filters the block is orthonormalised, which keeps its
 * columns in the order of their values and yields the smallest one; Ritz vectors are computed only when residuals are expected to be small enough. The matrix is
 * used only in products with P, sixteen vectors at a time, so the large work runs, and stays, where sweeps run.
 * Rutishauser 1969, 10.1007/BF02219773; Zhou, Saad, Tiago and Chelikowsky 2006, 10.1016/j.jcp.2006.03.017; oversampling as in Halko, Martinsson and
 * Tropp 2011, 10.1137/090771806.
 * Cost: about 25 sweeps of a block 1.4 times as wide as k, and about 8 columns block^2 multiplications; memory: two such blocks.
 */
import type { Network } from '../network/network.ts'
import { orthonormal } from '../linalg/orthonormal.ts'
import { ritzPairs, type RitzPairs } from '../linalg/ritz.ts'
import type { Algorithm } from '../request/request.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { chebyshevSteps, growthAt, valueRaised } from './chebyshev-filter.ts'
import { KeptProduct, type Measurement } from './kept-product.ts'
import { ONCE } from './normal-product.ts'

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
  /** Seed of the first vectors; integer >= 0. Default 1. */
  readonly seed?: number | undefined
  /** Leaves the vectors of rows out, which are empty then. */
  readonly rightOnly?: boolean
  /** As of a sweep. */
  readonly preliminary?: true
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

/** Largest factor by which a filter may raise the largest component: beyond, the others are lost in float32. */
const MOST_GROWTH = 1e7
/** The same while vectors are hardly better than random. */
const FIRST_GROWTH = 1e3
/** Most filters between two sets of Ritz vectors, without which columns of close values mix. */
const MOST_PASSES = 8
/** Share of the columns that show a smaller value than the block has, by chance. */
const OUTLIERS = 0.02
/** A square of a value below this share of the largest is rounding. */
const ROUNDING = 1e-6

/** @param who for messages and plans */
export function* singularVectors(
  who: string,
  network: Network,
  options: SingularVectorsOptions,
): Algorithm<SingularVectors> {
  const { k, userExponent = 0.5, itemExponent = 0.5, tolerance = 1e-4, maxIterations = 40, seed = 1 } = options
  const product = new KeptProduct(who, network, { ...options, userExponent, itemExponent })
  const wanted = Math.min(k, product.mostRank)
  if (wanted === 0) return nothing()
  const size = blockSize(wanted, product.active)
  yield* product.start(size, seed)
  let [expected, gram] = [Infinity, yield* product.gram()]
  for (let iterations = 1; ; iterations++) {
    const projected = yield* product.project()
    const ritz = yield* ritzPairs(gram, projected, size)
    const last = iterations >= maxIterations
    if (last || expected <= tolerance) {
      const found = yield* measure(product, ritz, wanted)
      expected = worst(found.residuals, wanted)
      if (last || expected <= tolerance) {
        return { ...(yield* triplets(product, ritz, found, options)), iterations, converged: expected <= tolerance }
      }
    }
    const growth = iterations === 1 ? FIRST_GROWTH : MOST_GROWTH
    const refined = yield* refine(product, ritz, { size, wanted, growth, tolerance, seed: seed + iterations })
    expected = refined.expected
    gram = refined.gram
  }
}

function nothing(): SingularVectors {
  const none = new Float32Array(0)
  const [values, residuals] = [new Float64Array(0), new Float64Array(0)]
  return { values, left: none, right: none, residuals, iterations: 1, converged: true }
}

/** Directions that are sought: more than k, because the last of them converge slowest; whole blocks of sixteen. */
function blockSize(k: number, active: number): number {
  return Math.min(active, Math.ceil(Math.max(Math.min(1.4 * k, k + 80), k + 8) / 16) * 16)
}

/** Ritz vectors, and their residuals. */
interface Measured extends Measurement {
  /** |P v - value v| over the largest value. */
  readonly residuals: Float64Array
}

function* measure(product: KeptProduct, ritz: RitzPairs, wanted: number): Algorithm<Measured> {
  const count = Math.min(wanted, ritz.values.length)
  const vectors = firstOf(ritz, count)
  const residuals = yield* product.measure(ONCE, vectors)
  return { ...vectors, residuals: residuals.map((residual) => residual / ritz.values[0]) }
}

/** The largest of the residuals that are wanted; infinite if there are fewer. */
const worst = (residuals: Float64Array, wanted: number): number =>
  residuals.length < wanted ? Infinity : residuals.subarray(0, wanted).reduce((a, b) => Math.max(a, b), 0)

/** The vectors to refine, and the tolerance. */
interface Refinement {
  readonly size: number
  readonly wanted: number
  readonly growth: number
  readonly tolerance: number
  /** Seed of the random vectors that replace columns lost to rounding. */
  readonly seed: number
}

/** A block after its filters. */
interface Refined {
  /** The largest residual expected of its Ritz vectors; infinite if unknown. */
  readonly expected: number
  /** Its products with itself. */
  readonly gram: Float64Array
}

/** One or more filters on the Ritz vectors, orthonormal in between. */
function* refine(product: KeptProduct, ritz: RitzPairs, given: Refinement): Algorithm<Refined> {
  const { size, wanted, growth, tolerance, seed } = given
  const { values } = ritz
  const [top, kept] = [values[0], values.length]
  const random = kept < size ? { from: kept, seed } : null
  let ends: Ends = { bound: Math.max(values[kept - 1], ROUNDING * top), lowest: values[Math.min(wanted, kept) - 1] }
  let steps = chebyshevSteps(top, ends.bound, growth)
  const measured = { coefficients: widened(ritz, size), count: size, random, values: resized(values, size) }
  const residuals = yield* product.measure(steps, measured)
  product.accept()
  if (growth < MOST_GROWTH) return { expected: Infinity, gram: yield* product.gram() }
  let expected = worst(residuals.subarray(0, kept), wanted) / top
  for (let pass = 1; ; pass++) {
    const gram = yield* product.gram()
    const columns = yield* orthonormal(gram, size)
    if (columns === null) return { expected: Infinity, gram }
    const next = endsOf(columns.heights, ends, steps.length, wanted)
    expected *= growthAt(next.bound, ends.bound, steps.length) / growthAt(next.lowest, ends.bound, steps.length)
    if (expected <= tolerance || pass === MOST_PASSES) return { expected, gram }
    ends = next
    steps = chebyshevSteps(top, ends.bound, growth)
    yield* product.apply(steps, { coefficients: columns.coefficients, count: size })
    product.accept()
  }
}

/** Values of a block that matter to a filter. */
interface Ends {
  /** The smallest of all. */
  readonly bound: number
  /** The smallest that is wanted. */
  readonly lowest: number
}

/** The ends, from the growth of columns of length one in a filter of a degree; both only rise. */
function endsOf(heights: Float64Array, { bound, lowest }: Ends, degree: number, wanted: number): Ends {
  const descending = heights.slice().sort().reverse()
  const valueAt = (place: number): number => valueRaised(descending[place], bound, degree)
  const raised = Math.max(lowest, valueAt(wanted - 1))
  return { lowest: raised, bound: Math.min(raised, valueAt(Math.floor((1 - OUTLIERS) * (heights.length - 1)))) }
}

/** Singular values and vectors, without those that are indistinguishable from zero: within rounding, or at most twice their residual. */
function* triplets(
  product: KeptProduct,
  ritz: RitzPairs,
  { values: squares, residuals }: Measured,
  { rightOnly = false }: Pick<SingularVectorsOptions, 'rightOnly'>,
): Algorithm<Pick<SingularVectors, 'values' | 'left' | 'right' | 'residuals'>> {
  const largest = ritz.values[0]
  const end = squares.findIndex((square, at) => !(square > largest * Math.max(ROUNDING, 2 * residuals[at])))
  const rank = end < 0 ? squares.length : end
  const values = squares.slice(0, rank).map((square) => Math.sqrt(square))
  if (rank === 0) return { ...nothing(), residuals: residuals.slice(0, 0) }
  const { right, left } = yield* product.sides(firstOf(ritz, rank), rightOnly)
  const signs = yield* signsOf(right, rank)
  yield* multiplyColumns(right, signs)
  yield* multiplyColumns(
    left,
    values.map((value, at) => signs[at] / value),
  )
  return { values, left, right, residuals: residuals.slice(0, rank) }
}

/** The first Ritz vectors. */
function firstOf({ values, coefficients }: RitzPairs, count: number): Measurement {
  const size = coefficients.length / values.length
  return { coefficients: columnsOf(coefficients, size, count), count, values: values.slice(0, count) }
}

/** All Ritz vectors, with columns of zeros up to `size`. */
const widened = ({ coefficients }: RitzPairs, size: number): Float32Array => columnsOf(coefficients, size, size)

/** The first `count` columns of a matrix with `rows` rows, as float32; beyond its own they are 0. */
function columnsOf(matrix: Float64Array, rows: number, count: number): Float32Array {
  const own = matrix.length / rows
  const columns = new Float32Array(rows * count)
  for (let row = 0; row < rows; row++) {
    columns.set(matrix.subarray(row * own, row * own + Math.min(own, count)), row * count)
  }
  return columns
}

function resized(values: Float64Array, size: number): Float64Array {
  const longer = new Float64Array(size)
  longer.set(values)
  return longer
}

/** -1 for columns whose entry that is largest in size, the first of them if there are more, is negative. */
function* signsOf(vectors: Float32Array, columns: number): Sliced<Float64Array> {
  const largest = new Float64Array(columns)
  const compareRows = (from: number, to: number): void => {
    for (let at = from * columns; at < to * columns;) {
      for (let c = 0; c < columns; c++, at++) if (Math.abs(vectors[at]) > Math.abs(largest[c])) largest[c] = vectors[at]
    }
  }
  yield* inSlices(vectors.length / columns, compareRows, columns)
  return largest.map((entry) => (entry < 0 ? -1 : 1))
}

function multiplyColumns(vectors: Float32Array, factors: Float64Array): Sliced<void> {
  const columns = factors.length
  const multiplyRows = (from: number, to: number): void => {
    for (let at = from * columns; at < to * columns;) {
      // A sum, so that no zero is negative.
      for (let c = 0; c < columns; c++, at++) vectors[at] = 0 + vectors[at] * factors[c]
    }
  }
  return inSlices(vectors.length / columns, multiplyRows, columns)
}
