/** Longest text that is looked at: a date with a clock, nine decimals and a zone takes 39 characters. */
const LONGEST_DATE = 64

/** Date, clock and zone, as ISO 8601 has them and as databases write them: a space for the T, a space before the zone. */
const PATTERN = new RegExp(
  String.raw`^(\d{4})([-/])(\d\d)\2(\d\d)` + // 2021-01-31, 2021/01/31
    String.raw`(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?` + // T10, T10:00, T10:00:00, T10:00:00.5
    String.raw`(?: ?(Z|UTC|GMT|([+-])(\d\d)(?::?(\d\d))?))?)?$`, // Z, UTC, +02, +0200, +02:00
  'i',
)

const DAY = 24 * 3600
const END_OF_DAY = '24'
/** As every day of UTC may end, and no other minute. */
const LEAP_SECOND = '60'

/** Farthest from UTC that clocks are, in minutes: UTC+14 on the Line Islands. */
const FARTHEST_ZONE = 14 * 60

/**
 * Seconds since 1970 of a date in text, NaN for anything that is none: '2021-01-31', '2021-01-31T10:00:00.5Z', '2021-01-31 10:00:00,5 +0200',
 * '2021-01-31 10:00:00 UTC'. Without a zone it is UTC. Spaces around it do not matter.
 *
 * The day must be in the calendar (years 0001 to 9999; no 30 February), the clock from 00:00:00 to 23:59:59.999..., or 24:00:00 for the end of
 * the day. A leap second, 23:59:60 UTC, is the next second, as POSIX and PostgreSQL count. Not dates: days or months before the year (which comes
 * first is anybody's guess), years of two digits, weeks, names of months and of other zones than UTC and GMT, zones farther than 14 hours.
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
  // Not Date.UTC, which takes the years 0 to 99 for those of the 20th century.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  // A day that the month has not is taken for one of the next month.
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

/** How to write a date that `dateOf` did not take. */
export function dateAdvice(text: string): string {
  const why = YEAR_LAST.test(text) ? 'Its day and month could be either way round. ' : ''
  return `${why}Write dates as 2020-12-31 or 2020-12-31T23:59:59Z.`
}
