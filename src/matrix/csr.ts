import { atOnce } from '../support/drive.ts'
import { inSlices, PAUSE, rowRanges, SCATTERED, type Sliced } from '../support/pause.ts'

/**
 * A sparse matrix in compressed sparse row form, as in scipy: row r holds columns `indices[indptr[r] .. indptr[r + 1])`, ascending, each once.
 *
 * Bipartite: rows are users and columns items. Square: rows and columns are the nodes of any graph.
 */
export interface CsrMatrix {
  readonly rowCount: number
  readonly columnCount: number
  /** Stored pairs: `indptr[rowCount]`. */
  readonly nnz: number
  /** Shape (rowCount + 1). */
  readonly indptr: Uint32Array
  /** Shape (nnz). */
  readonly indices: Uint32Array
  /** Shape (nnz); `null` is a pattern: every stored weight is 1. */
  readonly data: Float32Array | null
}

/** Where a matrix is built: views into an arena, or fresh arrays. */
export interface CsrDestination {
  /** Shape (rowCount + 1). */
  readonly indptr: Uint32Array
  /** Shape (entries, duplicates included). */
  readonly indices: Uint32Array
  /** Shape (entries, duplicates included); `null` for a pattern. */
  readonly data: Float32Array | null
}

/** Sum of |weight| of every row, shape (rowCount). */
export const rowDegrees = (matrix: CsrMatrix): Float64Array => atOnce(rowDegreesInSlices(matrix))

/** As `rowDegrees`. */
export function* rowDegreesInSlices({ rowCount, indptr, data }: CsrMatrix): Sliced<Float64Array> {
  const degrees = new Float64Array(rowCount)
  const add = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (data === null) degrees[row] = indptr[row + 1] - indptr[row]
      else for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) degrees[row] += Math.abs(data[edge])
    }
  }
  for (const [from, to] of rowRanges(indptr, 2)) {
    add(from, to)
    yield PAUSE
  }
  return degrees
}

/** Sum of |weight| of every column, shape (columnCount). */
export const columnDegrees = (matrix: CsrMatrix): Float64Array => atOnce(columnDegreesInSlices(matrix))

/** As `columnDegrees`. */
export function* columnDegreesInSlices({ columnCount, nnz, indices, data }: CsrMatrix): Sliced<Float64Array> {
  const degrees = new Float64Array(columnCount)
  const add = (from: number, to: number): void => {
    for (let edge = from; edge < to; edge++) degrees[indices[edge]] += data === null ? 1 : Math.abs(data[edge])
  }
  yield* inSlices(nnz, add, SCATTERED)
  return degrees
}
