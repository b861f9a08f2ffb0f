import { checkInteractions, type Interactions } from '../data/interactions.ts'
import { anything, integerAtLeast, oneOf, resolveOptions, type Check } from '../support/options.ts'
import { RivuletError, show } from '../support/errors.ts'
import { DEFAULT_ACTIVITY_EDGES, isAscendingEdges } from './activity.ts'
import { alignSplit, usersWithItems } from './aligned-split.ts'
import { checkRankings, requireRankings } from './check-rankings.ts'
import { collectLists, type RankedLists, type Recommender } from './collect-lists.ts'
import type { EvaluateOptions, EvaluateRankingsOptions, Evaluation } from './evaluation.ts'
import type { Rankings } from './score-lists.ts'
import { summariseLists } from './summarise-lists.ts'

/**
 * Scores ranked lists of row numbers. Train and test may number their keys differently: the test is translated by key.
 * Unknown users and items are reported in `audit`.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION; EMPTY_DATA when train or test has no row or no list has a held-out item;
 * INVALID_DATA when a row is out of range or a user has two lists
 */
export function evaluateRankings(
  rankings: Rankings,
  train: Interactions,
  test: Interactions,
  options?: EvaluateRankingsOptions,
): Evaluation {
  const who = 'evaluateRankings'
  requireRankings(who, rankings)
  const { k, ...choices } = resolveOptions(who, options, { ...DEFAULTS, k: rankings.k }, CHECKS)
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
 * const { metrics } = await evaluate((users) => engine.recommend(users, { k: 20 }), test, { train, k: 20, by: 'activity' })
 * ```
 */
export async function evaluate(
  recommender: Recommender | RankedLists,
  test: Interactions,
  options?: EvaluateOptions,
): Promise<Evaluation> {
  const who = 'evaluate'
  const { k, train, batchSize, ...choices } = resolveOptions(
    who,
    options,
    { ...DEFAULTS, k: 20, train: undefined as Interactions | undefined, batchSize: 10_000 },
    { ...CHECKS, train: anything, batchSize: integerAtLeast(1) },
  )
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

const DEFAULTS = {
  by: undefined as EvaluateRankingsOptions['by'],
  buckets: DEFAULT_ACTIVITY_EDGES,
  unknownItems: 'miss' as 'miss' | 'drop',
  seenPairs: 'keep' as 'keep' | 'drop',
}

const isCutoffs: Check = (value) => {
  const ks: readonly unknown[] = Array.isArray(value) ? value : [value]
  const valid = ks.length > 0 && ks.every((k) => integerAtLeast(1)(k) === null)
  return valid ? null : 'an integer >= 1 or a list of them'
}

const CHECKS = {
  k: isCutoffs,
  by: oneOf('activity', 'activity-deciles'),
  buckets: isAscendingEdges,
  unknownItems: oneOf('miss', 'drop'),
  seenPairs: oneOf('keep', 'drop'),
}

function ascendingCutoffs(k: Cutoffs): number[] {
  const given = typeof k === 'number' ? [k] : k
  return [...new Set(given)].sort((a, b) => a - b)
}

/** The same users and items, and nothing known about them. */
function withoutRows({ users, items, signals }: Interactions): Interactions {
  return { users, items, signals, user: new Int32Array(0), item: new Int32Array(0), length: 0 }
}

function activityWithoutTrain(who: string, by: string): RivuletError {
  return new RivuletError(
    'INVALID_OPTION',
    {
      who: `${who}, option 'by'`,
      expected: `option 'train' beside by: ${show(by)}`,
      got: 'none',
      todo: "A user's activity is counted in the training data: pass it as 'train'.",
    },
    { option: 'by' },
  )
}
