import type { Interactions } from '../data/interactions.ts'
import { alignSplit, type AlignedSplit, type ExtendedKeyIndex, type ItemSets } from './aligned-split.ts'

/** What tells one split of a data set from another of the same name. */
export interface SplitFingerprint {
  /** Distinct users with a pair in training or test. */
  readonly users: number
  /** Distinct items with a pair in training or test. */
  readonly items: number
  /** Distinct user-item pairs in training. */
  readonly train: number
  /** Distinct user-item pairs in test. */
  readonly test: number
  /** 16 hexadecimal digits, a function of the two sets of (user key, item key) pairs alone. */
  readonly hash: string
}

/**
 * Fingerprint of a split. The order of rows, the numbering of keys, repeated pairs, values, signals and times do not matter.
 *
 * The hash adds up one 64-bit hash for every pair of keys, modulo 2^64, so it needs no sorting; train and test pairs are salted differently.
 * It detects a different split, not a malicious one. Time O(rows + keys).
 */
export function splitFingerprint(train: Interactions, test: Interactions): SplitFingerprint {
  return fingerprintOf(alignSplit(train, test))
}

export function fingerprintOf(split: AlignedSplit): SplitFingerprint {
  const users = hashKeys(split.users)
  const items = hashKeys(split.items)
  const sum = new Uint32Array(2)
  addPairs(sum, split.train, users, items, TRAIN_SALT)
  addPairs(sum, split.test, users, items, TEST_SALT)
  return {
    users: countUsed(split.users.size, (mark) => {
      for (const { indptr } of [split.train, split.test]) {
        for (let user = 0; user < split.users.size; user++) if (indptr[user + 1] > indptr[user]) mark(user)
      }
    }),
    items: countUsed(split.items.size, (mark) => {
      split.train.items.forEach(mark)
      split.test.items.forEach(mark)
    }),
    train: split.train.items.length,
    test: split.test.items.length,
    hash: Array.from(sum, hex).join(''),
  }
}

const TRAIN_SALT = 0x7261696e
const TEST_SALT = 0x74657374

function countUsed(size: number, visit: (mark: (row: number) => void) => void): number {
  const used = new Uint8Array(size)
  visit((row) => (used[row] = 1))
  return used.reduce((count, flag) => count + flag, 0)
}

/** Two independent 32-bit hashes of each key: rows [0, size) in the first half, the second ones in the other half. */
function hashKeys(index: ExtendedKeyIndex): Uint32Array {
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
  }
  return hashes
}

/** Adds a 64-bit hash of each (user, item) pair to `sum`: the high word, then the low one. */
function addPairs(sum: Uint32Array, sets: ItemSets, users: Uint32Array, items: Uint32Array, salt: number): void {
  const userCount = users.length / 2
  const itemCount = items.length / 2
  let [high, low] = sum
  for (let user = 0; user < userCount; user++) {
    for (let at = sets.indptr[user]; at < sets.indptr[user + 1]; at++) {
      const item = sets.items[at]
      const first = mix(mix(users[user] ^ salt) + items[item])
      const second = mix(mix(users[userCount + user] + first) ^ items[itemCount + item])
      low = (low + first) >>> 0
      const carry = low < first ? 1 : 0
      high = (high + second + carry) >>> 0
    }
  }
  sum.set([high, low])
}

/** Finaliser of MurmurHash3 (Austin Appleby 2011, public domain): every input bit reaches every output bit. */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return (word ^ (word >>> 16)) >>> 0
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}
