import { checkInSlices, type Interactions } from '../data/interactions.ts'
import { addPairs, digitsOf, hashKeys, type ItemsOf } from '../data/pair-hash.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { alignInSlices, type AlignedSplit, type ItemSets } from './aligned-split.ts'

/** Identifies a split of a data set. */
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
 * Fingerprint of a split. It does not depend on the order of rows, the numbering of keys, repeated pairs, values, signals or times.
 *
 * The hash adds up one 64-bit hash for every pair of keys, modulo 2^64, so it needs no sorting; train and test pairs are salted differently.
 * It detects a different split, not a malicious one. Time O(rows + keys).
 *
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA
 */
export const splitFingerprint = (train: Interactions, test: Interactions): SplitFingerprint =>
  atOnce(splitFingerprintInSlices(train, test))

/** As `splitFingerprint`. */
export function* splitFingerprintInSlices(train: Interactions, test: Interactions): Sliced<SplitFingerprint> {
  const who = 'splitFingerprint'
  yield* checkInSlices(`${who}, train`, train)
  yield* checkInSlices(`${who}, test`, test)
  return yield* fingerprintOf(yield* alignInSlices(train, test))
}

export function* fingerprintOf(split: AlignedSplit): Sliced<SplitFingerprint> {
  const users = yield* hashKeys(split.users)
  const items = yield* hashKeys(split.items)
  const sum = new Uint32Array(2)
  yield* addPairs(sum, itemsOf(split.train), users, items, TRAIN_SALT)
  yield* addPairs(sum, itemsOf(split.test), users, items, TEST_SALT)
  return {
    users: countUsers(split),
    items: yield* countItems(split),
    train: split.train.items.length,
    test: split.test.items.length,
    hash: digitsOf(sum),
  }
}

const TRAIN_SALT = 0x7261696e
const TEST_SALT = 0x74657374

function countUsers({ users, train, test }: AlignedSplit): number {
  let count = 0
  for (let user = 0; user < users.size; user++) {
    const pairs = train.indptr[user + 1] - train.indptr[user] + test.indptr[user + 1] - test.indptr[user]
    if (pairs > 0) count++
  }
  return count
}

function* countItems({ items, train, test }: AlignedSplit): Sliced<number> {
  const used = new Uint8Array(items.size)
  for (const { items: pairs } of [train, test]) {
    const mark = (from: number, to: number): void => {
      for (let at = from; at < to; at++) used[pairs[at]] = 1
    }
    yield* inSlices(pairs.length, mark, SCATTERED)
  }
  return used.reduce((count, flag) => count + flag, 0)
}

const itemsOf =
  ({ indptr, items }: ItemSets): ItemsOf =>
  (user) =>
    items.subarray(indptr[user], indptr[user + 1])
