/**
 * The head of a compiled recommender: the eigenvectors' part of scores is kept exactly, and only the remainder is truncated.
 *
 *   score of item j for a profile r of n items = walk_n (M' r)_j + v_j (gains_n o V' (start o r) + (lends'r) lent_n)
 *
 * M the packed rows, V (items x dimensions) the eigenvectors times the factors of scores. Everything is indexed by place: items in the order of the lengths of
 * their vectors, the longest first.
 */
import { ROUNDING } from '../kernel/ranking.ts'
import { VECTOR_STEP } from '../kernel/serving.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { entryAt, type PackedRows } from './packed-rows.ts'

/** Maximum number of eigenvectors of a head. */
export const MOST_EIGENVECTORS = 512

/** Row length for this number of eigenvectors. */
export const dimensionsOf = (eigenvectors: number): number => Math.ceil(eigenvectors / VECTOR_STEP) * VECTOR_STEP

export interface CompiledHead {
  /** Number of eigenvectors; fewer than requested if there are no more. */
  readonly count: number
  /** Row length of `vectors`: a multiple of 16, zeros behind the eigenvectors. */
  readonly dimensions: number
  /** The item at each place, shape (items). */
  readonly order: Int32Array
  /** Shape (items x dimensions), row-major. */
  readonly vectors: Float32Array
  /** Factor of each item's vector in a profile, shape (items). */
  readonly start: Float32Array
  /** 1 for items whose weight is completed by the average user in short profiles, by item, shape (items). */
  readonly lends: Uint8Array
  /** By number of items of a profile; the last one for all longer profiles. */
  readonly filters: readonly CompiledFilter[]
}

export interface CompiledFilter {
  /** Factor of packed rows. */
  readonly walk: number
  /** Shape (dimensions). */
  readonly gains: Float32Array
  /** The average user's contribution per unit of weight, shape (dimensions); `null` for none. */
  readonly lent: Float32Array | null
}

/** The filter for profiles of n items. */
export const filterFor = ({ filters }: CompiledHead, n: number): CompiledFilter =>
  filters[Math.min(n, filters.length - 1)]

export const bytesOfHead = (head: CompiledHead | null): number =>
  head === null ? 0 : head.order.byteLength + head.vectors.byteLength + head.start.byteLength + head.lends.byteLength

/** Place of each item, shape (items). */
export function placesOf({ order }: Pick<CompiledHead, 'order'>): Int32Array {
  const places = new Int32Array(order.length)
  order.forEach((item, place) => (places[item] = place))
  return places
}

/** An upper bound of the length of a vector. */
export function lengthOf(vector: Float32Array): number {
  let square = 0
  for (let at = vector.length - 1; at >= 0; at--) square += vector[at] ** 2
  return Math.fround(Math.sqrt(square) * ROUNDING)
}

/** The item arrays of a head. */
export type HeadItems = Pick<CompiledHead, 'order' | 'vectors' | 'start'>

/**
 * Sorts items by the lengths of their vectors, the longest first, ties to the lower item.
 *
 * @param vectorOf writes an item's vector, times the factor of its score; `startOf` the vector's factor in a profile
 */
export function* headItems(
  items: number,
  dimensions: number,
  vectorOf: (item: number, into: Float32Array) => void,
  startOf: (item: number) => number,
): Sliced<HeadItems> {
  const lengths = new Float32Array(items)
  const vector = new Float32Array(dimensions)
  const measure = (from: number, to: number): void => {
    for (let item = from; item < to; item++) {
      vectorOf(item, vector)
      lengths[item] = lengthOf(vector)
    }
  }
  yield* inSlices(items, measure, dimensions)
  const order = Int32Array.from(lengths.keys()).sort((a, b) => lengths[b] - lengths[a] || a - b)
  const vectors = new Float32Array(items * dimensions)
  const start = new Float32Array(items)
  const place = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      vectorOf(order[at], vectors.subarray(at * dimensions, (at + 1) * dimensions))
      start[at] = startOf(order[at])
    }
  }
  yield* inSlices(items, place, dimensions)
  return { order, vectors, start }
}

/** The head with scores multiplied by further factors. @param factors > 0, shape (items) */
export function* scaledHead(head: CompiledHead, factors: Float64Array): Sliced<CompiledHead> {
  const { dimensions, vectors, start } = head
  const places = placesOf(head)
  const vectorOf = (item: number, into: Float32Array): void => {
    const from = places[item] * dimensions
    for (let k = 0; k < dimensions; k++) into[k] = vectors[from + k] * factors[item]
  }
  const startOf = (item: number): number => start[places[item]] / factors[item]
  return { ...head, ...(yield* headItems(places.length, dimensions, vectorOf, startOf)) }
}

/** A recommender's rows and head for serving: rows by item, with columns by place. */
export interface ServedParts {
  readonly rows: PackedRows
  readonly head: CompiledHead | null
  readonly places: Int32Array
}

/** Contribution of an item of weight 1 in a profile of n items to the score of another. */
export function scoreOf({ rows, head, places }: ServedParts, n: number, item: number, other: number): number {
  if (item === other) return 0
  const packed = entryAt(rows, item, places[other])
  if (head === null) return packed
  const { walk, gains, lent } = filterFor(head, n)
  const own = walk * packed + head.start[places[item]] * productAt(head, gains, places[item], places[other])
  return lent === null || head.lends[item] === 0 ? own : own + lentAt(head, lent, places[other])
}

/** The average user's contribution to the item at a place, per unit of weight of a profile. */
export function lentAt({ dimensions, vectors }: CompiledHead, lent: Float32Array, place: number): number {
  return lent.reduce((sum, coefficient, k) => sum + coefficient * vectors[place * dimensions + k], 0)
}

/** v_a (gains o v_b) at two places. */
export function productAt({ dimensions, vectors }: CompiledHead, gains: Float32Array, a: number, b: number): number {
  let sum = 0
  for (let k = 0; k < dimensions; k++) sum += gains[k] * vectors[a * dimensions + k] * vectors[b * dimensions + k]
  return sum
}
