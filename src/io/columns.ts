import { RivuletError, show } from '../support/errors.ts'
import { integerAtLeast, oneOf, isString, either, nearestOf, refusedOption } from '../support/options.ts'
import { optional, type Given } from '../support/spec.ts'
import { kindOfColumn, timeUnitOf, type ColumnKind } from './cell-kinds.ts'
import { COLUMN_NAMES, findByName, ROLES, type Role } from './column-names.ts'

const isColumn = either(isString, integerAtLeast(0))

const isColumnOrNone = either(isColumn, oneOf(null))

export const columnOptions = {
  /** Default: found by name; without a header the first column. */
  user: optional<string | number>(isColumn),
  /** Default: found by name; without a header the second column. */
  item: optional<string | number>(isColumn),
  /** Default: found by name; without a header by what the cells look like. */
  value: optional<string | number | null>(isColumnOrNone),
  /** As `value`. */
  signal: optional<string | number | null>(isColumnOrNone),
  /** As `value`. */
  time: optional<string | number | null>(isColumnOrNone),
}

/**
 * Which column holds what, by the header's name or by number (from 0); `null` says that none does. Roles that are not named are still found.
 */
export interface ColumnOptions extends Given<typeof columnOptions> {}

/** Column numbers, from 0. */
export interface Columns {
  readonly user: number
  readonly item: number
  readonly value?: number | undefined
  readonly signal?: number | undefined
  readonly time?: number | undefined
}

type Found = { [role in Role]?: number }

/**
 * The columns of a header: those asked for, and for roles that were not asked for those whose names are known.
 *
 * @throws {RivuletError} INVALID_OPTION for a column that is not there, INVALID_DATA when no column is known to hold users or items
 */
export function namedColumns(
  who: string,
  names: readonly string[],
  asked: ColumnOptions = {},
  naming = HEADER,
): Columns {
  const found = askedColumns(who, names, asked)
  for (const role of ROLES) {
    const column = asked[role] === undefined ? findByName(names, role, taken(found)) : undefined
    if (column !== undefined) found[role] = column
  }
  const { user, item } = found
  if (user === undefined || item === undefined)
    throw unknownColumn(who, user === undefined ? 'user' : 'item', names, naming)
  return { ...found, user, item }
}

/** For messages: where the names are, and what to do if none is known. */
interface Naming {
  readonly place: string
  todo(role: Role): string
}

const HEADER: Naming = {
  place: ', line 1',
  todo: (role) =>
    `If the first line is a header, name the columns: columns: { ${role}: ... }. If it is data, say header: false.`,
}

/**
 * The columns of rows without a header: those asked for by number; then user and item as they come, and time, value and signal among the others
 * by what their cells look like.
 *
 * @param rows some of the rows
 * @throws {RivuletError} INVALID_OPTION for a column that is not there or is asked for by name; INVALID_DATA if no columns are named and the role
 * of one of the first four is ambiguous
 */
export function numberedColumns(who: string, rows: readonly (readonly string[])[], asked: ColumnOptions = {}): Columns {
  const width = rows[0].length
  const cellsOf = (column: number): string[] => rows.map((row) => row[column])
  const found = askedColumns(who, width, asked)
  for (const role of ['user', 'item'] as const) {
    if (found[role] !== undefined) continue
    found[role] = sideColumn(role, taken(found))
    if (found[role] >= width) throw unclearColumn(who, found[role], 'no such column')
    if (timeUnitOf(cellsOf(found[role])) === 'date') throw unclearColumn(who, found[role], 'dates')
  }
  const { user = 0, item = 1 } = found
  const isAsked = Object.keys(asked).length > 0
  const free = Array.from({ length: width }, (_, column) => {
    if (taken(found).has(column)) return null
    const cells = cellsOf(column)
    // If other columns were named, numbers with gaps were left out on purpose: a value may not be missing.
    return isAsked && cells.some((cell) => cell === '') && timeUnitOf(cells) === null ? 'text' : kindOfColumn(cells)
  })
  const find = (role: Role, kind: ColumnKind, from: number): void => {
    const column = free.indexOf(kind, from)
    if (asked[role] === undefined && column >= 0) take(role, column)
  }
  const take = (role: Role, column: number): void => {
    found[role] = column
    free[column] = null
  }
  find('time', 'time', 0)
  find('value', 'number', Math.max(user, item) + 1)
  find('signal', 'label', Math.max(user, item) + 1)
  const isTimeless = found.time === undefined && asked.time === undefined
  if (isTimeless && found.value === 2 && (isAsked ? free[3] === 'number' : isMeant(free[3]))) take('time', 3)
  const unclear = [2, 3].find((column) => isMeant(free[column]))
  if (unclear !== undefined && !isAsked) throw unclearColumn(who, unclear, `${free[unclear]}s`)
  return { ...found, user, item }
}

const taken = (found: Found): Set<number> => new Set(Object.values(found))

/** The first two columns hold users and items; if one of them is taken, the next free one. */
const sideColumn = (role: 'user' | 'item', held: ReadonlySet<number>): number =>
  (role === 'user' ? [0, 1, 2] : [1, 0, 2]).find((column) => !held.has(column)) ?? 2

const isMeant = (kind: ColumnKind | null | undefined): boolean =>
  kind !== null && kind !== undefined && kind !== 'empty'

function askedColumns(who: string, header: readonly string[] | number, asked: ColumnOptions): Found {
  const found: Found = {}
  for (const role of ROLES) {
    const wanted = asked[role]
    if (wanted !== undefined && wanted !== null) found[role] = askedColumn(who, role, wanted, header)
  }
  if (found.user !== undefined && found.user === found.item) throw sameColumn(who, asked.item)
  return found
}

function askedColumn(who: string, role: Role, wanted: string | number, header: readonly string[] | number): number {
  const names = typeof header === 'number' ? [] : header
  const width = typeof header === 'number' ? header : header.length
  const column = typeof wanted === 'number' ? wanted : names.indexOf(wanted)
  if (Number.isInteger(column) && column >= 0 && column < width) return column
  const nearest = typeof wanted === 'string' ? nearestOf(wanted, names) : null
  throw refusedOption(who, `columns.${role}`, {
    expected: names.length > 0 ? `one of ${names.map(show).join(', ')}` : `a number in [0, ${width})`,
    got: show(wanted),
    todo: nearest === null ? 'Columns are numbered from 0.' : `Did you mean '${nearest}'?`,
    details: { column: wanted },
  })
}

function unknownColumn(who: string, role: Role, names: readonly string[], { place, todo }: Naming): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}${place}`,
    expected: `a column with a name such as ${COLUMN_NAMES[role].slice(0, 3).map(show).join(', ')}`,
    got: names.slice(0, 12).map(show).join(', '),
    todo: todo(role),
  })
}

function unclearColumn(who: string, column: number, got: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, column ${column + 1}`,
    expected: 'user, item, and then a value, a time or a signal of a few words, in a file without a header',
    got,
    todo: 'Give the columns by number, from 0: columns: { user: 0, item: 2 }.',
    details: { column: column + 1 },
  })
}

function sameColumn(who: string, got: unknown): RivuletError {
  return refusedOption(who, 'columns.item', {
    expected: 'a column other than that of the users',
    got: show(got),
    todo: 'Name the column of the items.',
  })
}
