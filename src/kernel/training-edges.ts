import type { EdgeGradients, PairRows } from './training.ts'
import type { Views } from './loop.ts'
import { addScaled, factorOf, isDropped, NONE } from './products.ts'

const { fround } = Math

/** The reference of `pairRows`. */
export function pairRows({ floats, words }: Views, start: number, end: number, given: PairRows): void {
  const { width, pairs, slots, matrix, scale, sums, z, users, items } = given
  for (let b = start; b < end; b++) {
    const edge = words[(pairs >>> 2) + b]
    const column = words[(matrix.indices >>> 2) + edge]
    const factor = factorOf(floats, matrix, edge, scale, column)
    const [from, sum] = [(z >>> 2) + column * width, (sums >>> 2) + words[(slots >>> 2) + b] * width]
    for (let c = 0, at = b * width; c < width; c++, at++) {
      floats[(users >>> 2) + at] = floats[sum + c] - fround(factor * floats[from + c])
      floats[(items >>> 2) + at] = floats[from + c]
    }
  }
}

/** The reference of `addEdges`. */
export function addEdges({ floats, words }: Views, start: number, end: number, given: EdgeGradients): void {
  const { width, member, members, users, slots, matrix, scale, places, sums, gradient, drop = NONE } = given
  const [indptr, indices] = [matrix.indptr >>> 2, matrix.indices >>> 2]
  for (let slot = start; slot < end; slot++) {
    const user = words[(users >>> 2) + slot]
    const sum = (sums >>> 2) + slot * width
    const from = words[indptr + user]
    for (let edge = from; edge < words[indptr + user + 1]; edge++) {
      const item = words[indices + edge]
      if (item % members !== member || isDropped(drop, edge)) continue
      const factor = factorOf(floats, matrix, edge, scale, item)
      const row = (gradient >>> 2) + item * width
      const place = places === 0 ? -1 : words[(places >>> 2) + words[(slots >>> 2) + slot] + edge - from]
      if (place < 0) addScaled(floats, width, row, factor, sum)
      else addPair(floats, row, factor, sum, place, given)
    }
  }
}

/** row += factor (sum - users_place) + items_place; offsets in elements. */
function addPair(
  floats: Float32Array,
  row: number,
  factor: number,
  sum: number,
  place: number,
  { width, userRows, itemRows }: EdgeGradients,
): void {
  const [own, taken] = [(userRows >>> 2) + place * width, (itemRows >>> 2) + place * width]
  for (let k = 0; k < width; k++) {
    const seen = fround(factor * fround(floats[sum + k] - floats[own + k]))
    floats[row + k] += fround(seen + floats[taken + k])
  }
}
