import { INSERTED_MOST, type RankedList, type RankedRows } from './kernel.ts'
import type { Views } from './loop.ts'

/**
 * The reference of `topK`.
 *
 * A short list is sorted, and a score larger than its last one is inserted: after the first few rows nearly every row fails that comparison, so
 * the cost is one multiplication and one comparison per row. A long list is a binary heap with the worst entry in front, because an insertion
 * would move k entries: at most O(log k) per row; `sortTop` sorts it in the end.
 *
 * Ties go to the lower row: rows come in order, only a strictly larger score enters, and of equal scores the higher row is the worse.
 */
export function topK({ floats, words }: Views, start: number, end: number, given: RankedRows): void {
  const { width, k, z, scale, rows, scores } = given
  const isHeap = k > INSERTED_MOST
  const worst = isHeap ? 0 : k - 1
  for (let row = start; row < end; row++) {
    const factor = floats[(scale >>> 2) + row]
    for (let column = 0; column < width; column++) {
      const score = Math.fround(floats[(z >>> 2) + row * width + column] * factor)
      const [ownRows, ownScores] = [(rows >>> 2) + column * k, (scores >>> 2) + column * k]
      if (!(score > floats[ownScores + worst])) continue
      if (isHeap) sink(floats, words, k, ownRows, ownScores, row, score)
      else insert(floats, words, k, ownRows, ownScores, row, score)
    }
  }
}

/** The reference of `sortTop`: moves the front of the heap, its worst entry, to the last place, and sinks the last entry from the front. */
export function sortTop({ floats, words }: Views, start: number, end: number, list: RankedList): void {
  const [rows, scores] = [list.rows >>> 2, list.scores >>> 2]
  for (let last = end - 1; last >= start; last--) {
    const score = floats[scores + last]
    const row = words[rows + last]
    floats[scores + last] = floats[scores]
    words[rows + last] = words[rows]
    sink(floats, words, last, rows, scores, row, score)
  }
}

function insert(
  floats: Float32Array,
  words: Int32Array,
  k: number,
  rows: number,
  scores: number,
  row: number,
  score: number,
): void {
  let at = k - 1
  while (at > 0 && floats[scores + at - 1] < score) {
    floats[scores + at] = floats[scores + at - 1]
    words[rows + at] = words[rows + at - 1]
    at--
  }
  floats[scores + at] = score
  words[rows + at] = row
}

/** Replaces the front of a heap of `size` entries, and sinks the new entry to its place. Offsets in elements. */
export function sink(
  floats: Float32Array,
  words: Int32Array,
  size: number,
  rows: number,
  scores: number,
  row: number,
  score: number,
): void {
  if (size === 0) return
  let at = 0
  for (let child = 1; child < size; child = 2 * at + 1) {
    if (
      child + 1 < size &&
      isWorse(floats, words, rows, scores, child + 1, floats[scores + child], words[rows + child])
    )
      child++
    if (!isWorse(floats, words, rows, scores, child, score, row)) break
    floats[scores + at] = floats[scores + child]
    words[rows + at] = words[rows + child]
    at = child
  }
  floats[scores + at] = score
  words[rows + at] = row
}

export function isWorse(
  floats: Float32Array,
  words: Int32Array,
  rows: number,
  scores: number,
  at: number,
  score: number,
  row: number,
): boolean {
  return floats[scores + at] < score || (floats[scores + at] === score && words[rows + at] > row)
}
