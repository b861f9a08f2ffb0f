import { ndcg, recall } from '../evaluate/ranking.ts'
import type { HoldOut } from './hold-out.ts'

/** Accuracy of ranked lists on held-out items, one value a user. */
export interface UserScores {
  readonly recall: Float64Array
  readonly ndcg: Float64Array
}

/** Ranked lists of users against their held-out items. `itemAt(place, rank)` is the item at a rank, -1 for none. */
export function scoreUsers(
  { indptr, indices }: HoldOut,
  users: Int32Array,
  k: number,
  itemAt: (place: number, rank: number) => number,
): UserScores {
  const scores = { recall: new Float64Array(users.length), ndcg: new Float64Array(users.length) }
  const hits = new Uint8Array(k)
  users.forEach((user, place) => {
    const heldOut = new Set(indices.subarray(indptr[user], indptr[user + 1]))
    for (let rank = 0; rank < k; rank++) hits[rank] = heldOut.has(itemAt(place, rank)) ? 1 : 0
    scores.recall[place] = recall(hits, k, heldOut.size)
    scores.ndcg[place] = ndcg(hits, k, heldOut.size)
  })
  return scores
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
