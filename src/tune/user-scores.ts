/** Accuracy of ranked lists on what is held out, user by user. */
import { RANKING_METRICS, type RankingMetricName } from '../evaluate/ranking.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { HoldOut } from './hold-out.ts'
import type { ItemAt, TiltedNdcg } from './tilted-ndcg.ts'

/** Accuracy of ranked lists on held-out items, one value a user. */
export type UserScores<Name extends RankingMetricName = 'recall' | 'ndcg'> = Readonly<Record<Name, Float64Array>>

/** The same, and NDCG by hits that weigh otherwise. */
export interface TiltedScores extends UserScores {
  readonly tilted: TiltedNdcg
}

/** Operations that looking at one place of a list costs. */
const RANK_COST = 10

/** Ranked lists of users against their held-out items. */
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
  // An item is held out of the user at a place where its stamp is the place + 1: a set a user would cost more than her list.
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

/** What is maximised: half recall, half NDCG; the two agree on what is better and disagree on the noise. */
export const valueOf = (scores: UserScores): number => (mean(scores.recall) + mean(scores.ndcg)) / 2

export const meanScores = ({ recall, ndcg }: UserScores): MeanScores => ({ recall: mean(recall), ndcg: mean(ndcg) })

/** Accuracy of ranked lists on held-out items, mean over users. */
export interface MeanScores {
  readonly recall: number
  readonly ndcg: number
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Of the mean of values; Infinity for a single one, of which nothing is known of others. */
export function varianceOfMean(values: Float64Array): number {
  if (values.length < 2) return Infinity
  const middle = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return squares / (values.length - 1) / values.length
}
