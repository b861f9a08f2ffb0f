/**
 * Orthonormal columns from skewed ones by the Cholesky factor of their products.
 *
 *   G = Y'Y = L L',   K = L^-T;   Y K is orthonormal, and its first j columns span what the first j of Y span
 *
 * Y (n x size), of which only G is needed; columns are scaled to length one first. The loss of orthogonality is the rounding of G times the square of Y's
 * condition number: Stathopoulos and Wu 2002, 10.1137/S1064827500370883.
 * Cost: size^3 / 3 multiplications.
 */
import { inSlices, PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { addRows, offsetsOf } from './add-rows.ts'

/** A column counts as spanned by those before it if the part orthogonal to them is below this share of its length. */
const SPANNED = 1e-3

/** Rows of a triangular matrix that are added together, from the first entry of the first of them on. */
const CHUNK = 64

/** How to make columns orthonormal. */
export interface Orthonormal {
  /** K, shape (size x size), row-major, upper triangular. */
  readonly coefficients: Float32Array
  /** Length of each column's part orthogonal to those before it, shape (size). */
  readonly heights: Float64Array
}

/**
 * @param gram Y'Y, shape (size x size), row-major; its lower triangle is read
 * @returns `null` if a column is spanned by those before it
 */
export function* orthonormal(gram: Float64Array, size: number): Sliced<Orthonormal | null> {
  const lengths = Float64Array.from({ length: size }, (_, at) => Math.sqrt(gram[at * size + at]))
  const upper = yield* upperFactor(gram, lengths, size)
  if (upper === null) return null
  const heights = lengths.map((length, at) => length * upper[at * size + at])
  const inverse = yield* invertUpper(upper, size)
  const coefficients = new Float32Array(size * size)
  const divideRows = (from: number, to: number): void => {
    for (let i = from, at = from * size; i < to; i++) {
      for (let j = 0; j < size; j++, at++) coefficients[at] = inverse[at] / lengths[i]
    }
  }
  yield* inSlices(size, divideRows, size)
  return { coefficients, heights }
}

/** L' of the matrix of cosines, by rows. */
function* upperFactor(gram: Float64Array, lengths: Float64Array, size: number): Sliced<Float64Array | null> {
  const upper = new Float64Array(size * size)
  const [offsets, factors] = [offsetsOf(size), new Float64Array(size)]
  const slices = new Slices()
  for (let i = 0; i < size; i++) {
    const row = upper.subarray(i * size, (i + 1) * size)
    for (let j = i; j < size; j++) row[j] = gram[j * size + i] / (lengths[i] * lengths[j])
    for (let j = 0; j < i; j++) factors[j] = -upper[j * size + i]
    addRows(row, upper, offsets, factors, i, i, size)
    if (!(row[i] > SPANNED * SPANNED)) return null
    const root = Math.sqrt(row[i])
    for (let j = i; j < size; j++) row[j] /= root
    if (slices.full((i + 1) * (size - i))) yield PAUSE
  }
  return upper
}

/** From the last row to the first. */
function* invertUpper(upper: Float64Array, size: number): Sliced<Float64Array> {
  const inverse = new Float64Array(size * size)
  const [offsets, factors] = [offsetsOf(size), new Float64Array(size)]
  const slices = new Slices()
  for (let i = size - 1; i >= 0; i--) {
    const row = inverse.subarray(i * size, (i + 1) * size)
    for (let j = i + 1; j < size; j++) factors[j] = -upper[i * size + j]
    row[i] = 1
    // Rows further down begin further right.
    for (let from = i + 1; from < size; from += CHUNK) {
      const count = Math.min(CHUNK, size - from)
      addRows(row, inverse, offsets.subarray(from), factors.subarray(from), count, from, size)
    }
    const pivot = upper[i * size + i]
    for (let j = i; j < size; j++) row[j] /= pivot
    if (slices.full((size - i) ** 2)) yield PAUSE
  }
  return inverse
}
