import { atOnce } from '../support/drive.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { integer, number, optional, resolve, type Given } from '../support/spec.ts'
import { isDuration, spanIn, type Duration } from './durations.ts'
import { checkInSlices, type Interactions } from './interactions.ts'
import { requireTimes } from './time-units.ts'
import { divide, DROPPED, dropRepeats, latestRows, rowsFrom, TEST, timeless, type Split } from './split.ts'

export const rollingOptions = {
  /** Number of windows, an integer >= 1. Default 3. */
  folds: integer(3, 1),
  /** Share of the rows that all windows test together: the latest ones, about equally many in each. In (0, 1). Default 0.2. */
  testFraction: number(0.2, 0, 1, '()'),
  /** Span of time that each window tests, > 0: a number in the unit of the table's times, or '7d', '12h'; the last window ends with the newest row. Default: none, `testFraction` decides. */
  window: optional<Duration>(isDuration),
}

export interface SplitRollingOptions extends Given<typeof rollingOptions> {}

/**
 * Several windows of time, the earliest first: each is tested after training on all rows before it, and on nothing else. One window is `splitByTime`.
 *
 * Ties of windows by `testFraction`, unknown times and repeats as there; `dropped` includes the rows after the window.
 *
 * @throws {RivuletError} INVALID_DATA when there is no time column, or times in two units, EMPTY_DATA when a window, or the part before it, would be empty,
 *   INVALID_OPTION, UNKNOWN_OPTION
 */
export const splitRolling = (table: Interactions, options?: SplitRollingOptions): Split[] =>
  atOnce(splitRollingInSlices(table, options))

/** As `splitRolling`, with the caller's name. */
export function* splitRollingInSlices(
  table: Interactions,
  options?: SplitRollingOptions,
  who = 'splitRolling',
): Sliced<Split[]> {
  const { folds, testFraction, window } = resolve(who, rollingOptions, options)
  yield* checkInSlices(who, table)
  const { time, ...times } = yield* requireTimes(who, table.time, () => timeless(who))
  const span = window === undefined ? null : spanIn(`${who}, option 'window'`, window, times)
  const windows: Split[] = []
  for (let fold = 0; fold < folds; fold++) {
    const latestFrom = (first: number): Sliced<Uint8Array> =>
      span !== null
        ? rowsFrom(time, times.newest - span * (folds - first))
        : latestRows(time, (testFraction * (folds - first)) / folds)
    const tested = yield* latestFrom(fold)
    const later = fold + 1 < folds ? yield* latestFrom(fold + 1) : null
    const dropLater = (from: number, to: number): void => {
      for (let row = from; row < to; row++) if (later?.[row] === TEST) tested[row] = DROPPED
    }
    yield* inSlices(time.length, dropLater)
    yield* dropRepeats(table, tested)
    windows.push(yield* divide(who, table, tested))
  }
  return windows
}
