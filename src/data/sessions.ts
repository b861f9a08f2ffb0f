import type { RivuletError } from '../support/errors.ts'
import { atOnce } from '../support/drive.ts'
import { GrowingKeyIndex } from '../support/key-index.ts'
import { number, resolve, type Given } from '../support/spec.ts'
import { asTable, checkInteractions, withoutColumn, type Interactions } from './interactions.ts'
import { requireTimes } from './time-units.ts'

export const sessionOptions = {
  /** Longest pause within a session, in the unit of the time column, >= 0. Default 1,800: half an hour of seconds. */
  gap: number(1800, 0, Infinity),
}

export interface SplitSessionsOptions extends Given<typeof sessionOptions> {}

/**
 * The same rows with sessions in place of users: what a user did without a longer pause. Items of one session are more closely related than
 * those of the same person months apart. Compile a recommender from the sessions, and use it for the users.
 *
 * Sessions are named by the user and a number, `ann#0`, `ann#1`, in order of time; a user's rows of unknown time are a separate session. Rows keep
 * their order, items their numbers.
 *
 * @throws {RivuletError} INVALID_DATA when there is no time column, or times in two units; EMPTY_DATA, INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * const sessions = splitSessions(clicks, { gap: 600 })
 * const rankings = compile(sessions, { signals }).rank(clicks, { k: 20 })
 * ```
 */
export function splitSessions(table: Interactions, options?: SplitSessionsOptions): Interactions {
  const who = 'splitSessions'
  const { gap } = resolve(who, sessionOptions, options)
  const { user, users, time: given } = checkInteractions(who, table)
  const missing = (): RivuletError => withoutColumn(who, 'time', 'Name the time column when reading.')
  const { time } = atOnce(requireTimes(who, given, missing))
  const at = time.map((known) => (Number.isNaN(known) ? -Infinity : known))
  const order = Int32Array.from(user.keys()).sort(
    (a, b) => user[a] - user[b] || (at[a] < at[b] ? -1 : at[a] > at[b] ? 1 : a - b),
  )
  const sessions = new GrowingKeyIndex()
  const session = new Int32Array(table.length)
  let number = 0
  order.forEach((row, place) => {
    const before = order[place - 1]
    const isSameUser = place > 0 && user[before] === user[row]
    // Between two unknown times there is no pause, and -Infinity minus itself is NaN.
    if (!isSameUser) number = 0
    else if (at[row] !== at[before] && at[row] - at[before] > gap) number++
    session[row] = sessions.add(`${users.keyOf(user[row])}#${number}`)
  })
  return asTable({ ...table, users: sessions, user: session })
}
