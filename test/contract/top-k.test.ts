import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Arena, BLOCK_WIDTHS, layOut, openKernel, seededRandom } from '../../src/advanced.ts'
import type { BlockWidth, KernelName } from '../../src/index.ts'
import { INSERTED_MOST } from '../../src/kernel/kernel.ts'
import { topKBySort } from '../oracle/propagation.ts'
import { KERNELS } from './kernel-stage.ts'

interface Wish {
  readonly width: BlockWidth
  readonly count: number
  readonly k: number
  /** Where calls end, as shares of the rows and of the list. */
  readonly cuts: readonly number[]
  readonly values: readonly number[]
  readonly seed: number
}

interface Found {
  readonly rows: Int32Array
  readonly scores: Float32Array
  readonly z: Float32Array
  readonly scale: Float32Array
}

/** Lists of scores drawn from a few values, so that ties are everywhere, made in several calls. */
function rank(name: KernelName, { width, count, k, cuts, values, seed }: Wish): Found {
  const { sections, end } = layOut({
    z: { type: 'float32', length: count * width },
    scale: { type: 'float32', length: count },
    rows: { type: 'int32', length: k * width },
    scores: { type: 'float32', length: k * width },
  })
  const arena = Arena.allocate(end)
  const random = seededRandom(seed)
  const z = arena.float32(sections.z)
  z.forEach((_, at) => (z[at] = values[random.below(values.length)]))
  const scale = arena.float32(sections.scale)
  scale.forEach((_, row) => (scale[row] = [1, 0.5, NaN, 2][random.below(4)]))
  const [rows, scores] = [arena.int32(sections.rows).fill(-1), arena.float32(sections.scores).fill(-Infinity)]
  const kernel = openKernel(name, arena.memory)
  const stops = (length: number): number[] => [0, ...cuts.map((cut) => Math.floor(cut * length)), length]
  const { z: zAt, scale: scaleAt, rows: rowsAt, scores: scoresAt } = sections
  const parts = stops(count)
  for (let part = 1; part < parts.length; part++)
    kernel.topK(parts[part - 1], parts[part], {
      ...{ width, k, z: zAt.offset, scale: scaleAt.offset },
      ...{ rows: rowsAt.offset, scores: scoresAt.offset },
    })
  const steps = stops(k)
  for (let list = 0; k > INSERTED_MOST && list < 4 * width * k; list += 4 * k) {
    for (let step = steps.length - 1; step > 0; step--)
      kernel.sortTop(steps[step - 1], steps[step], {
        rows: rowsAt.offset + list,
        scores: scoresAt.offset + list,
      })
  }
  return { rows, scores, z, scale }
}

const longest = INSERTED_MOST
const wish = fc.record({
  width: fc.constantFrom(...BLOCK_WIDTHS),
  count: fc.integer({ min: 1, max: 700 }),
  k: fc.oneof(
    fc.integer({ min: 1, max: 900 }),
    fc.constantFrom(longest - 1, longest, longest + 1, longest + 2, 2 * longest),
  ),
  cuts: fc
    .array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })
    .map((cuts) => [...cuts].sort((a, b) => a - b)),
  values: fc.array(fc.constantFrom(0, -0, 1, -1, 2, 3.5, 1e-40, 3e38, -Infinity, Infinity, NaN), {
    minLength: 1,
    maxLength: 6,
  }),
  seed: fc.integer({ min: 1, max: 1e6 }),
})

describe.each(KERNELS)('topK and sortTop of the kernel %s', (name) => {
  it('are the head of a full sort for any k, in any number of calls', () => {
    fc.assert(
      fc.property(wish, (given) => {
        const { width, count, k } = given
        const { rows, scores, z, scale } = rank(name, given)
        for (let column = 0; column < width; column++) {
          const all = Array.from({ length: count }, (_, row) => Math.fround(z[row * width + column] * scale[row]))
          const best = topKBySort(
            all.map((score) => (score === -Infinity ? NaN : score)),
            k,
          )
          const filling = Array<number>(k - best.length)
          const list = [column * k, (column + 1) * k] as const
          expect([...rows.subarray(...list)]).toEqual([...best.map(({ row }) => row), ...filling.fill(-1)])
          expect([...scores.subarray(...list)]).toEqual([
            ...best.map(({ row }) => all[row]),
            ...filling.fill(-Infinity),
          ])
        }
      }),
      { numRuns: 60 },
    )
  })

  it('of k = all take k log k moves, not k^2: a second would be minutes', () => {
    const [width, count] = [1, 200_000] as const
    const given = { width, count, k: count, cuts: [], values: [1], seed: 1 }
    const { rows, scores } = rank(name, given)
    expect(scores[0]).toBe(2)
    expect(new Set(rows.filter((row) => row >= 0)).size).toBe(scores.findIndex((score) => score === -Infinity))
  })
})

it('both kernels leave the same bits', () => {
  fc.assert(
    fc.property(wish, (given) => {
      const [one, other] = KERNELS.map((name) => rank(name, given))
      expect(Buffer.from(other.rows.slice().buffer).equals(Buffer.from(one.rows.slice().buffer))).toBe(true)
      expect(Buffer.from(other.scores.slice().buffer).equals(Buffer.from(one.scores.slice().buffer))).toBe(true)
    }),
    { numRuns: 60 },
  )
})
