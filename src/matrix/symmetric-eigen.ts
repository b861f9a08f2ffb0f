/**
 * All eigenvalues and eigenvectors of a dense symmetric matrix: Householder's reduction to tridiagonal form, then implicit QL.
 *
 *   A = Q T Q', T tridiagonal;   T = S diag(values) S';   vectors = (Q S)'
 *
 * A (size x size), one eigenvector a row. Golub and Van Loan, Matrix Computations, 8.3; Bowdler, Martin, Reinsch and Wilkinson 1968,
 * 10.1007/BF02219771. Vectors lie in rows so that every inner loop runs along memory.
 * Cost: about 7 size^3 multiplications, 1 to 2 billion a second in V8 (size 640: 1.5 s); two copies of A.
 */

/** Eigenvalues, descending, and their eigenvectors of length one. */
export interface SymmetricEigen {
  /** Shape (size). */
  readonly values: Float64Array
  /** Shape (size x size), row-major: row j belongs to values[j]. */
  readonly vectors: Float64Array
}

/** QL steps of one eigenvalue; two are usual, and 30 have always been enough. */
const MOST_STEPS = 60

/** @param matrix shape (size x size), row-major, both triangles filled; left as it is */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const work = matrix.slice()
  const { diagonal, beside, factors } = tridiagonalise(work, size)
  const vectors = new Float64Array(size * size)
  for (let at = 0; at < size; at++) vectors[at * size + at] = 1
  implicitQl(diagonal, beside, vectors, size)
  applyReflections(work, factors, vectors, size)
  return descending(diagonal, vectors, size)
}

interface Reduction {
  readonly diagonal: Float64Array
  /** beside[k] joins k and k + 1; the last one is 0. */
  readonly beside: Float64Array
  /** Reflection k is I - factors[k] v v', v in row k of the matrix right of the diagonal. */
  readonly factors: Float64Array
}

/** Overwrites row k, right of the diagonal, with reflection k. */
function tridiagonalise(matrix: Float64Array, size: number): Reduction {
  const [diagonal, beside, factors] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  const p = new Float64Array(size)
  for (let k = 0; k < size; k++) {
    const v = matrix.subarray(k * size, (k + 1) * size)
    diagonal[k] = v[k]
    if (k === size - 1) break
    let tail = 0
    for (let j = k + 2; j < size; j++) tail += v[j] * v[j]
    if (tail === 0) {
      beside[k] = v[k + 1]
      continue
    }
    const length = Math.sqrt(v[k + 1] * v[k + 1] + tail)
    const sign = v[k + 1] < 0 ? -1 : 1
    beside[k] = -sign * length
    v[k + 1] += sign * length
    factors[k] = 2 / (v[k + 1] * v[k + 1] + tail)
    reflectBothSides(matrix, size, k, factors[k], p)
  }
  return { diagonal, beside, factors }
}

/** A <- H A H on rows and columns after k, H = I - factor v v': A - v w' - w v' with w = p - (factor / 2) (p'v) v, p = factor A v. */
function reflectBothSides(matrix: Float64Array, size: number, k: number, factor: number, p: Float64Array): void {
  const v = matrix.subarray(k * size, (k + 1) * size)
  let overlap = 0
  for (let i = k + 1; i < size; i++) {
    let sum = 0
    for (let j = k + 1, at = i * size + j; j < size; j++, at++) sum += matrix[at] * v[j]
    p[i] = factor * sum
    overlap += p[i] * v[i]
  }
  const half = (factor / 2) * overlap
  for (let i = k + 1; i < size; i++) p[i] -= half * v[i]
  for (let i = k + 1; i < size; i++) {
    const [vi, pi] = [v[i], p[i]]
    for (let j = k + 1, at = i * size + j; j < size; j++, at++) matrix[at] -= vi * p[j] + pi * v[j]
  }
}

/** Diagonalises the tridiagonal matrix in place; rows of `vectors` are turned along. */
function implicitQl(diagonal: Float64Array, beside: Float64Array, vectors: Float64Array, size: number): void {
  for (let first = 0; first < size; first++) {
    for (let step = 0; step < MOST_STEPS; step++) {
      let last = first
      while (last < size - 1 && !negligible(beside[last], diagonal[last], diagonal[last + 1])) last++
      if (last === first) break
      chase(diagonal, beside, vectors, size, first, last)
    }
  }
}

function negligible(entry: number, left: number, right: number): boolean {
  const scale = Math.abs(left) + Math.abs(right)
  return scale + Math.abs(entry) === scale
}

/** One QL step with Wilkinson's shift on the unreduced block first .. last: a bulge is chased up by plane rotations. */
function chase(
  diagonal: Float64Array,
  beside: Float64Array,
  vectors: Float64Array,
  size: number,
  first: number,
  last: number,
): void {
  const slope = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first])
  const root = Math.sqrt(slope * slope + 1)
  let g = diagonal[last] - diagonal[first] + beside[first] / (slope + (slope < 0 ? -root : root))
  let [sin, cos, shift] = [1, 1, 0]
  for (let i = last - 1; i >= first; i--) {
    const f = sin * beside[i]
    const b = cos * beside[i]
    const length = Math.sqrt(f * f + g * g)
    beside[i + 1] = length
    if (length === 0) {
      diagonal[i + 1] -= shift
      beside[last] = 0
      return
    }
    sin = f / length
    cos = g / length
    g = diagonal[i + 1] - shift
    const r = (diagonal[i] - g) * sin + 2 * cos * b
    shift = sin * r
    diagonal[i + 1] = g + shift
    g = cos * r - b
    rotateRows(vectors, size, i, sin, cos)
  }
  diagonal[first] -= shift
  beside[first] = g
  beside[last] = 0
}

function rotateRows(vectors: Float64Array, size: number, row: number, sin: number, cos: number): void {
  const end = (row + 1) * size
  for (let at = row * size; at < end; at++) {
    const [upper, lower] = [vectors[at], vectors[at + size]]
    vectors[at + size] = sin * upper + cos * lower
    vectors[at] = cos * upper - sin * lower
  }
}

/** Eigenvectors of T become those of A: each is reflected back, last reflection first. */
function applyReflections(matrix: Float64Array, factors: Float64Array, vectors: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) {
    const start = row * size
    for (let k = size - 1; k >= 0; k--) {
      if (factors[k] === 0) continue
      const v = k * size
      let sum = 0
      for (let j = k + 1; j < size; j++) sum += matrix[v + j] * vectors[start + j]
      const step = factors[k] * sum
      for (let j = k + 1; j < size; j++) vectors[start + j] -= step * matrix[v + j]
    }
  }
}

function descending(values: Float64Array, vectors: Float64Array, size: number): SymmetricEigen {
  const order = Array.from(values.keys()).sort((x, y) => values[y] - values[x] || x - y)
  const sorted = new Float64Array(size * size)
  order.forEach((row, place) => sorted.set(vectors.subarray(row * size, (row + 1) * size), place * size))
  return { values: Float64Array.from(order, (row) => values[row]), vectors: sorted }
}
