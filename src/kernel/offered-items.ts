import { INSERTED_MOST } from './kernel.ts'
import type { Views } from './loop.ts'
import { partsOf, RANKED_TOGETHER, type AddedLists, type OfferedItems } from './ranking.ts'
import { isWorse, sink } from './top-k.ts'

const { fround } = Math

export function addLists({ floats, words }: Views, start: number, end: number, given: AddedLists): void {
  const { stride, rows = 0, matrix, factors, lists, z } = given
  const [indptr, indices, data] = [matrix.indptr >>> 2, matrix.indices >>> 2, matrix.data >>> 2]
  for (let column = start; column < end; column++) {
    const row = rows === 0 ? column : words[(rows >>> 2) + column]
    const factor = floats[(factors >>> 2) + column]
    floats.fill(0, (z >>> 2) + column * stride, (z >>> 2) + (column + 1) * stride)
    for (let edge = words[indptr + row]; edge < words[indptr + row + 1]; edge++) {
      const share = data === 0 ? factor : fround(factor * floats[data + edge])
      const list = (lists.indptr >>> 2) + words[indices + edge]
      for (let e = words[list]; e < words[list + 1]; e++) {
        floats[(z >>> 2) + column * stride + words[(lists.indices >>> 2) + e]] += fround(
          share * floats[(lists.data >>> 2) + e],
        )
      }
    }
  }
}

export function offerItems({ floats, words }: Views, start: number, end: number, given: OfferedItems): void {
  const { k, dimensions, vectors, coefficients, lengths, rooms, z, stride, ids, rows, scores, bars } = given
  const lists = { k, rows: rows >>> 2, scores: scores >>> 2, bars: bars >>> 2 }
  const sums = new Float32Array(RANKED_TOGETHER)
  const parts = partsOf(dimensions).map(({ from, to }, level) => ({
    ...{ inner: to - from, part: (vectors >>> 2) + stride * from, room: (rooms >>> 2) + level * stride },
    ...{ profiles: (lengths >>> 2) + level * RANKED_TOGETHER, factors: (coefficients >>> 2) + from * RANKED_TOGETHER },
  }))
  for (let item = start; item < end; item++) {
    for (let c = 0; c < RANKED_TOGETHER; c++) sums[c] = floats[(z >>> 2) + c * stride + item]
    const mayReach = parts.every(({ inner, part, room, profiles, factors }) => {
      const reaches = (sum: number, c: number): boolean =>
        fround(sum + fround(floats[room + item] * floats[profiles + c])) >= floats[lists.bars + c]
      if (!sums.some(reaches)) return false
      addDimensions(floats, inner, part + item * inner, factors, sums)
      return true
    })
    if (!mayReach) continue
    for (let c = 0; c < RANKED_TOGETHER; c++)
      if (sums[c] > 0) offer(floats, words, lists, c, words[(ids >>> 2) + item], sums[c])
  }
}

/** sums += v C, one dimension after the other. Offsets in elements. */
function addDimensions(floats: Float32Array, inner: number, v: number, coefficients: number, sums: Float32Array): void {
  for (let dimension = 0; dimension < inner; dimension++) {
    const at = coefficients + dimension * RANKED_TOGETHER
    for (let c = 0; c < RANKED_TOGETHER; c++) sums[c] += fround(floats[v + dimension] * floats[at + c])
  }
}

interface Lists {
  readonly k: number
  readonly rows: number
  readonly scores: number
  readonly bars: number
}

/** Puts an item into list c if it is better than its worst entry, and updates the bar for the next. */
function offer(floats: Float32Array, words: Int32Array, lists: Lists, c: number, id: number, score: number): void {
  const { k } = lists
  const [rows, scores] = [lists.rows + c * k, lists.scores + c * k]
  offerTo(floats, words, k, rows, scores, id, score)
  floats[lists.bars + c] = floats[scores + (k > INSERTED_MOST ? 0 : k - 1)]
}

/** Puts an item into a list if it is better than the worst there. Offsets in elements. */
export function offerTo(
  floats: Float32Array,
  words: Int32Array,
  k: number,
  rows: number,
  scores: number,
  id: number,
  score: number,
): void {
  const isBetter = (at: number): boolean => isWorse(floats, words, rows, scores, at, score, id)
  const isHeap = k > INSERTED_MOST
  if (!isBetter(isHeap ? 0 : k - 1)) return
  if (isHeap) return sink(floats, words, k, rows, scores, id, score)
  let at = k - 1
  for (; at > 0 && isBetter(at - 1); at--) {
    floats[scores + at] = floats[scores + at - 1]
    words[rows + at] = words[rows + at - 1]
  }
  floats[scores + at] = score
  words[rows + at] = id
}
