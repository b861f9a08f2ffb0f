/** Long work in slices: it says where it may pause, and its driver decides whether to. */

/** Yielded between two slices of work; nothing is sent back. */
export const PAUSE = Symbol('pause')
export type Pause = typeof PAUSE

/** Work that pauses, and asks for nothing. */
export type Sliced<Result> = Generator<Pause, Result, unknown>

/** Simple operations (a multiplication, a look-up) of a slice: a few milliseconds. */
export const SLICE = 2 ** 20

/** Counts operations, so that pauses lie about a slice apart, however the work is spread over rows. */
export class Slices {
  #left = SLICE

  /**
   * Counts operations that were just done; no single call should be for many slices.
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

/** Half-open ranges that make up [start, end), a slice of work each. @param cost operations of one step */
export function* ranges(start: number, end: number, cost = 1): Generator<readonly [from: number, to: number]> {
  const length = Math.max(1, Math.floor(SLICE / cost))
  for (let from = start; from < end; from += length) yield [from, Math.min(from + length, end)]
}

/** Does sliced work in one go. */
export function atOnce<Result>(work: Sliced<Result>): Result {
  let step = work.next()
  while (step.done !== true) step = work.next()
  return step.value
}
