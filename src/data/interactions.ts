import { RivuletError, show } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'

/**
 * The waist of the library: interactions as columns. Every reader and every graph becomes this, and every algorithm starts here.
 *
 * Row r says: user `user[r]` acted on item `item[r]`, with signal `signals[signal[r]]`, weight `value[r]`, at `time[r]`.
 */
export interface Interactions {
  readonly users: KeyIndex
  readonly items: KeyIndex
  /** User row of each interaction, shape (length). */
  readonly user: Int32Array
  /** Item row of each interaction, shape (length). */
  readonly item: Int32Array
  /** Weight, stars or count of each interaction; absent means 1 for all. Finite. */
  readonly value?: Float32Array
  /** Number of the signal of each interaction; absent means signal 0 for all. */
  readonly signal?: Uint8Array
  /** Names of the signals (the edge labels): 'rating', 'view', 'play' ... At least one. */
  readonly signals: readonly string[]
  /** Time of each interaction in the caller's unit (usually seconds since 1970); NaN where unknown; absent when there is none. */
  readonly time?: Float64Array
  readonly length: number
}

/** Whether something has the shape of a table; what stands in its columns is for `checkInteractions`. */
export function isTable(value: unknown): value is Interactions {
  const columns = ['users', 'items', 'user', 'item', 'signals', 'length']
  return value !== null && typeof value === 'object' && columns.every((name) => name in value)
}

/**
 * Checks the table's invariants once: equal lengths, rows in range, finite values.
 *
 * @throws {RivuletError} INVALID_DATA naming the row and column, or for what is no table; EMPTY_DATA when there is no row.
 */
export function checkInteractions(who: string, table: Interactions): Interactions {
  if (!isTable(table)) {
    throw new RivuletError('INVALID_DATA', {
      who,
      expected: 'a table of interactions',
      got: show(table),
      todo: 'Make one with fromRows, fromColumns, readInteractions or toInteractions.',
    })
  }
  const { length, user, item, value, signal, time } = table
  if (length === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who,
      expected: 'at least one interaction',
      got: 'none',
      todo: 'Check that the input holds rows of user and item.',
    })
  }
  for (const [name, column] of Object.entries({ user, item, value, signal, time })) {
    if (column !== undefined && column.length !== length) {
      throw invalid(who, name, 0, `a column of ${length} rows`, `${column.length} rows`)
    }
  }
  const userCount = table.users.size
  const itemCount = table.items.size
  for (let row = 0; row < length; row++) {
    if (user[row] < 0 || user[row] >= userCount)
      throw invalid(who, 'user', row, `a row in [0, ${userCount})`, user[row])
    if (item[row] < 0 || item[row] >= itemCount)
      throw invalid(who, 'item', row, `a row in [0, ${itemCount})`, item[row])
  }
  if (value !== undefined) {
    for (let row = 0; row < length; row++) {
      if (!Number.isFinite(value[row])) throw invalid(who, 'value', row, 'a finite number', value[row])
    }
  }
  if (signal !== undefined) {
    for (let row = 0; row < length; row++) {
      if (signal[row] >= table.signals.length) {
        throw invalid(who, 'signal', row, `a number below ${table.signals.length}`, signal[row])
      }
    }
  }
  return table
}

function invalid(who: string, column: string, row: number, expected: string, got: unknown): RivuletError {
  return new RivuletError(
    'INVALID_DATA',
    { who: `${who}, column '${column}', row ${row}`, expected, got: String(got), todo: 'Correct or drop that row.' },
    { column, row },
  )
}
