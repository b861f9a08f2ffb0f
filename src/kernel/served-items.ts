import { INSERTED_MOST } from './kernel.ts'
import type { Views } from './loop.ts'
import { offerTo } from './offered-items.ts'
import { SERVED_TOGETHER, VECTOR_STEP, type AddedPacked, type OfferedPlaces } from './serving.ts'

const { fround } = Math

export function addPacked({ floats, words, doubles }: Views, start: number, end: number, given: AddedPacked): void {
  const { items, weights, indptr, words: packed, steps, bits, signed, times, z, marks } = given
  const mask = (1 << bits) - 1
  for (let entry = start; entry < end; entry++) {
    const row = words[(items >>> 2) + entry]
    const factor = fround(doubles[(steps >>> 3) + row] * floats[(weights >>> 2) + entry] * times)
    const last = (packed >>> 2) + words[(indptr >>> 2) + row + 1]
    for (let at = (packed >>> 2) + words[(indptr >>> 2) + row]; at < last; at++) {
      const word = words[at]
      const place = word & mask
      floats[(z >>> 2) + place] += fround(factor * fround(signed ? word >> bits : word >>> bits))
      words[(marks >>> 2) + Math.floor(place / SERVED_TOGETHER)] = 1
    }
  }
}

export function offerLongest(views: Views, start: number, end: number, given: OfferedPlaces): number {
  for (let block = start; block < end; block++) {
    const reach = fround(views.floats[(given.longest >>> 2) + block] * fround(given.length))
    if (reach < barOf(views, given)) return block
    offerBlock(views, block, given)
  }
  return end
}

export function offerMarked(views: Views, start: number, end: number, given: OfferedPlaces): void {
  for (let block = start; block < end; block++) {
    if (views.words[(given.marks >>> 2) + block] === 1) offerBlock(views, block, given)
  }
}

function offerBlock(views: Views, block: number, given: OfferedPlaces): void {
  const { floats, words } = views
  const { z, marks } = given
  for (let place = block * SERVED_TOGETHER; place < (block + 1) * SERVED_TOGETHER; place++) {
    offerPlace(views, place, given)
    floats[(z >>> 2) + place] = 0
  }
  words[(marks >>> 2) + block] = 0
}

/** The smallest number above 0, the least score of a list. */
const LEAST = 2 ** -149

/** The least score that may enter the list. */
function barOf({ floats }: Views, { k, scores }: OfferedPlaces): number {
  return Math.max(LEAST, floats[(scores >>> 2) + (k > INSERTED_MOST ? 0 : k - 1)])
}

/** Uses the bound by lengths only: the one in whole numbers pays off in kernels that multiply those faster. */
function offerPlace(views: Views, place: number, given: OfferedPlaces): void {
  const { floats, words } = views
  const { k, dimensions, vectors, coefficients, length, rooms, z, order, rows, scores } = given
  const sum = floats[(z >>> 2) + place]
  const reach = fround(floats[(rooms >>> 2) + place] * fround(length))
  if (!(fround(sum + reach) >= barOf(views, given))) return
  // Four sums, as in a register.
  const sums = new Float32Array(4)
  const v = (vectors >>> 2) + place * dimensions
  const c = coefficients >>> 2
  for (let d = 0; d < dimensions; d += VECTOR_STEP) {
    for (let lane = d; lane < d + 4; lane++) {
      const [p, q, r, s] = [0, 4, 8, 12].map((far) => fround(floats[v + far + lane] * floats[c + far + lane]))
      sums[lane - d] += fround(fround(p + q) + fround(r + s))
    }
  }
  const score = fround(sum + fround(fround(sums[0] + sums[1]) + fround(sums[2] + sums[3])))
  const item = words[(order >>> 2) + place]
  if (score > 0) offerTo(floats, words, k, rows >>> 2, scores >>> 2, item, score)
}
