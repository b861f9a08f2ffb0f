/**
 * The inverse of a dense symmetric positive definite matrix, in place, by block Gauss-Jordan elimination on one triangle.
 *
 *   for each block K of pivots, D = A_KK^-1:   A_ij <- A_ij - A_iK D A_Kj,   A_iK <- A_iK D,   A_KK <- -D;   A is then -A^-1
 *
 * A (size x size, row-major), i and j outside K. The symmetric sweep (Beaton 1964; Goodnight 1979, 10.1080/00031305.1979.10482685), a block of
 * pivots at a time so that both factors of the update lie in cache. Positive definite matrices need no exchange of pivots.
 * Cost: size^3 / 2 multiplications, of which V8 does about 1.5 billion a second (size 2,810: 8 s; it grows with the cube); no memory but two panels.
 */
import { PAUSE, ranges, Slices, type Sliced } from '../support/pause.ts'

/** Pivots eliminated at once: a panel row is 256 bytes. */
const BLOCK = 32
/** Rows of the right panel that stay in the first cache while the left one goes by. */
const TILE = 64

/**
 * @param matrix shape (size x size), row-major; only its lower triangle is read. It becomes the inverse, both triangles.
 */
export function* invertSymmetric(matrix: Float64Array, size: number): Sliced<void> {
  const left = new Float64Array(size * BLOCK)
  const right = new Float64Array(size * BLOCK)
  for (let start = 0; start < size; start += BLOCK) {
    const width = Math.min(BLOCK, size - start)
    readPanel(matrix, size, start, width, right)
    const pivots = invertBlock(right.slice(start * width, (start + width) * width), width)
    multiplyPanel(right, pivots, width, size, left)
    yield* subtractProducts(matrix, size, left, right, width)
    writePanel(matrix, size, start, width, left, pivots)
  }
  for (const [from, to] of ranges(0, size, size)) {
    mirrorNegative(matrix, size, from, to)
    yield PAUSE
  }
}

/** Rows of the lower triangle times -1, in both triangles. */
function mirrorNegative(matrix: Float64Array, size: number, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    for (let column = 0; column <= row; column++) {
      matrix[column * size + row] = matrix[row * size + column] = -matrix[row * size + column]
    }
  }
}

/** Columns [start, start + width) of the symmetric matrix, shape (size x width). */
function readPanel(matrix: Float64Array, size: number, start: number, width: number, panel: Float64Array): void {
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < width; k++) {
      const column = start + k
      panel[row * width + k] = matrix[row >= column ? row * size + column : column * size + row]
    }
  }
}

function writePanel(
  matrix: Float64Array,
  size: number,
  start: number,
  width: number,
  panel: Float64Array,
  pivots: Float64Array,
): void {
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < width; k++) {
      const column = start + k
      const isPivot = row >= start && row < start + width
      const value = isPivot ? -pivots[(row - start) * width + k] : panel[row * width + k]
      matrix[row >= column ? row * size + column : column * size + row] = value
    }
  }
}

/** The inverse of a small full symmetric matrix, in place, pivot by pivot. */
function invertBlock(block: Float64Array, width: number): Float64Array {
  for (let pivot = 0; pivot < width; pivot++) {
    const inverse = 1 / block[pivot * width + pivot]
    block[pivot * width + pivot] = 1
    for (let k = 0; k < width; k++) block[pivot * width + k] *= inverse
    for (let row = 0; row < width; row++) {
      if (row === pivot) continue
      const factor = block[row * width + pivot]
      block[row * width + pivot] = 0
      for (let k = 0; k < width; k++) block[row * width + k] -= factor * block[pivot * width + k]
    }
  }
  return block
}

/** result = panel block, shapes (size x width) and (width x width). */
function multiplyPanel(
  panel: Float64Array,
  block: Float64Array,
  width: number,
  size: number,
  result: Float64Array,
): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0
      for (let k = 0; k < width; k++) sum += panel[row * width + k] * block[k * width + column]
      result[row * width + column] = sum
    }
  }
}

/** matrix -= left right' on the lower triangle, four rows by two columns at a time; a little above the diagonal is written and never read. */
function* subtractProducts(
  matrix: Float64Array,
  size: number,
  left: Float64Array,
  right: Float64Array,
  width: number,
): Sliced<void> {
  const slices = new Slices()
  const whole = size - (size % 4)
  for (let tile = 0; tile < whole; tile += TILE) {
    for (let row = tile; row < whole; row += 4) {
      const end = Math.min(row + 4, tile + TILE)
      for (let column = tile; column < end; column += 2)
        subtractFourByTwo(matrix, size, left, right, width, row, column)
      if (slices.full(4 * TILE * width)) yield PAUSE
    }
  }
  for (let row = whole; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0
      for (let k = 0; k < width; k++) sum += left[row * width + k] * right[column * width + k]
      matrix[row * size + column] -= sum
    }
  }
}

/** Eight dot products at once: each number read serves two or four of them. */
function subtractFourByTwo(
  matrix: Float64Array,
  size: number,
  left: Float64Array,
  right: Float64Array,
  width: number,
  row: number,
  column: number,
): void {
  const [l0, l1, l2, l3] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width]
  const [r0, r1] = [column * width, (column + 1) * width]
  let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let k = 0; k < width; k++) {
    const x = right[r0 + k]
    const y = right[r1 + k]
    s00 += left[l0 + k] * x
    s01 += left[l0 + k] * y
    s10 += left[l1 + k] * x
    s11 += left[l1 + k] * y
    s20 += left[l2 + k] * x
    s21 += left[l2 + k] * y
    s30 += left[l3 + k] * x
    s31 += left[l3 + k] * y
  }
  const at = row * size + column
  matrix[at] -= s00
  matrix[at + 1] -= s01
  matrix[at + size] -= s10
  matrix[at + size + 1] -= s11
  matrix[at + 2 * size] -= s20
  matrix[at + 2 * size + 1] -= s21
  matrix[at + 3 * size] -= s30
  matrix[at + 3 * size + 1] -= s31
}
