import { RivuletError } from '../support/errors.ts'
import { bucketsByDecile, bucketsByEdges, sparsestTenth, type ActivityBucket, type ActivityScores } from './activity.ts'
import { usersWithItems, type AlignedSplit } from './aligned-split.ts'
import { coverage, gini, novelty } from './catalogue.ts'
import type { Evaluation } from './evaluation.ts'
import { fingerprintOf } from './fingerprint.ts'
import { heldOutOf } from './held-out.ts'
import { atOnce } from '../support/drive.ts'
import { scoreLists, type ListScores, type RankedRows } from './score-lists.ts'

/** Options of an evaluation, resolved: see `EvaluateRankingsOptions` for their meaning. */
export interface SummaryChoices {
  /** Cut-offs, ascending. */
  readonly ks: readonly number[]
  readonly by: 'activity' | 'activity-deciles' | undefined
  readonly buckets: readonly number[]
  readonly unknownItems: 'miss' | 'drop'
  readonly seenPairs: 'keep' | 'drop'
}

/**
 * Scores the lists and takes the means.
 *
 * @throws {RivuletError} EMPTY_DATA when no list belongs to a user with held-out items
 */
export function summariseLists(
  who: string,
  rankings: RankedRows,
  split: AlignedSplit,
  choices: SummaryChoices,
): Evaluation {
  const heldOut = heldOutOf(split, choices)
  const scores = scoreLists(rankings, heldOut.sets, choices.ks, split.items.size)
  const evaluatedUsers = scores.users.length
  if (evaluatedUsers === 0) throw nobodyToEvaluate(who, rankings.users.length)
  const { indptr } = split.train
  const activity = scores.users.map((user) => indptr[user + 1] - indptr[user])
  const everyone = Int32Array.from(scores.users, (_, position) => position)
  return {
    split: atOnce(fingerprintOf(split)),
    audit: {
      evaluatedUsers,
      unrankedUsers: usersWithItems(heldOut.sets).filter((user) => user < split.users.known).length - evaluatedUsers,
      untestedUsers: rankings.users.length - evaluatedUsers,
      unknownUsers: heldOut.unknownUsers,
      unknownItems: heldOut.unknownItems,
      unknownItemPairs: heldOut.unknownItemPairs,
      seenPairs: heldOut.seenPairs,
    },
    metrics: { ...meansOf(scores, everyone), ...catalogueMetrics(scores, split, choices.ks) },
    byActivity: choices.by === undefined ? [] : bucketsOf(activity, choices).map((bucket) => meansIn(scores, bucket)),
    sparsestTenth: split.train.items.length === 0 ? null : meansIn(scores, sparsestTenth(activity)),
    perUser: { users: scores.users, metrics: scores.metrics },
  }
}

function meansOf(scores: ListScores, members: Int32Array): Record<string, number> {
  const means = Object.entries(scores.metrics).map(([name, values]) => {
    let sum = 0
    for (const position of members) sum += values[position]
    return [name, sum / members.length] as const
  })
  return Object.fromEntries(means)
}

function bucketsOf(activity: Int32Array, { by, buckets }: SummaryChoices): ActivityBucket[] {
  return by === 'activity' ? bucketsByEdges(activity, buckets) : bucketsByDecile(activity)
}

function meansIn(scores: ListScores, { from, to, members }: ActivityBucket): ActivityScores {
  return { from, to, users: members.length, metrics: meansOf(scores, members) }
}

function catalogueMetrics(
  { exposures }: ListScores,
  split: AlignedSplit,
  ks: readonly number[],
): Record<string, number> {
  const metrics: Record<string, number> = {}
  const { users, popularity } = popularityOf(split)
  ks.forEach((k, cut) => {
    // Items that only the test knows are no part of the catalogue a recommender could learn.
    const exposure = exposures[cut].subarray(0, split.items.known)
    metrics[`coverage@${k}`] = coverage(exposure)
    if (users > 0) metrics[`novelty@${k}`] = novelty(exposure, popularity, users)
    metrics[`gini@${k}`] = gini(exposure)
  })
  return metrics
}

/** Number of training users, and how many of them had each item. */
function popularityOf({ items, train }: AlignedSplit): { users: number; popularity: Int32Array } {
  const popularity = new Int32Array(items.size)
  for (const item of train.items) popularity[item]++
  return { users: usersWithItems(train).length, popularity }
}

function nobodyToEvaluate(who: string, lists: number): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: 'at least one user with both a list and held-out items',
    got: `none among ${lists} lists`,
    todo: 'Check that training, test and lists speak of the same users.',
    details: { lists },
  })
}
