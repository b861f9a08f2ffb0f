import { RivuletError, show } from '../support/errors.ts'
import { integerAtLeast } from '../support/options.ts'

/**
 * Accuracy of a user's ranked list against the user's held-out items, cut at rank k.
 *
 * Symbols: `rel(r)` is 1 when the item at rank r (1, 2, ...) is held out, else 0; `T` is the number of held-out items;
 * `hits = sum_{r <= k} rel(r)`. Every metric lies in [0, 1] and is 1 for a list that begins with held-out items only
 * (precision needs T >= k for that, recall k >= T). A list shorter than k is a list whose remaining ranks miss.
 *
 * Papers use different definitions under the same name; these are the ones of the LightGCN line of work
 * (He et al. 2020, 10.1145/3397271.3401063), stated at each function.
 *
 * @param hits 1 at the ranks (from 0) that hit, else 0; only the first k are read
 * @param k cut-off, an integer >= 1
 * @param relevant T, an integer >= 1
 */
export type RankingMetric = (hits: ArrayLike<number>, k: number, relevant: number) => number

/** Recall@k = hits / T. The divisor is T, not min(k, T): a user with more than k held-out items cannot reach 1. */
export const recall: RankingMetric = (hits, k, relevant) => countHits(hits, k) / relevant

/** Precision@k = hits / k, also when the list is shorter than k. */
export const precision: RankingMetric = (hits, k) => countHits(hits, k) / k

/**
 * NDCG@k = DCG / IDCG with binary gains: DCG = sum_{r <= k} rel(r) / log2(r + 1), and IDCG the same sum over the first
 * min(k, T) ranks, all of them hits (Järvelin & Kekäläinen 2002, 10.1145/582415.582418, log base 2).
 */
export const ndcg: RankingMetric = (hits, k, relevant) => {
  let gain = 0
  let ideal = 0
  for (let rank = 0; rank < k; rank++) {
    const discount = 1 / Math.log2(rank + 2)
    if (rank < relevant) ideal += discount
    if (hits[rank] === 1) gain += discount
  }
  return gain / ideal
}

/**
 * AP@k = (sum_{r <= k} rel(r) * precision@r) / min(k, T). Its mean over users is MAP@k.
 * Textbook average precision divides by T; both agree when k >= T.
 */
export const averagePrecision: RankingMetric = (hits, k, relevant) => {
  let found = 0
  let sum = 0
  for (let rank = 0; rank < k; rank++) {
    if (hits[rank] === 1) sum += ++found / (rank + 1)
  }
  return sum / Math.min(k, relevant)
}

/** RR@k = 1 / rank of the first hit, 0 when none is within k. Its mean over users is MRR@k. */
export const reciprocalRank: RankingMetric = (hits, k) => {
  for (let rank = 0; rank < k; rank++) {
    if (hits[rank] === 1) return 1 / (rank + 1)
  }
  return 0
}

/** Hit rate@k: 1 when at least one of the first k items is held out, else 0. */
export const hitRate: RankingMetric = (hits, k) => (countHits(hits, k) > 0 ? 1 : 0)

/** The metrics by the name under which their means over users are reported. A new metric is one function and one line here. */
export const RANKING_METRICS = {
  recall,
  precision,
  ndcg,
  map: averagePrecision,
  mrr: reciprocalRank,
  'hit-rate': hitRate,
} as const satisfies Readonly<Record<string, RankingMetric>>

export type RankingMetricName = keyof typeof RANKING_METRICS

export const RANKING_METRIC_NAMES = Object.keys(RANKING_METRICS) as readonly RankingMetricName[]

/**
 * Every ranking metric of one user's list.
 *
 * @param ranked item rows, best first; an item listed again is a miss the second time
 * @param relevant the items held out from the user, at least one
 * @param k cut-off, an integer >= 1
 * @returns the value of each metric, in [0, 1]
 * @throws {RivuletError} INVALID_OPTION when k is not an integer >= 1, EMPTY_DATA when nothing is held out
 *
 * @example
 * ```ts
 * scoreRanking([7, 3, 9], new Set([3, 4]), 3).recall // 0.5
 * ```
 */
export function scoreRanking(
  ranked: ArrayLike<number>,
  relevant: ReadonlySet<number>,
  k: number,
): Record<RankingMetricName, number> {
  const expected = integerAtLeast(1)(k)
  if (expected !== null) {
    throw new RivuletError('INVALID_OPTION', { who: "scoreRanking, 'k'", expected, got: show(k), todo: 'Correct k.' })
  }
  if (relevant.size === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who: 'scoreRanking',
      expected: 'at least one held-out item',
      got: 'none',
      todo: 'Leave users without held-out items out of the mean: no ranking metric is defined for them.',
    })
  }
  const hits = hitsOf(ranked, relevant)
  const scores = RANKING_METRIC_NAMES.map((name) => [name, RANKING_METRICS[name](hits, k, relevant.size)])
  return Object.fromEntries(scores) as Record<RankingMetricName, number>
}

/** 1 at each rank whose item is held out and not listed before, else 0; shape (ranked.length). */
export function hitsOf(ranked: ArrayLike<number>, relevant: ReadonlySet<number>): Uint8Array {
  const missing = new Set(relevant)
  return Uint8Array.from(ranked, (item) => (missing.delete(item) ? 1 : 0))
}

function countHits(hits: ArrayLike<number>, k: number): number {
  let count = 0
  for (let rank = 0; rank < k; rank++) {
    if (hits[rank] === 1) count++
  }
  return count
}
