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
export function rowDegrees({ rowCount, indptr, data }: CsrMatrix): Float64Array {
  const degrees = new Float64Array(rowCount)
  for (let row = 0; row < rowCount; row++) {
    if (data === null) degrees[row] = indptr[row + 1] - indptr[row]
    else for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) degrees[row] += Math.abs(data[edge])
  }
  return degrees
}

/** Sum of |weight| of every column, shape (columnCount). */
export function columnDegrees({ columnCount, nnz, indices, data }: CsrMatrix): Float64Array {
  const degrees = new Float64Array(columnCount)
  for (let edge = 0; edge < nnz; edge++) degrees[indices[edge]] += data === null ? 1 : Math.abs(data[edge])
  return degrees
}

/** The transpose, by counting sort; its rows are ascending because this one's are read in order. */
export function transpose(matrix: CsrMatrix): CsrMatrix {
  const { rowCount, columnCount, nnz, indptr, indices, data } = matrix
  const turned = new Uint32Array(columnCount + 1)
  for (let edge = 0; edge < nnz; edge++) turned[indices[edge] + 1]++
  for (let column = 0; column < columnCount; column++) turned[column + 1] += turned[column]
  const cursor = turned.slice(0, columnCount)
  const turnedIndices = new Uint32Array(nnz)
  const turnedData = data === null ? null : new Float32Array(nnz)
  for (let row = 0; row < rowCount; row++) {
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const at = cursor[indices[edge]]++
      turnedIndices[at] = row
      if (turnedData !== null && data !== null) turnedData[at] = data[edge]
    }
  }
  return { rowCount: columnCount, columnCount: rowCount, nnz, indptr: turned, indices: turnedIndices, data: turnedData }
}
