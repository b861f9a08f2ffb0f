/**
 * Serving from packed rows: a profile's scores are one sparse product, scores = sum_i w_i M[i, :].
 *
 * Two passes over the rows of the profile's items: one adds up, one picks the best and leaves zeros behind. Nothing is of the size of the
 * catalogue, nothing is allocated, and no list of touched items is kept: what the second pass meets again is zero by then.
 */
import type { Query } from './methods/model.ts'
import { itemBitsOf, type PackedRows } from './packed-rows.ts'
import { TopList } from './top-list.ts'

/** Items with weights, those of profile p at [indptr[p], indptr[p + 1]). */
export interface ProfileRows {
  readonly indptr: ArrayLike<number>
  readonly indices: ArrayLike<number>
  /** `null` weighs every item 1. */
  readonly data: ArrayLike<number> | null
}

/** One scorer serves one call at a time; its memory is one number an item. */
export class RowScorer {
  readonly #rows: PackedRows
  readonly #scores: Float32Array
  readonly #bits: number
  #best = new TopList(0)
  #bestSize = 0

  constructor(rows: PackedRows) {
    this.#rows = rows
    this.#scores = new Float32Array(rows.itemCount)
    this.#bits = itemBitsOf(rows.itemCount)
  }

  /** Writes the best items of one profile, best first, ties to the lower item, from place `at` of `items` and `scores` on. */
  rank(
    { indptr, indices, data }: ProfileRows,
    profile: number,
    { k, excludeSeeds, allowed }: Query,
    items: Int32Array,
    scores: Float32Array,
    at: number,
  ): void {
    if (this.#bestSize !== k) {
      this.#best = new TopList(k)
      this.#bestSize = k
    }
    const { indptr: starts, words, steps } = this.#rows
    const [from, to] = [indptr[profile], indptr[profile + 1]]
    for (let entry = from; entry < to; entry++) {
      const item = indices[entry]
      const factor = steps[item] * (data === null ? 1 : data[entry])
      addRow(words, starts[item], starts[item + 1], this.#bits, factor, this.#scores)
    }
    if (excludeSeeds) for (let entry = from; entry < to; entry++) this.#scores[indices[entry]] = 0
    for (let entry = from; entry < to; entry++) {
      const item = indices[entry]
      drainRow(words, starts[item], starts[item + 1], this.#bits, this.#scores, allowed, this.#best)
    }
    this.#best.moveTo(items, scores, at)
  }
}

// Four entries a turn: a turn's own cost is otherwise as large as the work in it. A row holds an item once, so their order is free.

function addRow(
  words: Uint32Array,
  start: number,
  end: number,
  bits: number,
  factor: number,
  scores: Float32Array,
): void {
  const mask = (1 << bits) - 1
  let at = start
  for (; at + 4 <= end; at += 4) {
    const a = words[at]
    const b = words[at + 1]
    const c = words[at + 2]
    const d = words[at + 3]
    scores[a & mask] += factor * (a >>> bits)
    scores[b & mask] += factor * (b >>> bits)
    scores[c & mask] += factor * (c >>> bits)
    scores[d & mask] += factor * (d >>> bits)
  }
  for (; at < end; at++) scores[words[at] & mask] += factor * (words[at] >>> bits)
}

function drainRow(
  words: Uint32Array,
  start: number,
  end: number,
  bits: number,
  scores: Float32Array,
  allowed: Uint8Array,
  best: TopList,
): void {
  const mask = (1 << bits) - 1
  let threshold = best.threshold
  let at = start
  for (; at + 4 <= end; at += 4) {
    const a = words[at] & mask
    const b = words[at + 1] & mask
    const c = words[at + 2] & mask
    const d = words[at + 3] & mask
    const scoreA = scores[a]
    const scoreB = scores[b]
    const scoreC = scores[c]
    const scoreD = scores[d]
    scores[a] = 0
    scores[b] = 0
    scores[c] = 0
    scores[d] = 0
    if (scoreA < threshold && scoreB < threshold && scoreC < threshold && scoreD < threshold) continue
    offerAllowed(best, allowed, a, scoreA)
    offerAllowed(best, allowed, b, scoreB)
    offerAllowed(best, allowed, c, scoreC)
    offerAllowed(best, allowed, d, scoreD)
    threshold = best.threshold
  }
  for (; at < end; at++) {
    const item = words[at] & mask
    offerAllowed(best, allowed, item, scores[item])
    scores[item] = 0
  }
}

function offerAllowed(best: TopList, allowed: Uint8Array, item: number, score: number): void {
  if (score >= best.threshold && allowed[item] === 1) best.offer(item, score)
}
