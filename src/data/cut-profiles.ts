import { finiteNumber } from '../support/options.ts'
import { integer, number, option, resolve, type Given } from '../support/spec.ts'
import { atOnce } from '../support/drive.ts'
import { seededRandom } from '../support/random.ts'
import { checkInteractions, type Interactions } from './interactions.ts'
import { numberPairs } from './counting-sort.ts'
import { rowsWhere, takeRows } from './take-rows.ts'

export const cutOptions = {
  /** Distinct items that each chosen user keeps, an integer >= 1. Default 1. */
  items: integer(1, 1),
  /** Share of users to cut, in (0, 1]; at least one. Default 0.1. */
  share: number(0.1, 0, 1, '(]'),
  /** Seed of the choice of users and of the items that they keep. Default 1. */
  seed: option(1, finiteNumber),
}

export interface CutProfilesOptions extends Given<typeof cutOptions> {}

/** A table with shortened profiles of some users, and the rows of these users. */
export interface CutProfiles {
  /** Over the key indexes of the original, rows in their order. An item may have lost its last row. */
  readonly table: Interactions
  /** Rows of the chosen users, ascending, including those with no more items than requested, whose profiles are unchanged. */
  readonly users: Int32Array
}

/**
 * Makes some users sparse: a random share of them keeps a few random items each, and all others keep everything.
 *
 * The protocol for users with one to three interactions on data sets without them: train on the cut table, test the chosen users on the items
 * held out from them before. The choice depends only on `seed`, so every number of items is tried on the same users, a profile of one item is
 * part of that of two, and a smaller share is a subset of a larger one. All rows of a pair (repeats, other signals) stay together.
 *
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION
 *
 * @example
 * ```ts
 * const { train, test } = splitRandom(table)
 * const cut = cutProfiles(train, { items: 2 })
 * const lists = recommend(cut.table, { users: Array.from(cut.users, (row) => train.users.keyOf(row)) })
 * ```
 */
export function cutProfiles(table: Interactions, options?: CutProfilesOptions): CutProfiles {
  const who = 'cutProfiles'
  const { items, share, seed } = resolve(who, cutOptions, options)
  checkInteractions(who, table)
  const { pairOf, owner } = atOnce(numberPairs(table))
  const pairStart = new Int32Array(table.users.size + 1)
  for (const user of owner) pairStart[user + 1]++
  for (let user = 0; user < table.users.size; user++) pairStart[user + 1] += pairStart[user]

  const random = seededRandom(seed)
  const everyUser = Int32Array.from({ length: table.users.size }, (_, user) => user)
  const active = everyUser.filter((user) => pairStart[user + 1] > pairStart[user])
  const chosen = random.shuffle(active).subarray(0, Math.max(1, Math.round(share * active.length)))
  const lost = new Uint8Array(owner.length)
  for (const user of chosen) {
    // All pairs are shuffled, so that the items of the next user do not depend on the number requested.
    const pairs = Int32Array.from({ length: pairStart[user + 1] - pairStart[user] }, (_, at) => pairStart[user] + at)
    for (const pair of random.shuffle(pairs).subarray(items)) lost[pair] = 1
  }
  return {
    table: takeRows(
      table,
      rowsWhere(table.length, (row) => lost[pairOf[row]] === 0),
    ),
    users: chosen.sort(),
  }
}
