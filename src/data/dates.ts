/** Longer texts are not parsed: a date with a time, nine decimals and a zone takes 39 characters. */
const LONGEST_DATE = 64

/** Date, time and zone, in ISO 8601 and in the forms that databases write: a space for the T, a space before the zone. */
const PATTERN = new RegExp(
  String.raw`^(\d{4})([-/])(\d\d)\2(\d\d)` + // 2021-01-31, 2021/01/31
    String.raw`(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?` + // T10, T10:00, T10:00:00, T10:00:00.5
    String.raw`(?: ?(Z|UTC|GMT|([+-])(\d\d)(?::?(\d\d))?))?)?$`, // Z, UTC, +02, +0200, +02:00
  'i',
)

const DAY = 24 * 3600
const END_OF_DAY = '24'
/** Allowed only in the last minute of a day of UTC. */
const LEAP_SECOND = '60'

/** The largest offset from UTC, in minutes: UTC+14 on the Line Islands. */
const FARTHEST_ZONE = 14 * 60

/**
 * Seconds since 1970 of a date in text, NaN for other text: '2021-01-31', '2021-01-31T10:00:00.5Z', '2021-01-31 10:00:00,5 +0200',
 * '2021-01-31 10:00:00 UTC'. Without a zone it is UTC. Surrounding spaces are ignored.
 *
 * The day must exist (years 0001 to 9999; no 30 February), the time must be from 00:00:00 to 23:59:59.999..., or 24:00:00 for the end of
 * the day. A leap second, 23:59:60 UTC, is the next second, as in POSIX and PostgreSQL. Not dates: days or months before the year (their
 * order is ambiguous), years of two digits, weeks, names of months and of other zones than UTC and GMT, offsets above 14 hours.
 */
export function dateOf(text: string): number {
  const parts = text.length > LONGEST_DATE ? null : PATTERN.exec(text.trim())
  if (parts === null) return NaN
  const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '', , sign, zoneHour, zoneMinute] =
    parts
  const whole =
    secondsOfDay(Number(year), Number(month), Number(day)) +
    secondsOfClock(Number(hour), Number(minute), Number(second)) -
    60 * minutesOfZone(sign, Number(zoneHour ?? 0), Number(zoneMinute ?? 0))
  const rest = Number(`0.${fraction}`)
  if (second === LEAP_SECOND && whole % DAY !== 0) return NaN
  return hour === END_OF_DAY && rest > 0 ? NaN : whole + rest
}

function secondsOfDay(year: number, month: number, day: number): number {
  // Not Date.UTC, which maps the years 0 to 99 to the 20th century.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  // A day beyond the end of the month would become one of the next month.
  const exists = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? date.getTime() / 1000 : NaN
}

function secondsOfClock(hour: number, minute: number, second: number): number {
  const seconds = 3600 * hour + 60 * minute + second
  const isClock = minute < 60 && second <= Number(LEAP_SECOND) && seconds <= DAY
  return isClock ? seconds : NaN
}

function minutesOfZone(sign: string | undefined, hours: number, minutes: number): number {
  const far = 60 * hours + minutes
  if (minutes >= 60 || far > FARTHEST_ZONE) return NaN
  return sign === '-' ? -far : far
}

/** Two numbers before a year: 12/31/2020, 31.12.20. */
const YEAR_LAST = /^\s*\d{1,2}([-/.])\d{1,2}\1\d{2,4}(?!\d)/

/** Advice for a text that `dateOf` does not accept. */
export function dateAdvice(text: string): string {
  const why = YEAR_LAST.test(text) ? 'Its day and month could be either way round. ' : ''
  return `${why}Write dates as 2020-12-31 or 2020-12-31T23:59:59Z.`
}
