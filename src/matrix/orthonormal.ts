/**
 * Orthonormal columns from skewed ones by the Cholesky factor of their products.
 *
 *   G = Y'Y = L L',   K = L^-T;   Y K is orthonormal, and its first j columns span what the first j of Y span
 *
 * Y (n x size), not seen here; columns are scaled to length one first. What is lost of orthogonality is the rounding of G times the square of Y's
 * condition number: Stathopoulos and Wu 2002, 10.1137/S1064827500370883.
 * Cost: size^3 / 3 multiplications.
 */

/** The share of a column's length that is its own below which it counts as spanned by those before it. */
const SPANNED = 1e-3

/** How to make columns orthonormal. */
export interface Orthonormal {
  /** K, shape (size x size), row-major, upper triangular. */
  readonly coefficients: Float32Array
  /** What each column has beyond those before it, shape (size). */
  readonly heights: Float64Array
}

/**
 * @param gram Y'Y, shape (size x size), row-major; its lower triangle is read
 * @returns null where a column is spanned by those before it
 */
export function orthonormal(gram: Float64Array, size: number): Orthonormal | null {
  const lengths = Float64Array.from({ length: size }, (_, at) => Math.sqrt(gram[at * size + at]))
  const factor = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    const row = factor.subarray(i * size, (i + 1) * size)
    for (let j = 0; j < i; j++) {
      const cosine = gram[i * size + j] / (lengths[i] * lengths[j])
      row[j] = (cosine - dot(row, factor, j * size, j)) / factor[j * size + j]
    }
    const own = 1 - dot(row, row, 0, i)
    if (!(own > SPANNED * SPANNED)) return null
    row[i] = Math.sqrt(own)
  }
  const heights = lengths.map((length, at) => length * factor[at * size + at])
  return { coefficients: turned(invertLower(factor, size), lengths, size), heights }
}

function dot(x: Float64Array, y: Float64Array, start: number, length: number): number {
  let sum = 0
  for (let at = 0; at < length; at++) sum += x[at] * y[start + at]
  return sum
}

function invertLower(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    const row = inverse.subarray(i * size, (i + 1) * size)
    for (let j = 0; j < i; j++) {
      const entry = factor[i * size + j]
      for (let k = 0, at = j * size; k <= j; k++, at++) row[k] -= entry * inverse[at]
    }
    row[i] = 1
    const pivot = factor[i * size + i]
    for (let k = 0; k <= i; k++) row[k] /= pivot
  }
  return inverse
}

/** The transpose of a lower triangular matrix, row j divided by lengths[j]. */
function turned(lower: Float64Array, lengths: Float64Array, size: number): Float32Array {
  const upper = new Float32Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) upper[j * size + i] = lower[i * size + j] / lengths[j]
  }
  return upper
}
