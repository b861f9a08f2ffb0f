/** Accuracy of ranked lists on held-out items, user by user. */
import { RANKING_METRICS, type RankingMetricName } from '../evaluate/ranking.ts'
import { mean } from '../evaluate/significance.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { HoldOut } from './hold-out.ts'
import type { ItemAt, TiltedNdcg } from './tilted-ndcg.ts'

/** One column per metric, one value per user. */
export type UserScores<Name extends RankingMetricName = 'recall' | 'ndcg'> = Readonly<Record<Name, Float64Array>>

/** Scores, with NDCG by weighted hits. */
export interface TiltedScores extends UserScores {
  readonly tilted: TiltedNdcg
}

/** Cost of one place of a list, in simple operations. */
const RANK_COST = 10

/** Scores ranked lists of users against their held-out items. */
export function* scoreUsers<Name extends RankingMetricName>(
  { network, indptr, indices }: HoldOut,
  users: Int32Array,
  k: number,
  itemAt: ItemAt,
  names: readonly Name[],
): Sliced<UserScores<Name>> {
  const slices = new Slices()
  const columns = names.map((name) => [name, new Float64Array(users.length)] as const)
  const hits = new Uint8Array(k)
  // An item is held out of the user at `place` if its stamp is place + 1; a Set per user would cost more than the list.
  const stamps = new Int32Array(network.shape.columnCount)
  for (let place = 0; place < users.length; place++) {
    const user = users[place]
    const [start, end] = [indptr[user], indptr[user + 1]]
    for (let at = start; at < end; at++) stamps[indices[at]] = place + 1
    for (let rank = 0; rank < k; rank++) hits[rank] = stamps[itemAt(place, rank)] === place + 1 ? 1 : 0
    for (const [name, column] of columns) column[place] = RANKING_METRICS[name](hits, k, end - start)
    if (slices.full(RANK_COST * (k + end - start))) yield PAUSE
  }
  return Object.fromEntries(columns) as UserScores<Name>
}

/** The objective of climbs: half recall, half NDCG. The two mostly agree, and their noise differs. */
export const valueOf = (scores: UserScores): number => (mean(scores.recall) + mean(scores.ndcg)) / 2

export const meanScores = ({ recall, ndcg }: UserScores): MeanScores => ({ recall: mean(recall), ndcg: mean(ndcg) })

/** Accuracy of ranked lists on held-out items, mean over users. */
export interface MeanScores {
  readonly recall: number
  readonly ndcg: number
}

/** Variance of the mean of values; Infinity for fewer than two, whose variance is unknown. */
export function varianceOfMean(values: Float64Array): number {
  if (values.length < 2) return Infinity
  const middle = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return squares / (values.length - 1) / values.length
}
