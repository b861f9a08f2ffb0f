/** Hashes of sets of (user key, item key) pairs, independent of their order and the numbering of keys. They are not cryptographic. */
import type { KeyIndex } from '../support/key-index.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** Operations to hash a key and a pair. */
const [KEY_COST, PAIR_COST] = [50, 10]

/** The distinct items of a user. */
export type ItemsOf = (user: number) => ArrayLike<number>

/** Two independent 32-bit hashes of each key: rows [0, size) in the first half, the second ones in the other half. */
export function* hashKeys(index: Pick<KeyIndex, 'size' | 'keyOf'>): Sliced<Uint32Array> {
  const slices = new Slices()
  const hashes = new Uint32Array(2 * index.size)
  for (let row = 0; row < index.size; row++) {
    const key = index.keyOf(row)
    let first = 0x9e3779b9
    let second = 0x85ebca6b
    for (let at = 0; at < key.length; at++) {
      const unit = key.charCodeAt(at)
      first = Math.imul(first ^ unit, 0x01000193)
      second = Math.imul(second ^ unit, 0x5bd1e995) + 0x27d4eb2f
    }
    hashes[row] = mix(first ^ key.length)
    hashes[index.size + row] = mix(second)
    if (slices.full(KEY_COST + key.length)) yield PAUSE
  }
  return hashes
}

/**
 * Adds a 64-bit hash of each (user, item) pair to `sum`, the high word and then the low one, modulo 2^64: the order of pairs does not matter.
 *
 * @param users hashes of the users' keys
 * @param items hashes of the items' keys
 * @param salt distinguishes sets of pairs
 * @param from first user
 * @param to end of the users. Default: all
 */
export function* addPairs(
  sum: Uint32Array,
  itemsOf: ItemsOf,
  users: Uint32Array,
  items: Uint32Array,
  salt: number,
  from = 0,
  to = users.length / 2,
): Sliced<void> {
  const slices = new Slices()
  const userCount = users.length / 2
  const itemCount = items.length / 2
  let [high, low] = sum
  for (let user = from; user < to; user++) {
    const own = itemsOf(user)
    for (let at = 0; at < own.length; at++) {
      const item = own[at]
      const first = mix(mix(users[user] ^ salt) + items[item])
      const second = mix(mix(users[userCount + user] + first) ^ items[itemCount + item])
      low = (low + first) >>> 0
      const carry = low < first ? 1 : 0
      high = (high + second + carry) >>> 0
    }
    if (slices.full(PAIR_COST * (1 + own.length))) yield PAUSE
  }
  sum.set([high, low])
}

/** Finaliser of MurmurHash3 (Austin Appleby 2011, public domain): every input bit reaches every output bit. */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return (word ^ (word >>> 16)) >>> 0
}

/** A sum as 16 hexadecimal digits. */
export function digitsOf(sum: Uint32Array): string {
  return Array.from(sum, (word) => word.toString(16).padStart(8, '0')).join('')
}
