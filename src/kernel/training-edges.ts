import type { MatrixOffsets } from './matrix-offsets.ts'
import type { Drop, EdgeGradients, PairRows, RowSum } from './training.ts'
import { hash } from './training-hash.ts'
import { addScaled } from './training-product.ts'
import type { TrainingViews } from './training-views.ts'

const { fround } = Math

/** The reference of `sumRows`. */
export function sumRows(
  { floats, words }: TrainingViews,
  stride: number,
  start: number,
  end: number,
  { rows, matrix, scale, z, base, finish, out, drop }: RowSum,
): void {
  const indptr = matrix.indptr >>> 2
  const sums = new Float32Array(stride)
  for (let k = start; k < end; k++) {
    const row = rows === 0 ? k : words[(rows >>> 2) + k]
    sums.fill(0)
    for (let edge = words[indptr + row]; edge < words[indptr + row + 1]; edge++) {
      if (isDropped(drop, edge)) continue
      const column = words[(matrix.indices >>> 2) + edge]
      const factor = factorOf(floats, matrix, edge, scale, column)
      const from = (z >>> 2) + column * stride
      for (let c = 0; c < stride; c++) sums[c] += fround(factor * floats[from + c])
    }
    const at = k * stride
    const by = finish === 0 ? 1 : floats[(finish >>> 2) + k]
    for (let c = 0; c < stride; c++) {
      const scaled = fround(by * sums[c])
      floats[(out >>> 2) + at + c] = base === 0 ? scaled : fround(floats[(base >>> 2) + at + c] + scaled)
    }
  }
}

/** The reference of `pairRows`. */
export function pairRows(
  { floats, words }: TrainingViews,
  stride: number,
  count: number,
  { pairs, slots, matrix, scale, sums, z, users, items }: PairRows,
): void {
  for (let b = 0; b < count; b++) {
    const edge = words[(pairs >>> 2) + b]
    const column = words[(matrix.indices >>> 2) + edge]
    const factor = factorOf(floats, matrix, edge, scale, column)
    const [from, sum] = [(z >>> 2) + column * stride, (sums >>> 2) + words[(slots >>> 2) + b] * stride]
    for (let c = 0, at = b * stride; c < stride; c++, at++) {
      floats[(users >>> 2) + at] = floats[sum + c] - fround(factor * floats[from + c])
      floats[(items >>> 2) + at] = floats[from + c]
    }
  }
}

/** The reference of `sumPlaces`. */
export function sumPlaces(
  { floats, words }: TrainingViews,
  stride: number,
  start: number,
  end: number,
  slots: number,
  places: number,
  from: number,
  out: number,
): void {
  for (let slot = start; slot < end; slot++) {
    const row = (out >>> 2) + slot * stride
    floats.fill(0, row, row + stride)
    for (let at = words[(slots >>> 2) + slot]; at < words[(slots >>> 2) + slot + 1]; at++) {
      const place = words[(places >>> 2) + at]
      if (place >= 0) addScaled(floats, stride, row, 1, (from >>> 2) + place * stride)
    }
  }
}

/** The reference of `addEdges`. */
export function addEdges(
  views: TrainingViews,
  stride: number,
  slotCount: number,
  member: number,
  members: number,
  edges: EdgeGradients,
): void {
  const { floats, words } = views
  const { users, slots, matrix, scale, places, sums, gradient, drop } = edges
  const [indptr, indices] = [matrix.indptr >>> 2, matrix.indices >>> 2]
  for (let slot = 0; slot < slotCount; slot++) {
    const user = words[(users >>> 2) + slot]
    const sum = (sums >>> 2) + slot * stride
    const from = words[indptr + user]
    for (let edge = from; edge < words[indptr + user + 1]; edge++) {
      const item = words[indices + edge]
      if (item % members !== member || isDropped(drop, edge)) continue
      const factor = factorOf(floats, matrix, edge, scale, item)
      const row = (gradient >>> 2) + item * stride
      const place = places === 0 ? -1 : words[(places >>> 2) + words[(slots >>> 2) + slot] + edge - from]
      if (place < 0) addScaled(floats, stride, row, factor, sum)
      else addPair(views, stride, row, factor, sum, place, edges)
    }
  }
}

/** row += factor (sum - users_place) + items_place; offsets in elements. */
function addPair(
  { floats }: TrainingViews,
  stride: number,
  row: number,
  factor: number,
  sum: number,
  place: number,
  { userRows, itemRows }: EdgeGradients,
): void {
  const [own, taken] = [(userRows >>> 2) + place * stride, (itemRows >>> 2) + place * stride]
  for (let k = 0; k < stride; k++) {
    const seen = fround(factor * fround(floats[sum + k] - floats[own + k]))
    floats[row + k] += fround(seen + floats[taken + k])
  }
}

/** w scale_c of an entry in column c. */
function factorOf(floats: Float32Array, { data }: MatrixOffsets, edge: number, scale: number, column: number): number {
  const own = floats[(scale >>> 2) + column]
  return data === 0 ? own : fround(floats[(data >>> 2) + edge] * own)
}

const isDropped = ({ seed, below }: Drop, edge: number): boolean => below > 0 && hash(seed, edge) < below
