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
