/**
 * All eigenvalues and eigenvectors of a small symmetric tridiagonal matrix: implicit QL.
 *
 * Bowdler, Martin, Reinsch and Wilkinson 1968, 10.1007/BF02219771. Vectors lie in rows so that every inner loop runs along memory.
 * Cost: about 4 size^3 multiplications.
 */

/** QL steps of one eigenvalue; two are usual, and 30 have always been enough. */
const MOST_STEPS = 60

/** Diagonalises the tridiagonal matrix in place; rows of `vectors` are turned along. */
export function implicitQl(diagonal: Float64Array, beside: Float64Array, vectors: Float64Array, size: number): void {
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
