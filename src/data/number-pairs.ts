import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { rowNumbers, sortedByKey } from './counting-sort.ts'
import type { Interactions } from './interactions.ts'

/** The distinct user-item pairs of a table. */
export interface NumberedPairs {
  /** The pair of each row. */
  readonly pairOf: Int32Array<ArrayBuffer>
  /** The user of each pair. */
  readonly owner: Int32Array<ArrayBuffer>
}

/**
 * Numbers the distinct user-item pairs. Pairs ascend by user, then by first row, so a user's pairs are neighbours.
 * Time and memory O(rows + keys).
 */
export function* numberPairs({ user, item, users, items, length }: Interactions): Sliced<NumberedPairs> {
  const byUser = yield* sortedByKey(user, users.size, yield* rowNumbers(length))
  const pairOf = new Int32Array(length)
  const owner = new Int32Array(length)
  const pairOfItem = new Int32Array(items.size)
  const userOfItem = new Int32Array(items.size).fill(-1)
  let pairs = 0
  const number = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const row = byUser[at]
      if (userOfItem[item[row]] !== user[row]) {
        userOfItem[item[row]] = user[row]
        pairOfItem[item[row]] = pairs
        owner[pairs++] = user[row]
      }
      pairOf[row] = pairOfItem[item[row]]
    }
  }
  yield* inSlices(length, number, SCATTERED)
  return { pairOf, owner: owner.slice(0, pairs) }
}
