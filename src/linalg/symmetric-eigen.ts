/**
 * All eigenvalues and eigenvectors of a dense symmetric matrix: Householder's reduction to tridiagonal form, then divide and conquer.
 *
 *   A = Q T Q', T tridiagonal;   T = S diag(values) S';   vectors = (Q S)'
 *
 * A (size x size), one eigenvector a row. Golub and Van Loan, Matrix Computations, 8.3. Vectors lie in rows so that every inner loop runs along memory.
 * Cost: about 3 size^3 multiplications, a billion a second in V8; four copies of A.
 */
import { PAUSE, SLICE, Slices, type Sliced } from '../support/pause.ts'
import { tridiagonalEigen } from './tridiagonal-eigen.ts'

/** Eigenvalues, descending, and their eigenvectors of length one. */
export interface SymmetricEigen {
  /** Shape (size). */
  readonly values: Float64Array
  /** Shape (size x size), row-major: row j belongs to values[j]. */
  readonly vectors: Float64Array
}

/** @param matrix shape (size x size), row-major, both triangles filled; not modified */
export function* symmetricEigen(matrix: Float64Array, size: number): Sliced<SymmetricEigen> {
  const work = matrix.slice()
  const { diagonal, beside, factors } = yield* tridiagonalise(work, size)
  const { values, vectors } = yield* tridiagonalEigen(diagonal, beside)
  yield* applyReflections(work, factors, vectors, size)
  return descending(values, vectors, size)
}

interface Reduction {
  readonly diagonal: Float64Array
  /** beside[k] joins k and k + 1; the last one is 0. */
  readonly beside: Float64Array
  /** Reflection k is I - factors[k] v v', v in row k of the matrix right of the diagonal. */
  readonly factors: Float64Array
}

/**
 * Overwrites row k, right of the diagonal, with reflection k; the part left of it is not read.
 *
 * A <- H A H = A - v w' - w v' with H = I - factor v v', p = factor A v, w = p - (factor / 2) (p'v) v. The change by reflection k waits until
 * reflection k + 1 is known, so that one pass over the matrix makes it and multiplies by the next v.
 */
function* tridiagonalise(matrix: Float64Array, size: number): Sliced<Reduction> {
  const [diagonal, beside, factors] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  const w = new Float64Array(size)
  const product = new Float64Array(size)
  let last: Float64Array = new Float64Array(size)
  const slices = new Slices()
  for (let k = 0; k < size; k++) {
    const v = matrix.subarray(k * size, (k + 1) * size)
    for (let j = k; j < size; j++) v[j] -= last[k] * w[j] + w[k] * last[j]
    diagonal[k] = v[k]
    if (k === size - 1) break
    const { joint, factor } = reflect(v, k)
    beside[k] = joint
    factors[k] = factor
    changeAndMultiply(matrix, size, k + 1, last, w, v, product)
    let overlap = 0
    for (let i = k + 1; i < size; i++) overlap += product[i] * v[i]
    const half = (factor * factor * overlap) / 2
    for (let i = k + 1; i < size; i++) w[i] = factor * product[i] - half * v[i]
    last = v
    if (slices.full(2 * (size - k) ** 2)) yield PAUSE
  }
  return { diagonal, beside, factors }
}

/** Turns row k, right of the diagonal, into the v of the reflection that maps it onto its first entry. */
function reflect(v: Float64Array, k: number): { joint: number; factor: number } {
  let tail = 0
  for (let j = k + 2; j < v.length; j++) tail += v[j] * v[j]
  if (tail === 0) return { joint: v[k + 1], factor: 0 }
  const length = Math.sqrt(v[k + 1] * v[k + 1] + tail)
  const sign = v[k + 1] < 0 ? -1 : 1
  v[k + 1] += sign * length
  return { joint: -sign * length, factor: 2 / (v[k + 1] * v[k + 1] + tail) }
}

/** A <- A - x w' - w x', product <- A v, both from row and column `start` on; of A the upper triangle. */
function changeAndMultiply(
  matrix: Float64Array,
  size: number,
  start: number,
  x: Float64Array,
  w: Float64Array,
  v: Float64Array,
  product: Float64Array,
): void {
  product.fill(0)
  for (let i = start; i < size; i++) {
    const [xi, wi, vi] = [x[i], w[i], v[i]]
    const row = i * size
    const pivot = matrix[row + i] - 2 * xi * wi
    matrix[row + i] = pivot
    let sum = pivot * vi
    for (let j = i + 1; j < size; j++) {
      const entry = matrix[row + j] - (xi * w[j] + wi * x[j])
      matrix[row + j] = entry
      sum += entry * v[j]
      product[j] += entry * vi
    }
    product[i] += sum
  }
}

/** Turns eigenvectors of T into those of A: each is reflected back, last reflection first; four at a time, so that reflections are read less often. */
function* applyReflections(
  matrix: Float64Array,
  factors: Float64Array,
  vectors: Float64Array,
  size: number,
): Sliced<void> {
  const reflectRows = (from: number, to: number): void => {
    let row = from
    for (; row + 4 <= to; row += 4) {
      for (let k = size - 2; k >= 0; k--) reflectFour(vectors, row * size, matrix, k, factors[k], size)
    }
    for (; row < to; row++) {
      for (let k = size - 2; k >= 0; k--) reflectOne(vectors, row * size, matrix, k, factors[k], size)
    }
  }
  const step = 4 * Math.ceil(SLICE / (4 * size * size))
  for (let row = 0; row < size; row += step) {
    reflectRows(row, Math.min(row + step, size))
    yield PAUSE
  }
}

function reflectFour(
  vectors: Float64Array,
  start: number,
  matrix: Float64Array,
  k: number,
  factor: number,
  size: number,
): void {
  const [p, q, r, s, v] = [start, start + size, start + 2 * size, start + 3 * size, k * size]
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let j = k + 1; j < size; j++) {
    const entry = matrix[v + j]
    a += entry * vectors[p + j]
    b += entry * vectors[q + j]
    c += entry * vectors[r + j]
    d += entry * vectors[s + j]
  }
  a *= factor
  b *= factor
  c *= factor
  d *= factor
  for (let j = k + 1; j < size; j++) {
    const entry = matrix[v + j]
    vectors[p + j] -= a * entry
    vectors[q + j] -= b * entry
    vectors[r + j] -= c * entry
    vectors[s + j] -= d * entry
  }
}

function reflectOne(
  vectors: Float64Array,
  start: number,
  matrix: Float64Array,
  k: number,
  factor: number,
  size: number,
): void {
  const v = k * size
  let sum = 0
  for (let j = k + 1; j < size; j++) sum += matrix[v + j] * vectors[start + j]
  sum *= factor
  for (let j = k + 1; j < size; j++) vectors[start + j] -= sum * matrix[v + j]
}

function descending(values: Float64Array, vectors: Float64Array, size: number): SymmetricEigen {
  const order = Array.from(values.keys()).sort((x, y) => values[y] - values[x] || x - y)
  const sorted = new Float64Array(size * size)
  order.forEach((row, place) => sorted.set(vectors.subarray(row * size, (row + 1) * size), place * size))
  return { values: Float64Array.from(order, (row) => values[row]), vectors: sorted }
}
