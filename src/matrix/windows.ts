/** Rows [rowStart, rowEnd) of a matrix: the unit of work that threads share. */
export interface Window {
  readonly rowStart: number
  readonly rowEnd: number
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
