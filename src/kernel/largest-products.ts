import type { LargestProducts, LessProducts } from './kernel.ts'
import type { Views } from './loop.ts'
import { selectLargest } from './select-largest.ts'

const { fround } = Math

/**
 * The reference of `largestProducts`, row by row of the product (Gustavson 1978, 10.1145/355791.355796): sums in float64, a score rounded to float32 once.
 *
 *   sum_j = sum over the entries r of row i of V' of (middle_r v_ri) w_rj,   score_j = left_i sum_j right_j / (1 + shrink left_i right_j)
 *
 * Keeps the k largest positive scores of columns other than i, ties to the lower column, in the order of the columns. If products of vectors are subtracted,
 * the scores of largest magnitude.
 */
export function largestProducts(views: Views, start: number, end: number, given: LargestProducts): void {
  const { floats, words, doubles } = views
  const { k, columns, met, scores } = given
  const items = words.subarray(met >>> 2, (met >>> 2) + columns)
  const values = floats.subarray(scores >>> 2, (scores >>> 2) + columns)
  const sums = doubles.subarray(given.sums >>> 3, (given.sums >>> 3) + columns)
  for (let row = start; row < end; row++) {
    const count = scoreOthers(views, row, sumProducts(views, row, sums, items, given), sums, items, values, given)
    const kept = Math.min(count, k)
    if (kept < count) selectLargest(items, values, count, kept)
    floats[(given.dropped >>> 2) + row] = values.subarray(kept, count).reduce((most, size) => Math.max(most, size), 0)
    for (let at = kept; at < count; at++) sums[items[at]] = 0
    words[(given.counts >>> 2) + row] = kept
    const place = words[(given.places >>> 2) + row]
    const [outItems, outScores] = [(given.indices >>> 2) + place, (given.data >>> 2) + place]
    items.subarray(0, kept).sort()
    for (let at = 0; at < kept; at++) {
      words[outItems + at] = items[at]
      floats[outScores + at] = sums[items[at]]
      sums[items[at]] = 0
    }
  }
}

/** Adds up one row, and lists the columns that were met. @returns their number */
function sumProducts(
  { floats, words }: Views,
  row: number,
  sums: Float64Array,
  items: Int32Array,
  { matrix, turned, columns, windows, windowRows, middle }: LargestProducts,
): number {
  const [indptr, indices, data] = [matrix.indptr >>> 2, matrix.indices >>> 2, matrix.data >>> 2]
  let count = 0
  for (let window = 0; window < windows; window++) {
    const first = words[(windowRows >>> 2) + window]
    const pointer = (turned.indptr >>> 2) + window * (columns + 1) + row
    for (let edge = words[pointer]; edge < words[pointer + 1]; edge++) {
      const user = first + words[(turned.indices >>> 2) + edge]
      const share = floats[(middle >>> 2) + user] * (turned.data === 0 ? 1 : floats[(turned.data >>> 2) + edge])
      if (share === 0) continue
      for (let own = words[indptr + user]; own < words[indptr + user + 1]; own++) {
        const item = words[indices + own]
        const before = sums[item]
        if (before === 0) items[count++] = item
        const sum = before + (data === 0 ? share : share * floats[data + own])
        // With a sum of zero its column would be listed again.
        sums[item] = sum === 0 ? Number.MIN_VALUE : sum
      }
    }
  }
  return count
}

/** Turns sums into scores, and keeps those that may be listed: scores in place of sums, and their magnitudes. @returns their number */
function scoreOthers(
  { floats, shorts }: Views,
  row: number,
  met: number,
  sums: Float64Array,
  items: Int32Array,
  sizes: Float32Array,
  { left, right, shrink, less = null }: LargestProducts,
): number {
  const own = floats[(left >>> 2) + row]
  let count = 0
  for (let at = 0; at < met; at++) {
    const item = items[at]
    const factor = floats[(right >>> 2) + item]
    const product = own * sums[item] * factor
    const score = fround(
      less === null ? product / (1 + shrink * own * factor) : product - lessOf(floats, shorts, row, item, less),
    )
    const isKept = item !== row && (less === null ? score > 0 : score !== 0)
    sums[item] = isKept ? score : 0
    items[count] = item
    sizes[count] = Math.abs(score)
    if (isKept) count++
  }
  return count
}

/** The product of two vectors of whole numbers, in which the order of summation does not matter. */
function lessOf(floats: Float32Array, shorts: Int16Array, row: number, column: number, less: LessProducts): number {
  const { left, right, leftSteps, rightSteps, dimensions } = less
  const [a, b] = [(left >>> 1) + row * dimensions, (right >>> 1) + column * dimensions]
  let sum = 0
  for (let at = 0; at < dimensions; at++) sum += shorts[a + at] * shorts[b + at]
  return floats[(leftSteps >>> 2) + row] * floats[(rightSteps >>> 2) + column] * sum
}
