/** Sizes of a prepared matrix. */
export interface MatrixShape {
  readonly rowCount: number
  readonly columnCount: number
  readonly nnz: number
  readonly weighted: boolean
  /** A square matrix is multiplied directly; a bipartite one as W' W. */
  readonly square: boolean
  /** Rows of the longest row window. */
  readonly longestWindow: number
}

/** Rows [rowStart, rowEnd) of a matrix: the unit of work that threads share. */
export interface Window {
  readonly rowStart: number
  readonly rowEnd: number
}

/** Every window adds a pass over the columns; with 30 pairs per column and window the sweep itself costs many times that. */
const PAIRS_PER_COLUMN_AND_WINDOW = 30
const MOST_WINDOWS = 8

/** Row windows of a matrix: by its sizes alone, so that every thread count adds in the same order. */
export function windowCount({ nnz, columnCount, square }: Omit<MatrixShape, 'longestWindow'>): number {
  if (square) return MOST_WINDOWS
  return Math.max(1, Math.min(MOST_WINDOWS, Math.floor(nnz / (columnCount * PAIRS_PER_COLUMN_AND_WINDOW))))
}

/**
 * Cuts the rows into `count` consecutive windows of about equal work, where a row costs its pairs plus one.
 *
 * The cut depends on the matrix alone, never on the number of threads: partial sums are added window by window, so every thread count gives the same bits.
 */
export function cutWindows(indptr: Uint32Array, count: number): Window[] {
  const rowCount = indptr.length - 1
  const work = indptr[rowCount] + rowCount
  const windows: Window[] = []
  let rowStart = 0
  for (let window = 1; window <= count; window++) {
    const rowEnd = window === count ? rowCount : firstRowAtWork(indptr, (work * window) / count)
    windows.push({ rowStart, rowEnd })
    rowStart = rowEnd
  }
  return windows
}

/** The first row before which at least `target` units of work lie, by bisection. */
function firstRowAtWork(indptr: Uint32Array, target: number): number {
  let low = 0
  let high = indptr.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (indptr[middle] + middle < target) low = middle + 1
    else high = middle
  }
  return low
}
