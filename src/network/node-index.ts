import { prefixRule } from '../data/interactions.ts'
import type { KeyIndex } from '../support/key-index.ts'

/**
 * Users and items as one range of nodes: user rows first, then item rows.
 *
 * A node's key is its id, or 'user:ID' or 'item:ID' by the rule of `toGraph`, so that a table and its graph have the same node keys.
 */
export class NodeIndex implements KeyIndex {
  readonly size: number
  readonly numeric: boolean
  readonly #users: KeyIndex
  readonly #items: KeyIndex
  readonly #isPrefixed: (id: string) => boolean

  constructor(users: KeyIndex, items: KeyIndex) {
    this.#users = users
    this.#items = items
    this.size = users.size + items.size
    this.#isPrefixed = prefixRule(users, items)
    // The rule prefixes all ids, or only some that are not numbers.
    this.numeric = users.numeric === true && items.numeric === true && !this.#isPrefixed('')
  }

  keyOf(row: number): string {
    const isUser = row < this.#users.size
    const id = isUser ? this.#users.keyOf(row) : this.#items.keyOf(row - this.#users.size)
    return this.#isPrefixed(id) ? `${isUser ? 'user' : 'item'}:${id}` : id
  }

  rowOf(key: string): number {
    if (!this.#isPrefixed(key)) {
      const row = this.#rowOf(this.#users.rowOf(key), this.#items.rowOf(key))
      if (row >= 0) return row
    }
    const id = key.slice(5)
    if (!this.#isPrefixed(id)) return -1
    if (key.startsWith('user:')) return this.#users.rowOf(id)
    return key.startsWith('item:') ? this.#rowOf(-1, this.#items.rowOf(id)) : -1
  }

  *keys(): IterableIterator<string> {
    for (let row = 0; row < this.size; row++) yield this.keyOf(row)
  }

  #rowOf(user: number, item: number): number {
    if (user >= 0) return user
    return item < 0 ? -1 : this.#users.size + item
  }
}
