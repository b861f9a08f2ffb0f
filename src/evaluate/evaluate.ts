import { checkInteractions, type Interactions } from '../data/interactions.ts'
import { RivuletError, show } from '../support/errors.ts'
import { refusedOption } from '../support/options.ts'
import { resolve } from '../support/spec.ts'
import { alignSplit, usersWithItems, type AlignedSplit } from './aligned-split.ts'
import { collectLists, type RankedLists, type RankingModel, type Recommender } from './collect-lists.ts'
import {
  rankingOptions,
  recommenderOptions,
  type EvaluateOptions,
  type EvaluateRankingsOptions,
  type Evaluation,
} from './evaluation.ts'
import { itemAges } from './item-age.ts'
import type { RankedRows } from './score-lists.ts'
import { summariseLists } from './summarise-lists.ts'

/**
 * Scores ranked lists of row numbers. Train and test may number their keys differently: the test is translated by key.
 * Unknown users and items are reported in `audit`.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION; EMPTY_DATA when train or test has no row or no list has a held-out item;
 * INVALID_DATA when a row is out of range or a user has two lists
 */
export function evaluateRankings(
  rankings: RankedRows,
  train: Interactions,
  test: Interactions,
  options?: EvaluateRankingsOptions,
): Evaluation {
  const who = 'evaluateRankings'
  requireRankings(who, rankings)
  const { k = rankings.k, ...choices } = resolve(who, rankingOptions, options)
  const ks = ascendingCutoffs(k)
  checkInteractions(`${who}, train`, train)
  checkInteractions(`${who}, test`, test)
  const split = alignSplit(train, test)
  checkRankings(who, rankings, split, ks)
  return summariseLists(who, rankings, split, { ...choices, ks, ages: itemAges(train, split.items.size) })
}

/**
 * Asks a recommender for the lists of all test users and scores them.
 *
 * @param recommender a function of user ids (asked in batches), a model of your own with `recommend(users, k)`, or the finished answer: a Map of user to items, or a sync or async iterable of
 * `{ user, items }`. A test user without an answer counts as an empty list
 * @throws {RivuletError} as `evaluateRankings`; INVALID_DATA when the recommender's answer is not lists or holds a NaN score
 *
 * @example
 * ```ts
 * const { train, test } = splitByTime(table)
 * const { metrics } = await evaluate((users) => engine.recommend({ users, k: 20 }), test, { train, k: 20, by: 'activity' })
 * ```
 */
export async function evaluate(
  recommender: Recommender | RankedLists | RankingModel,
  test: Interactions,
  options?: EvaluateOptions,
): Promise<Evaluation> {
  const who = 'evaluate'
  const known = { ...rankingOptions, ...recommenderOptions }
  const { k = 20, train, batchSize, ...choices } = resolve(who, known, options)
  const ks = ascendingCutoffs(k)
  checkInteractions(`${who}, test`, test)
  if (train !== undefined) checkInteractions(`${who}, train`, train)
  else if (choices.by !== undefined) throw activityWithoutTrain(who, choices.by)

  const split = alignSplit(train ?? withoutRows(test), test)
  const asked = usersWithItems(split.test).filter((user) => user < split.users.known)
  const longest = ks[ks.length - 1]
  const rankings = await collectLists(recommender, asked, split.users, split.items, { k: longest, batchSize })
  const ages = train === undefined ? null : itemAges(train, split.items.size)
  return summariseLists(who, rankings, split, { ...choices, ks, ages })
}

type Cutoffs = number | readonly number[]

function ascendingCutoffs(k: Cutoffs): number[] {
  const given = typeof k === 'number' ? [k] : k
  return [...new Set(given)].sort((a, b) => a - b)
}

/** The same users and items, without rows. */
function withoutRows({ users, items, signals }: Interactions): Interactions {
  return { users, items, signals, user: new Int32Array(0), item: new Int32Array(0), length: 0 }
}

function activityWithoutTrain(who: string, by: string): RivuletError {
  return refusedOption(who, 'by', {
    expected: `option 'train' beside by: ${show(by)}`,
    got: 'none',
    todo: "User activity is counted in the training data: pass it as 'train'.",
  })
}

/** @throws {RivuletError} INVALID_DATA for a value without the columns of rankings. */
export function requireRankings(who: string, rankings: unknown): void {
  for (const column of ['users', 'items'] as const) {
    const rows: unknown = (rankings as Partial<RankedRows> | null | undefined)?.[column]
    if (!Array.isArray(rows) && !ArrayBuffer.isView(rows)) throw invalid(who, column, 'an array of rows', show(rows))
  }
}

/**
 * Lists must have equal length and rows of the training table, one list per user.
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
    throw refusedOption(who, 'k', {
      expected: `at most ${k}, the length of the lists`,
      got: String(deepest),
      todo: 'Ask for longer lists.',
      details: { value: deepest },
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
