import { atOnce } from '../support/drive.ts'
import { inSlices, PAUSE, rowRanges, SCATTERED, type Sliced } from '../support/pause.ts'
import type { CsrDestination, CsrMatrix } from './csr.ts'
import type { Window } from './windows.ts'

/**
 * The transpose of every window of rows, written into one destination: window w's transposed pointers begin at element w (columnCount + 1) of
 * `indptr`, its edges lie where the window's edges lie in the matrix, and its indices are rows counted from the window's first.
 *
 * By counting sort; within a column the rows ascend.
 */
export function turnWindows(matrix: CsrMatrix, windows: readonly Window[], destination: CsrDestination): void {
  atOnce(turnInSlices(matrix, windows, destination))
}

/** As `turnWindows`. */
export function* turnInSlices(
  matrix: CsrMatrix,
  windows: readonly Window[],
  destination: CsrDestination,
): Sliced<void> {
  for (let window = 0; window < windows.length; window++) {
    yield* turnWindow(matrix, windows[window], window * (matrix.columnCount + 1), destination)
  }
}

/** The transpose of the whole matrix. */
export const transpose = (matrix: CsrMatrix): CsrMatrix => atOnce(transposeInSlices(matrix))

/** As `transpose`. */
export function* transposeInSlices(matrix: CsrMatrix): Sliced<CsrMatrix> {
  const { rowCount, columnCount, nnz, data } = matrix
  const turned = {
    indptr: new Uint32Array(columnCount + 1),
    indices: new Uint32Array(nnz),
    data: data && new Float32Array(nnz),
  }
  yield* turnWindow(matrix, { rowStart: 0, rowEnd: rowCount }, 0, turned)
  return { rowCount: columnCount, columnCount: rowCount, nnz, ...turned }
}

function* turnWindow(
  { columnCount, indptr, indices, data }: CsrMatrix,
  { rowStart, rowEnd }: Window,
  base: number,
  turned: CsrDestination,
): Sliced<void> {
  const pointers = turned.indptr.subarray(base, base + columnCount + 1)
  const edgeStart = indptr[rowStart]
  const edgeEnd = indptr[rowEnd]
  pointers.fill(0)
  const count = (from: number, to: number): void => {
    for (let edge = edgeStart + from; edge < edgeStart + to; edge++) pointers[indices[edge] + 1]++
  }
  yield* inSlices(edgeEnd - edgeStart, count, SCATTERED)
  pointers[0] = edgeStart
  for (let column = 0; column < columnCount; column++) pointers[column + 1] += pointers[column]
  // Pointers serve as cursors and are moved back afterwards.
  const turnRows = (from: number, to: number): void => {
    for (let row = rowStart + from; row < rowStart + to; row++) {
      for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
        const place = pointers[indices[edge]]++
        turned.indices[place] = row - rowStart
        if (turned.data !== null && data !== null) turned.data[place] = data[edge]
      }
    }
  }
  for (const [from, to] of rowRanges(indptr.subarray(rowStart, rowEnd + 1), SCATTERED)) {
    turnRows(from, to)
    yield PAUSE
  }
  pointers.copyWithin(1, 0, columnCount)
  pointers[0] = edgeStart
}
