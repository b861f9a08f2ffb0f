import { describe, expect, it } from 'vitest'
import { Arena, layOut, openKernel, seededRandom } from '../../src/advanced.ts'
import { topKBySort } from '../oracle/propagation.ts'
import { KERNELS } from './kernel-stage.ts'

interface Sizes {
  readonly items: number
  readonly dimensions: number
  readonly k: number
  readonly signed: boolean
}

const BITS = 9
/** Items of the profile, and the entries of each of their rows. */
const [PROFILE, ENTRIES] = [5, 40]

/** One profile, and the scores of all items by plain sums. */
function serve(name: (typeof KERNELS)[number], { items, dimensions, k, signed }: Sizes) {
  const floats = (length: number) => ({ type: 'float32', length }) as const
  const ints = (length: number) => ({ type: 'int32', length }) as const
  const looks = dimensions / 16
  const { sections, end } = layOut(
    {
      ...{ items: ints(PROFILE), weights: floats(PROFILE), indptr: ints(items + 1), words: ints(PROFILE * ENTRIES) },
      ...{ steps: { type: 'float64', length: items }, order: ints(items), places: ints(items) },
      ...{ vectors: floats(items * dimensions), coefficients: floats(dimensions), lengths: floats(looks + 1) },
      ...{ rooms: floats(items), tails: floats(items * looks), z: floats(items), rows: ints(k), scores: floats(k) },
    },
    64,
  )
  const arena = Arena.allocate(end)
  const random = seededRandom(11)
  const at = Object.fromEntries(Object.entries(sections).map(([section, { offset }]) => [section, offset])) as Record<
    keyof typeof sections,
    number
  >
  const profile = arena.int32(sections.items).map((_, entry) => entry * 7)
  arena.int32(sections.items).set(profile)
  const weights = arena.float32(sections.weights)
  weights.set(weights.map(() => 1 + random.next()))
  const [indptr, words, steps] = [
    arena.int32(sections.indptr),
    arena.uint32(sections.words),
    arena.float64(sections.steps),
  ]
  const z = new Float64Array(items)
  let row = 0
  for (let item = 0; item < items; item++) {
    steps[item] = random.next() / 1e7
    if (profile.includes(item)) {
      const factor = steps[item] * weights[profile.indexOf(item)] * 0.5
      for (let entry = 0; entry < ENTRIES; entry++) {
        const other = (entry * Math.floor(items / ENTRIES) + item) % items
        const level = Math.floor((random.next() - (signed ? 0.5 : 0)) * 2 ** 22)
        words[row++] = other | (level << BITS)
        z[other] = Math.fround(z[other] + factor * level)
      }
    }
    indptr[item + 1] = row
  }
  const vectors = arena.float32(sections.vectors)
  const coefficients = arena.float32(sections.coefficients)
  coefficients.set(coefficients.map(() => random.next() - 0.4))
  for (let place = 0; place < items; place++) {
    for (let d = 0; d < dimensions; d++) vectors[place * dimensions + d] = (random.next() - 0.4) * 0.97 ** place
  }
  const lengthsOf = (vector: Float32Array): number[] =>
    Array.from({ length: looks + 1 }, (_, look) => 1.0001 * Math.hypot(...vector.subarray(look * 16)))
  arena.float32(sections.lengths).set(lengthsOf(coefficients))
  const vectorAt = (place: number): Float32Array => vectors.subarray(place * dimensions, (place + 1) * dimensions)
  // By their lengths, as a head is.
  const order = Array.from({ length: items }, (_, place) => place)
  const sorted = order.map((place) => vectorAt(place).slice()).sort((a, b) => Math.hypot(...b) - Math.hypot(...a))
  sorted.forEach((vector, place) => vectors.set(vector, place * dimensions))
  order.forEach((place) => {
    const item = (place * 31 + 3) % items
    arena.int32(sections.order)[place] = item
    arena.int32(sections.places)[item] = place
    const [room, ...tails] = lengthsOf(vectorAt(place))
    arena.float32(sections.rooms)[item] = item % 13 === 5 ? NaN : room
    arena.float32(sections.tails).set(tails, place * looks)
  })
  arena.int32(sections.rows).fill(-1)

  const kernel = openKernel(name, arena.memory)
  const packed = { items: at.items, indptr: at.indptr, words: at.words, bits: BITS }
  kernel.addPacked(0, PROFILE, { ...packed, weights: at.weights, steps: at.steps, signed, times: 0.5, z: at.z })
  const sums = arena.float32(sections.z).slice()
  for (const item of profile) arena.float32(sections.z)[item] = -Infinity
  const offered = { ...at, k, dimensions }
  const stop = kernel.offerOrdered(0, items, offered)
  kernel.offerPacked(0, PROFILE, { ...offered, ...packed })
  if (k > 128) kernel.sortTop(0, k, at)
  const expected = Array.from({ length: items }, (_, item) => {
    const vector = vectorAt(arena.int32(sections.places)[item])
    const product = vector.reduce((sum, entry, d) => sum + entry * coefficients[d], 0)
    return profile.includes(item) || item % 13 === 5 ? -Infinity : z[item] + product
  })
  return { rows: arena.int32(sections.rows), scores: arena.float32(sections.scores), sums, z, stop, expected }
}

const CASES: Sizes[] = [
  { items: 400, dimensions: 48, k: 10, signed: true },
  { items: 400, dimensions: 16, k: 150, signed: true },
  { items: 300, dimensions: 0, k: 20, signed: false },
  { items: 80, dimensions: 32, k: 80, signed: false },
]

describe.each(CASES)('serving $items items, $dimensions dimensions, k = $k, signed: $signed', (sizes) => {
  it.each(KERNELS)('adds rows up and lists what sorting all scores lists: %s', (name) => {
    const { rows, scores, sums, z, stop, expected } = serve(name, sizes)
    expect([...sums]).toEqual([...z])
    const best = topKBySort(expected, sizes.k).filter(({ score }) => score > 0)
    best.forEach(({ score }, at) => {
      expect(scores[at]).toBeCloseTo(score, 5)
      expect(expected[rows[at]]).toBeCloseTo(score, 5)
    })
    expect(rows.filter((row) => row >= 0)).toHaveLength(best.length)
    if (sizes.k === 10) expect(stop).toBeLessThan(sizes.items)
  })

  it('gives the same bits on every kernel', () => {
    const [reference, simd] = KERNELS.map((name) => serve(name, sizes))
    expect(simd.rows).toEqual(reference.rows)
    expect(simd.scores).toEqual(reference.scores)
    expect(simd.stop).toBe(reference.stop)
  })
})
