/** Detection of times in two units, seconds and milliseconds for example: orders and ages of rows would be silently wrong. */
import { RivuletError } from '../support/errors.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { timesInSlices, type KnownSpan } from './durations.ts'

/** Seconds since 1970 from which times are recognised: from 1985 on. */
const SECONDS = 5e8
const UNITS = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'] as const

type Unit = (typeof UNITS)[number]

/** Rows whose times look like each of these units. */
export type UnitCounts = Readonly<Record<Unit, number>>

export const noUnits = (): Record<Unit, number> => ({ seconds: 0, milliseconds: 0, microseconds: 0, nanoseconds: 0 })

/** Counts a time by the unit that it looks like, if any. */
export function countUnit(counts: Record<Unit, number>, time: number): void {
  if (time < SECONDS) return
  if (time < 10 * SECONDS) counts.seconds++
  else if (time >= 1e3 * SECONDS && time < 1e4 * SECONDS) counts.milliseconds++
  else if (time >= 1e6 * SECONDS && time < 1e7 * SECONDS) counts.microseconds++
  else if (time >= 1e9 * SECONDS && time < 1e10 * SECONDS) counts.nanoseconds++
}

export const areTwoUnits = (counts: UnitCounts): boolean => UNITS.filter((unit) => counts[unit] > 0).length > 1

export const describeUnits = (counts: UnitCounts): string =>
  UNITS.filter((unit) => counts[unit] > 0)
    .map((unit) => `${counts[unit]} of ${unit}`)
    .join(' and ')

/** @param need the reason for one unit, after a comma */
export const twoUnits = (who: string, counts: UnitCounts, need = ''): RivuletError =>
  new RivuletError('INVALID_DATA', {
    who: `${who}, column 'time'`,
    expected: `times in one unit${need}`,
    got: describeUnits(counts),
    todo: 'Convert all times to one unit, or leave the time column out.',
    details: { column: 'time' },
  })

/** The known times of rows, and their units; an empty span if there are none. */
function* readTimes(time: Float64Array): Sliced<KnownSpan & { readonly units: UnitCounts }> {
  const units = noUnits()
  const meet = (from: number, to: number): void => {
    for (let row = from; row < to; row++) countUnit(units, time[row])
  }
  yield* inSlices(time.length, meet)
  return { ...(yield* timesInSlices({ time })), units }
}

/** Whether times determine an order: there are at least two moments, in one unit. */
export function* tellOrder(time: Float64Array): Sliced<boolean> {
  const { oldest, newest, units } = yield* readTimes(time)
  return oldest < newest && !areTwoUnits(units)
}

/** @returns the known times @throws {RivuletError} INVALID_DATA */
export function* requireOneUnit(who: string, time: Float64Array): Sliced<KnownSpan> {
  const { units, ...span } = yield* readTimes(time)
  if (areTwoUnits(units)) throw twoUnits(who, units)
  return span
}

/**
 * Times in one unit, at least one of them known.
 *
 * @param time undefined for a table without the column
 * @param missing error if no time is known
 * @throws {RivuletError} INVALID_DATA
 */
export function* requireTimes(
  who: string,
  time: Float64Array | undefined,
  missing: () => RivuletError,
): Sliced<KnownSpan & { readonly time: Float64Array }> {
  if (time === undefined) throw missing()
  const span = yield* requireOneUnit(who, time)
  if (span.newest < span.oldest) throw missing()
  return { time, ...span }
}
