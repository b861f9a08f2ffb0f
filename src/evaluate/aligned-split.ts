import { rowNumbers, sortedByKey } from '../data/counting-sort.ts'
import type { Interactions } from '../data/interactions.ts'
import { GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, PAUSE, rowRanges, SCATTERED, type Sliced } from '../support/pause.ts'

/** The distinct items of each user, compressed by rows: those of user u are `items[indptr[u] .. indptr[u + 1])`. */
export interface ItemSets {
  /** Shape (users + 1). */
  readonly indptr: Int32Array
  /** Item rows, distinct within a user, in order of first appearance; shape (distinct pairs). */
  readonly items: Int32Array
}

/** Training and test pairs with the same numbering: the rows of training, followed by keys that only occur in the test. */
export interface AlignedSplit {
  readonly users: ExtendedKeyIndex
  readonly items: ExtendedKeyIndex
  readonly train: ItemSets
  readonly test: ItemSets
}

/** A key index extended by new keys. Rows below `known` are the rows of the index itself. */
export class ExtendedKeyIndex {
  readonly known: number
  readonly #base: KeyIndex
  readonly #extra = new GrowingKeyIndex()

  constructor(base: KeyIndex) {
    this.#base = base
    this.known = base.size
  }

  get size(): number {
    return this.known + this.#extra.size
  }

  /** The row of the key; a new key is appended. */
  add(key: string): number {
    const row = this.#base.rowOf(key)
    return row >= 0 ? row : this.known + this.#extra.add(key)
  }

  keyOf(row: number): string {
    return row < this.known ? this.#base.keyOf(row) : this.#extra.keyOf(row - this.known)
  }

  /** Translates rows of another index; returns the same array if both are the same index. */
  *translate(index: KeyIndex, rows: Int32Array): Sliced<Int32Array> {
    if (index === this.#base) return rows
    const numbers = new Int32Array(index.size).fill(-1)
    const translated = new Int32Array(rows.length)
    const translateRange = (from: number, to: number): void => {
      for (let at = from; at < to; at++) {
        const row = rows[at]
        if (numbers[row] < 0) numbers[row] = this.add(index.keyOf(row))
        translated[at] = numbers[row]
      }
    }
    yield* inSlices(rows.length, translateRange, KEY_COST)
    return translated
  }
}

/** Operations per key lookup. */
const KEY_COST = 50

/** Brings both tables to one numbering and merges repeated pairs. Time O(rows + keys), memory O(rows + keys). */
export const alignSplit = (train: Interactions, test: Interactions): AlignedSplit => atOnce(alignInSlices(train, test))

/** As `alignSplit`. */
export function* alignInSlices(train: Interactions, test: Interactions): Sliced<AlignedSplit> {
  const users = new ExtendedKeyIndex(train.users)
  const items = new ExtendedKeyIndex(train.items)
  const testUser = yield* users.translate(test.users, test.user)
  const testItem = yield* items.translate(test.items, test.item)
  return {
    users,
    items,
    train: yield* itemSets(users.size, items.size, train.user, train.item),
    test: yield* itemSets(users.size, items.size, testUser, testItem),
  }
}

/** Groups pairs by user and drops repeated pairs. */
export function* itemSets(users: number, items: number, user: Int32Array, item: Int32Array): Sliced<ItemSets> {
  const grouped = yield* sortedByKey(user, users, yield* rowNumbers(user.length))
  const start = new Int32Array(users + 1)
  const count = (from: number, to: number): void => {
    for (let at = from; at < to; at++) start[user[at] + 1]++
  }
  yield* inSlices(user.length, count, SCATTERED)
  for (let row = 0; row < users; row++) start[row + 1] += start[row]

  const indptr = new Int32Array(users + 1)
  const lastUser = new Int32Array(items).fill(-1)
  let kept = 0
  const keepNew = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      for (let at = start[row]; at < start[row + 1]; at++) {
        const one = item[grouped[at]]
        if (lastUser[one] === row) continue
        lastUser[one] = row
        grouped[kept++] = one
      }
      indptr[row + 1] = kept
    }
  }
  for (const [from, to] of rowRanges(start, SCATTERED)) {
    keepNew(from, to)
    yield PAUSE
  }
  return { indptr, items: grouped.subarray(0, kept) }
}

/** Rows of the users that have at least one item, ascending. */
export function usersWithItems({ indptr }: ItemSets): Int32Array {
  return new Int32Array(indptr.length - 1).map((_, user) => user).filter((user) => indptr[user + 1] > indptr[user])
}
