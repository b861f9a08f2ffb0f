import { checkInteractions, type Interactions } from '../data/interactions.ts'
import { resolve } from '../support/spec.ts'
import { RivuletError, show } from '../support/errors.ts'
import { alignSplit, usersWithItems } from './aligned-split.ts'
import { checkRankings, requireRankings } from './check-rankings.ts'
import { collectLists, type RankedLists, type Recommender } from './collect-lists.ts'
import {
  rankingOptions,
  recommenderOptions,
  type EvaluateOptions,
  type EvaluateRankingsOptions,
  type Evaluation,
} from './evaluation.ts'
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
  return summariseLists(who, rankings, split, { ...choices, ks })
}

/**
 * Asks a recommender for the lists of all test users and scores them.
 *
 * @param recommender a function of user ids (asked in batches), or its finished answer: a Map of user to items, or a sync or async iterable of
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
  recommender: Recommender | RankedLists,
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
  return summariseLists(who, rankings, split, { ...choices, ks })
}

type Cutoffs = number | readonly number[]

function ascendingCutoffs(k: Cutoffs): number[] {
  const given = typeof k === 'number' ? [k] : k
  return [...new Set(given)].sort((a, b) => a - b)
}

/** The same users and items, and nothing known about them. */
function withoutRows({ users, items, signals }: Interactions): Interactions {
  return { users, items, signals, user: new Int32Array(0), item: new Int32Array(0), length: 0 }
}

function activityWithoutTrain(who: string, by: string): RivuletError {
  return new RivuletError('INVALID_OPTION', {
    who: `${who}, option 'by'`,
    expected: `option 'train' beside by: ${show(by)}`,
    got: 'none',
    todo: "A user's activity is counted in the training data: pass it as 'train'.",
    details: { option: 'by' },
  })
}
