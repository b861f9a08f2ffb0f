import { badRow } from './bad-rows.ts'
import { atOnce } from '../support/drive.ts'
import { printable, RivuletError, show } from '../support/errors.ts'
import { counted, firstOf, shown, type Shown } from '../support/printed.ts'
import { isKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { expectedSingle, isSingle } from '../support/options.ts'

/**
 * The central table of the library: interactions as columns. Every reader and every graph produces it, and every algorithm starts from it.
 *
 * Row r means: user `user[r]` acted on item `item[r]`, with signal `signals[signal[r]]`, weight `value[r]`, at `time[r]`.
 */
export interface Interactions {
  readonly users: KeyIndex
  readonly items: KeyIndex
  /** User row of each interaction, shape (length). */
  readonly user: Int32Array
  /** Item row of each interaction, shape (length). */
  readonly item: Int32Array
  /** Weight, stars or count of each interaction; absent means 1 for all. 0, or a size from 1.2e-38 to 3.4e38. */
  readonly value?: Float32Array
  /** Number of the signal of each interaction; absent means signal 0 for all. */
  readonly signal?: Uint8Array
  /** Names of the signals (the edge labels): 'rating', 'view', 'play' ... At least one. */
  readonly signals: readonly string[]
  /** Time of each interaction in the caller's unit (usually seconds since 1970); NaN if unknown; absent if there are no times. */
  readonly time?: Float64Array
  /** Whether the rows are drawn from all times, as in training by `splitRandom` and `splitLeaveLastOut`: the test is then not in the future, so `recency: 'auto'` ignores times. */
  readonly fromAllTimes?: true
  /** Notes on what was left out or inferred when the table was built; absent if there are none. */
  readonly notes?: readonly string[]
  readonly length: number
}

/** The same table with a short printed form: a line on a console, its sizes as JSON. Rows are read by `toRows` and `toColumns`. */
export const asTable = <T extends Interactions>(table: T): T => shown<Interactions>(table, TABLE) as T

const TABLE: Shown<Interactions> = {
  line: ({ users, items, length, signals, value, time }) =>
    printable(
      `Interactions { ${counted(length, 'row')}, ${counted(users.size, 'user')}, ${counted(items.size, 'item')}, signals: ${firstOf(signals)}` +
        `${value ? ', values' : ''}${time ? ', times' : ''} }`,
    ),
  document: ({ users, items, length, signals, value, time, notes = [] }) => ({
    ...{ rows: length, users: users.size, items: items.size, signals },
    ...{ values: value !== undefined, times: time !== undefined, notes },
  }),
}

/** Whether something has the shape of a table; the contents of its columns are checked by `checkInteractions`. */
export function isTable(value: unknown): value is Interactions {
  const columns = ['users', 'items', 'user', 'item', 'signals', 'length']
  return value !== null && typeof value === 'object' && columns.every((name) => name in value)
}

/**
 * Checks the table's invariants once: columns of the right types and equal lengths, rows in range, values within single precision, signals with
 * distinct names.
 *
 * @throws {RivuletError} INVALID_DATA naming the row and column, or for a value that is not a table; EMPTY_DATA when there is no row.
 */
export const checkInteractions = (who: string, table: Interactions): Interactions => atOnce(checkInSlices(who, table))

/** As `checkInteractions`. */
export function* checkInSlices(who: string, table: Interactions): Sliced<Interactions> {
  if (!isTable(table)) throw noTable(who, table)
  checkShape(who, table)
  // Column by column, so that the first error does not depend on the slices.
  for (const check of CHECKS) yield* inSlices(table.length, (from, to) => check(who, table, from, to), CHECK_COST)
  return table
}

/** Whether a row of a table can be used. @throws {RivuletError} INVALID_DATA naming its column */
export function checkRow(who: string, table: Interactions, row: number): void {
  for (const check of CHECKS) check(who, table, row, row + 1)
}

/** Operations per checked row. */
const CHECK_COST = 4

function checkKeys(who: string, { users, items, user, item }: Interactions, from: number, to: number): void {
  const userCount = users.size
  const itemCount = items.size
  for (let row = from; row < to; row++) {
    if (user[row] < 0 || user[row] >= userCount)
      throw invalid(who, 'user', row, `a row in [0, ${userCount})`, user[row])
    if (item[row] < 0 || item[row] >= itemCount)
      throw invalid(who, 'item', row, `a row in [0, ${itemCount})`, item[row])
  }
}

function checkValues(who: string, { value }: Interactions, from: number, to: number): void {
  for (let row = from; value !== undefined && row < to; row++)
    if (!isSingle(value[row])) throw invalid(who, 'value', row, expectedSingle(value[row]), value[row])
}

function checkSignals(who: string, { signal, signals }: Interactions, from: number, to: number): void {
  for (let row = from; signal !== undefined && row < to; row++) {
    if (signal[row] >= signals.length)
      throw invalid(who, 'signal', row, `a number below ${signals.length}`, signal[row])
  }
}

function checkTimes(who: string, { time }: Interactions, from: number, to: number): void {
  for (let row = from; time !== undefined && row < to; row++) {
    if (Math.abs(time[row]) === Infinity)
      throw invalid(who, 'time', row, 'a finite time, or NaN where it is unknown', time[row])
  }
}

const CHECKS = [checkKeys, checkValues, checkSignals, checkTimes]

const COLUMN_TYPES = {
  user: 'Int32Array',
  item: 'Int32Array',
  value: 'Float32Array',
  signal: 'Uint8Array',
  time: 'Float64Array',
} as const

/** Everything but the contents of rows. */
export function checkShape(who: string, table: Interactions): void {
  const { length, signals } = table
  if (length === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who,
      expected: 'at least one interaction',
      got: 'none',
      todo: 'Check that the input has rows with a user and an item.',
    })
  }
  for (const side of ['users', 'items'] as const)
    if (!isKeyIndex(table[side])) throw misshapen(who, side, 'a key index', show(table[side]))
  for (const [name, type] of Object.entries(COLUMN_TYPES) as [keyof typeof COLUMN_TYPES, string][]) {
    const column: unknown = table[name]
    if (column === undefined && name !== 'user' && name !== 'item') continue
    // By its tag, so that arrays of another realm (a worker, a test's sandbox) are accepted.
    if (Object.prototype.toString.call(column) !== `[object ${type}]`) throw misshapen(who, name, type, show(column))
    const rows = (column as ArrayLike<number>).length
    if (rows !== length) throw misshapen(who, name, `a column of ${length} rows`, `${rows} rows`)
  }
  const named: readonly unknown[] = Array.isArray(signals) ? signals : []
  const distinct = new Set(named.filter((name) => typeof name === 'string')).size
  if (distinct === 0 || distinct < named.length)
    throw misshapen(who, 'signals', 'at least one name, each once', show(signals))
}

/** The error for a table without a column. @param need the reason, if it is not obvious: ', which a half-life needs' */
export const withoutColumn = (
  who: string,
  column: 'value' | 'time',
  todo: string,
  need = '',
  details: object = {},
): RivuletError =>
  new RivuletError('INVALID_DATA', {
    who,
    expected: `a table with a '${column}' column${need}`,
    got: 'no such column, or no known value in it',
    todo,
    details: { column, ...details },
  })

function noTable(who: string, got: unknown): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who,
    expected: 'a table of interactions',
    got: show(got),
    todo: 'Make one with fromRows, fromColumns, readInteractions or toInteractions.',
  })
}

function misshapen(who: string, column: string, expected: string, got: string): RivuletError {
  const todo = 'Make the table with fromRows, fromColumns, readInteractions or toInteractions.'
  return new RivuletError('INVALID_DATA', {
    who: `${who}, column '${column}'`,
    expected,
    got,
    todo,
    details: { column },
  })
}

function invalid(who: string, column: string, row: number, expected: string, got: number): RivuletError {
  return badRow({
    who: `${who}, column '${column}', row ${row}`,
    expected,
    got: String(got),
    todo: 'Correct or drop that row.',
    details: { column, row },
  })
}

/**
 * Which ids of users and items cannot be keys of nodes, and become 'user:ID' or 'item:ID': none, some words that graphology cannot
 * use, or all, if an id is on both sides or such a key is already an id.
 */
export function prefixRule(users: KeyIndex, items: KeyIndex): (id: string) => boolean {
  const isKnown = (id: string): boolean => users.rowOf(id) >= 0 || items.rowOf(id) >= 0
  const [few, many] = users.size < items.size ? [users, items] : [items, users]
  for (const id of few.keys()) if (many.rowOf(id) >= 0) return () => true
  for (const word of TAKEN) if (isKnown(word) && (isKnown(`user:${word}`) || isKnown(`item:${word}`))) return () => true
  return (id) => TAKEN.has(id)
}

/** graphology stores neighbours in plain objects, where these words have a meaning. */
const TAKEN: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))
