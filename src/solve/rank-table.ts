/** Tables for ranking profiles: items in the order of the lengths of their vectors, so that bounds exclude most of them early. */
import type { CsrMatrix } from '../matrix/csr.ts'
import { partsOf, ROUNDING, strideOf } from '../kernel/ranking.ts'
import type { LentLists, RankTable } from '../request/rank.ts'
import { inSlices, PAUSE, SCATTERED, type Sliced } from '../support/pause.ts'

/** S' r as a table. @param lists `null` for none */
export const listTable = (items: number, lists: LentLists | null): RankTable => ({
  ...{ items, dimensions: 0, ids: new Int32Array(0), left: NONE, right: NONE, rooms: NONE, lists },
})

/** S' r + R L' r as a table. @param vectors shape (items x dimensions) each, dimensions a multiple of 4; `null` for none */
export function* rankTable(
  items: number,
  lists: CsrMatrix | null,
  vectors: { readonly left: Float32Array; readonly right: Float32Array; readonly dimensions: number } | null,
): Sliced<RankTable> {
  if (vectors === null || vectors.dimensions === 0) return listTable(items, lists && lentLists(lists))
  const { left, dimensions } = vectors
  const lengths: Float64Array[] = []
  const [parts, stride] = [partsOf(dimensions), strideOf(items)]
  for (const { from } of parts) lengths.push(yield* lengthsOf(vectors.right, items, from, dimensions))
  const [whole] = lengths
  const ids = Int32Array.from({ length: items }, (_, item) => item).sort((a, b) => whole[b] - whole[a] || a - b)
  yield PAUSE
  const right = new Float32Array(stride * dimensions)
  const places = new Uint32Array(items)
  const place = (start: number, end: number): void => {
    for (let at = start; at < end; at++) {
      const item = ids[at]
      places[item] = at
      for (const { from, to } of parts) {
        const part = vectors.right.subarray(item * dimensions + from, item * dimensions + to)
        right.set(part, stride * from + at * (to - from))
      }
    }
  }
  yield* inSlices(items, place, dimensions)
  const rooms = new Float32Array(lengths.length * stride).fill(NaN)
  lengths.forEach((length, level) => ids.forEach((item, at) => (rooms[level * stride + at] = length[item] * ROUNDING)))
  return { items, dimensions, ids, left, right, rooms, lists: lists && (yield* placed(lists, places)) }
}

const NONE = new Float32Array(0)

/** The lists with the places of their items. */
function* placed({ indptr, indices, data }: CsrMatrix, places: Uint32Array): Sliced<LentLists> {
  const moved = new Uint32Array(indices.length)
  const move = (from: number, to: number): void => {
    for (let at = from; at < to; at++) moved[at] = places[indices[at]]
  }
  yield* inSlices(indices.length, move, SCATTERED)
  return { indptr, indices: moved, data: data ?? ones(indices.length) }
}

/** The lists of a sparse matrix. */
export const lentLists = ({ indptr, indices, data }: CsrMatrix): LentLists => ({
  ...{ indptr, indices, data: data ?? ones(indices.length) },
})

const ones = (length: number): Float32Array => new Float32Array(length).fill(1)

function* lengthsOf(vectors: Float32Array, rows: number, first: number, dimensions: number): Sliced<Float64Array> {
  const lengths = new Float64Array(rows)
  const measure = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      let sum = 0
      for (let at = row * dimensions + first; at < (row + 1) * dimensions; at++) sum += vectors[at] * vectors[at]
      lengths[row] = Math.sqrt(sum)
    }
  }
  yield* inSlices(rows, measure, dimensions)
  return lengths
}
