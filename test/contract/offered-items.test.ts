import { describe, expect, it } from 'vitest'
import { Arena, layOut, openKernel, seededRandom } from '../../src/advanced.ts'
import { topKBySort } from '../oracle/propagation.ts'
import { KERNELS } from './kernel-stage.ts'

const WIDTH = 16
/** Where vectors are cut, and bounded. */
const CUTS = [0, 16, 48]

interface Sizes {
  readonly items: number
  readonly dimensions: number
  readonly k: number
  /** Vectors of items fall off by so much from one to the next. */
  readonly decay: number
}

/** A block of profiles to be ranked, and the scores that they have by plain sums. */
class RankingStage {
  readonly z: Float32Array
  readonly rows: Int32Array
  readonly scores: Float32Array
  readonly expected: number[][]
  readonly ids: Int32Array
  readonly memory: Uint8Array
  readonly run: (start: number, end: number) => void
  readonly sort: (column: number) => void

  constructor(name: (typeof KERNELS)[number], { items, dimensions, k, decay }: Sizes, excluded = 0) {
    const floats = (length: number) => ({ type: 'float32', length }) as const
    const stride = Math.ceil(items / 4) * 4
    const { sections, end } = layOut(
      {
        ...{ vectors: floats(stride * dimensions), coefficients: floats(dimensions * WIDTH) },
        ...{ lengths: floats(CUTS.length * WIDTH), rooms: floats(CUTS.length * stride) },
        ...{ z: floats(stride * WIDTH), bars: floats(WIDTH), candidates: floats(64 * 17) },
        ids: { type: 'int32', length: items },
        rows: { type: 'int32', length: k * WIDTH },
        scores: floats(k * WIDTH),
      },
      64,
    )
    const arena = Arena.allocate(end)
    const random = seededRandom(7)
    const draw = (): number => random.next() - 0.4
    const whole = Float32Array.from(
      { length: items * dimensions },
      (_, at) => draw() * decay ** Math.floor(at / dimensions),
    )
    const vectors = arena.float32(sections.vectors)
    for (const [level, cut] of CUTS.entries()) {
      const [from, to] = [Math.min(cut, dimensions), Math.min(CUTS[level + 1] ?? dimensions, dimensions)]
      for (let item = 0; item < items; item++) {
        const part = whole.subarray(item * dimensions + from, item * dimensions + to)
        vectors.set(part, stride * from + item * (to - from))
      }
    }
    const coefficients = arena.float32(sections.coefficients).map(draw)
    arena.float32(sections.coefficients).set(coefficients)
    this.z = arena.float32(sections.z)
    this.z.set(this.z.map(() => (random.next() < 0.2 ? random.next() * 0.3 : 0)))
    for (let c = 0; c < WIDTH; c++) this.z.fill(0, c * stride + items, (c + 1) * stride)
    for (let at = 0; at < excluded; at++)
      this.z[((at * 31) % WIDTH) * stride + Math.floor((at * 31) / WIDTH)] = -Infinity
    this.ids = arena.int32(sections.ids)
    this.ids.set(Int32Array.from({ length: items }, (_, at) => (at * 7 + 3) % items))
    const length = (values: ArrayLike<number>, from: number, step: number, count: number): number => {
      let sum = 0
      for (let at = 0; at < count; at++) sum += values[from + at * step] ** 2
      return Math.sqrt(sum) * 1.0001
    }
    const [rooms, lengths] = [arena.float32(sections.rooms).fill(NaN), arena.float32(sections.lengths)]
    for (const [level, cut] of CUTS.entries()) {
      const from = Math.min(cut, dimensions)
      for (let i = 0; i < items; i++) {
        rooms[level * stride + i] = length(whole, i * dimensions + from, 1, dimensions - from)
      }
      for (let c = 0; c < WIDTH; c++) {
        lengths[level * WIDTH + c] = length(coefficients, from * WIDTH + c, WIDTH, dimensions - from)
      }
    }
    arena.float32(sections.bars).fill(2 ** -149)
    this.rows = arena.int32(sections.rows).fill(-1)
    this.scores = arena.float32(sections.scores)
    this.expected = Array.from({ length: WIDTH }, (_, c) => {
      const column = new Array<number>(items).fill(-1)
      for (let item = 0; item < items; item++) {
        let sum = this.z[c * stride + item]
        for (let d = 0; d < dimensions; d++) {
          sum = Math.fround(sum + Math.fround(whole[item * dimensions + d] * coefficients[d * WIDTH + c]))
        }
        column[this.ids[item]] = sum
      }
      return column
    })
    const at = Object.fromEntries(Object.entries(sections).map(([section, { offset }]) => [section, offset]))
    const record = { k, dimensions, stride, ...(at as Record<keyof typeof sections, number>) }
    const kernel = openKernel(name, arena.memory)
    this.run = (start, to) => kernel.offerItems(start, to, record)
    this.sort = (column) => kernel.sortTop(0, k, { rows: at.rows + column * k * 4, scores: at.scores + column * k * 4 })
    this.memory = new Uint8Array(arena.memory.buffer, 0, end)
  }
}

const CASES: Sizes[] = [
  { items: 201, dimensions: 64, k: 5, decay: 0.97 },
  { items: 101, dimensions: 32, k: 5, decay: 0.97 },
  { items: 64, dimensions: 4, k: 10, decay: 1 },
  { items: 33, dimensions: 0, k: 3, decay: 1 },
  { items: 1, dimensions: 52, k: 3, decay: 1 },
  { items: 400, dimensions: 16, k: 150, decay: 0.99 },
]

describe.each(CASES)('offerItems with $items items, $dimensions dimensions, k = $k', (sizes) => {
  const sorted = (name: (typeof KERNELS)[number], cuts: readonly number[], excluded = 0): RankingStage => {
    const stage = new RankingStage(name, sizes, excluded)
    cuts.slice(1).forEach((end, at) => stage.run(cuts[at], end))
    if (sizes.k > 128) for (let column = 0; column < WIDTH; column++) stage.sort(column)
    return stage
  }

  it.each(KERNELS)('lists what sorting all scores lists: %s', (name) => {
    const stage = sorted(name, [0, sizes.items])
    stage.expected.forEach((scores, c) => {
      const positive = scores.map((score) => (score > 0 ? score : -Infinity))
      const best = topKBySort(positive, sizes.k).filter(({ score }) => score > 0)
      const rows = [...stage.rows.subarray(c * sizes.k, (c + 1) * sizes.k)]
      expect(rows.filter((row) => row >= 0)).toEqual(best.map(({ row }) => row))
      expect([...stage.scores.subarray(c * sizes.k, c * sizes.k + best.length)]).toEqual(best.map(({ score }) => score))
    })
  })

  it('gives the same bits on every kernel and however items are cut', () => {
    const whole = sorted('typescript', [0, sizes.items])
    const half = 4 * Math.floor(sizes.items / 8)
    for (const name of KERNELS) {
      const stage = sorted(name, [0, half, sizes.items])
      expect(stage.rows).toEqual(whole.rows)
      expect(stage.scores).toEqual(whole.scores)
    }
  })

  it.each(KERNELS)('leaves out what is excluded: %s', (name) => {
    const stage = sorted(name, [0, sizes.items], Math.floor((sizes.items * WIDTH) / 31))
    const listed = new Set(Array.from(stage.rows, (row, at) => `${row} ${Math.floor(at / sizes.k)}`))
    stage.expected.forEach((scores, c) =>
      scores.forEach((score, row) => {
        if (score === -Infinity) expect(listed.has(`${row} ${c}`)).toBe(false)
      }),
    )
  })
})
