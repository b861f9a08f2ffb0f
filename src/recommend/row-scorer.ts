/**
 * Serving from packed rows, and from the vectors of a head if there is one, on the calling thread: scores as in `compiled-head.ts`.
 *
 * Items are at places, those with the longest vectors first. It scores the places whose vectors are long enough to be listed on their own, and the blocks of
 * places in the rows of the profile's items. By the Cauchy-Schwarz inequality no other item can be listed, so the lists are exact.
 */
import { INSERTED_MOST, type Kernel, type KernelName } from '../kernel/kernel.ts'
import { bestKernel, openKernel } from '../kernel/kernels.ts'
import { toLevels } from '../kernel/levels.ts'
import { SERVED_TOGETHER, slackOf, type AddedPacked, type OfferedPlaces } from '../kernel/serving.ts'
import { Arena } from '../memory/arena.ts'
import { layOut, type Layout } from '../memory/layout.ts'
import {
  filterFor,
  lengthOf,
  lentAt,
  placesOf,
  productAt,
  type CompiledFilter,
  type CompiledHead,
  type ServedParts,
} from './compiled-head.ts'
import { coldScoreOf, reachCold, type ColdItems } from './compiled-relations.ts'
import type { Query } from './methods/model.ts'
import { itemBitsOf, renumbered, type PackedRows } from './packed-rows.ts'

/** Items with weights, those of profile p at [indptr[p], indptr[p + 1]), each once. */
export interface ProfileRows {
  readonly indptr: ArrayLike<number>
  readonly indices: ArrayLike<number>
  /** `null` for weight 1 everywhere. */
  readonly data: ArrayLike<number> | null
}

const NONE = new Int32Array(0)

/** A scorer serves one call at a time. */
export class RowScorer {
  /** The given parts, copied to its memory: the originals need not be kept. */
  readonly parts: ServedParts
  readonly #kernel: Kernel
  readonly #at: Readonly<Record<Name, number>>
  readonly #views: Views
  /** Arguments of loops, made once, because a record of many fields costs as much time as a short list. */
  readonly #adding: Writable<AddedPacked>
  readonly #offering: Writable<OfferedPlaces>
  readonly #blocks: number
  readonly #cold: ColdItems | null
  readonly #isCold: Uint8Array
  /** For every place, as if all items were allowed. */
  readonly #rooms: Float32Array
  /** What `rooms` currently allows, and the array of that call. */
  readonly #allowed: Uint8Array
  #asked: Uint8Array | null = null

  /** @param cold items reached through values, which follow all items; `null` without relations, and with a head */
  constructor(
    rows: PackedRows,
    head: CompiledHead | null = null,
    cold: ColdItems | null = null,
    kernel: KernelName = bestKernel(),
  ) {
    const { itemCount, signed } = rows
    this.#cold = cold
    this.#isCold = new Uint8Array(itemCount)
    for (const item of cold?.items ?? []) this.#isCold[item] = 1
    const dimensions = head?.dimensions ?? 0
    this.#blocks = Math.ceil(itemCount / SERVED_TOGETHER)
    const layout = layOutServing(rows, this.#blocks, dimensions)
    const arena = Arena.allocate(layout.end)
    this.#kernel = openKernel(kernel, arena.memory)
    const at = offsetsOf(layout)
    const views = viewsOf(arena, layout)
    this.#at = at
    this.#views = views
    const { indptr, words, steps, order, places, vectors, start } = views
    const ordered = head?.order ?? Int32Array.from({ length: itemCount }, (_, item) => item)
    order.set(ordered)
    places.set(placesOf({ order: ordered }))
    indptr.set(rows.indptr)
    words.set(head === null ? rows.words : renumbered(rows, places))
    steps.set(rows.steps)
    if (head !== null) {
      vectors.set(head.vectors)
      start.set(head.start)
    }
    const kept = head && { ...head, order: order.subarray(0, itemCount), vectors, start }
    this.parts = { rows: { ...rows, indptr, words, steps }, head: kept, places }
    this.#adding = { ...at, bits: itemBitsOf(itemCount), signed, times: 1 }
    this.#offering = { ...at, k: 1, dimensions, length: 0, slack: slackOf(dimensions) }
    this.#rooms = new Float32Array(itemCount)
    this.#allowed = new Uint8Array(itemCount)
    views.rooms.fill(NaN)
    for (let place = 0; place < itemCount; place++) {
      const vector = vectors.subarray(place * dimensions, (place + 1) * dimensions)
      this.#rooms[place] = lengthOf(vector)
      if (place % SERVED_TOGETHER === 0) views.longest[place / SERVED_TOGETHER] = this.#rooms[place]
      toLevels(vector, this.#rooms[place], views.levels, place * dimensions)
    }
  }

  /** Rows with items in place of places. */
  rows(): PackedRows {
    const { rows } = this.parts
    return this.parts.head === null ? rows : { ...rows, words: renumbered(rows, this.#views.order) }
  }

  /** Writes the best items of one profile, best first, ties to the lower item, from place `at` of `items` and `scores` on. @param excluded items excluded in addition to the profile */
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
    const { head } = this.parts
    const views = this.#views
    const count = this.#read(profiles, profile)
    const filter = head && filterFor(head, count)
    this.#adding.times = filter?.walk ?? 1
    this.#offering.k = k
    this.#kernel.addPacked(0, count, this.#adding)
    if (head !== null && filter !== null) this.#combine(head, filter, count)
    if (this.#cold !== null) {
      const at = (column: number): number => views.z[views.places[column]]
      reachCold(this.#cold, at, (item, score) => this.#put(views.places[item], score))
    }
    for (let entry = 0; entry < count; entry++) {
      const place = views.itemPlaces[entry]
      if (excludeSeeds) this.#put(place, -Infinity)
      else if (head !== null && filter !== null) this.#put(place, views.z[place] - this.#ownScore(head, filter, entry))
      else if (this.#isCold[views.items[entry]] === 1) this.#put(place, views.z[place] - this.#ownColdScore(entry))
    }
    for (let entry = 0; entry < excluded.length; entry++) this.#put(views.places[excluded[entry]], -Infinity)
    views.rows.fill(-1, 0, k)
    views.scores.fill(0, 0, k)
    const stop = this.#kernel.offerLongest(0, this.#blocks, this.#offering)
    this.#kernel.offerMarked(stop, this.#blocks, this.#offering)
    if (k > INSERTED_MOST) this.#kernel.sortTop(0, k, this.#at)
    for (let place = 0; place < k && views.rows[place] >= 0; place++) {
      items[at + place] = views.rows[place]
      scores[at + place] = views.scores[place]
    }
  }

  /** Writes the profile to the kernel's memory. @returns its items */
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

  #put(place: number, score: number): void {
    this.#views.z[place] = score
    this.#views.marks[Math.floor(place / SERVED_TOGETHER)] = 1
  }

  /** gains o V' (start o r) + (lends'r) lent, its length, and both as whole numbers. */
  #combine({ dimensions, lends }: CompiledHead, { gains, lent }: CompiledFilter, count: number): void {
    const { pointers, itemPlaces, weights, vectors, start, coefficients } = this.#at
    const matrix = { indptr: pointers, indices: itemPlaces, data: weights }
    this.#kernel.multiplySparse(0, 1, { width: dimensions, matrix, z: vectors, scale: start, out: coefficients })
    const { coefficients: values, coefficientLevels } = this.#views
    for (let dimension = 0; dimension < dimensions; dimension++) values[dimension] *= gains[dimension]
    if (lent !== null) {
      const { items, weights } = this.#views
      let weight = 0
      for (let entry = 0; entry < count; entry++) weight += lends[items[entry]] * weights[entry]
      for (let dimension = 0; dimension < dimensions; dimension++) values[dimension] += weight * lent[dimension]
    }
    this.#offering.length = lengthOf(values)
    toLevels(values, this.#offering.length, coefficientLevels)
  }

  /** Part of an item's score that comes from its own vector, which is subtracted: items of a profile are scored by the others. */
  #ownScore(head: CompiledHead, { gains, lent }: CompiledFilter, entry: number): number {
    const { items, itemPlaces, weights, start } = this.#views
    const place = itemPlaces[entry]
    const given = lent === null || head.lends[items[entry]] === 0 ? 0 : lentAt(head, lent, place)
    return weights[entry] * (start[place] * productAt(head, gains, place, place) + given)
  }

  #ownColdScore(entry: number): number {
    const { items, weights } = this.#views
    const [item, { rows }] = [items[entry], this.parts]
    return this.#cold === null ? 0 : weights[entry] * (coldScoreOf(rows, this.#cold, item, item) ?? 0)
  }

  /** Sets the allowed places. Only changes are written, because most calls allow the same as the one before. */
  #allow(allowed: Uint8Array): void {
    if (allowed === this.#asked) return
    const { rooms, places } = this.#views
    const now = this.#allowed
    for (let item = 0; item < now.length; item++) {
      if (allowed[item] === now[item]) continue
      now[item] = allowed[item]
      rooms[places[item]] = allowed[item] === 1 ? this.#rooms[places[item]] : NaN
    }
    this.#asked = allowed
  }
}

function layOutServing({ itemCount, words }: PackedRows, blocks: number, dimensions: number) {
  const uint32 = (length: number) => ({ type: 'uint32', length }) as const
  const int32 = (length: number) => ({ type: 'int32', length }) as const
  const int16 = (length: number) => ({ type: 'int16', length }) as const
  const float32 = (length: number) => ({ type: 'float32', length }) as const
  // Blocks are full: there are no items at the last places.
  const size = blocks * SERVED_TOGETHER
  return layOut(
    {
      ...{ indptr: uint32(itemCount + 1), words: uint32(words.length), steps: { type: 'float64', length: itemCount } },
      ...{
        order: int32(size),
        places: int32(itemCount),
        rooms: float32(size),
        z: float32(size),
        longest: float32(blocks),
        marks: uint32(blocks),
      },
      ...{ vectors: float32(itemCount * dimensions), levels: int16(size * dimensions) },
      ...{ start: float32(dimensions === 0 ? 0 : itemCount) },
      ...{ coefficients: float32(dimensions), coefficientLevels: int16(dimensions) },
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
  const { indptr, words, steps, order, places, rooms, z, longest, marks, vectors, levels, start } = sections
  const { coefficients, coefficientLevels, pointers, items, itemPlaces, weights, rows, scores } = sections
  return {
    ...{ indptr: arena.uint32(indptr), words: arena.uint32(words), steps: arena.float64(steps) },
    ...{ order: arena.int32(order), places: arena.int32(places), rooms: arena.float32(rooms) },
    ...{ z: arena.float32(z), longest: arena.float32(longest), marks: arena.uint32(marks) },
    ...{ vectors: arena.float32(vectors), levels: arena.int16(levels), start: arena.float32(start) },
    ...{ coefficients: arena.float32(coefficients), coefficientLevels: arena.int16(coefficientLevels) },
    ...{ pointers: arena.uint32(pointers), items: arena.int32(items), itemPlaces: arena.int32(itemPlaces) },
    ...{ weights: arena.float32(weights), rows: arena.int32(rows), scores: arena.float32(scores) },
  }
}

type Views = ReturnType<typeof viewsOf>
