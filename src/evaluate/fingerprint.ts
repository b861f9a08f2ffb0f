import { checkInteractions, type Interactions } from '../data/interactions.ts'
import { addPairs, digitsOf, hashKeys } from '../data/pair-hash.ts'
import { atOnce } from '../support/pause.ts'
import { alignSplit, type AlignedSplit, type ItemSets } from './aligned-split.ts'

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
 *
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA
 */
export function splitFingerprint(train: Interactions, test: Interactions): SplitFingerprint {
  const who = 'splitFingerprint'
  checkInteractions(`${who}, train`, train)
  checkInteractions(`${who}, test`, test)
  return fingerprintOf(alignSplit(train, test))
}

export function fingerprintOf(split: AlignedSplit): SplitFingerprint {
  const users = atOnce(hashKeys(split.users))
  const items = atOnce(hashKeys(split.items))
  const sum = new Uint32Array(2)
  atOnce(addPairs(sum, pairsOf(split.train), users, items, TRAIN_SALT))
  atOnce(addPairs(sum, pairsOf(split.test), users, items, TEST_SALT))
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
    hash: digitsOf(sum),
  }
}

const TRAIN_SALT = 0x7261696e
const TEST_SALT = 0x74657374

function countUsed(size: number, visit: (mark: (row: number) => void) => void): number {
  const used = new Uint8Array(size)
  visit((row) => (used[row] = 1))
  return used.reduce((count, flag) => count + flag, 0)
}

const pairsOf = ({ indptr, items }: ItemSets): Parameters<typeof addPairs>[1] => ({ indptr, indices: items })
