import { GrowingKeyIndex } from '../support/key-index.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { asTable, type Interactions } from './interactions.ts'

/** The numbers of the rows that satisfy a condition, in order. The condition is evaluated twice per row, so that only the result takes memory. */
export const rowsWhere = (length: number, holds: (row: number) => boolean): Int32Array<ArrayBuffer> =>
  atOnce(whereInSlices(length, holds))

/** As `rowsWhere`. @param cost operations per evaluation */
export function* whereInSlices(
  length: number,
  holds: (row: number) => boolean,
  cost = SCATTERED,
): Sliced<Int32Array<ArrayBuffer>> {
  let count = 0
  const countRange = (from: number, to: number): void => {
    let found = 0
    for (let row = from; row < to; row++) if (holds(row)) found++
    count += found
  }
  yield* inSlices(length, countRange, cost)
  const rows = new Int32Array(count)
  let next = 0
  const writeRange = (from: number, to: number): void => {
    let at = next
    for (let row = from; row < to; row++) if (holds(row)) rows[at++] = row
    next = at
  }
  yield* inSlices(length, writeRange, cost)
  return rows
}

/** The given rows of a table, in the given order, over the same users, items and signals. */
export const takeRows = (table: Interactions, rows: Int32Array): Interactions => atOnce(takeInSlices(table, rows))

/** As `takeRows`. */
export function* takeInSlices(table: Interactions, rows: Int32Array): Sliced<Interactions> {
  const { user, item, value, signal, time } = table
  const length = rows.length
  return asTable({
    ...table,
    user: yield* gather(user, rows, new Int32Array(length)),
    item: yield* gather(item, rows, new Int32Array(length)),
    ...(value && { value: yield* gather(value, rows, new Float32Array(length)) }),
    ...(signal && { signal: yield* gather(signal, rows, new Uint8Array(length)) }),
    ...(time && { time: yield* gather(time, rows, new Float64Array(length)) }),
    length,
  })
}

function* gather<T extends Int32Array | Float32Array | Uint8Array | Float64Array>(
  column: T,
  rows: Int32Array,
  into: T,
): Sliced<T> {
  const gatherRange = (from: number, to: number): void => {
    for (let at = from; at < to; at++) into[at] = column[rows[at]]
  }
  yield* inSlices(rows.length, gatherRange, SCATTERED)
  return into
}

/** The same rows with users, items and signals numbered in order of first appearance, without those that have no row. */
export function keysInOrder(table: Interactions): Interactions {
  const users = inOrder(table.users, table.user)
  const items = inOrder(table.items, table.item)
  const signals = table.signal && inOrder(GrowingKeyIndex.from(table.signals), table.signal)
  return {
    ...table,
    users: users.index,
    user: users.rows,
    items: items.index,
    item: items.rows,
    ...(signals && { signals: [...signals.index.keys()], signal: signals.rows }),
  }
}

function inOrder<T extends Int32Array | Uint8Array>(index: KeyIndex, rows: T): { index: KeyIndex; rows: T } {
  const numbers = new Int32Array(index.size).fill(-1)
  const used = new GrowingKeyIndex(index.numeric)
  for (const row of rows) if (numbers[row] < 0) numbers[row] = used.add(index.keyOf(row))
  return { index: used, rows: rows.map((row) => numbers[row]) as T }
}

/** The same rows without the users and items that have none; the others keep their order. */
export function dropUnused(table: Interactions): Interactions {
  const users = compact(table.users, table.user)
  const items = compact(table.items, table.item)
  return asTable({ ...table, users: users.index, user: users.rows, items: items.index, item: items.rows })
}

function compact(index: KeyIndex, rows: Int32Array): { index: KeyIndex; rows: Int32Array } {
  const numbers = new Int32Array(index.size).fill(-1)
  for (const row of rows) numbers[row] = 0
  const used = new GrowingKeyIndex(index.numeric)
  for (let row = 0; row < numbers.length; row++) {
    if (numbers[row] === 0) numbers[row] = used.add(index.keyOf(row))
  }
  return { index: used, rows: rows.map((row) => numbers[row]) }
}
