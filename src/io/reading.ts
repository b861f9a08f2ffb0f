import { dateOf } from '../data/dates.ts'
import type { Interactions } from '../data/interactions.ts'
import { EARLIEST_TIME, LATEST_TIME } from '../data/durations.ts'
import { timeUnitOf, type TimeUnit } from './cell-kinds.ts'
import { ROLES, type Role } from './column-names.ts'
import type { Columns } from './columns.ts'
import type { Format } from './detect.ts'

/** How a file was read: what was decided where nothing was said, and what was left out. Plain JSON. */
export interface Reading {
  readonly format: Format
  /** What stands between fields; `null` for JSON lines. */
  readonly delimiter: string | null
  /** Whether line 1 names the columns; `null` where the format has no header. */
  readonly header: boolean | null
  /** What each role was read from: the column's name, 'column 3' where it has none. Roles that are not there are left out. */
  readonly columns: Readonly<Partial<Record<Role, string>>>
  /** Unit of the times, as far as their first ones tell: 'date' was turned into seconds, the others are as in the file. `null` without times, or unknown. */
  readonly timeUnit: TimeUnit | null
  /** Columns that were not read. */
  readonly ignored: readonly string[]
  /** Lines that were skipped as comments. */
  readonly comments: number
  /** Decisions that could have been others, in words. */
  readonly notes: readonly string[]
}

/** Columns by what they are called. @param names empty names are told by their place */
export function describeColumns(names: readonly string[], columns: Columns): Pick<Reading, 'columns' | 'ignored'> {
  const labels = names.map((name, column) => (name.trim() === '' ? `column ${column + 1}` : name))
  const read = ROLES.filter((role) => columns[role] !== undefined)
  return {
    columns: Object.fromEntries(read.map((role) => [role, labels[columns[role] as number]])),
    ignored: labels.filter((_, column) => !Object.values(columns).includes(column)),
  }
}

/** Unit of the times in some rows. */
export function unitOfRows(rows: readonly (readonly string[])[], { time }: Columns): TimeUnit | null {
  return time === undefined ? null : timeUnitOf(rows.map((row) => row[time]))
}

/** Notes on times that cannot all be in one unit, seconds beside milliseconds or beside dates that became seconds; and of dates without dashes. */
export function timeNotes({ time = new Float64Array(0) }: Pick<Interactions, 'time'>): string[] {
  let [earliest, latest] = [Infinity, -Infinity]
  for (const one of time) {
    if (one >= EARLIEST_TIME && one < earliest) earliest = one
    if (one > latest) latest = one
  }
  const isOneUnit = latest <= earliest * (LATEST_TIME / EARLIEST_TIME)
  const units = isOneUnit ? [] : [`times from ${earliest} to ${latest} are not in one unit: seconds and milliseconds?`]
  const first = time.subarray(0, MOST_LOOKED_AT).filter((one) => !Number.isNaN(one))
  const areDates = first.length > 0 && first.every(looksLikeDate)
  return areDates
    ? [...units, `times such as ${first[0]} look like dates and are read as numbers: write 2020-12-31`]
    : units
}

/** Times that are looked at for what they look like. */
const MOST_LOOKED_AT = 1000

/** Whether the digits of a number are a day of the calendar from 1900 to 2099, with or without a clock: 20201231, 20201231235959. */
function looksLikeDate(time: number): boolean {
  const [, year, month, day] = /^((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{6})?$/.exec(String(time)) ?? []
  return year !== undefined && !Number.isNaN(dateOf(`${year}-${month}-${day}`))
}
