import type { KeyIndex } from '../support/key-index.ts'
import type { Check } from '../support/options.ts'
import { fields, integerBetween } from '../support/shape.ts'
import { atOnce } from '../support/drive.ts'
import { PAUSE, ranges, type Sliced } from '../support/pause.ts'
import { addPairs, digitsOf, hashKeys } from './pair-hash.ts'

/** What a set of user-item pairs was, whatever its order and numbering. */
export interface DataFingerprint {
  /** Distinct users with a pair. */
  readonly users: number
  /** Distinct items with a pair. */
  readonly items: number
  /** Distinct pairs. */
  readonly pairs: number
  /** 16 hexadecimal digits, a function of the set of (user key, item key) pairs alone. */
  readonly hash: string
}

const isCount = integerBetween(0, Number.MAX_SAFE_INTEGER)
const isHash: Check = (value) =>
  typeof value === 'string' && /^[0-9a-f]{16}$/.test(value) ? null : '16 hexadecimal digits'

/** Of a fingerprint that came as JSON. */
export const isFingerprint: Check = fields<DataFingerprint>({
  users: isCount,
  items: isCount,
  pairs: isCount,
  hash: isHash,
})

/** Distinct pairs: the items of user u are `indices[indptr[u] .. indptr[u + 1])`. */
interface Pairs {
  readonly indptr: Uint32Array
  readonly indices: Uint32Array
}

const SALT = 0x7261696e

/** Fingerprint of the pairs of a matrix of users by items. Time O(pairs + keys). */
export const dataFingerprint = (users: KeyIndex, items: KeyIndex, pairs: Pairs): DataFingerprint =>
  atOnce(fingerprintInSlices(users, items, pairs))

/** As `dataFingerprint`. */
export function* fingerprintInSlices(
  users: KeyIndex,
  items: KeyIndex,
  { indptr, indices }: Pairs,
): Sliced<DataFingerprint> {
  const sum = new Uint32Array(2)
  yield* addPairs(sum, { indptr, indices }, yield* hashKeys(users), yield* hashKeys(items), SALT)
  let active = 0
  for (let user = 0; user < users.size; user++) if (indptr[user + 1] > indptr[user]) active++
  const met = new Uint8Array(items.size)
  for (const [from, to] of ranges(0, indices.length)) {
    for (let at = from; at < to; at++) met[indices[at]] = 1
    yield PAUSE
  }
  return {
    users: active,
    items: met.reduce((count, one) => count + one, 0),
    pairs: indptr[users.size],
    hash: digitsOf(sum),
  }
}
