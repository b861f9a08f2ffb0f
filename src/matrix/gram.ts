import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { CsrMatrix } from './csr.ts'

/** Operations that going to another row costs: at its first touch the system clears its memory. */
const ROW_COST = 256

/**
 * The lower triangle of W'W + ridge I, dense, shape (columns x columns), row-major; zero above the diagonal.
 *
 * Costs the sum of squared row lengths, and 8 bytes for each pair of columns.
 */
export function* gramMatrix(
  { rowCount, columnCount, indptr, indices, data }: CsrMatrix,
  ridge: number,
): Sliced<Float64Array> {
  const slices = new Slices()
  const gram = new Float64Array(columnCount * columnCount)
  for (let column = 0; column < columnCount; column++) {
    gram[column * columnCount + column] = ridge
    if (slices.full(ROW_COST)) yield PAUSE
  }
  for (let row = 0; row < rowCount; row++) {
    for (let a = indptr[row]; a < indptr[row + 1]; a++) {
      const start = indices[a] * columnCount
      // Columns ascend within a row.
      for (let b = indptr[row]; b <= a; b++) gram[start + indices[b]] += data === null ? 1 : data[a] * data[b]
      if (slices.full(ROW_COST + a - indptr[row])) yield PAUSE
    }
  }
  return gram
}
