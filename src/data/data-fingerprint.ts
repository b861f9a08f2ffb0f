import type { KeyIndex } from '../support/key-index.ts'
import type { Check } from '../support/options.ts'
import { fields, integerBetween } from '../support/shape.ts'
import { atOnce } from '../support/drive.ts'
import { PAUSE, Slices, type Pause, type Sliced } from '../support/pause.ts'
import { addPairs, digitsOf, hashKeys, type ItemsOf } from './pair-hash.ts'

/** The identity of a set of user-item pairs, whatever its order and numbering. */
export interface DataFingerprint {
  /** Distinct users with a pair. */
  readonly users: number
  /** Distinct items with a pair. */
  readonly items: number
  /** Distinct pairs. */
  readonly pairs: number
  /** 16 hexadecimal digits, a function of only the set of (user key, item key) pairs. */
  readonly hash: string
}

const isCount = integerBetween(0, Number.MAX_SAFE_INTEGER)
const isHash: Check = (value) =>
  typeof value === 'string' && /^[0-9a-f]{16}$/.test(value) ? null : '16 hexadecimal digits'

/** Check of a fingerprint read from JSON. */
export const isFingerprint: Check = fields<DataFingerprint>({
  users: isCount,
  items: isCount,
  pairs: isCount,
  hash: isHash,
})

const SALT = 0x7261696e

/** Fingerprint of pairs, by the distinct items of each user. Time O(pairs + keys). */
export const dataFingerprint = (users: KeyIndex, items: KeyIndex, itemsOf: ItemsOf): DataFingerprint =>
  atOnce(fingerprintInSlices(users, items, itemsOf))

/** As `dataFingerprint`. */
export const fingerprintInSlices = (users: KeyIndex, items: KeyIndex, itemsOf: ItemsOf): Sliced<DataFingerprint> =>
  // eslint-disable-next-line require-yield -- the same shape as what is read elsewhere
  fingerprintOfBlocks(users, items, [[0, users.size]], function* (): Sliced<ItemsOf> {
    return itemsOf
  })

/** As `dataFingerprint` of users whose items are read block by block. @param blocks ranges of users, all of them @param read the items of the users of a block */
export function* fingerprintOfBlocks<Asked>(
  users: KeyIndex,
  items: KeyIndex,
  blocks: Iterable<readonly [from: number, to: number]>,
  read: (from: number, to: number) => Generator<Asked, ItemsOf, unknown>,
): Generator<Asked | Pause, DataFingerprint, unknown> {
  const sum = new Uint32Array(2)
  const [userHashes, itemHashes] = [yield* hashKeys(users), yield* hashKeys(items)]
  const met = new Uint8Array(items.size)
  let [active, pairs] = [0, 0]
  const slices = new Slices()
  for (const [from, to] of blocks) {
    const itemsOf = yield* read(from, to)
    yield* addPairs(sum, itemsOf, userHashes, itemHashes, SALT, from, to)
    for (let user = from; user < to; user++) {
      const own = itemsOf(user)
      for (let at = 0; at < own.length; at++) met[own[at]] = 1
      if (own.length > 0) active++
      pairs += own.length
      if (slices.full(1 + own.length)) yield PAUSE
    }
  }
  return { users: active, items: met.reduce((count, one) => count + one, 0), pairs, hash: digitsOf(sum) }
}
