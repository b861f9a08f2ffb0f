import { RivuletError, show } from '../support/errors.ts'
import type { AlignedSplit } from './aligned-split.ts'
import type { RankedRows } from './score-lists.ts'

/** @throws {RivuletError} INVALID_DATA for what has not the columns of rankings. */
export function requireRankings(who: string, rankings: unknown): void {
  for (const column of ['users', 'items'] as const) {
    const rows: unknown = (rankings as Partial<RankedRows> | null | undefined)?.[column]
    if (!Array.isArray(rows) && !ArrayBuffer.isView(rows)) throw invalid(who, column, 'an array of rows', show(rows))
  }
}

/**
 * Lists must be rectangular, of rows that training knows, one list a user.
 *
 * @throws {RivuletError} INVALID_DATA, INVALID_OPTION when a cut-off exceeds the length of the lists
 */
export function checkRankings(
  who: string,
  rankings: RankedRows,
  { users, items }: AlignedSplit,
  ks: readonly number[],
): void {
  const { k } = rankings
  if (!Number.isInteger(k) || k < 1) throw invalid(who, 'k', 'an integer >= 1', k)
  if (rankings.items.length !== rankings.users.length * k) {
    throw invalid(who, 'items', `${rankings.users.length} lists of ${k} items`, `${rankings.items.length} items`)
  }
  const deepest = ks[ks.length - 1]
  if (deepest > k) {
    throw new RivuletError('INVALID_OPTION', {
      who: `${who}, option 'k'`,
      expected: `at most ${k}, the length of the lists`,
      got: String(deepest),
      todo: 'Ask for longer lists.',
      details: { option: 'k', value: deepest },
    })
  }
  const listed = new Uint8Array(users.known)
  for (const user of rankings.users) {
    if (!(Number.isInteger(user) && user >= 0 && user < users.known))
      throw invalid(who, 'users', `a row in [0, ${users.known})`, user)
    if (listed[user] === 1) throw invalid(who, 'users', 'one list a user', `a second list for row ${user}`)
    listed[user] = 1
  }
  for (const item of rankings.items) {
    if (!(Number.isInteger(item) && item >= -1 && item < items.known))
      throw invalid(who, 'items', `a row in [0, ${items.known}) or -1`, item)
  }
}

function invalid(who: string, column: string, expected: string, got: unknown): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, rankings.${column}`,
    expected,
    got: String(got),
    todo: 'Pass row numbers of the training table.',
    details: { column },
  })
}
