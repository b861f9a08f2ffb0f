import type { KeyIndex } from '../support/key-index.ts'

/**
 * Users and items as one range of nodes: user rows first, then item rows.
 *
 * A node's key is its id; when any id is on both sides, or is a word that graphology cannot hold, every key is 'user:ID' or 'item:ID' (the
 * rule of `toGraph`, so that a table and its graph name their nodes alike).
 */
export class NodeIndex implements KeyIndex {
  readonly size: number
  readonly #users: KeyIndex
  readonly #items: KeyIndex
  readonly #prefixed: boolean

  constructor(users: KeyIndex, items: KeyIndex) {
    this.#users = users
    this.#items = items
    this.size = users.size + items.size
    this.#prefixed = haveCommonKey(users, items) || [users, items].some(hasReservedKey)
  }

  keyOf(row: number): string {
    const isUser = row < this.#users.size
    const id = isUser ? this.#users.keyOf(row) : this.#items.keyOf(row - this.#users.size)
    return this.#prefixed ? `${isUser ? 'user' : 'item'}:${id}` : id
  }

  rowOf(key: string): number {
    if (!this.#prefixed) return this.#rowOf(this.#users.rowOf(key), this.#items.rowOf(key))
    if (key.startsWith('user:')) return this.#users.rowOf(key.slice(5))
    if (key.startsWith('item:')) return this.#rowOf(-1, this.#items.rowOf(key.slice(5)))
    return -1
  }

  *keys(): IterableIterator<string> {
    for (let row = 0; row < this.size; row++) yield this.keyOf(row)
  }

  #rowOf(user: number, item: number): number {
    if (user >= 0) return user
    return item < 0 ? -1 : this.#users.size + item
  }
}

const RESERVED = Object.getOwnPropertyNames(Object.prototype)

const hasReservedKey = (keys: KeyIndex): boolean => RESERVED.some((word) => keys.rowOf(word) >= 0)

function haveCommonKey(users: KeyIndex, items: KeyIndex): boolean {
  const [few, many] = users.size < items.size ? [users, items] : [items, users]
  for (const key of few.keys()) if (many.rowOf(key) >= 0) return true
  return false
}
