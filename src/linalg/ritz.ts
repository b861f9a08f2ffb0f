/**
 * Rayleigh-Ritz: the eigenpairs of an operator within the span of a basis that need not be orthonormal.
 *
 *   G = Y'Y = L L',   H = Y'PY,   L^-1 H L^-T = C diag(values) C',   K = L^-T C;   Y K is orthonormal and (YK)'P(YK) = diag(values)
 *
 * Y (n x size), P symmetric (n x n), neither of which is seen here. Columns of Y are scaled to length one first, and the Cholesky factorisation
 * goes by the largest pivot and leaves out columns that the others span already. Parlett, The Symmetric Eigenvalue Problem, 1980, chapter 11;
 * pivots: Higham, Accuracy and Stability of Numerical Algorithms, 10.3.
 * Cost: that of `symmetricEigen` and about 2 size^3 multiplications.
 */
import { addRows } from './add-rows.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

/** The share of a column's length that is its own below which it counts as spanned by the others. */
const SPANNED = 1e-3

/** The Ritz pairs that the span holds. */
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
export function ritzPairs(gram: Float64Array, projected: Float64Array, size: number): RitzPairs {
  const { order, factor, lengths } = pivotedCholesky(gram, size)
  const rank = order.length
  const reduced = new Float64Array(rank * rank)
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j < rank; j++) {
      const [high, low] = [Math.max(order[i], order[j]), Math.min(order[i], order[j])]
      reduced[i * rank + j] = projected[high * size + low] / (lengths[high] * lengths[low])
    }
  }
  solveLower(factor, reduced, rank)
  turn(reduced, rank)
  // What comes out is symmetric.
  solveLower(factor, reduced, rank, 'upper')
  mirror(reduced, rank)
  const { values, vectors } = symmetricEigen(reduced, rank)
  turn(vectors, rank)
  solveUpper(factor, vectors, rank)
  const coefficients = new Float64Array(size * rank)
  order.forEach((column, i) => {
    for (let j = 0; j < rank; j++) coefficients[column * rank + j] = vectors[i * rank + j] / lengths[column]
  })
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

function pivotedCholesky(gram: Float64Array, size: number): Cholesky {
  const lengths = Float64Array.from({ length: size }, (_, at) => Math.sqrt(gram[at * size + at]))
  const cosine = (i: number, j: number): number =>
    (i < j ? gram[j * size + i] : gram[i * size + j]) / (lengths[i] * lengths[j])
  const left = lengths.map((length) => (length > 0 ? 1 : 0))
  const rows = Array.from({ length: size }, () => new Float64Array(size))
  const order: number[] = []
  while (order.length < size) {
    const pivot = left.reduce((best, value, at) => (value > left[best] ? at : best), 0)
    if (left[pivot] <= SPANNED * SPANNED) break
    const place = order.length
    const root = Math.sqrt(left[pivot])
    rows[pivot][place] = root
    left[pivot] = -1
    for (let row = 0; row < size; row++) {
      if (left[row] <= 0) continue
      const entry = (cosine(row, pivot) - dot(rows[row], rows[pivot], place)) / root
      rows[row][place] = entry
      left[row] -= entry * entry
    }
    order.push(pivot)
  }
  const rank = order.length
  const factor = new Float64Array(rank * rank)
  order.forEach((row, at) => factor.set(rows[row].subarray(0, at + 1), at * rank))
  return { order, factor, lengths }
}

function dot(x: Float64Array, y: Float64Array, length: number): number {
  let sum = 0
  for (let at = 0; at < length; at++) sum += x[at] * y[at]
  return sum
}

/** B <- L^-1 B, or only its upper triangle, which needs no other part of B. */
function solveLower(factor: Float64Array, b: Float64Array, size: number, part: 'all' | 'upper' = 'all'): void {
  const offsets = Int32Array.from({ length: size }, (_, row) => row * size)
  for (let i = 0; i < size; i++) {
    const row = b.subarray(i * size, (i + 1) * size)
    const factors = factor.subarray(i * size, i * size + i).map((entry) => -entry)
    addRows(row, b, offsets, factors, i, part === 'all' ? 0 : i, size)
    divide(row, factor[i * size + i])
  }
}

/** B <- L^-T B. */
function solveUpper(factor: Float64Array, b: Float64Array, size: number): void {
  for (let i = size - 1; i >= 0; i--) {
    const row = b.subarray(i * size, (i + 1) * size)
    const beyond = Int32Array.from({ length: size - 1 - i }, (_, at) => (i + 1 + at) * size)
    const factors = Float64Array.from(beyond, (offset) => -factor[offset + i])
    addRows(row, b, beyond, factors, beyond.length, 0, size)
    divide(row, factor[i * size + i])
  }
}

function divide(row: Float64Array, by: number): void {
  for (let k = 0; k < row.length; k++) row[k] /= by
}

function turn(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const swap = matrix[i * size + j]
      matrix[i * size + j] = matrix[j * size + i]
      matrix[j * size + i] = swap
    }
  }
}

/** The lower triangle becomes what the upper one is. */
function mirror(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i]
  }
}
