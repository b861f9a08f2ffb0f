/** Long work in slices: it yields where it may pause, and its driver decides whether to. */

/** Yielded between two slices of work; has no answer. */
export const PAUSE = Symbol('pause')
export type Pause = typeof PAUSE

/** Work that pauses but makes no requests. */
export type Sliced<Result> = Generator<Pause, Result, unknown>

/** Simple operations (multiplications, look-ups) of a slice: a few milliseconds. */
export const SLICE = 2 ** 20

/** Counts operations, so that pauses are about a slice apart, however work is distributed over rows. */
export class Slices {
  #left = SLICE

  /**
   * Counts operations done since the last call; they should not exceed a few slices.
   *
   * @returns whether it is time to yield `PAUSE`
   */
  full(operations: number): boolean {
    this.#left -= operations
    if (this.#left > 0) return false
    this.#left = SLICE
    return true
  }
}

/** Consecutive ranges of [start, end), a slice of work each. @param cost operations of one step */
export function* ranges(start: number, end: number, cost = 1): Generator<readonly [from: number, to: number]> {
  const length = Math.max(1, Math.floor(SLICE / cost))
  for (let from = start; from < end; from += length) yield [from, Math.min(from + length, end)]
}

/** Consecutive ranges of [0, count), each of at most `most` work, or of a single row that exceeds it. */
export function* rangesOfWork(
  count: number,
  workOf: (row: number) => number,
  most: number,
): Generator<readonly [from: number, to: number]> {
  for (let from = 0, to = 0; from < count; from = to) {
    let work = workOf(to++)
    while (to < count && work + workOf(to) <= most) work += workOf(to++)
    yield [from, to]
  }
}

/** Consecutive ranges of rows, each about a slice of work: loops over them run at full speed in functions that never pause. @param cost operations of one entry */
export const rowRanges = (pointers: ArrayLike<number>, cost: number): (readonly [start: number, end: number])[] =>
  rangesOfRows(0, pointers.length - 1, (row) => pointers[row], cost)

/** As `rowRanges`, for rows [rowStart, rowEnd). @param startOf start of a row's entries; for `rowEnd` the end of the last row's */
export function rangesOfRows(
  rowStart: number,
  rowEnd: number,
  startOf: (row: number) => number,
  cost: number,
): (readonly [start: number, end: number])[] {
  const parts: (readonly [number, number])[] = []
  for (let start = rowStart, end = rowStart; start < rowEnd; start = end) {
    const first = startOf(start)
    do end++
    while (end < rowEnd && (startOf(end) - first + end - start) * cost < SLICE)
    parts.push([start, end])
  }
  return parts
}

/** Cost of a step that reads or writes at random in large arrays, and waits for memory. */
export const SCATTERED = 8

/**
 * A flat loop in slices.
 *
 * @param pass does a half-open range of steps; called for consecutive ranges of [0, length)
 * @param cost operations of one step
 */
export function* inSlices(length: number, pass: (from: number, to: number) => void, cost = 1): Sliced<void> {
  for (const [from, to] of ranges(0, length, cost)) {
    pass(from, to)
    yield PAUSE
  }
}

/**
 * Visits entries in slices.
 *
 * @param cost operations of a visit
 */
export function* visitInSlices<Entry>(
  entries: Iterable<Entry>,
  visit: (entry: Entry) => void,
  cost: number,
): Sliced<void> {
  const iterator = entries[Symbol.iterator]()
  const visitSome = (): boolean => {
    for (let left = SLICE / cost; left > 0; left--) {
      const step = iterator.next()
      if (step.done === true) return false
      visit(step.value)
    }
    return true
  }
  while (visitSome()) yield PAUSE
}
