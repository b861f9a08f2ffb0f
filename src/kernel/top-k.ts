import { INSERTED_MOST, type BlockWidth } from './kernel.ts'

/**
 * Per column of a block, the k largest of z o scale among rows [rowStart, rowEnd) and those that the list holds from lower rows.
 *
 * A short list is sorted, and a score that is larger than its last one is inserted: after the first few rows nearly every row fails that comparison, so
 * the cost is one multiplication and one comparison a row. A long list is a binary heap with the worst entry in front, because an insertion
 * would move k entries: O(log k) a row at most; `sortTop` sorts it in the end.
 *
 * Offsets in elements. Ties go to the lower row: rows come in order, only a strictly larger score enters, and of equal scores the higher row is the worse.
 */
export function topK(
  floats: Float32Array,
  words: Uint32Array,
  width: BlockWidth,
  rowStart: number,
  rowEnd: number,
  k: number,
  z: number,
  scale: number,
  rows: number,
  scores: number,
): void {
  const isHeap = k > INSERTED_MOST
  const worst = isHeap ? 0 : k - 1
  for (let row = rowStart; row < rowEnd; row++) {
    const factor = floats[scale + row]
    for (let column = 0; column < width; column++) {
      const score = Math.fround(floats[z + row * width + column] * factor)
      const list = column * k
      if (!(score > floats[scores + list + worst])) continue
      if (isHeap) sink(floats, words, k, rows + list, scores + list, row, score)
      else insert(floats, words, k, rows + list, scores + list, row, score)
    }
  }
}

/** Entries [start, end) of a heap of `end` entries come to their places, best first; those before them are a heap. Offsets in elements. */
export function sortTop(
  floats: Float32Array,
  words: Uint32Array,
  start: number,
  end: number,
  rows: number,
  scores: number,
): void {
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
  words: Uint32Array,
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

/** Puts an entry in front of a heap of `size` entries in place of the one that is there, and down to where it belongs. */
function sink(
  floats: Float32Array,
  words: Uint32Array,
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

function isWorse(
  floats: Float32Array,
  words: Uint32Array,
  rows: number,
  scores: number,
  at: number,
  score: number,
  row: number,
): boolean {
  return floats[scores + at] < score || (floats[scores + at] === score && words[rows + at] > row)
}
