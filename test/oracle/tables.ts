import type { Interactions } from '../../src/data/interactions.ts'
import { GrowingKeyIndex } from '../../src/support/key-index.ts'

/** A table from rows written as 'user item' or 'user item time', keys numbered in order of appearance. */
export function tableOf(rows: readonly string[]): Interactions {
  const users = new GrowingKeyIndex()
  const items = new GrowingKeyIndex()
  const cells = rows.map((row) => row.split(' '))
  const withTime = cells.some((row) => row.length > 2)
  return {
    users,
    items,
    signals: ['interaction'],
    length: rows.length,
    user: Int32Array.from(cells, ([user]) => users.add(user)),
    item: Int32Array.from(cells, ([, item]) => items.add(item)),
    ...(withTime && { time: Float64Array.from(cells, ([, , time]) => (time === undefined ? NaN : Number(time))) }),
  }
}

/** The rows of a table, written as `tableOf` reads them. */
export function rowsOf(table: Interactions): string[] {
  return Array.from(table.user, (user, row) => {
    const pair = `${table.users.keyOf(user)} ${table.items.keyOf(table.item[row])}`
    return table.time === undefined || Number.isNaN(table.time[row]) ? pair : `${pair} ${table.time[row]}`
  })
}
