/**
 * NDCG as if popular items had been held out more often, or less often: a hit is weighted by a power of the item's popularity, so that the held-out items
 * represent another way of holding out.
 *
 *   DCG = sum_r hit_r d_r^g / log2(r + 1),   IDCG of the user's held-out items by falling weight,   g = 1/2 and -1/2
 *
 * d_r the popularity of the item at rank r. Importance weights: Kahn and Marshall 1953. The powers are large, because a test may differ in more than
 * popularity.
 */
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { HoldOut } from './hold-out.ts'

const POWERS = [1 / 2, -1 / 2] as const

/** The item at a rank of a user's list, -1 for none. */
export type ItemAt = (place: number, rank: number) => number

/** One value per user: with popular items held out more often, and less often. */
export type TiltedNdcg = readonly [more: Float64Array, less: Float64Array]

/** Cost of an item, listed or held out, in simple operations. */
const ITEM_COST = 20

export function* tiltedNdcg(
  { network, indptr, indices }: HoldOut,
  users: Int32Array,
  k: number,
  itemAt: ItemAt,
): Sliced<TiltedNdcg> {
  const slices = new Slices()
  const { columns } = network.degrees
  const [more, less] = [new Float64Array(users.length), new Float64Array(users.length)]
  for (let place = 0; place < users.length; place++) {
    const heldOut = new Set(indices.subarray(indptr[users[place]], indptr[users[place] + 1]))
    const hits = Array.from({ length: k }, (_, rank) => itemAt(place, rank)).map((item) =>
      heldOut.has(item) ? item : -1,
    )
    for (const [at, column] of [more, less].entries()) {
      // A held-out item may have no other user; its degree is taken as 1.
      const weightOf = (item: number): number => Math.max(1, columns[item]) ** POWERS[at]
      const ideal = Float64Array.from(heldOut, weightOf).sort().reverse()
      column[place] =
        discounted(k, (rank) => (hits[rank] < 0 ? 0 : weightOf(hits[rank]))) / discounted(k, (rank) => ideal[rank] ?? 0)
    }
    if (slices.full(ITEM_COST * (k + heldOut.size))) yield PAUSE
  }
  return [more, less]
}

function discounted(k: number, weightAt: (rank: number) => number): number {
  let sum = 0
  for (let rank = 0; rank < k; rank++) sum += weightAt(rank) / Math.log2(rank + 2)
  return sum
}
