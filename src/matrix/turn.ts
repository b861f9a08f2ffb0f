import { atOnce } from '../support/drive.ts'
import { inSlices, PAUSE, rangesOfRows, SCATTERED, type Sliced } from '../support/pause.ts'
import { CsrMatrix, type CsrArrays, type RowWindow, type SparseRows } from './csr.ts'
import type { Window } from './windows.ts'

/**
 * The transpose of every window of rows, written into one destination: window w's transposed pointers begin at element w (columnCount + 1) of
 * `indptr`, its edges lie where the window's edges lie in the matrix, and its indices are rows counted from the window's first.
 *
 * By counting sort; within a column the rows ascend.
 */
export const turnWindows = (matrix: CsrMatrix, windows: readonly Window[], destination: CsrArrays): void =>
  atOnce(turnInSlices(matrix, windows, destination))

/** As `turnWindows`. */
export function* turnInSlices(matrix: CsrMatrix, windows: readonly Window[], destination: CsrArrays): Sliced<void> {
  const pointers = matrix.columnCount + 1
  for (const [number, { rowStart, rowEnd }] of windows.entries()) {
    const indptr = destination.indptr.subarray(number * pointers, (number + 1) * pointers)
    indptr[0] = matrix.indptr[rowStart]
    yield* turn([{ window: matrix, rowStart, rowEnd }], rowStart, { ...destination, indptr })
  }
}

/** The transpose of the whole matrix. */
export const transpose = (rows: SparseRows): CsrMatrix => atOnce(transposeInSlices(rows))

/** As `transpose`. @param destination arrays to write to; default: new ones */
export function* transposeInSlices(rows: SparseRows, destination = freshArrays(rows)): Sliced<CsrMatrix> {
  destination.indptr[0] = 0
  const parts = rows.windows.map((window) => ({ window, rowStart: window.rowStart, rowEnd: window.rowEnd }))
  yield* turn(parts, 0, destination)
  return new CsrMatrix(rows.rowCount, destination)
}

const freshArrays = ({ columnCount, nnz, windows }: SparseRows): CsrArrays => ({
  indptr: new Uint32Array(columnCount + 1),
  indices: new Uint32Array(nnz),
  data: windows.some(({ data }) => data !== null) ? new Float32Array(nnz) : null,
})

/** Rows of a window. */
interface Part extends Window {
  readonly window: RowWindow
}

/** Writes the columns of consecutive rows from place `indptr[0]` on. @param firstRow row that is numbered 0 */
function* turn(parts: readonly Part[], firstRow: number, { indptr, indices, data: weights }: CsrArrays): Sliced<void> {
  indptr.fill(0, 1)
  for (const { window, rowStart, rowEnd } of parts) {
    if (rowStart === rowEnd) continue
    const [start, end] = [window.start(rowStart), window.end(rowEnd - 1)]
    const count = (from: number, to: number): void => {
      for (let at = start + from; at < start + to; at++) indptr[window.indices[at] + 1]++
    }
    yield* inSlices(end - start, count, SCATTERED)
  }
  const [first, columnCount] = [indptr[0], indptr.length - 1]
  for (let column = 0; column < columnCount; column++) indptr[column + 1] += indptr[column]
  // Pointers serve as cursors and are moved back afterwards.
  const turnRows = (window: RowWindow, from: number, to: number): void => {
    const { indices: columns, data } = window
    for (let row = from; row < to; row++) {
      for (let at = window.start(row), end = window.end(row); at < end; at++) {
        const place = indptr[columns[at]]++
        indices[place] = row - firstRow
        if (weights !== null && data !== null) weights[place] = data[at]
      }
    }
  }
  for (const { window, rowStart, rowEnd } of parts) {
    for (const [from, to] of rangesOfRows(rowStart, rowEnd, (row) => window.start(row), SCATTERED)) {
      turnRows(window, from, to)
      yield PAUSE
    }
  }
  indptr.copyWithin(1, 0, columnCount)
  indptr[0] = first
}
