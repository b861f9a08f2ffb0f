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
  const length = rows.length
  return {
    ...table,
    user: gather(user, rows, new Int32Array(length)),
    item: gather(item, rows, new Int32Array(length)),
    ...(value && { value: gather(value, rows, new Float32Array(length)) }),
    ...(signal && { signal: gather(signal, rows, new Uint8Array(length)) }),
    ...(time && { time: gather(time, rows, new Float64Array(length)) }),
    length,
  }
}

function gather<T extends Int32Array | Float32Array | Uint8Array | Float64Array>(
  column: T,
  rows: Int32Array,
  into: T,
): T {
  for (let at = 0; at < rows.length; at++) into[at] = column[rows[at]]
  return into
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
