/**
 * Serving from packed rows, and from the vectors of a head if there is one, on the calling thread: scores as of `compiled-head.ts`.
 *
 * Of all items those are looked at whose vectors are long enough to be listed by themselves, the longest first, and those that the rows of the profile's
 * items name: nothing is of the size of the catalogue. What is left out could not have been listed (Cauchy and Schwarz), so that lists are those of all
 * scores.
 */
import { INSERTED_MOST, type Kernel, type KernelName } from '../kernel/kernel.ts'
import { bestKernel, openKernel } from '../kernel/kernels.ts'
import { LOOKED_AFTER, type AddedPacked, type OfferedOrder, type OfferedPacked } from '../kernel/serving.ts'
import { Arena } from '../memory/arena.ts'
import { layOut, type Layout } from '../memory/layout.ts'
import {
  filterFor,
  lengthsFrom,
  lentAt,
  placesOf,
  productAt,
  type CompiledFilter,
  type CompiledHead,
  type ServedParts,
} from './compiled-head.ts'
import type { Query } from './methods/model.ts'
import { itemBitsOf, type PackedRows } from './packed-rows.ts'

/** Items with weights, those of profile p at [indptr[p], indptr[p + 1]), each once. */
export interface ProfileRows {
  readonly indptr: ArrayLike<number>
  readonly indices: ArrayLike<number>
  /** `null` weighs every item 1. */
  readonly data: ArrayLike<number> | null
}

const NONE = new Int32Array(0)

/** One scorer serves one call at a time. */
export class RowScorer {
  /** What it was made of, as it lies in its memory: others need not be kept. */
  readonly parts: ServedParts
  readonly #dimensions: number
  readonly #kernel: Kernel
  readonly #at: Readonly<Record<Name, number>>
  readonly #views: Views
  /** What loops are given: made once, because a record of thirty fields costs as long as a short list. */
  readonly #adding: Writable<AddedPacked>
  readonly #offering: Writable<OfferedOrder & OfferedPacked>
  /** Of every item, whatever is allowed. */
  readonly #rooms: Float32Array
  #allowed: Uint8Array | null = null

  constructor(rows: PackedRows, head: CompiledHead | null = null, kernel: KernelName = bestKernel()) {
    this.#dimensions = head?.dimensions ?? 0
    const layout = layOutServing(rows, this.#dimensions)
    const arena = Arena.allocate(layout.end)
    this.#kernel = openKernel(kernel, arena.memory)
    this.#at = offsetsOf(layout)
    const views = viewsOf(arena, layout)
    this.#views = views
    views.indptr.set(rows.indptr)
    views.words.set(rows.words)
    views.steps.set(rows.steps)
    const { indptr, words, steps, order, places, vectors, start } = views
    if (head === null) order.forEach((_, item) => (order[item] = item))
    else {
      order.set(head.order)
      vectors.set(head.vectors)
      start.set(head.start)
    }
    places.set(placesOf(views))
    const kept = head && { ...head, order, vectors, start }
    this.parts = { rows: { ...rows, indptr, words, steps }, head: kept, places }
    const at = this.#at
    const packed = { items: at.items, indptr: at.indptr, words: at.words, bits: itemBitsOf(rows.itemCount) }
    this.#adding = { ...packed, weights: at.weights, steps: at.steps, signed: rows.signed, times: 1, z: at.z }
    this.#offering = { ...at, ...packed, k: 1, dimensions: this.#dimensions }
    this.#rooms = new Float32Array(rows.itemCount)
    if (kept !== null) this.#measure(kept)
  }

  /** Writes the best items of one profile, best first, ties to the lower item, from place `at` of `items` and `scores` on. @param excluded items that are left out beside the profile */
  rank(
    profiles: ProfileRows,
    profile: number,
    query: Query,
    items: Int32Array,
    scores: Float32Array,
    at: number,
    excluded: ArrayLike<number> = NONE,
  ): void {
    const { k, excludeSeeds, allowed } = query
    this.#allow(allowed)
    const { rows, head } = this.parts
    const [own, views] = [this.#at, this.#views]
    const count = this.#read(profiles, profile)
    const filter = head && filterFor(head, count)
    this.#adding.times = filter?.walk ?? 1
    this.#offering.k = k
    this.#kernel.addPacked(0, count, this.#adding)
    if (head !== null && filter !== null) this.#combine(head, filter, count)
    if (excludeSeeds) for (let entry = 0; entry < count; entry++) views.z[views.items[entry]] = -Infinity
    else if (head !== null && filter !== null) this.#takeOwn(head, filter, count)
    for (let entry = 0; entry < excluded.length; entry++) views.z[excluded[entry]] = -Infinity
    views.rows.fill(-1, 0, k)
    views.scores.fill(0, 0, k)
    const stop = this.#kernel.offerOrdered(0, rows.itemCount, this.#offering)
    this.#kernel.offerPacked(0, count, this.#offering)
    for (let place = 0; place < stop; place++) views.z[views.order[place]] = 0
    for (let entry = 0; entry < count; entry++) views.z[views.items[entry]] = 0
    for (let entry = 0; entry < excluded.length; entry++) views.z[excluded[entry]] = 0
    if (k > INSERTED_MOST) this.#kernel.sortTop(0, k, own)
    for (let place = 0; place < k && views.rows[place] >= 0; place++) {
      items[at + place] = views.rows[place]
      scores[at + place] = views.scores[place]
    }
  }

  /** The profile, where kernels find it. @returns its items */
  #read({ indptr, indices, data }: ProfileRows, profile: number): number {
    const { items, itemPlaces, places, weights, pointers } = this.#views
    const from = indptr[profile]
    const count = indptr[profile + 1] - from
    for (let entry = 0; entry < count; entry++) {
      items[entry] = indices[from + entry]
      itemPlaces[entry] = places[items[entry]]
      weights[entry] = data === null ? 1 : data[from + entry]
    }
    pointers[1] = count
    return count
  }

  /** gains o V' (start o r) + (lends'r) lent, and the lengths of its tails. */
  #combine({ lends }: CompiledHead, { gains, lent }: CompiledFilter, count: number): void {
    const { pointers, itemPlaces, weights, vectors, start, coefficients } = this.#at
    const matrix = { indptr: pointers, indices: itemPlaces, data: weights }
    const width = this.#dimensions
    this.#kernel.multiplySparse(0, 1, { width, matrix, z: vectors, scale: start, out: coefficients })
    const values = this.#views.coefficients
    for (let dimension = 0; dimension < width; dimension++) values[dimension] *= gains[dimension]
    if (lent !== null) {
      const { items, weights } = this.#views
      let weight = 0
      for (let entry = 0; entry < count; entry++) weight += lends[items[entry]] * weights[entry]
      for (let dimension = 0; dimension < width; dimension++) values[dimension] += weight * lent[dimension]
    }
    this.#views.lengths.set(lengthsFrom(values))
  }

  /** An item of the profile is scored by the others: without what its own vector gives it. */
  #takeOwn(head: CompiledHead, { gains, lent }: CompiledFilter, count: number): void {
    const { z, items, itemPlaces, weights, start } = this.#views
    for (let entry = 0; entry < count; entry++) {
      const place = itemPlaces[entry]
      const own = start[place] * productAt(head, gains, place, place)
      const given = lent === null || head.lends[items[entry]] === 0 ? 0 : lentAt(head, lent, place)
      z[items[entry]] -= weights[entry] * (own + given)
    }
  }

  #measure({ vectors, dimensions, order }: CompiledHead): void {
    const { tails } = this.#views
    const looks = dimensions / LOOKED_AFTER
    for (let place = 0; place < order.length; place++) {
      const lengths = lengthsFrom(vectors.subarray(place * dimensions, (place + 1) * dimensions))
      this.#rooms[order[place]] = lengths[0]
      tails.set(lengths.subarray(1), place * looks)
    }
  }

  /** Keeps others out of lists from now on. */
  #allow(allowed: Uint8Array): void {
    if (allowed === this.#allowed) return
    const { rooms } = this.#views
    for (let item = 0; item < rooms.length; item++) rooms[item] = allowed[item] === 1 ? this.#rooms[item] : NaN
    this.#allowed = allowed
  }
}

function layOutServing({ itemCount, words }: PackedRows, dimensions: number) {
  const uint32 = (length: number) => ({ type: 'uint32', length }) as const
  const int32 = (length: number) => ({ type: 'int32', length }) as const
  const float32 = (length: number) => ({ type: 'float32', length }) as const
  const looks = dimensions / LOOKED_AFTER
  return layOut(
    {
      ...{ indptr: uint32(itemCount + 1), words: uint32(words.length), steps: { type: 'float64', length: itemCount } },
      ...{ order: int32(itemCount), places: int32(itemCount), vectors: float32(itemCount * dimensions) },
      ...{ start: float32(dimensions === 0 ? 0 : itemCount), tails: float32(itemCount * looks) },
      ...{ rooms: float32(itemCount), z: float32(itemCount) },
      ...{ coefficients: float32(dimensions), lengths: float32(looks + 1) },
      // A profile and its list.
      ...{ pointers: uint32(2), items: int32(itemCount), itemPlaces: int32(itemCount), weights: float32(itemCount) },
      ...{ rows: int32(itemCount), scores: float32(itemCount) },
    },
    // Offset 0 means none.
    64,
  )
}

type Writable<Record> = { -readonly [Field in keyof Record]: Record[Field] }
type Sections = ReturnType<typeof layOutServing>
type Name = Sections extends Layout<infer Names> ? Names : never

const offsetsOf = ({ sections }: Sections): Readonly<Record<Name, number>> =>
  Object.fromEntries(Object.entries(sections).map(([name, { offset }]) => [name, offset])) as Record<Name, number>

function viewsOf(arena: Arena, { sections }: Sections) {
  const { indptr, words, steps, order, places, vectors, start, tails, rooms, z } = sections
  const { coefficients, lengths, pointers, items, itemPlaces, weights, rows, scores } = sections
  return {
    ...{ indptr: arena.uint32(indptr), words: arena.uint32(words), steps: arena.float64(steps) },
    ...{ order: arena.int32(order), places: arena.int32(places), vectors: arena.float32(vectors) },
    ...{ start: arena.float32(start), tails: arena.float32(tails), rooms: arena.float32(rooms), z: arena.float32(z) },
    ...{ coefficients: arena.float32(coefficients), lengths: arena.float32(lengths) },
    ...{ pointers: arena.uint32(pointers), items: arena.int32(items), itemPlaces: arena.int32(itemPlaces) },
    ...{ weights: arena.float32(weights), rows: arena.int32(rows), scores: arena.float32(scores) },
  }
}

type Views = ReturnType<typeof viewsOf>
