import { RANKING_METRICS, type RankingMetricName } from '../evaluate/ranking.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { HoldOut } from './hold-out.ts'

/** Accuracy of ranked lists on held-out items, one value a user. */
export type UserScores<Name extends RankingMetricName = 'recall' | 'ndcg'> = Readonly<Record<Name, Float64Array>>

/** Operations that looking at one place of a list costs. */
const RANK_COST = 10

/** Ranked lists of users against their held-out items. `itemAt(place, rank)` is the item at a rank, -1 for none. */
export function* scoreUsers<Name extends RankingMetricName>(
  { indptr, indices }: HoldOut,
  users: Int32Array,
  k: number,
  itemAt: (place: number, rank: number) => number,
  names: readonly Name[],
): Sliced<UserScores<Name>> {
  const slices = new Slices()
  const columns = names.map((name) => [name, new Float64Array(users.length)] as const)
  const hits = new Uint8Array(k)
  for (let place = 0; place < users.length; place++) {
    const user = users[place]
    const heldOut = new Set(indices.subarray(indptr[user], indptr[user + 1]))
    for (let rank = 0; rank < k; rank++) hits[rank] = heldOut.has(itemAt(place, rank)) ? 1 : 0
    for (const [name, column] of columns) column[place] = RANKING_METRICS[name](hits, k, heldOut.size)
    if (slices.full(RANK_COST * (k + heldOut.size))) yield PAUSE
  }
  return Object.fromEntries(columns) as UserScores<Name>
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
