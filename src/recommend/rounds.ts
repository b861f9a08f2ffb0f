/** The rows of a request, in rounds. */
import type { Network } from '../network/network.ts'
import type { WorkCosts } from '../plan/costs.ts'
import { on, type Algorithm, type Detached } from '../request/request.ts'
import type { Id, KeyIndex } from '../support/key-index.ts'
import { checkOption, isIterable } from '../support/options.ts'
import { UnknownIds } from '../support/unknown-ids.ts'

/** Users per round: enough blocks for every thread, or enough for a database ... */
const USERS_PER_ROUND = 2048
const USERS_PER_ROUND_ELSEWHERE = 2 ** 17
/** ... and fewer when their lists are long, so that the results of a round stay below 64 MB. */
const ENTRIES_PER_ROUND = 2 ** 22

/**
 * Rows of the named users, or of all.
 *
 * @param strangers collects unknown users, whose lists come from the prior: the n-th has row -1 - n
 * @throws {RivuletError} UNKNOWN_KEY, INVALID_OPTION.
 */
export function userRows(
  who: string,
  users: KeyIndex,
  keys: Iterable<Id> | undefined,
  ids = new UnknownIds(),
  strangers: string[] = [],
): Int32Array {
  if (keys === undefined) return Int32Array.from({ length: users.size }, (_, row) => row)
  checkOption(who, 'users', keys, isIterable)
  const rows: number[] = []
  for (const key of keys) {
    const row = ids.rowOf(`${who}, option 'users'`, 'a user', users, key)
    if (row >= 0) rows.push(row)
    else if (ids.rule === 'prior') rows.push(-strangers.push(String(key)))
  }
  return Int32Array.from(rows)
}

/** Rows in rounds of about equal size, for lists of `k` entries. @param users maximum per round */
export function* rounds(rows: Int32Array, k: number, users = USERS_PER_ROUND): Generator<Int32Array> {
  const most = Math.max(16, Math.min(users, 16 * Math.floor(ENTRIES_PER_ROUND / (16 * k))))
  const equal = Math.ceil(rows.length / Math.ceil(rows.length / most))
  // Whole blocks of 16.
  const size = 16 * Math.ceil(equal / 16)
  for (let start = 0; start < rows.length; start += size) yield rows.subarray(start, start + size)
}

/** Results in rounds: each is consumed before the next one is computed. */
export type Rounds<Answer> = Generator<Detached<Answer>, void, undefined>

/**
 * Computes results in rounds, so that lists of `k` entries are never all in memory. Progress counts rows, and preparation before the first one as the
 * number of rows that it costs.
 *
 * @param expected cost of all rows; `null` if unknown
 */
export function* inRounds<Answer>(
  who: string,
  network: Network,
  rows: Int32Array,
  k: number,
  ask: (round: Int32Array) => Algorithm<Answer>,
  expected: WorkCosts | null = null,
): Rounds<Answer> {
  const { making, ranking } = expected ?? { making: 0, ranking: 1 }
  const of = rows.length
  const whole = making + ranking || 1
  let [asked, from] = [0, 0]
  const users = network.rows.areHere ? USERS_PER_ROUND : USERS_PER_ROUND_ELSEWHERE
  for (const round of rounds(rows, k, users)) {
    const own = { making: asked === 0 ? making : 0, ranking: (ranking * round.length) / of }
    asked += round.length
    const to = asked === of ? of : Math.floor((of * (making + (ranking * asked) / of)) / whole)
    yield on(network, ask(round), { who, share: { from, to, of, ...(expected && { costs: own }) } })
    from = to
  }
}
