import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import type { Interactions } from './interactions.ts'

/** All row numbers, ascending. */
export function* rowNumbers(length: number): Sliced<Int32Array<ArrayBuffer>> {
  const rows = new Int32Array(length)
  const number = (from: number, to: number): void => {
    for (let row = from; row < to; row++) rows[row] = row
  }
  yield* inSlices(length, number)
  return rows
}

/**
 * Rows sorted by their keys; rows with the same key keep their order. Time O(rows + keys).
 *
 * @param keyOf the key of each row, in [0, keyCount)
 */
export function* sortedByKey(
  keyOf: Int32Array | Uint8Array,
  keyCount: number,
  rows: Int32Array,
): Sliced<Int32Array<ArrayBuffer>> {
  const next = new Int32Array(keyCount + 1)
  const count = (from: number, to: number): void => {
    for (let at = from; at < to; at++) next[keyOf[rows[at]] + 1]++
  }
  yield* inSlices(rows.length, count, SCATTERED)
  for (let key = 0; key < keyCount; key++) next[key + 1] += next[key]
  const sorted = new Int32Array(rows.length)
  const place = (from: number, to: number): void => {
    for (let at = from; at < to; at++) sorted[next[keyOf[rows[at]]]++] = rows[at]
  }
  yield* inSlices(rows.length, place, SCATTERED)
  return sorted
}

/** The distinct user-item pairs of a table. */
export interface NumberedPairs {
  /** The pair of each row. */
  readonly pairOf: Int32Array<ArrayBuffer>
  /** The user of each pair. */
  readonly owner: Int32Array<ArrayBuffer>
}

/**
 * Numbers the distinct user-item pairs, by user and then by first row, so a user's pairs are consecutive.
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
