/** Spans of time and moments as text or numbers, in the unit of a table's times, which is recognised by their range. */
import { RivuletError, show } from '../support/errors.ts'
import type { Check } from '../support/options.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { dateOf } from './dates.ts'

/** A span of time > 0: a number in the unit of the table's times, or text that names its own: '30d', '12h', '2w'. */
export type Duration = number | string

/** A point in time: a number in the unit of the table's times, a `Date`, or a date as text, UTC unless it says otherwise: '2013-09-01'. */
export type Moment = number | string | Date

const SECONDS: Readonly<Record<string, number>> = {
  ...{ ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 },
}

const PATTERN = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|min|h|d|w)$/i

/** Seconds of '30d', '12h', '2w', '45min' or 'm', '10s', '500ms'; NaN for other text. */
export function secondsOf(text: string): number {
  const [, number, unit = ''] = PATTERN.exec(text.trim()) ?? []
  return Number(number) * SECONDS[unit.toLowerCase()]
}

/** Whether a value is a span of time above 0. */
export const isDuration: Check = (value) => {
  const span = typeof value === 'string' ? secondsOf(value) : value
  const isSpan = typeof span === 'number' && span > 0 && span < Infinity
  return isSpan ? null : "a span of time > 0: a number in the unit of the times, or '30d', '12h', '2w'"
}

const secondsSince1970 = (date: string | Date): number =>
  typeof date === 'string' ? dateOf(date) : date.getTime() / 1000

/** Whether a value is a point in time. */
export const isMoment: Check = (value) => {
  const isDate = typeof value === 'string' || value instanceof Date
  const moment = isDate ? secondsSince1970(value) : value
  return Number.isFinite(moment) ? null : "a time: a number in the unit of the times, or a date such as '2013-09-01'"
}

/** Seconds since 1970 from 1979 to 2096: larger than usual counts, and with fewer digits than most ids. */
export const EARLIEST_TIME = 3e8
export const LATEST_TIME = 4e9

/** Units of times since 1970, by their number per second. */
const PER_SECOND = { d: 1 / 86_400, s: 1, ms: 1e3, us: 1e6, ns: 1e9 } as const

/** Unit of times since 1970: days, seconds, milli-, micro- or nanoseconds. */
export type UnitOfTime = keyof typeof PER_SECOND

/** The unit in which both ends of some times are from 1979 to 2096; `null` for times with another origin, or in several units. */
export function unitOfSpan(oldest: number, newest: number): UnitOfTime | null {
  const isIn = (perSecond: number): boolean =>
    oldest >= EARLIEST_TIME * perSecond && newest < LATEST_TIME * perSecond && oldest <= newest
  const units = Object.entries(PER_SECOND) as [UnitOfTime, number][]
  return units.find(([, perSecond]) => isIn(perSecond))?.[0] ?? null
}

/** The earliest and latest known time of a table. */
export interface KnownSpan {
  readonly oldest: number
  readonly newest: number
}

/** The known times of a table; an empty span if there are none. */
export const timesOf = (table: { readonly time?: Float64Array | undefined }): KnownSpan => atOnce(timesInSlices(table))

/** As `timesOf`. */
export function* timesInSlices({
  time = new Float64Array(0),
}: {
  readonly time?: Float64Array | undefined
}): Sliced<KnownSpan> {
  let [oldest, newest] = [Infinity, -Infinity]
  const meet = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (time[row] < oldest) oldest = time[row]
      if (time[row] > newest) newest = time[row]
    }
  }
  yield* inSlices(time.length, meet)
  return { oldest, newest }
}

/**
 * A span in the unit of a table's times.
 *
 * @param who function and option
 * @throws {RivuletError} INVALID_OPTION for text if the range of the times does not determine a unit
 */
export function spanIn(who: string, span: Duration, times: KnownSpan): number {
  return typeof span === 'number' ? span : secondsOf(span) * perSecond(who, span, times)
}

/** A moment in the unit of a table's times. @throws {RivuletError} as `spanIn` */
export function momentIn(who: string, moment: Moment, times: KnownSpan): number {
  return typeof moment === 'number' ? moment : secondsSince1970(moment) * perSecond(who, moment, times)
}

function perSecond(who: string, got: string | Date, { oldest, newest }: KnownSpan): number {
  const unit = unitOfSpan(oldest, newest)
  if (unit !== null) return PER_SECOND[unit]
  throw new RivuletError('INVALID_OPTION', {
    who,
    expected: `a number in the unit of the times, which go from ${oldest} to ${newest}: this range does not fit days, seconds or milliseconds since 1970`,
    got: show(got),
    todo: 'Give a number, or convert all times to one unit.',
    details: { value: got },
  })
}

const LETTERS = ['d', 'h', 'min', 's'] as const

/** A span as text, in the largest unit of which it has at least one: '3.5d', '12h'; a plain number if the unit of the times is unknown. */
export function spanText(span: number, { oldest, newest }: KnownSpan): string {
  const unit = unitOfSpan(oldest, newest)
  if (unit === null) return String(Number(span.toPrecision(3)))
  const seconds = span / PER_SECOND[unit]
  const letter = LETTERS.find((name) => seconds >= SECONDS[name]) ?? 's'
  return `${Number((seconds / SECONDS[letter]).toPrecision(3))}${letter}`
}

/** A moment as text: its day, UTC; a plain number if the unit of the times is unknown. */
export function momentText(moment: number, { oldest, newest }: KnownSpan): string {
  const unit = unitOfSpan(oldest, newest)
  return unit === null ? String(moment) : new Date((1000 * moment) / PER_SECOND[unit]).toISOString().slice(0, 10)
}
