import type { DenseProduct } from './training.ts'
import type { TrainingViews } from './training-views.ts'

const { fround } = Math

/** The reference of `multiply`. */
export function multiply(
  { floats }: TrainingViews,
  rows: number,
  columns: number,
  inner: number,
  { a, aRow, aStep, b, bRow, out, outRow, adds }: DenseProduct,
): void {
  for (let i = 0; i < rows; i++) {
    const at = (out >>> 2) + i * outRow
    if (!adds) floats.fill(0, at, at + columns)
    for (let k = 0; k < inner; k++) {
      addScaled(floats, columns, at, floats[(a >>> 2) + i * aRow + k * aStep], (b >>> 2) + k * bRow)
    }
  }
}

/** row += factor z, `length` elements; offsets in elements. */
export function addScaled(floats: Float32Array, length: number, row: number, factor: number, z: number): void {
  for (let k = 0; k < length; k++) floats[row + k] += fround(factor * floats[z + k])
}
