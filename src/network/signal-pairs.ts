import type { Interactions } from '../data/interactions.ts'
import { requireSignal } from '../data/signal-rules.ts'
import { whereInSlices } from '../data/take-rows.ts'
import { buildInSlices } from '../matrix/build.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import type { Sliced } from '../support/pause.ts'

/**
 * Pairs of a table that have a row with one of some signals, as a pattern of users by items.
 *
 * @param columns number of items in the pattern
 * @param columnOf column of an item of the table, -1 to leave it out
 * @throws {RivuletError} UNKNOWN_KEY for a signal that the table does not know, naming the nearest
 */
export function* pairsWithSignals(
  who: string,
  { users, user, item, signal, signals, length }: Interactions,
  names: readonly string[],
  columns: number,
  columnOf: (item: number) => number = (item) => item,
): Sliced<CsrMatrix> {
  const isAsked = new Uint8Array(signals.length)
  for (const name of names) isAsked[requireSignal(`${who}, option 'exclude'`, { signals }, name)] = 1
  const holds = (row: number): boolean => isAsked[signal?.[row] ?? 0] === 1 && columnOf(item[row]) >= 0
  const rows = yield* whereInSlices(length, holds)
  return yield* buildInSlices({
    rowCount: users.size,
    columnCount: columns,
    row: rows.map((row) => user[row]),
    column: rows.map((row) => columnOf(item[row])),
  })
}
