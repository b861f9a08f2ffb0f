import { INSERTED_MOST } from './kernel.ts'
import type { Views } from './loop.ts'
import { offerTo } from './offered-items.ts'
import type { MetItems, OfferedSums, ProfileEntries, SummedLists } from './ranking.ts'

export function sumLists({ floats, words, doubles }: Views, start: number, end: number, given: SummedLists): void {
  const { entries, lists, columns, sums } = given
  const [indptr, indices, data] = [lists.indptr >>> 2, lists.indices >>> 2, lists.data >>> 2]
  const isWhole = lists.indices === 0
  for (let entry = start; entry < end; entry++) {
    const weight = weightOf(floats, entries, entry)
    const item = words[(entries.indices >>> 2) + entry]
    const from = isWhole ? item * columns : words[indptr + item]
    const to = isWhole ? from + columns : words[indptr + item + 1]
    for (let at = from; at < to; at++) {
      const column = isWhole ? at - from : words[indices + at]
      doubles[(sums >>> 3) + column] += weight * floats[data + at]
    }
  }
}

const weightOf = (floats: Float32Array, { data, factor }: ProfileEntries, entry: number): number =>
  data === 0 ? factor : factor * floats[(data >>> 2) + entry]

export function offerMet(views: Views, start: number, end: number, given: MetItems): void {
  const { words } = views
  const { entries, lists } = given
  for (let entry = start; entry < end; entry++) {
    const list = (lists.indptr >>> 2) + words[(entries.indices >>> 2) + entry]
    for (let at = words[list]; at < words[list + 1]; at++) offerSum(views, words[(lists.indices >>> 2) + at], given)
  }
}

export function offerSums(views: Views, start: number, end: number, given: OfferedSums): void {
  for (let item = start; item < end; item++) offerSum(views, item, given)
}

/** Offers the sum of an item and resets it to 0, so that an item that is met again is not offered again. */
function offerSum({ floats, words, doubles }: Views, item: number, given: OfferedSums): void {
  const { k, rooms, rows, scores, sums } = given
  const score = Math.fround(doubles[(sums >>> 3) + item])
  doubles[(sums >>> 3) + item] = 0
  const worst = floats[(scores >>> 2) + (k > INSERTED_MOST ? 0 : k - 1)]
  const mayStand = !Number.isNaN(floats[(rooms >>> 2) + item])
  if (score > 0 && score >= worst && mayStand) offerTo(floats, words, k, rows >>> 2, scores >>> 2, item, score)
}
