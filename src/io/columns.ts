import { RivuletError, show } from '../support/errors.ts'
import { nearestOf } from '../support/options.ts'

/** Which column holds what, by the header's name or by number (from 0). Only the columns named are read. */
export interface ColumnOptions {
  /** Default: found by name, or column 0. */
  readonly user?: string | number | undefined
  /** Default: found by name, or column 1. */
  readonly item?: string | number | undefined
  readonly value?: string | number | undefined
  readonly signal?: string | number | undefined
  readonly time?: string | number | undefined
}

/** Column numbers, from 0. */
export interface Columns {
  readonly user: number
  readonly item: number
  readonly value?: number | undefined
  readonly signal?: number | undefined
  readonly time?: number | undefined
}

type Role = keyof Columns

const ROLES: readonly Role[] = ['user', 'item', 'value', 'signal', 'time']

/** Names that columns go by in public data sets, in lower case without punctuation; the first found wins. */
const NAMES: Readonly<Record<Role, readonly string[]>> = {
  user: 'user userid uid customer customerid visitor visitorid reviewer reviewerid member memberid account'.split(' '),
  item: (
    'item itemid iid movie movieid product productid asin book bookid isbn artist artistid song songid track trackid ' +
    'article articleid business businessid game gameid sku'
  ).split(' '),
  value: 'value rating ratings stars score weight count counts plays playcount listens quantity'.split(' '),
  signal: 'signal event eventtype behavior behaviour behaviortype behaviourtype action interaction'.split(' '),
  time: 'time timestamp ts date datetime unixtime unixtimestamp lastdate'.split(' '),
}

/** Columns of a table without a header: user, item, and if there are more, value and time. */
export function positionalColumns(width: number): Columns {
  return { user: 0, item: 1, ...(width > 2 && { value: 2 }), ...(width > 3 && { time: 3 }) }
}

/** Whether the first row looks like a header: one of its names is known for a user or an item. */
export function looksLikeHeader(names: readonly string[]): boolean {
  return findByName(names, 'user') !== undefined || findByName(names, 'item') !== undefined
}

/**
 * The columns of a header: those asked for; without any, those whose names are known.
 *
 * @throws {RivuletError} INVALID_OPTION for a column that is not there, INVALID_DATA when no column is known to hold users or items
 */
export function namedColumns(who: string, names: readonly string[], asked?: ColumnOptions): Columns {
  const found: Partial<Record<Role, number>> = {}
  for (const role of ROLES) {
    const wanted = asked?.[role]
    const needed = asked === undefined || role === 'user' || role === 'item'
    const column =
      wanted !== undefined ? askedColumn(who, role, wanted, names) : needed ? findByName(names, role) : undefined
    if (column !== undefined) found[role] = column
  }
  const { user, item } = found
  if (user === undefined || item === undefined) throw unknownColumn(who, user === undefined ? 'user' : 'item', names)
  return { ...found, user, item }
}

/**
 * The columns of rows without a header: those asked for by number; without any, user, item, value, time in this order.
 *
 * @throws {RivuletError} INVALID_OPTION for a column that is not there or is asked for by name
 */
export function numberedColumns(who: string, width: number, asked?: ColumnOptions): Columns {
  if (asked === undefined) return positionalColumns(width)
  const columns: Partial<Record<Role, number>> = { user: 0, item: 1 }
  for (const role of ROLES) {
    const wanted = asked[role]
    if (wanted !== undefined) columns[role] = askedColumn(who, role, wanted, width)
  }
  return columns as Columns
}

function askedColumn(who: string, role: Role, wanted: string | number, header: readonly string[] | number): number {
  const names = typeof header === 'number' ? [] : header
  const width = typeof header === 'number' ? header : header.length
  const column = typeof wanted === 'number' ? wanted : names.indexOf(wanted)
  if (Number.isInteger(column) && column >= 0 && column < width) return column
  const nearest = typeof wanted === 'string' ? nearestOf(wanted, names) : null
  throw new RivuletError(
    'INVALID_OPTION',
    {
      who: `${who}, option 'columns.${role}'`,
      expected: names.length > 0 ? `one of ${names.map(show).join(', ')}` : `a number in [0, ${width})`,
      got: show(wanted),
      todo: nearest === null ? 'Columns are numbered from 0.' : `Did you mean '${nearest}'?`,
    },
    { column: wanted },
  )
}

function findByName(names: readonly string[], role: Role): number | undefined {
  const plain = names.map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
  const known = NAMES[role].find((name) => plain.includes(name))
  return known === undefined ? undefined : plain.indexOf(known)
}

function unknownColumn(who: string, role: Role, names: readonly string[]): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, line 1`,
    expected: `a column with a name such as ${NAMES[role].slice(0, 3).map(show).join(', ')}`,
    got: names.slice(0, 12).map(show).join(', '),
    todo: `Say which column holds the ${role}s: columns: { ${role}: ... }.`,
  })
}
