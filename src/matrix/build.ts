import type { CsrMatrix } from './csr.ts'

/** Coordinates of a sparse matrix in any order, duplicates allowed (scipy's COO form). */
export interface Coordinates {
  readonly rowCount: number
  readonly columnCount: number
  /** Shape (length), each in [0, rowCount). */
  readonly row: Int32Array
  /** Shape (length), each in [0, columnCount). */
  readonly column: Int32Array
  /** Shape (length); absent for a pattern. */
  readonly data?: Float32Array | null | undefined
}

/** Where the matrix is to be written: views into an arena, or fresh arrays. */
export interface CsrDestination {
  /** Shape (rowCount + 1). */
  readonly indptr: Uint32Array
  /** Shape (length of the coordinates). */
  readonly indices: Uint32Array
  /** Shape (length of the coordinates); `null` for a pattern. */
  readonly data: Float32Array | null
}

export function freshDestination({ rowCount, row, data }: Coordinates): CsrDestination {
  return {
    indptr: new Uint32Array(rowCount + 1),
    indices: new Uint32Array(row.length),
    data: data ? new Float32Array(row.length) : null,
  }
}

/**
 * Sorts coordinates into a CSR matrix by two counting sorts (column, then row: a radix sort of two digits), O(length + rows + columns).
 *
 * Duplicates add up, as in scipy; in a pattern they are one pair. Besides the destination it needs 4 bytes a pair (8 when weighted) while it works.
 */
export function buildCsr(coordinates: Coordinates, destination = freshDestination(coordinates)): CsrMatrix {
  const { rowCount, columnCount } = coordinates
  const byColumn = sortByColumn(coordinates)
  const { indptr, indices, data } = destination
  const cursor = startsOf(coordinates.row, rowCount)
  indptr.set(cursor)
  let duplicates = 0
  for (let column = 0; column < columnCount; column++) {
    for (let at = byColumn.starts[column]; at < byColumn.starts[column + 1]; at++) {
      const row = byColumn.rows[at]
      const edge = cursor[row]
      const isDuplicate = edge > indptr[row] && indices[edge - 1] === column
      if (isDuplicate) {
        duplicates++
        if (data !== null && byColumn.data !== null) data[edge - 1] += byColumn.data[at]
        continue
      }
      indices[edge] = column
      if (data !== null && byColumn.data !== null) data[edge] = byColumn.data[at]
      cursor[row] = edge + 1
    }
  }
  if (duplicates > 0) closeGaps(rowCount, cursor, destination)
  const nnz = coordinates.row.length - duplicates
  return {
    rowCount,
    columnCount,
    nnz,
    indptr,
    indices: indices.subarray(0, nnz),
    data: data === null ? null : data.subarray(0, nnz),
  }
}

interface ByColumn {
  readonly starts: Uint32Array
  readonly rows: Uint32Array
  readonly data: Float32Array | null
}

function sortByColumn({ columnCount, row, column, data }: Coordinates): ByColumn {
  const starts = startsOf(column, columnCount)
  const cursor = starts.slice()
  const rows = new Uint32Array(row.length)
  const sorted = data ? new Float32Array(row.length) : null
  for (let at = 0; at < row.length; at++) {
    const to = cursor[column[at]]++
    rows[to] = row[at]
    if (sorted !== null && data) sorted[to] = data[at]
  }
  return { starts, rows, data: sorted }
}

/** Where each key's run starts when the keys are sorted, shape (keyCount + 1). */
function startsOf(keys: Int32Array, keyCount: number): Uint32Array {
  const starts = new Uint32Array(keyCount + 1)
  for (let at = 0; at < keys.length; at++) starts[keys[at] + 1]++
  for (let key = 0; key < keyCount; key++) starts[key + 1] += starts[key]
  return starts
}

/** Moves rows together over the places that merged duplicates left free. */
function closeGaps(rowCount: number, rowEnds: Uint32Array, { indptr, indices, data }: CsrDestination): void {
  let to = 0
  for (let row = 0; row < rowCount; row++) {
    const from = indptr[row]
    const end = rowEnds[row]
    indptr[row] = to
    indices.copyWithin(to, from, end)
    data?.copyWithin(to, from, end)
    to += end - from
  }
  indptr[rowCount] = to
}

/** An undirected edge list as a symmetric square matrix: each edge stored from both ends, a loop once. */
export function mirrorEdges(
  nodeCount: number,
  source: Int32Array,
  target: Int32Array,
  weight?: Float32Array,
): Coordinates {
  let loops = 0
  for (let edge = 0; edge < source.length; edge++) if (source[edge] === target[edge]) loops++
  const length = 2 * source.length - loops
  const row = new Int32Array(length)
  const column = new Int32Array(length)
  const data = weight ? new Float32Array(length) : null
  let at = 0
  const push = (from: number, to: number, edge: number): void => {
    row[at] = from
    column[at] = to
    if (data !== null && weight) data[at] = weight[edge]
    at++
  }
  for (let edge = 0; edge < source.length; edge++) {
    push(source[edge], target[edge], edge)
    if (source[edge] !== target[edge]) push(target[edge], source[edge], edge)
  }
  return { rowCount: nodeCount, columnCount: nodeCount, row, column, data }
}
