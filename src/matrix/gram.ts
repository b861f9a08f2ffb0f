import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { SparseRows } from './csr.ts'

/** Operations that going to another row costs: at its first touch the system clears its memory. */
const ROW_COST = 256

/**
 * The lower triangle of W'W + ridge I, dense, shape (columns x columns), row-major; zero above the diagonal.
 *
 * Costs the sum of squared row lengths, and 8 bytes for each pair of columns.
 */
export function* gramMatrix(rows: SparseRows, ridge: number): Sliced<Float64Array> {
  const slices = new Slices()
  const { rowCount, columnCount } = rows
  const gram = new Float64Array(columnCount * columnCount)
  for (let column = 0; column < columnCount; column++) {
    gram[column * columnCount + column] = ridge
    if (slices.full(ROW_COST)) yield PAUSE
  }
  for (let row = 0; row < rowCount; row++) {
    const window = rows.windowOf(row)
    const { indices, data } = window
    const first = window.start(row)
    for (let a = first, end = window.end(row); a < end; a++) {
      const start = indices[a] * columnCount
      // Columns ascend within a row.
      for (let b = first; b <= a; b++) gram[start + indices[b]] += data === null ? 1 : data[a] * data[b]
      if (slices.full(ROW_COST + a - first)) yield PAUSE
    }
  }
  return gram
}
