import type { CsrDestination, CsrMatrix } from './csr.ts'
import type { Window } from './windows.ts'

/**
 * The transpose of every window of rows, written into one destination: window w's transposed pointers begin at element w (columnCount + 1) of
 * `indptr`, its edges lie where the window's edges lie in the matrix, and its indices are rows counted from the window's first.
 *
 * By counting sort; within a column the rows ascend.
 */
export function turnWindows(matrix: CsrMatrix, windows: readonly Window[], destination: CsrDestination): void {
  windows.forEach((window, number) => turnWindow(matrix, window, number * (matrix.columnCount + 1), destination))
}

/** The transpose of the whole matrix. */
export function transpose(matrix: CsrMatrix): CsrMatrix {
  const { rowCount, columnCount, nnz, data } = matrix
  const turned = {
    indptr: new Uint32Array(columnCount + 1),
    indices: new Uint32Array(nnz),
    data: data && new Float32Array(nnz),
  }
  turnWindow(matrix, { rowStart: 0, rowEnd: rowCount }, 0, turned)
  return { rowCount: columnCount, columnCount: rowCount, nnz, ...turned }
}

function turnWindow(
  { columnCount, indptr, indices, data }: CsrMatrix,
  { rowStart, rowEnd }: Window,
  base: number,
  turned: CsrDestination,
): void {
  const pointers = turned.indptr.subarray(base, base + columnCount + 1)
  const edgeStart = indptr[rowStart]
  const edgeEnd = indptr[rowEnd]
  pointers.fill(0)
  for (let edge = edgeStart; edge < edgeEnd; edge++) pointers[indices[edge] + 1]++
  pointers[0] = edgeStart
  for (let column = 0; column < columnCount; column++) pointers[column + 1] += pointers[column]
  // Pointers serve as cursors and are moved back afterwards.
  for (let row = rowStart; row < rowEnd; row++) {
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const to = pointers[indices[edge]]++
      turned.indices[to] = row - rowStart
      if (turned.data !== null && data !== null) turned.data[to] = data[edge]
    }
  }
  pointers.copyWithin(1, 0, columnCount)
  pointers[0] = edgeStart
}
