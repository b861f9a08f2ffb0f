/**
 * Products with tall dense matrices: many rows, few columns, as of a block of vectors.
 *
 *   crossProduct: A'B (columns x columns), its lower triangle;   combineColumns: A C (rows x kept)
 *
 * A and B (rows x columns) float32, sums in float64. PANEL rows at a time are turned to lie column by column, so that both products are dot products
 * along memory, four by two at once.
 * Cost: rows columns^2 / 2 and rows columns kept multiplications, of which V8 does about 1.5 billion a second.
 */

/** Rows of a panel: a column of it is 1 KiB. */
const PANEL = 128
/** Columns of the left panel that stay in the first cache while the right one goes by. */
const TILE = 16

/** A'B, lower triangle, shape (columns x columns), row-major: entry (i, j) is column i of A times column j of B; zero above the diagonal. */
export function crossProduct(a: Float32Array, b: Float32Array, columns: number): Float64Array {
  const rows = a.length / columns
  const padded = roundUp(columns, 4)
  const sums = new Float64Array(padded * padded)
  const left = new Float64Array(padded * PANEL)
  const right = a === b ? left : new Float64Array(padded * PANEL)
  for (let start = 0; start < rows; start += PANEL) {
    const height = Math.min(PANEL, rows - start)
    turnPanel(a, columns, start, height, left)
    if (right !== left) turnPanel(b, columns, start, height, right)
    addLowerProducts(sums, padded, left, right)
  }
  return Float64Array.from({ length: columns * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns]
    return j <= i ? sums[i * padded + j] : 0
  })
}

/** A C, shape (rows x kept), row-major. @param coefficients C turned: shape (kept x columns), row j makes column j */
export function combineColumns(
  a: Float32Array,
  columns: number,
  coefficients: Float64Array,
  kept: number,
): Float32Array {
  const rows = a.length / columns
  const result = new Float32Array(rows * kept)
  const [row0, row1, row2, row3] = Array.from({ length: 4 }, () => new Float64Array(columns))
  for (let row = 0; row < rows; row += 4) {
    const height = Math.min(4, rows - row)
    ;[row0, row1, row2, row3].forEach((copy, at) => {
      if (at < height) copy.set(a.subarray((row + at) * columns, (row + at + 1) * columns))
    })
    for (let j = 0; j < kept; j++) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0]
      for (let k = 0, at = j * columns; k < columns; k++, at++) {
        const factor = coefficients[at]
        s0 += row0[k] * factor
        s1 += row1[k] * factor
        s2 += row2[k] * factor
        s3 += row3[k] * factor
      }
      const at = row * kept + j
      result[at] = s0
      if (height > 1) result[at + kept] = s1
      if (height > 2) result[at + 2 * kept] = s2
      if (height > 3) result[at + 3 * kept] = s3
    }
  }
  return result
}

/** Rows [start, start + height) column by column; what is left of the panel is 0. */
function turnPanel(a: Float32Array, columns: number, start: number, height: number, panel: Float64Array): void {
  if (height < PANEL) panel.fill(0)
  for (let row = 0; row < height; row++) {
    const from = (start + row) * columns
    for (let column = 0; column < columns; column++) panel[column * PANEL + row] = a[from + column]
  }
}

/** sums += left right' on the lower triangle; a little above the diagonal is added to and never read. */
function addLowerProducts(sums: Float64Array, size: number, left: Float64Array, right: Float64Array): void {
  for (let tile = 0; tile < size; tile += TILE) {
    for (let row = tile; row < size; row += 4) {
      const end = Math.min(row + 4, tile + TILE)
      for (let column = tile; column < end; column += 2) addFourByTwo(sums, size, left, right, row, column)
    }
  }
}

/** Eight dot products at once: each number read serves two or four of them. */
function addFourByTwo(
  sums: Float64Array,
  size: number,
  left: Float64Array,
  right: Float64Array,
  row: number,
  column: number,
): void {
  const [l0, l1, l2, l3] = [row * PANEL, (row + 1) * PANEL, (row + 2) * PANEL, (row + 3) * PANEL]
  const [r0, r1] = [column * PANEL, (column + 1) * PANEL]
  let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let k = 0; k < PANEL; k++) {
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
  sums[at] += s00
  sums[at + 1] += s01
  sums[at + size] += s10
  sums[at + size + 1] += s11
  sums[at + 2 * size] += s20
  sums[at + 2 * size + 1] += s21
  sums[at + 3 * size] += s30
  sums[at + 3 * size + 1] += s31
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step
