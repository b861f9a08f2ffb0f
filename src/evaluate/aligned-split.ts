import type { Interactions } from '../data/interactions.ts'
import { GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'

/** The distinct items of each user, compressed by rows: those of user u are `items[indptr[u] .. indptr[u + 1])`. */
export interface ItemSets {
  /** Shape (users + 1). */
  readonly indptr: Int32Array
  /** Item rows, distinct within a user, in order of first appearance; shape (distinct pairs). */
  readonly items: Int32Array
}

/** Training and test pairs numbered by one pair of key indexes: the rows of training, then whatever only the test knows. */
export interface AlignedSplit {
  readonly users: ExtendedKeyIndex
  readonly items: ExtendedKeyIndex
  readonly train: ItemSets
  readonly test: ItemSets
}

/** A key index followed by keys that it does not know. Rows below `known` are the rows of the index itself. */
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

  /** The row of the key, numbering it behind the known ones when it is new. */
  add(key: string): number {
    const row = this.#base.rowOf(key)
    return row >= 0 ? row : this.known + this.#extra.add(key)
  }

  keyOf(row: number): string {
    return row < this.known ? this.#base.keyOf(row) : this.#extra.keyOf(row - this.known)
  }

  /** Rows of another index, translated; free of charge when both are the same index. */
  translate(index: KeyIndex, rows: Int32Array): Int32Array {
    if (index === this.#base) return rows
    const translated = new Int32Array(index.size).fill(-1)
    return rows.map((row) => (translated[row] >= 0 ? translated[row] : (translated[row] = this.add(index.keyOf(row)))))
  }
}

/** Brings both tables to one numbering and merges repeated pairs. Time O(rows + keys), memory O(rows + keys). */
export function alignSplit(train: Interactions, test: Interactions): AlignedSplit {
  const users = new ExtendedKeyIndex(train.users)
  const items = new ExtendedKeyIndex(train.items)
  const testUser = users.translate(test.users, test.user)
  const testItem = items.translate(test.items, test.item)
  return {
    users,
    items,
    train: itemSets(users.size, items.size, train.user, train.item),
    test: itemSets(users.size, items.size, testUser, testItem),
  }
}

/** Groups pairs by user (counting sort) and drops repeated pairs. */
export function itemSets(users: number, items: number, user: Int32Array, item: Int32Array): ItemSets {
  const start = new Int32Array(users + 1)
  for (const row of user) start[row + 1]++
  for (let row = 0; row < users; row++) start[row + 1] += start[row]
  const grouped = new Int32Array(item.length)
  const next = start.slice(0, users)
  for (let pair = 0; pair < item.length; pair++) grouped[next[user[pair]]++] = item[pair]

  const indptr = new Int32Array(users + 1)
  const lastUser = new Int32Array(items).fill(-1)
  let kept = 0
  for (let row = 0; row < users; row++) {
    for (let at = start[row]; at < start[row + 1]; at++) {
      if (lastUser[grouped[at]] === row) continue
      lastUser[grouped[at]] = row
      grouped[kept++] = grouped[at]
    }
    indptr[row + 1] = kept
  }
  return { indptr, items: grouped.subarray(0, kept) }
}

/** Rows of the users that have at least one item, ascending. */
export function usersWithItems({ indptr }: ItemSets): Int32Array {
  return new Int32Array(indptr.length - 1).map((_, user) => user).filter((user) => indptr[user + 1] > indptr[user])
}
