import { INSERTED_MOST } from './kernel.ts'
import type { Views } from './loop.ts'
import { offerTo } from './offered-items.ts'
import { LOOKED_AFTER, type AddedPacked, type OfferedOrder, type OfferedPacked, type OfferedScores } from './serving.ts'

const { fround } = Math

export function addPacked({ floats, words, doubles }: Views, start: number, end: number, given: AddedPacked): void {
  const { items, weights, indptr, words: packed, steps, bits, signed, times, z } = given
  const mask = (1 << bits) - 1
  for (let entry = start; entry < end; entry++) {
    const row = words[(items >>> 2) + entry]
    const factor = doubles[(steps >>> 3) + row] * floats[(weights >>> 2) + entry] * times
    const last = (packed >>> 2) + words[(indptr >>> 2) + row + 1]
    for (let at = (packed >>> 2) + words[(indptr >>> 2) + row]; at < last; at++) {
      const word = words[at]
      floats[(z >>> 2) + (word & mask)] += factor * (signed ? word >> bits : word >>> bits)
    }
  }
}

export function offerOrdered(views: Views, start: number, end: number, given: OfferedOrder): number {
  const { floats, words } = views
  const { order, rooms, lengths, z } = given
  for (let place = start; place < end; place++) {
    const item = words[(order >>> 2) + place]
    if (fround(floats[(rooms >>> 2) + item] * floats[lengths >>> 2]) < barOf(views, given)) return place
    offerItem(views, given, item, floats[(z >>> 2) + item])
    floats[(z >>> 2) + item] = -Infinity
  }
  return end
}

export function offerPacked(views: Views, start: number, end: number, given: OfferedPacked): void {
  const { floats, words } = views
  const { items, indptr, words: packed, bits, z } = given
  const mask = (1 << bits) - 1
  for (let entry = start; entry < end; entry++) {
    const row = words[(items >>> 2) + entry]
    const last = (packed >>> 2) + words[(indptr >>> 2) + row + 1]
    for (let at = (packed >>> 2) + words[(indptr >>> 2) + row]; at < last; at++) {
      const item = words[at] & mask
      const sum = floats[(z >>> 2) + item]
      if (sum === -Infinity) continue
      floats[(z >>> 2) + item] = 0
      offerItem(views, given, item, sum)
    }
  }
}

/** The smallest number above 0: no list takes less. */
const LEAST = 2 ** -149

/** The least score that may enter the list. */
function barOf({ floats }: Views, { k, scores }: OfferedScores): number {
  return Math.max(LEAST, floats[(scores >>> 2) + (k > INSERTED_MOST ? 0 : k - 1)])
}

function offerItem(views: Views, given: OfferedScores, item: number, sum: number): void {
  const { floats, words } = views
  const { k, dimensions, vectors, places, coefficients, lengths, rooms, tails, rows, scores } = given
  const bar = barOf(views, given)
  let room = floats[(rooms >>> 2) + item]
  let score = sum
  const place = words[(places >>> 2) + item]
  const looks = dimensions / LOOKED_AFTER
  // Four sums, as of a register.
  const sums = new Float32Array(4)
  for (let look = 0; ; look++) {
    if (!(fround(score + fround(room * floats[(lengths >>> 2) + look])) >= bar)) return
    if (look === looks) break
    const v = (vectors >>> 2) + place * dimensions + look * LOOKED_AFTER
    const c = (coefficients >>> 2) + look * LOOKED_AFTER
    for (let lane = 0; lane < 4; lane++) {
      const [p, q, r, s] = [0, 4, 8, 12].map((d) => fround(floats[v + d + lane] * floats[c + d + lane]))
      sums[lane] += fround(fround(p + q) + fround(r + s))
    }
    score = fround(sum + fround(fround(sums[0] + sums[1]) + fround(sums[2] + sums[3])))
    room = floats[(tails >>> 2) + place * looks + look]
  }
  if (score > 0) offerTo(floats, words, k, rows >>> 2, scores >>> 2, item, score)
}
