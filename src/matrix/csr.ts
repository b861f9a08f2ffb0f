import { atOnce } from '../support/drive.ts'
import { inSlices, PAUSE, rangesOfRows, SCATTERED, type Sliced } from '../support/pause.ts'

/** Consecutive rows of a sparse matrix in one memory, in which each entry has a place. */
export interface RowWindow {
  readonly rowStart: number
  readonly rowEnd: number
  /** Number of entries in earlier windows: adding it turns a place in this window into one among all entries. */
  readonly entryStart: number
  /** Columns of the entries, row by row, ascending within a row, each once. */
  readonly indices: Uint32Array
  /** Weights of the entries; `null` is a pattern: every stored weight is 1. */
  readonly data: Float32Array | null
  /** Place of the first entry of a row in [rowStart, rowEnd). */
  start(row: number): number
  /** Place after its last entry. */
  end(row: number): number
}

/**
 * The rows of a sparse matrix in windows, each of which may be in a separate memory.
 *
 * Bipartite: rows are users and columns items. Square: rows and columns are the nodes of any graph.
 */
export abstract class SparseRows {
  abstract readonly rowCount: number
  abstract readonly columnCount: number
  /** Stored pairs. */
  abstract readonly nnz: number
  /** They make up [0, rowCount), in order. */
  abstract readonly windows: readonly RowWindow[]

  /** Whether the rows are in memory; otherwise only their lengths are known. */
  get areHere(): boolean {
    return true
  }

  /** The window that a row lies in. */
  abstract windowOf(row: number): RowWindow

  /** Entries of a row. */
  lengthOf(row: number): number {
    const window = this.windowOf(row)
    return window.end(row) - window.start(row)
  }

  /** Columns of a row's entries: a view. */
  columnsOf(row: number): Uint32Array {
    const window = this.windowOf(row)
    return window.indices.subarray(window.start(row), window.end(row))
  }

  /** Weights of a row's entries. */
  weightsOf(row: number): Float32Array {
    const window = this.windowOf(row)
    const [start, end] = [window.start(row), window.end(row)]
    return window.data?.subarray(start, end) ?? new Float32Array(end - start).fill(1)
  }

  /** Whether an entry is stored. */
  has(row: number, column: number): boolean {
    const columns = this.columnsOf(row)
    let [low, high] = [0, columns.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (columns[middle] < column) low = middle + 1
      else high = middle
    }
    return columns[low] === column
  }

  /** Number of a row's first entry among all entries. */
  firstEntryOf(row: number): number {
    const window = this.windowOf(row)
    return window.entryStart + window.start(row)
  }

  /** Numbers of a row's entries, ascending. */
  entriesOf(row: number): Int32Array {
    const first = this.firstEntryOf(row)
    return Int32Array.from({ length: this.lengthOf(row) }, (_, at) => first + at)
  }

  /** Numbers of a row's entries with a weight above 0, ascending. */
  positiveEntriesOf(row: number): Int32Array {
    const { data, entryStart } = this.windowOf(row)
    const entries = this.entriesOf(row)
    return data === null ? entries : entries.filter((entry) => data[entry - entryStart] > 0)
  }

  /** Column of an entry, by its number. */
  columnAt(entry: number): number {
    const { indices, entryStart } = this.windowOfEntry(entry)
    return indices[entry - entryStart]
  }

  /** Weight of an entry, by its number. */
  weightAt(entry: number): number {
    const { data, entryStart } = this.windowOfEntry(entry)
    return data === null ? 1 : data[entry - entryStart]
  }

  /** The window that an entry lies in, by its number. */
  windowOfEntry(entry: number): RowWindow {
    const { windows } = this
    let at = windows.length - 1
    while (windows[at].entryStart > entry) at--
    return windows[at]
  }

  /** The rows as one matrix: itself if it is one, otherwise a copy. */
  *whole(): Sliced<CsrMatrix> {
    const { rowCount, columnCount, nnz, windows } = this
    const isWeighted = windows.some(({ data }) => data !== null)
    const indptr = new Uint32Array(rowCount + 1)
    const indices = new Uint32Array(nnz)
    const data = isWeighted ? new Float32Array(nnz) : null
    for (const window of windows) {
      const { entryStart, rowStart, rowEnd } = window
      for (let row = rowStart; row < rowEnd; row++) indptr[row + 1] = entryStart + window.end(row)
      indices.set(window.indices, entryStart)
      if (window.data !== null) data?.set(window.data, entryStart)
      yield PAUSE
    }
    return new CsrMatrix(columnCount, { indptr, indices, data })
  }

  /**
   * Visits all rows in order, in slices.
   *
   * @param pass handles the rows [from, to) of a window
   * @param cost operations of one entry
   */
  *inSlices(pass: (window: RowWindow, from: number, to: number) => void, cost: number): Sliced<void> {
    for (const window of this.windows) {
      for (const [from, to] of slicesOf(window, cost)) {
        pass(window, from, to)
        yield PAUSE
      }
    }
  }
}

/** Consecutive ranges of the rows of a window, each about a slice of work. @param cost operations of one entry */
export const slicesOf = (window: RowWindow, cost: number): (readonly [from: number, to: number])[] =>
  rangesOfRows(window.rowStart, window.rowEnd, (row) => window.start(row), cost)

/**
 * A sparse matrix in compressed sparse row form, as in scipy: row r holds columns `indices[indptr[r] .. indptr[r + 1])`, ascending, each once. Its rows are
 * one window.
 */
export class CsrMatrix extends SparseRows implements RowWindow {
  readonly rowCount: number
  readonly columnCount: number
  readonly nnz: number
  /** Shape (rowCount + 1). */
  readonly indptr: Uint32Array
  /** Shape (nnz). */
  readonly indices: Uint32Array
  /** Shape (nnz); `null` is a pattern: every stored weight is 1. */
  readonly data: Float32Array | null

  /** @param arrays of which views are kept, up to `indptr[rowCount]` */
  constructor(columnCount: number, { indptr, indices, data }: CsrArrays) {
    super()
    this.rowCount = indptr.length - 1
    this.columnCount = columnCount
    this.nnz = indptr[this.rowCount]
    this.indptr = indptr
    this.indices = indices.subarray(0, this.nnz)
    this.data = data === null ? null : data.subarray(0, this.nnz)
  }

  get windows(): readonly [RowWindow] {
    return [this]
  }

  get rowStart(): number {
    return 0
  }

  get rowEnd(): number {
    return this.rowCount
  }

  get entryStart(): number {
    return 0
  }

  windowOf(_row: number): RowWindow {
    return this
  }

  override windowOfEntry(_entry: number): RowWindow {
    return this
  }

  start(row: number): number {
    return this.indptr[row]
  }

  end(row: number): number {
    return this.indptr[row + 1]
  }

  // eslint-disable-next-line require-yield -- the same shape as what is copied
  override *whole(): Sliced<CsrMatrix> {
    return this
  }

  /** The same entries with other weights, shape (nnz). */
  weighed(data: Float32Array): WeightedMatrix {
    return new CsrMatrix(this.columnCount, { indptr: this.indptr, indices: this.indices, data }) as WeightedMatrix
  }
}

/** A matrix with weights. */
export type WeightedMatrix = CsrMatrix & { readonly data: Float32Array }

/** The arrays of a matrix: views into an arena, or ordinary arrays. */
export interface CsrArrays {
  /** Shape (rowCount + 1). */
  readonly indptr: Uint32Array
  /** Shape (entries, duplicates included). */
  readonly indices: Uint32Array
  /** Shape (entries, duplicates included); `null` for a pattern. */
  readonly data: Float32Array | null
}

/** Sum of |weight| of every row, shape (rowCount). */
export const rowDegrees = (rows: SparseRows): Float64Array => atOnce(rowDegreesInSlices(rows))

/** As `rowDegrees`. */
export function* rowDegreesInSlices(rows: SparseRows): Sliced<Float64Array> {
  const degrees = new Float64Array(rows.rowCount)
  const add = (window: RowWindow, from: number, to: number): void => {
    const { data } = window
    for (let row = from; row < to; row++) {
      if (data === null) degrees[row] = window.end(row) - window.start(row)
      else for (let at = window.start(row), end = window.end(row); at < end; at++) degrees[row] += Math.abs(data[at])
    }
  }
  yield* rows.inSlices(add, 2)
  return degrees
}

/** Sum of |weight| of every column, shape (columnCount). */
export const columnDegrees = (rows: SparseRows): Float64Array => atOnce(columnDegreesInSlices(rows))

/** As `columnDegrees`. */
export function* columnDegreesInSlices({ columnCount, windows }: SparseRows): Sliced<Float64Array> {
  const degrees = new Float64Array(columnCount)
  for (const { indices, data } of windows) {
    const add = (from: number, to: number): void => {
      for (let at = from; at < to; at++) degrees[indices[at]] += data === null ? 1 : Math.abs(data[at])
    }
    yield* inSlices(indices.length, add, SCATTERED)
  }
  return degrees
}
