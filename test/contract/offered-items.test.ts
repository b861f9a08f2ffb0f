import { describe, expect, it } from 'vitest'
import { Arena, layOut, openKernel, seededRandom } from '../../src/advanced.ts'
import { topKBySort } from '../oracle/propagation.ts'
import { KERNELS } from './kernel-stage.ts'

const WIDTH = 16

interface Sizes {
  readonly items: number
  readonly first: number
  readonly rest: number
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

  constructor(name: (typeof KERNELS)[number], { items, first, rest, k, decay }: Sizes, excluded = 0) {
    const floats = (length: number) => ({ type: 'float32', length }) as const
    const inner = first + rest
    const stride = Math.ceil(items / 4) * 4
    const { sections, end } = layOut(
      {
        ...{ heads: floats(items * first), tails: floats(items * rest), coefficients: floats(inner * WIDTH) },
        ...{ lengths: floats(WIDTH), rooms: floats(items), z: floats(stride * WIDTH), bars: floats(WIDTH) },
        sums: floats(4 * WIDTH),
        ids: { type: 'int32', length: items },
        rows: { type: 'int32', length: k * WIDTH },
        scores: floats(k * WIDTH),
      },
      64,
    )
    const arena = Arena.allocate(end)
    const random = seededRandom(7)
    const draw = (): number => random.next() - 0.4
    const [heads, tails] = [arena.float32(sections.heads), arena.float32(sections.tails)]
    const size = (item: number): number => decay ** item
    heads.forEach((_, at) => (heads[at] = draw() * size(Math.floor(at / first))))
    tails.forEach((_, at) => (tails[at] = draw() * size(Math.floor(at / rest))))
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
    arena.float32(sections.rooms).set(Float32Array.from({ length: items }, (_, i) => length(tails, i * rest, 1, rest)))
    arena
      .float32(sections.lengths)
      .set(Float32Array.from({ length: WIDTH }, (_, c) => length(coefficients, first * WIDTH + c, WIDTH, rest)))
    arena.float32(sections.bars).fill(2 ** -149)
    this.rows = arena.int32(sections.rows).fill(-1)
    this.scores = arena.float32(sections.scores)
    this.expected = Array.from({ length: WIDTH }, (_, c) => {
      const column = new Array<number>(items).fill(-1)
      for (let item = 0; item < items; item++) {
        let sum = this.z[c * stride + item]
        for (let d = 0; d < inner; d++) {
          const entry = d < first ? heads[item * first + d] : tails[item * rest + d - first]
          sum = Math.fround(sum + Math.fround(entry * coefficients[d * WIDTH + c]))
        }
        column[this.ids[item]] = sum
      }
      return column
    })
    const at = Object.fromEntries(Object.entries(sections).map(([section, { offset }]) => [section, offset]))
    const record = { k, first, rest, stride, ...(at as Record<keyof typeof sections, number>) }
    const kernel = openKernel(name, arena.memory)
    this.run = (start, to) => kernel.offerItems(start, to, record)
    this.sort = (column) => kernel.sortTop(0, k, { rows: at.rows + column * k * 4, scores: at.scores + column * k * 4 })
    this.memory = new Uint8Array(arena.memory.buffer, 0, end)
  }
}

const CASES: Sizes[] = [
  { items: 101, first: 8, rest: 24, k: 5, decay: 0.97 },
  { items: 64, first: 4, rest: 0, k: 10, decay: 1 },
  { items: 33, first: 0, rest: 0, k: 3, decay: 1 },
  { items: 1, first: 8, rest: 4, k: 3, decay: 1 },
  { items: 400, first: 8, rest: 8, k: 150, decay: 0.99 },
]

describe.each(CASES)('offerItems with $items items, $first + $rest dimensions, k = $k', (sizes) => {
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
    expect(stage.z.every((value) => value === 0)).toBe(true)
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
