/** Tables by which profiles are ranked: items in the order of the lengths of their vectors, so that bounds rule most of them out early. */
import type { CsrMatrix } from '../matrix/csr.ts'
import type { RankTable } from '../request/rank.ts'

/** Dimensions of heads. */
const FIRST = 8
/** What rounding may add to a length and to a product. */
const ROUNDING = 1 + 1e-4

/** S' r + R L' r as a table. @param vectors shape (items x dimensions) each, dimensions a multiple of 4 */
export function rankTable(
  items: number,
  lists: CsrMatrix | null,
  vectors: { readonly left: Float32Array; readonly right: Float32Array; readonly dimensions: number } | null,
): RankTable {
  const dimensions = vectors?.dimensions ?? 0
  const right = vectors?.right ?? new Float32Array(0)
  const first = Math.min(FIRST, dimensions)
  const rest = dimensions - first
  const lengths = lengthsOf(right, items, 0, dimensions)
  const tailLengths = lengthsOf(right, items, first, dimensions)
  const ids = Int32Array.from({ length: items }, (_, item) => item).sort((a, b) => lengths[b] - lengths[a] || a - b)
  const heads = new Float32Array(items * first)
  const tails = new Float32Array(items * rest)
  const places = new Uint32Array(items)
  ids.forEach((item, place) => {
    places[item] = place
    heads.set(right.subarray(item * dimensions, item * dimensions + first), place * first)
    tails.set(right.subarray(item * dimensions + first, (item + 1) * dimensions), place * rest)
  })
  return {
    ...{ items, dimensions, first, ids, heads, tails },
    left: vectors?.left ?? new Float32Array(0),
    rooms: Float32Array.from(ids, (item) => tailLengths[item] * ROUNDING),
    lists: lists && {
      indptr: lists.indptr,
      indices: placed(lists.indices, places),
      data: lists.data ?? new Float32Array(lists.nnz).fill(1),
    },
  }
}

/** A loop: a method with a callback takes several times as long for tens of millions. */
function placed(items: Uint32Array, places: Uint32Array): Uint32Array {
  const moved = new Uint32Array(items.length)
  for (let at = 0; at < items.length; at++) moved[at] = places[items[at]]
  return moved
}

function lengthsOf(vectors: Float32Array, rows: number, from: number, dimensions: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let at = row * dimensions + from; at < (row + 1) * dimensions; at++) sum += vectors[at] ** 2
    return Math.sqrt(sum)
  })
}
