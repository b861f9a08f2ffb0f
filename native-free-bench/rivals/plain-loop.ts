import type { CsrMatrix } from '../../src/advanced.ts'

/**
 * The sweep as a plain loop over typed arrays: acc = W' (middle o (W z)), fused row by row; what one writes without a library.
 *
 * @param z shape (matrix columns x width), row-major
 */
export function plainSweep(
  matrix: CsrMatrix,
  middle: Float32Array,
  z: Float32Array,
  width: number,
  acc: Float32Array,
): void {
  const { rowCount, indptr, indices } = matrix
  const sum = new Float32Array(width)
  acc.fill(0)
  for (let row = 0; row < rowCount; row++) {
    sum.fill(0)
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const from = indices[edge] * width
      for (let c = 0; c < width; c++) sum[c] += z[from + c]
    }
    for (let c = 0; c < width; c++) sum[c] *= middle[row]
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const to = indices[edge] * width
      for (let c = 0; c < width; c++) acc[to + c] += sum[c]
    }
  }
}

/** The same with one column: no inner loop. */
export function plainSweepOfOne(matrix: CsrMatrix, middle: Float32Array, z: Float32Array, acc: Float32Array): void {
  const { rowCount, indptr, indices } = matrix
  acc.fill(0)
  for (let row = 0; row < rowCount; row++) {
    let sum = 0
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) sum += z[indices[edge]]
    sum *= middle[row]
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) acc[indices[edge]] += sum
  }
}
