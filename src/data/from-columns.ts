import { RivuletError, show } from '../support/errors.ts'
import { anything, type Check } from '../support/options.ts'
import { needed, optional, resolve, type Given } from '../support/spec.ts'
import { DenseKeyIndex, GrowingKeyIndex, isKeyIndex, requireRow } from '../support/key-index.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { BadCells, BadRows, badRowOptions } from './bad-rows.ts'
import { idOf, timeOf, valueOf, type Where } from './cells.ts'
import { asTable, checkInteractions, checkRow, checkShape } from './interactions.ts'
import type { Interactions } from './interactions.ts'
import { DEFAULT_SIGNAL, SIGNAL_LIMIT } from './table-builder.ts'
import { keysInOrder, rowsWhere, takeRows } from './take-rows.ts'

/** A column of ids (any array of text or numbers) or of row numbers (a typed array). */
export type KeyColumn = Int32Array | Uint32Array | readonly (string | number | bigint)[]

const WHO = 'fromColumns'

/** Throws its own error, because a column is data. */
const isKeyColumn: Check = (value, who = WHO) => {
  if (Array.isArray(value) || value instanceof Int32Array || value instanceof Uint32Array) return null
  throw new RivuletError('INVALID_DATA', {
    who: who.replace('option', 'column'),
    expected: 'an array of ids, or an Int32Array or Uint32Array of row numbers',
    got: show(value),
    todo: 'Give one for every row.',
  })
}

const isIndex: Check = (value) => (isKeyIndex(value) ? null : "a key index, such as a table's users or items")

const isListOfTexts: Check = (value) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string') ? null : 'an array of names'

const ownOptions = {
  /** Users of the rows. */
  user: needed<KeyColumn>(isKeyColumn, 'Give the users of all rows.'),
  /** Items of the rows. */
  item: needed<KeyColumn>(isKeyColumn, 'Give the items of all rows.'),
  /**
   * Weights that single precision holds (0, or a size from 1.2e-38 to 3.4e38), or text that spells one, as in `fromRows`; a `Float32Array` is used
   * as it is. Default none: every row weighs 1.
   */
  value: optional<Float32Array | ArrayLike<number | string>>(anything),
  /** Numbers into `signals`, or the signals' names. Default none: all rows carry the first signal. */
  signal: optional<Uint8Array | readonly string[]>(anything),
  /** Names of all signals in order of their numbers. Default: names in order of appearance, 'signal-0' and so on for numbers, or ['interaction']. */
  signals: optional<readonly string[]>(isListOfTexts),
  /**
   * Times as in `fromRows`: numbers in your unit, or a `Date` or an ISO 8601 date (seconds since 1970); unknown where missing, `null`, NaN or ''. A
   * `Float64Array` is used as it is. Default none.
   */
  time: optional<Float64Array | ArrayLike<number | string | Date | null | undefined>>(anything),
  /** Index of the user column: a typed column holds its row numbers, any other column ids that it must know. Default: built from the column. */
  users: optional<KeyIndex>(isIndex),
  /** The same for items. */
  items: optional<KeyIndex>(isIndex),
}

export const columnOptions = { ...ownOptions, ...badRowOptions }

/** Interactions by columns of the same length. */
export interface InteractionColumns extends Given<typeof ownOptions>, Given<typeof badRowOptions> {}

/**
 * Interactions from columns, without a copy where the types allow it.
 *
 * A typed column of users or items has row numbers: without an index their ids are the numbers ('0', '1' ... up to the largest).
 * A plain array has ids (`1` and '1' are the same id), numbered in order of first appearance.
 *
 * @throws {RivuletError} INVALID_DATA naming the column and row; EMPTY_DATA without a row; UNKNOWN_KEY for an id or a signal that is not in the given
 *   index or list; INVALID_OPTION, UNKNOWN_OPTION
 */
export function fromColumns(columns: InteractionColumns): Interactions {
  const given = resolve(WHO, columnOptions, columns)
  const badRows = new BadRows(WHO, given.onBadRow)
  const bad = new BadCells(badRows, given.user.length)
  const user = keyColumn('user', given.user, bad, given.users)
  const item = keyColumn('item', given.item, bad, given.items)
  const { rows } = user
  const { signal, signals } = signalColumn(given, rows.length, bad)
  const value = numberColumn('value', given.value, rows.length, bad, valueOf, Float32Array)
  const time = numberColumn('time', given.time, rows.length, bad, timeOf, Float64Array)
  const table = asTable({
    users: user.index,
    items: item.index,
    user: rows,
    item: item.rows,
    ...(value && { value }),
    ...(signal && { signal }),
    signals,
    ...(time && { time }),
    length: rows.length,
  })
  return checkInteractions(WHO, badRows.skips ? withoutBadRows(given, table, badRows, bad) : table)
}

/** The usable rows. Keys of a given index, or of row numbers, are kept. */
function withoutBadRows(given: InteractionColumns, table: Interactions, badRows: BadRows, bad: BadCells): Interactions {
  checkShape(WHO, table)
  for (let row = 0; row < table.length; row++) {
    if (bad.has(row)) continue
    bad.read(row, () => {
      checkRow(WHO, table, row)
      return 0
    })
  }
  if (badRows.count === 0) return table
  const left = takeRows(
    table,
    rowsWhere(table.length, (row) => !bad.has(row)),
  )
  if (left.length === 0) throw badRows.nothingLeft()
  const { users, items, user, item, ...rest } = keysInOrder(left)
  const isMade = (side: 'user' | 'item'): boolean => Array.isArray(given[side]) && given[`${side}s`] === undefined
  return asTable({
    ...(given.signals === undefined && !(given.signal instanceof Uint8Array) ? rest : left),
    ...(isMade('user') ? { users, user } : { users: left.users, user: left.user }),
    ...(isMade('item') ? { items, item } : { items: left.items, item: left.item }),
    notes: badRows.notes,
  })
}

/** A column, unchanged if it has the type, otherwise read cell by cell. */
function numberColumn<T extends Float32Array | Float64Array>(
  name: string,
  column: unknown,
  length: number,
  bad: BadCells,
  read: (cell: unknown, where: Where) => number,
  type: { new (length: number): T },
): T | undefined {
  if (column === undefined || column instanceof type) return column
  const cells = requireCells(name, column, length)
  const numbers = new type(length)
  for (let row = 0; row < length; row++) {
    try {
      numbers[row] = read(cells[row], () => `${WHO}, column '${name}', row ${row}`)
    } catch (error) {
      bad.skip(error, row)
    }
  }
  return numbers
}

/** @throws {RivuletError} INVALID_DATA for values other than an array of as many rows. */
function requireCells(name: string, column: unknown, length: number): ArrayLike<unknown> {
  const isArray = Array.isArray(column) || (ArrayBuffer.isView(column) && 'length' in column)
  const cells = column as ArrayLike<unknown>
  if (isArray && cells.length === length) return cells
  throw new RivuletError('INVALID_DATA', {
    who: `${WHO}, column '${name}'`,
    expected: `a column of ${length} rows`,
    got: isArray ? `${cells.length} rows` : show(column),
    todo: `Give the ${name} of every row, or leave the column out.`,
    details: { column: name },
  })
}

function keyColumn(
  name: string,
  column: KeyColumn,
  bad: BadCells,
  index?: KeyIndex,
): { rows: Int32Array; index: KeyIndex } {
  if (column instanceof Int32Array || column instanceof Uint32Array) {
    // A row number above 2^31 is negative in this view and is refused with the other rows out of range.
    const rows = column instanceof Int32Array ? column : new Int32Array(column.buffer, column.byteOffset, column.length)
    return { rows, index: index ?? new DenseKeyIndex(largest(rows) + 1) }
  }
  const growing = new GrowingKeyIndex(true)
  const rows = new Int32Array(column.length)
  let isText = false
  for (let row = 0; row < rows.length; row++) {
    try {
      const id = column[row]
      const key = idOf(id, () => `${WHO}, column '${name}', row ${row}`)
      isText ||= typeof id !== 'number' && !bad.has(row)
      rows[row] =
        index === undefined
          ? growing.add(key)
          : requireRow(`${WHO}, column '${name}', row ${row}`, `a ${name}`, index, key)
    } catch (error) {
      bad.skip(error, row)
    }
  }
  if (isText) growing.meetText()
  return { rows, index: index ?? growing }
}

function largest(rows: Int32Array): number {
  let most = -1
  for (let row = 0; row < rows.length; row++) if (rows[row] > most) most = rows[row]
  return most
}

function signalColumn(
  { signal, signals }: InteractionColumns,
  length: number,
  bad: BadCells,
): { signal?: Uint8Array; signals: readonly string[] } {
  if (signal === undefined) return { signals: signals ?? [DEFAULT_SIGNAL] }
  if (signal instanceof Uint8Array) {
    const count = largest(Int32Array.from(signal)) + 1
    return { signal, signals: signals ?? Array.from({ length: count }, (_, n) => `signal-${n}`) }
  }
  const cells = requireCells('signal', signal, length)
  const names = GrowingKeyIndex.from(signals ?? [])
  const numbers = new Uint8Array(length)
  for (let row = 0; row < length; row++) {
    const place = `${WHO}, column 'signal', row ${row}`
    try {
      const name = idOf(cells[row], () => place)
      const number = signals === undefined ? names.add(name) : requireRow(place, 'a signal', names, name)
      if (number >= SIGNAL_LIMIT) throw tooManySignals(place, name)
      numbers[row] = number
    } catch (error) {
      bad.skip(error, row)
    }
  }
  return { signal: numbers, signals: [...names.keys()] }
}

function tooManySignals(who: string, name: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who,
    expected: `at most ${SIGNAL_LIMIT} different signals`,
    got: `one more, ${show(name)}`,
    todo: 'Check that the signal column is the right one.',
  })
}
