import { GrowingKeyIndex } from '../support/key-index.ts'
import type { KeyIndex } from '../support/key-index.ts'
import type { Interactions } from './interactions.ts'

/** The numbers of the rows that satisfy a condition, in order. It is asked twice for each row: nothing but the result is held. */
export function rowsWhere(length: number, holds: (row: number) => boolean): Int32Array<ArrayBuffer> {
  let count = 0
  for (let row = 0; row < length; row++) if (holds(row)) count++
  const rows = new Int32Array(count)
  for (let row = 0, at = 0; row < length; row++) if (holds(row)) rows[at++] = row
  return rows
}

/** The given rows of a table, in the given order, over the same users, items and signals. */
export function takeRows(table: Interactions, rows: Int32Array): Interactions {
  const { user, item, value, signal, time } = table
  return {
    ...table,
    user: rows.map((row) => user[row]),
    item: rows.map((row) => item[row]),
    ...(value && { value: Float32Array.from(rows, (row) => value[row]) }),
    ...(signal && { signal: Uint8Array.from(rows, (row) => signal[row]) }),
    ...(time && { time: Float64Array.from(rows, (row) => time[row]) }),
    length: rows.length,
  }
}

/** The same rows without the users and items that have none; those left keep their order. */
export function dropUnused(table: Interactions): Interactions {
  const users = compact(table.users, table.user)
  const items = compact(table.items, table.item)
  return { ...table, users: users.index, user: users.rows, items: items.index, item: items.rows }
}

function compact(index: KeyIndex, rows: Int32Array): { index: KeyIndex; rows: Int32Array } {
  const numbers = new Int32Array(index.size).fill(-1)
  for (const row of rows) numbers[row] = 0
  const used = new GrowingKeyIndex()
  for (let row = 0; row < numbers.length; row++) {
    if (numbers[row] === 0) numbers[row] = used.add(index.keyOf(row))
  }
  return { index: used, rows: rows.map((row) => numbers[row]) }
}
