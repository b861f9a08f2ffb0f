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
/** What kernels are written for: places of a block, and the length of vectors in whole numbers. */
const [SERVED_TOGETHER, LEVELS] = [64, 32600]
/** What rounding to whole numbers may add, of up to 48 dimensions. */
const SLACK = 5e-4
/** Items of the profile, and the entries of each of their rows. */
const [PROFILE, ENTRIES] = [5, 40]

/** One profile, and the scores of all items by plain sums. */
function serve(name: (typeof KERNELS)[number], { items, dimensions, k, signed }: Sizes) {
  const floats = (length: number) => ({ type: 'float32', length }) as const
  const ints = (length: number) => ({ type: 'int32', length }) as const
  const shorts = (length: number) => ({ type: 'int16', length }) as const
  const blocks = Math.ceil(items / SERVED_TOGETHER)
  const size = blocks * SERVED_TOGETHER
  const { sections, end } = layOut(
    {
      ...{ items: ints(PROFILE), weights: floats(PROFILE), indptr: ints(items + 1), words: ints(PROFILE * ENTRIES) },
      ...{ steps: { type: 'float64', length: items }, order: ints(size), rooms: floats(size), z: floats(size) },
      ...{
        vectors: floats(items * dimensions),
        levels: shorts(size * dimensions),
        longest: floats(blocks),
        marks: ints(blocks),
      },
      ...{ coefficients: floats(dimensions), coefficientLevels: shorts(dimensions), rows: ints(k), scores: floats(k) },
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
  // By place, as all that follows.
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
        z[other] = Math.fround(z[other] + Math.fround(Math.fround(factor) * level))
      }
    }
    indptr[item + 1] = row
  }
  const vectors = arena.float32(sections.vectors)
  const vectorAt = (place: number): Float32Array => vectors.subarray(place * dimensions, (place + 1) * dimensions)
  const lengthOf = (vector: Float32Array): number => 1.0001 * Math.hypot(...vector)
  const levelsOf = (vector: Float32Array) => vector.map((x) => Math.round((x * LEVELS) / lengthOf(vector)))
  const coefficients = arena.float32(sections.coefficients)
  coefficients.set(coefficients.map(() => random.next() - 0.4))
  arena.int16(sections.coefficientLevels).set(levelsOf(coefficients))
  for (let place = 0; place < items; place++) {
    for (let d = 0; d < dimensions; d++) vectors[place * dimensions + d] = (random.next() - 0.4) * 0.97 ** place
  }
  // By their lengths, as a head is.
  const places = Array.from({ length: items }, (_, place) => place)
  const sorted = places.map((place) => vectorAt(place).slice()).sort((a, b) => Math.hypot(...b) - Math.hypot(...a))
  sorted.forEach((vector, place) => vectors.set(vector, place * dimensions))
  arena.float32(sections.rooms).fill(NaN)
  for (const place of places) {
    arena.int32(sections.order)[place] = itemAt(place)
    if (place % SERVED_TOGETHER === 0)
      arena.float32(sections.longest)[place / SERVED_TOGETHER] = lengthOf(vectorAt(place))
    arena.float32(sections.rooms)[place] = itemAt(place) % 13 === 5 ? NaN : lengthOf(vectorAt(place))
    arena.int16(sections.levels).set(levelsOf(vectorAt(place)), place * dimensions)
  }
  arena.int32(sections.rows).fill(-1)

  const kernel = openKernel(name, arena.memory)
  kernel.addPacked(0, PROFILE, { ...at, bits: BITS, signed, times: 0.5 })
  const sums = arena.float32(sections.z).slice(0, items)
  for (const place of profile) {
    arena.float32(sections.z)[place] = -Infinity
    arena.int32(sections.marks)[Math.floor(place / SERVED_TOGETHER)] = 1
  }
  const offered = { ...at, k, dimensions, length: Math.fround(lengthOf(coefficients)), slack: SLACK }
  const stop = dimensions === 0 ? 0 : kernel.offerLongest(0, blocks, offered)
  kernel.offerMarked(stop, blocks, offered)
  if (k > 128) kernel.sortTop(0, k, at)
  const left = [...arena.float32(sections.z), ...arena.int32(sections.marks)].filter((entry) => entry !== 0)
  const expected = new Float64Array(500).fill(-Infinity)
  for (const place of places) {
    const product = vectorAt(place).reduce((sum, entry, d) => sum + entry * coefficients[d], 0)
    if (!profile.includes(place) && itemAt(place) % 13 !== 5) expected[itemAt(place)] = z[place] + product
  }
  return { rows: arena.int32(sections.rows), scores: arena.float32(sections.scores), sums, z, stop, left, expected }
}

/** A prime number of them. */
const itemAt = (place: number): number => (place * 31 + 3) % 499

const CASES: Sizes[] = [
  { items: 400, dimensions: 48, k: 10, signed: true },
  { items: 400, dimensions: 16, k: 150, signed: true },
  { items: 300, dimensions: 0, k: 20, signed: false },
  { items: 80, dimensions: 32, k: 80, signed: false },
]

describe.each(CASES)('serving $items items, $dimensions dimensions, k = $k, signed: $signed', (sizes) => {
  it.each(KERNELS)('adds rows up and lists what sorting all scores lists: %s', (name) => {
    const { rows, scores, sums, z, stop, left, expected } = serve(name, sizes)
    expect([...sums]).toEqual([...z])
    const best = topKBySort([...expected], sizes.k).filter(({ score }) => score > 0)
    best.forEach(({ score }, at) => {
      expect(scores[at]).toBeCloseTo(score, 5)
      expect(expected[rows[at]]).toBeCloseTo(score, 5)
    })
    expect(rows.filter((row) => row >= 0)).toHaveLength(best.length)
    if (sizes.k === 10) expect(stop * SERVED_TOGETHER).toBeLessThan(sizes.items)
    expect(left).toEqual([])
  })

  it('gives the same bits on every kernel', () => {
    const [reference, simd] = KERNELS.map((name) => serve(name, sizes))
    expect(simd.rows).toEqual(reference.rows)
    expect(simd.scores).toEqual(reference.scores)
    expect(simd.stop).toBe(reference.stop)
  })
})
