import { describe, expect, it } from 'vitest'
import { MAXIMUM_MEMORY_BYTES } from '../../../src/memory/arena.ts'
import { WORKER_BYTES } from '../../../src/memory/outside-bytes.ts'
import { explainPlan, summarizePlan } from '../../../src/plan/explain.ts'
import type { PlanOptions } from '../../../src/plan/plan.ts'
import { requestPays } from '../../../src/plan/pooled-lists.ts'
import { planProduct } from '../../../src/plan/product-plan.ts'
import { planRanking, type RankPlan, type RankShape } from '../../../src/plan/rank-plan.ts'
import { headLength, walkLength } from '../../../src/recommend/methods/head-and-walk.ts'

const MATRIX = { rowCount: 900, columnCount: 500, nnz: 9000, weighted: true, square: false, longestWindow: 900 }
/** Ten items a profile, forty entries an item. */
const LISTS = {
  ...{ name: 'recommend', profiles: 4000, seedCount: null, k: 20, items: 500, dimensions: 0 },
  ...{ listEntries: 20_000, wholeLists: false, notes: [] },
} satisfies RankShape
const MACHINE = { parallelism: 4, memoryBytes: 8e9, kernel: 'wasm-simd', threads: true, slowness: () => 1 } as const

const planOf = (ranking: Partial<RankShape> = {}, options: Partial<PlanOptions> = {}): RankPlan =>
  planRanking(
    MATRIX,
    { ...LISTS, ...ranking },
    { threads: 2, partition: 'auto', memoryLimitBytes: 1e9, kernel: 'auto', pooled: true, ...options },
    MACHINE,
    200_000,
  )

describe('planRanking, of lists alone', () => {
  it('shares blocks of sixteen profiles, and leaves a few milliseconds of work to the calling thread', () => {
    const { blocks, threads, workers } = planOf()
    expect([blocks, threads, workers]).toEqual([250, 2, 2])
    const few = planOf({ profiles: 2 ** 20 / 400 - 1 })
    expect([few.threads, few.workers, few.bytes.outside.threads]).toEqual([1, 0, undefined])
    const one = planOf({}, { threads: 1 })
    expect([one.threads, one.workers, one.bytes.outside.threads]).toEqual([1, 1, WORKER_BYTES])
  })

  it('has a sum in float64 for each item and thread, and nothing of vectors', () => {
    const { z, listSums, listIndices, left, right } = planOf().layout.sections
    expect([z, left, right].map(({ length }) => length)).toEqual([0, 0, 0])
    expect([listSums, listIndices].map(({ length }) => length)).toEqual([2 * 500, 20_000])
    const vectors = planOf({ dimensions: 32 }).layout.sections
    expect([vectors.z.length, vectors.listSums.length]).toEqual([2 * 500 * 16, 0])
  })

  it('does not name the items of whole lists', () => {
    const { listPointers, listIndices, listData } = planOf({ listEntries: 500 ** 2, wholeLists: true }).layout.sections
    expect([listPointers, listIndices, listData].map(({ length }) => length)).toEqual([0, 0, 250_000])
  })

  it('refuses one byte less than it takes', () => {
    const { total } = planOf().bytes
    expect(planOf({}, { memoryLimitBytes: total }).bytes.total).toBe(total)
    expect(() => planOf({}, { memoryLimitBytes: total - 1 })).toThrow(
      expect.objectContaining({
        code: 'MEMORY_LIMIT',
        message: expect.stringContaining('4000 list(s)') as string,
      }) as Error,
    )
  })

  it('is plain data, and explains itself', () => {
    const plan = planOf()
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    expect(summarizePlan(plan)).toContain('4,000 list(s) of 20 in 250 block(s), 20,000 entries of items')
    expect(explainPlan(plan)).toContain('(2 workspace(s) of one sum an item)')
    expect(explainPlan(planOf({ dimensions: 32 }))).toContain('(2 workspace(s) of one vector block)')
  })
})

describe('requestPays', () => {
  it('is so for many profiles, and where the lists are read more than once', () => {
    const pays = (profiles: number, listEntries = 20_000) => requestPays(MATRIX, { ...LISTS, profiles, listEntries })
    expect([1, 2 ** 20 / 400 - 1, 2 ** 20 / 400 + 1].map((profiles) => pays(profiles))).toEqual([false, false, true])
    // Ten items of 500 a profile: fifty profiles read as much as there is.
    expect([49, 50].map((profiles) => pays(profiles, 1e9))).toEqual([false, true])
    expect(requestPays(MATRIX, { ...LISTS, profiles: 1, seedCount: 2 ** 20 })).toBe(true)
  })
})

describe('lists of two million users among 200,000 items, 50 million pairs', () => {
  const large = {
    ...{ rowCount: 2e6, columnCount: 2e5, nnz: 5e7, weighted: false, square: false, longestWindow: 5e5 },
  }
  const matrixBytes = 4 * (2e6 + 2 * 5e7 + 4 * 2e5)
  const [items, dimensions, neighbours] = [2e5, headLength(2e5), walkLength(2e5)]
  const [name, entries] = ['test', items * neighbours]
  const options = { threads: 2, memoryLimitBytes: 6e9, partition: 'auto', kernel: 'auto', pooled: true } as const
  // The table, the model, and while that is made as many vectors again, and lists that are renumbered.
  const model = items * 8 * (dimensions + neighbours)
  const outside = { table: 6e8, model, making: items * (16 * dimensions + 8 * neighbours) }

  it('fit, and the walk of every item, into 6 GB and half of a 32-bit memory', () => {
    const product = { name, neighbours, operations: 1e10, entries, givenEntries: 0, dimensions, reweighed: false }
    const making = planProduct(large, product, options, MACHINE, matrixBytes, outside)
    const vectors = { items, dimensions, first: 8, listEntries: entries, wholeLists: false }
    const shape = { name, profiles: 2048, seedCount: null, k: 20, notes: [], ...vectors }
    const ranking = planRanking(large, shape, options, MACHINE, matrixBytes, outside)
    for (const { layout, bytes } of [making, ranking]) {
      expect(layout.end).toBeLessThan(MAXIMUM_MEMORY_BYTES / 2)
      expect(bytes.total).toBeLessThan(4e9)
    }
  })
})
