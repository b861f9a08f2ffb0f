/**
 * Rayleigh-Ritz: the eigenpairs of an operator within the span of a basis that need not be orthonormal.
 *
 *   G = Y'Y = L L',   H = Y'PY,   L^-1 H L^-T = C diag(values) C',   K = L^-T C;   Y K is orthonormal and (YK)'P(YK) = diag(values)
 *
 * Y (n x size), P symmetric (n x n), of which only G and H are needed. Columns of Y are scaled to length one first, and the Cholesky factorisation
 * takes the largest pivot and omits columns that are spanned by the others. Parlett, The Symmetric Eigenvalue Problem, 1980, chapter 11;
 * pivots: Higham, Accuracy and Stability of Numerical Algorithms, 10.3.
 * Cost: that of `symmetricEigen` and about 2 size^3 multiplications.
 */
import { inSlices, PAUSE, SCATTERED, Slices, type Sliced } from '../support/pause.ts'
import { addRows, offsetsOf } from './add-rows.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

/** A column counts as spanned by the others if the part orthogonal to them is below this share of its length. */
const SPANNED = 1e-3

/** The Ritz pairs of a span. */
export interface RitzPairs {
  /** Descending; as many as columns are independent. */
  readonly values: Float64Array
  /** K, shape (size x values), row-major: Ritz vector j is Y times column j. */
  readonly coefficients: Float64Array
}

/**
 * @param gram Y'Y, shape (size x size), row-major; its lower triangle is read
 * @param projected Y'PY, as `gram`
 */
export function* ritzPairs(gram: Float64Array, projected: Float64Array, size: number): Sliced<RitzPairs> {
  const { order, factor, lengths } = yield* pivotedCholesky(gram, size)
  const rank = order.length
  const reduced = new Float64Array(rank * rank)
  const scaleRows = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      for (let j = 0; j < rank; j++) {
        const [high, low] = [Math.max(order[i], order[j]), Math.min(order[i], order[j])]
        reduced[i * rank + j] = projected[high * size + low] / (lengths[high] * lengths[low])
      }
    }
  }
  yield* inSlices(rank, scaleRows, SCATTERED * rank)
  yield* solveLower(factor, reduced, rank)
  yield* turn(reduced, rank)
  // The result is symmetric, so one triangle is enough.
  yield* solveLower(factor, reduced, rank, 'upper')
  yield* mirror(reduced, rank)
  const { values, vectors } = yield* symmetricEigen(reduced, rank)
  yield* turn(vectors, rank)
  yield* solveUpper(factor, vectors, rank)
  const coefficients = new Float64Array(size * rank)
  const scatterRows = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      for (let j = 0; j < rank; j++) coefficients[order[i] * rank + j] = vectors[i * rank + j] / lengths[order[i]]
    }
  }
  yield* inSlices(rank, scatterRows, rank)
  return { values, coefficients }
}

interface Cholesky {
  /** Independent columns, in the order of their pivots. */
  readonly order: readonly number[]
  /** L, shape (rank x rank), row-major, lower. */
  readonly factor: Float64Array
  /** Lengths of all columns. */
  readonly lengths: Float64Array
}

function* pivotedCholesky(gram: Float64Array, size: number): Sliced<Cholesky> {
  const lengths = Float64Array.from({ length: size }, (_, at) => Math.sqrt(gram[at * size + at]))
  const left = lengths.map((length) => (length > 0 ? 1 : 0))
  const rows = new Float64Array(size * size)
  const order: number[] = []
  const slices = new Slices()
  while (order.length < size) {
    const pivot = left.reduce((best, value, at) => (value > left[best] ? at : best), 0)
    if (left[pivot] <= SPANNED * SPANNED) break
    const place = order.length
    const root = Math.sqrt(left[pivot])
    rows[pivot * size + place] = root
    left[pivot] = -1
    for (let row = 0; row < size; row++) {
      if (left[row] <= 0) continue
      const [high, low] = [Math.max(row, pivot), Math.min(row, pivot)]
      const cosine = gram[high * size + low] / (lengths[row] * lengths[pivot])
      const entry = (cosine - dot(rows, row * size, pivot * size, place)) / root
      rows[row * size + place] = entry
      left[row] -= entry * entry
    }
    order.push(pivot)
    if (slices.full((size - place) * (place + SCATTERED))) yield PAUSE
  }
  const rank = order.length
  const factor = new Float64Array(rank * rank)
  order.forEach((row, at) => factor.set(rows.subarray(row * size, row * size + at + 1), at * rank))
  return { order, factor, lengths }
}

function dot(rows: Float64Array, x: number, y: number, length: number): number {
  let sum = 0
  for (let at = 0; at < length; at++) sum += rows[x + at] * rows[y + at]
  return sum
}

/** B <- L^-1 B, or only its upper triangle, which needs no other part of B. */
function* solveLower(factor: Float64Array, b: Float64Array, size: number, part: 'all' | 'upper' = 'all'): Sliced<void> {
  const [offsets, factors] = [offsetsOf(size), new Float64Array(size)]
  const slices = new Slices()
  for (let i = 0; i < size; i++) {
    const row = b.subarray(i * size, (i + 1) * size)
    for (let j = 0; j < i; j++) factors[j] = -factor[i * size + j]
    const start = part === 'all' ? 0 : i
    addRows(row, b, offsets, factors, i, start, size)
    divide(row, factor[i * size + i])
    if (slices.full((i + 1) * (size - start))) yield PAUSE
  }
}

/** B <- L^-T B. */
function* solveUpper(factor: Float64Array, b: Float64Array, size: number): Sliced<void> {
  const [offsets, factors] = [offsetsOf(size), new Float64Array(size)]
  const slices = new Slices()
  for (let i = size - 1; i >= 0; i--) {
    const row = b.subarray(i * size, (i + 1) * size)
    for (let j = i + 1; j < size; j++) factors[j] = -factor[j * size + i]
    addRows(row, b, offsets.subarray(i + 1), factors.subarray(i + 1), size - 1 - i, 0, size)
    divide(row, factor[i * size + i])
    if (slices.full((size - i) * size)) yield PAUSE
  }
}

function divide(row: Float64Array, by: number): void {
  for (let k = 0; k < row.length; k++) row[k] /= by
}

function turn(matrix: Float64Array, size: number): Sliced<void> {
  const turnRows = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      for (let j = 0; j < i; j++) {
        const swap = matrix[i * size + j]
        matrix[i * size + j] = matrix[j * size + i]
        matrix[j * size + i] = swap
      }
    }
  }
  return inSlices(size, turnRows, SCATTERED * size)
}

/** Copies the upper triangle to the lower one. */
function mirror(matrix: Float64Array, size: number): Sliced<void> {
  const mirrorRows = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i]
    }
  }
  return inSlices(size, mirrorRows, SCATTERED * size)
}
