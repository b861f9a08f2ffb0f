import { RivuletError } from '../support/errors.ts'
import { finiteNumber } from '../support/options.ts'
import { number, option, resolve, type Given } from '../support/spec.ts'
import { GrowingKeyIndex } from '../support/key-index.ts'
import { seededRandom } from '../support/random.ts'
import { asTable, checkInteractions, type Interactions } from './interactions.ts'
import type { Split } from './split.ts'
import { rowsWhere, takeRows } from './take-rows.ts'

export const coldItemsOptions = {
  /** Share of the items that are tested, in (0, 1). Default 0.2. */
  testFraction: number(0.2, 0, 1, '()'),
  /** Seed of the draw. Default 1. */
  seed: option(1, finiteNumber),
}

export interface SplitColdItemsOptions extends Given<typeof coldItemsOptions> {}

/**
 * Holds out all rows of random items, so that only their relations can recommend them. Both tables are over all users and items;
 * items are renumbered, the tested ones last and in random order, so that ties are not broken by the original order.
 *
 * @throws {RivuletError} EMPTY_DATA for a table of fewer than two items, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION
 */
export function splitColdItems(table: Interactions, options?: SplitColdItemsOptions): Split {
  const who = 'splitColdItems'
  const { testFraction, seed } = resolve(who, coldItemsOptions, options)
  const { item, length } = checkInteractions(who, table)
  const isTaken = new Uint8Array(table.items.size)
  for (const one of item) isTaken[one] = 1
  const taken = rowsWhere(isTaken.length, (one) => isTaken[one] === 1)
  if (taken.length < 2) {
    const [expected, todo] = ['interactions of at least two items', 'Training and test data each need an item.']
    throw new RivuletError('EMPTY_DATA', { who, expected, got: String(taken.length), todo })
  }
  seededRandom(seed).shuffle(taken)
  const count = Math.min(taken.length - 1, Math.max(1, Math.round(testFraction * taken.length)))
  const isTested = new Uint8Array(table.items.size)
  const tested = taken.subarray(0, count)
  for (const one of tested) isTested[one] = 1
  const order = [...rowsWhere(isTested.length, (one) => isTested[one] === 0), ...tested]
  const items = GrowingKeyIndex.from(
    order.map((one) => table.items.keyOf(one)),
    table.items.numeric,
  )
  const numbers = new Int32Array(order.length)
  order.forEach((one, number) => (numbers[one] = number))
  const renumbered = { ...table, items, item: item.map((one) => numbers[one]) }
  const rowsOf = (tested: 0 | 1): Interactions =>
    takeRows(
      renumbered,
      rowsWhere(length, (row) => isTested[item[row]] === tested),
    )
  return { train: asTable({ ...rowsOf(0), fromAllTimes: true }), test: rowsOf(1), dropped: 0 }
}
