import type { Control } from './control.ts'

/**
 * Elements processed between two heartbeats. This takes a few milliseconds, or a few tens of them in the slowest loops, so that neither deadlines
 * nor cancelling depend on the size of a problem.
 */
export const SLICE = 2 ** 20

/** Rows of a slice if each costs `elements`; at least one. */
export const rowsOf = (elements: number): number => Math.max(1, Math.floor(SLICE / Math.max(1, elements)))

/** Thrown through the work of a member whose job was stopped. */
export class Stopped extends Error {}

/** Runs the work of a member to its end, or until the job is stopped. */
export function untilStopped(work: () => void): void {
  try {
    work()
  } catch (thrown) {
    if (!(thrown instanceof Stopped)) throw thrown
  }
}

/** Heartbeat; ends the work if the job was stopped. @throws Stopped */
export function pace(control: Control): void {
  control.beat()
  if (control.stopped) throw new Stopped()
}

/** Works on [start, end) in slices of `most`, with a heartbeat after each. @throws Stopped when the job was stopped. */
export function inSlices(
  control: Control,
  start: number,
  end: number,
  most: number,
  work: (from: number, to: number) => void,
): void {
  for (let from = start; from < end; from += most) {
    work(from, Math.min(from + most, end))
    pace(control)
  }
}

/**
 * Works on rows [start, end) in slices of about equal cost: a row costs its entries plus one, `width` elements each; a row is never cut.
 *
 * @param pointers where the entries of each row begin, shape (at least end + 1)
 */
export function inSlicesOfEntries(
  control: Control,
  start: number,
  end: number,
  pointers: Uint32Array,
  width: number,
  work: (from: number, to: number) => void,
): void {
  const most = rowsOf(width)
  for (let from = start; from < end;) {
    const to = sliceEnd(pointers, from, end, most)
    work(from, to)
    pace(control)
    from = to
  }
}

/** The end of a slice that starts at row `start`: at least one row, and as many as cost at most `most` together. By bisection. */
function sliceEnd(pointers: Uint32Array, start: number, end: number, most: number): number {
  const costTo = (row: number): number => pointers[row] - pointers[start] + row - start
  if (costTo(end) <= most) return end
  let [low, high] = [start + 1, end]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (costTo(middle) <= most) low = middle
    else high = middle
  }
  return low
}

/** As `inSlicesOfEntries`, with the cost of each row in elements given by a function. */
export function inSlicesOfCost(
  control: Control,
  start: number,
  end: number,
  costOf: (row: number) => number,
  work: (from: number, to: number) => void,
): void {
  for (let from = start; from < end;) {
    let to = from
    for (let cost = 0; to < end && (to === from || cost + costOf(to) <= SLICE); to++) cost += costOf(to)
    work(from, to)
    pace(control)
    from = to
  }
}
