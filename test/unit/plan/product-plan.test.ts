import { describe, expect, it } from 'vitest'
import { buildCsr } from '../../../src/matrix/build.ts'
import { WORKER_BYTES } from '../../../src/memory/outside-bytes.ts'
import { explainPlan, summarizePlan } from '../../../src/plan/explain.ts'
import type { PlanOptions } from '../../../src/plan/plan.ts'
import { planProduct, productCost, type ProductPlan, type ProductShape } from '../../../src/plan/product-plan.ts'

const MATRIX = { rowCount: 900, columnCount: 500, nnz: 9000, weighted: true, square: false, longestWindow: 900 }
const PRODUCT = {
  ...{
    name: 'recommend',
    neighbours: 20,
    operations: 2 ** 24,
    entries: 10_000,
    givenEntries: 0,
    dimensions: 0,
    reweighed: false,
  },
} satisfies ProductShape
const MACHINE = { parallelism: 4, memoryBytes: 8e9, kernel: 'wasm-simd', threads: true, slowness: () => 1 } as const

const planOf = (options: Partial<PlanOptions> = {}, product: Partial<ProductShape> = {}): ProductPlan =>
  planProduct(
    MATRIX,
    { ...PRODUCT, ...product },
    { threads: 2, partition: 'auto', memoryLimitBytes: 1e9, kernel: 'auto', ...options },
    MACHINE,
    200_000,
  )

describe('productCost', () => {
  it('is the sum of squared lengths: a user of many items costs by the square', () => {
    const row = Int32Array.from({ length: 1000 }, (_, at) => (at < 998 ? 0 : at - 996))
    const column = Int32Array.from({ length: 1000 }, (_, at) => at)
    expect(productCost(buildCsr({ rowCount: 4, columnCount: 1000, row, column }))).toBe(998 ** 2 + 2)
  })
})

describe('planProduct', () => {
  it('shares blocks of about a million multiplications, whatever the threads, and no more threads than blocks', () => {
    expect([1, 2, 8, 40].map((threads) => planOf({ threads }).blocks)).toEqual([16, 16, 16, 16])
    expect([1, 2, 8, 40].map((threads) => planOf({ threads }).threads)).toEqual([1, 2, 8, 16])
    expect(planOf({ threads: 'auto' }).threads).toBe(4)
    expect(planOf({ threads: 40 }).notes).toEqual([
      '16 of 40 threads: 16777216 multiplications are not enough work for more',
    ])
    expect(planOf({}, { operations: 1e12 }).blocks).toBe(500)
  })

  it('leaves a few milliseconds of work to the calling thread', () => {
    const few = planOf({ pooled: true }, { operations: 2 ** 20 - 1 })
    expect([few.threads, few.workers, few.bytes.outside.threads]).toEqual([1, 0, undefined])
    const one = planOf({ threads: 1, pooled: true })
    expect([one.threads, one.workers, one.bytes.outside.threads]).toEqual([1, 1, WORKER_BYTES])
    expect(planOf({ threads: 1 }).workers).toBe(0)
  })

  it('counts what is given and what is kept, and refuses one byte less before anything is allocated', () => {
    const { bytes, layout } = planOf()
    expect(bytes).toMatchObject({ matrix: 200_000, problem: layout.end - layout.start })
    expect(bytes.outside.solution).toBe(8 * 10_000 + 8 * 500)
    const more = planOf({}, { givenEntries: 9000, reweighed: true })
    expect(more.bytes.problem).toBeGreaterThanOrEqual(bytes.problem + 12 * 9000)
    expect(planOf({ memoryLimitBytes: bytes.total }).bytes.total).toBe(bytes.total)
    expect(() => planOf({ memoryLimitBytes: bytes.total - 1 })).toThrow(
      expect.objectContaining({
        code: 'MEMORY_LIMIT',
        message: expect.stringMatching(/at most 20 neighbours of each of 500 items.*lower 'neighbours'/) as string,
      }) as Error,
    )
  })

  it('is plain data, and explains itself', () => {
    const plan = planOf()
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    expect(summarizePlan(plan)).toContain(
      '16,777,216 multiplication(s) in 16 block(s) of rows, at most 10,000 entries kept; 2 threads, wasm-simd',
    )
    expect(explainPlan(plan)).toContain('by rows of the product')
    expect(explainPlan(plan)).toContain('(2 workspace(s) of one row)')
  })
})
