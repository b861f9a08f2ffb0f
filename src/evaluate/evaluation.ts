import type { Interactions } from '../data/interactions.ts'
import { integerAtLeast, oneOf, anything, type Check } from '../support/options.ts'
import { choice, integer, option, optional, type Given } from '../support/spec.ts'
import { DEFAULT_ACTIVITY_EDGES, isAscendingEdges, type ActivityScores } from './activity.ts'
import type { SplitFingerprint } from './fingerprint.ts'
import type { ItemAgeScores } from './item-age.ts'

const isCutoffs: Check = (value) => {
  const ks: readonly unknown[] = Array.isArray(value) ? value : [value]
  const valid = ks.length > 0 && ks.every((k) => integerAtLeast(1)(k) === null)
  return valid ? null : 'an integer >= 1 or a list of them'
}

export const rankingOptions = {
  /** Cut-off or cut-offs, integers >= 1, at most the length of the lists. Default: the length of the lists (`evaluate`: 20). */
  k: optional<number | readonly number[]>(isCutoffs),
  /**
   * Also report by the user's activity, her number of distinct training items: in buckets with fixed edges ('activity')
   * or in tenths of the users ('activity-deciles', sparsest first). Default: no buckets.
   */
  by: optional<'activity' | 'activity-deciles'>(oneOf('activity', 'activity-deciles')),
  /** Lower edges of the buckets of `by: 'activity'`, ascending integers >= 0. Default [0, 1, 5, 10, 20, 50]. */
  buckets: option(DEFAULT_ACTIVITY_EDGES, isAscendingEdges),
  /** Held-out items without a training pair: 'miss' keeps them (no method trained there can hit them), 'drop' leaves them out. Default 'miss'. */
  unknownItems: choice<'miss' | 'drop'>('miss', ['miss', 'drop']),
  /** Held-out pairs that are in training too: 'keep' counts them (a list of unseen items misses them), 'drop' leaves them out. Default 'keep'. */
  seenPairs: choice<'keep' | 'drop'>('keep', ['keep', 'drop']),
}

export interface EvaluateRankingsOptions extends Given<typeof rankingOptions> {}

export const recommenderOptions = {
  /**
   * What the recommender was trained on. Needed for `by`, for novelty and for a fingerprint that tells the whole split. Default: none,
   * and then the catalogue is that of the test table.
   */
  train: optional<Interactions>(anything),
  /** Users asked for at a time, an integer >= 1. Default 10,000. */
  batchSize: integer(10_000, 1),
}

export interface EvaluateOptions extends EvaluateRankingsOptions, Given<typeof recommenderOptions> {}

/** Data that the means leave out or count as missed: check it before comparing two figures. */
export interface EvaluationAudit {
  /** Users in the means: they have a list, a training item and at least one held-out item. */
  readonly evaluatedUsers: number
  /** Users with a list and a held-out item but without a training item: not in the means, but in `coldUsers`. */
  readonly coldUsers: number
  /** Users with held-out items for whom no list was given; not in the means. */
  readonly unrankedUsers: number
  /** Users with a list but without a held-out item; not in the means. */
  readonly untestedUsers: number
  /** Users that only the test knows; not asked for and not in the means. */
  readonly unknownUsers: number
  /** Held-out items without a training pair. */
  readonly unknownItems: number
  /** Held-out pairs of such items: no method trained there can hit them. */
  readonly unknownItemPairs: number
  /** Held-out pairs that are in training too. */
  readonly seenPairs: number
}

export interface Evaluation {
  readonly split: SplitFingerprint
  readonly audit: EvaluationAudit
  /**
   * Means over the evaluated users, who have training items (all, where training knows none of them): 'recall@k', 'precision@k', 'ndcg@k', 'map@k', 'mrr@k', 'hit-rate@k'; and over all their lists:
   * 'coverage@k' (of the training catalogue), 'novelty@k' (bits; absent without training data), 'gini@k'.
   */
  readonly metrics: Readonly<Record<string, number>>
  /** The ranking metrics by activity, sparsest users first; empty unless `by` is given. */
  readonly byActivity: readonly ActivityScores[]
  /** Metrics of new and old items, by age at the cutoff; empty if training has no times. */
  readonly byItemAge: readonly ItemAgeScores[]
  /**
   * The ranking metrics of users without a training item, whose lists come from the prior; `null` if there are none, or no others.
   * A split by time has them: users who joined after the cutoff.
   */
  readonly coldUsers: ActivityScores | null
  /**
   * The ranking metrics of the sparsest tenth: evaluated users with at most as many training items as a tenth of them have (more than a tenth
   * where that number ties). `null` when nothing is known about training.
   */
  readonly sparsestTenth: ActivityScores | null
  /** The ranking metrics of each evaluated user, for paired tests: rows of users and one column a metric, all of the same length. */
  readonly perUser: { readonly users: Int32Array; readonly metrics: Readonly<Record<string, Float64Array>> }
}
