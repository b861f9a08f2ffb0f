import { PRODUCT_CHUNK, type BlockWidth } from './kernel.ts'

/** The reference of `combineColumns`: every product and sum rounds to float32, in the order of A's columns. Offsets in elements. */
export function combineColumns(
  floats: Float32Array,
  width: BlockWidth,
  rowStart: number,
  rowEnd: number,
  columns: number,
  stride: number,
  a: number,
  coefficients: number,
  out: number,
): void {
  const { fround } = Math
  const sums = new Float32Array(width)
  for (let row = rowStart; row < rowEnd; row++) {
    sums.fill(0)
    for (let k = 0; k < columns; k++) {
      const entry = floats[a + row * stride + k]
      const at = coefficients + k * width
      for (let c = 0; c < width; c++) sums[c] += fround(entry * floats[at + c])
    }
    for (let c = 0; c < width; c++) floats[out + row * width + c] = sums[c]
  }
}

/** The reference of `crossProducts`: a chunk of rows in float32, chunks in float64. Offsets in elements. */
export function crossProducts(
  floats: Float32Array,
  doubles: Float64Array,
  width: BlockWidth,
  rowCount: number,
  columns: number,
  columnStart: number,
  columnEnd: number,
  a: number,
  z: number,
  out: number,
): void {
  const { fround } = Math
  const sums = new Float32Array(width)
  for (let start = 0; start < rowCount; start += PRODUCT_CHUNK) {
    const end = Math.min(start + PRODUCT_CHUNK, rowCount)
    for (let column = columnStart; column < columnEnd; column++) {
      sums.fill(0)
      for (let row = start; row < end; row++) {
        const entry = floats[a + row * columns + column]
        const at = z + row * width
        for (let c = 0; c < width; c++) sums[c] += fround(entry * floats[at + c])
      }
      for (let c = 0; c < width; c++) doubles[out + column * width + c] += sums[c]
    }
  }
}

/** The reference of `scaleRows`. Offsets in elements. */
export function scaleRows(
  floats: Float32Array,
  width: BlockWidth,
  rowStart: number,
  rowEnd: number,
  scale: number,
  from: number,
  fromStride: number,
  to: number,
  toStride: number,
): void {
  for (let row = rowStart; row < rowEnd; row++) {
    const factor = floats[scale + row]
    for (let c = 0; c < width; c++) floats[to + row * toStride + c] = floats[from + row * fromStride + c] * factor
  }
}
