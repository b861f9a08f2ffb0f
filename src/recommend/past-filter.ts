/**
 * The default recipe's filter for a few profiles, on this thread, with the interactions known at a moment. Scores of leave-one-out are not corrected,
 * and the polynomial is of low degree: the estimated share hardly depends on either.
 *
 *   scores = finish o f(T) (start o profiles),   T = scale o W' (middle o W .),   f(T) = sum_k c_k T_k(2T - 1)
 */
import { columnDegreesInSlices, rowDegreesInSlices, type CsrMatrix } from '../matrix/csr.ts'
import { powers } from '../matrix/normalize.ts'
import { chebyshevCoefficients } from '../plan/filter.ts'
import { PAUSE, rowRanges, type Sliced } from '../support/pause.ts'
import { ABOVE_ESTIMATE, noiseEdge } from './methods/graph-filter.ts'
import { DEFAULT_RECIPE, responseOfRecipe } from './methods/recipe.ts'

/** Number of profiles that are spread together. */
export const PANEL = 16
const DEGREE = 6
/** Steps of the power method. It starts above 0 everywhere, as the largest eigenvector is. */
const STEPS = 16

/** Bytes per item while panels are spread. */
export const ITEM_BYTES = 4 * (6 * PANEL + 8)

export class PastFilter {
  readonly #matrix: CsrMatrix
  readonly #middle: Float32Array
  readonly #scale: Float32Array
  readonly #start: Float32Array
  readonly #finish: Float32Array
  /** Noise of P, over the largest eigenvalue. */
  readonly #noise: number

  private constructor(
    matrix: CsrMatrix,
    diagonals: Record<'middle' | 'scale' | 'start' | 'finish', Float32Array>,
    noise: number,
  ) {
    this.#matrix = matrix
    this.#middle = diagonals.middle
    this.#scale = diagonals.scale
    this.#start = diagonals.start
    this.#finish = diagonals.finish
    this.#noise = noise
  }

  /** @param matrix a pattern, users x items */
  static *of(matrix: CsrMatrix): Sliced<PastFilter> {
    const { userExponent, itemExponent, profileExponent, popularityExponent } = DEFAULT_RECIPE
    const columns = yield* columnDegreesInSlices(matrix)
    const middle = powers(yield* rowDegreesInSlices(matrix), -2 * userExponent)
    const unscaled = powers(columns, -2 * itemExponent)
    let vector = powers(columns, itemExponent)
    let largest = 1
    for (let step = 0; step < STEPS; step++) {
      const next = yield* product(matrix, middle, vector, 1)
      next.forEach((one, item) => (next[item] = one * unscaled[item]))
      const sum = next.reduce((all, one) => all + one, 0)
      largest = sum / vector.reduce((all, one) => all + one, 0)
      vector = next.map((one) => one / sum)
    }
    const scale = unscaled.map((one) => one / (largest * ABOVE_ESTIMATE))
    const noise = (yield* noiseEdge(matrix, middle, unscaled)) / largest
    const start = powers(columns, profileExponent - itemExponent)
    const finish = powers(columns, popularityExponent + itemExponent)
    return new PastFilter(matrix, { middle, scale, start, finish }, noise)
  }

  /**
   * @param profiles shape (items x PANEL), row-major
   * @param lengths of each profile, which determine its filter
   * @returns scores, of the same shape
   */
  *scores(profiles: Float32Array, lengths: readonly number[]): Sliced<Float32Array<ArrayBuffer>> {
    const coefficients = this.#coefficients(lengths)
    let [before, term] = [new Float32Array(profiles.length), scaled(profiles, this.#start)]
    const scores = new Float32Array(profiles.length)
    addTerm(scores, term, coefficients[0])
    for (let k = 1; k <= DEGREE; k++) {
      const next = yield* product(this.#matrix, this.#middle, term, PANEL)
      recur(next, this.#scale, term, before, k === 1)
      addTerm(scores, next, coefficients[k])
      ;[before, term] = [term, next]
      yield PAUSE
    }
    return scaled(scores, this.#finish)
  }

  /** Coefficients of each term, shape (DEGREE + 1, PANEL). */
  #coefficients(lengths: readonly number[]): Float64Array[] {
    const terms = Array.from({ length: DEGREE + 1 }, () => new Float64Array(PANEL))
    for (const [column, n] of lengths.entries()) {
      const response = responseOfRecipe(DEFAULT_RECIPE, this.#noise, n)
      chebyshevCoefficients((x) => response(x * ABOVE_ESTIMATE), DEGREE).forEach((c, k) => (terms[k][column] = c))
    }
    return terms
  }
}

/** The rows of a panel times a factor each. */
function scaled(panel: Float32Array, factors: Float32Array): Float32Array<ArrayBuffer> {
  const result = new Float32Array(panel.length)
  for (let item = 0, at = 0; item < factors.length; item++) {
    for (const end = at + PANEL; at < end; at++) result[at] = factors[item] * panel[at]
  }
  return result
}

/** T_k from W' (middle o W T_k-1), in place. */
function recur(
  sums: Float32Array,
  scale: Float32Array,
  term: Float32Array,
  before: Float32Array,
  first: boolean,
): void {
  const [a, b] = first ? [2, 1] : [4, 2]
  for (let item = 0, at = 0; item < scale.length; item++) {
    for (const end = at + PANEL; at < end; at++) sums[at] = a * scale[item] * sums[at] - b * term[at] - before[at]
  }
}

function addTerm(scores: Float32Array, term: Float32Array, coefficients: Float64Array): void {
  for (let at = 0; at < scores.length; at += PANEL) {
    for (let column = 0; column < PANEL; column++) scores[at + column] += coefficients[column] * term[at + column]
  }
}

/** W' (middle o (W z)). @param z shape (items x width), row-major */
function* product(
  { indptr, indices }: CsrMatrix,
  middle: Float32Array,
  z: Float32Array,
  width: number,
): Sliced<Float32Array<ArrayBuffer>> {
  const sums = new Float32Array(z.length)
  const row = new Float64Array(width)
  const pass = (from: number, to: number): void => {
    for (let user = from; user < to; user++) {
      row.fill(0)
      const end = indptr[user + 1]
      for (let entry = indptr[user]; entry < end; entry++) {
        for (let column = 0, at = indices[entry] * width; column < width; column++, at++) row[column] += z[at]
      }
      for (let column = 0; column < width; column++) row[column] *= middle[user]
      for (let entry = indptr[user]; entry < end; entry++) {
        for (let column = 0, at = indices[entry] * width; column < width; column++, at++) sums[at] += row[column]
      }
    }
  }
  for (const [from, to] of rowRanges(indptr, 2 * width)) {
    pass(from, to)
    yield PAUSE
  }
  return sums
}
