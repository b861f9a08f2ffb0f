import { describe, expect, it } from 'vitest'
import { expectedSeconds, listsCost, sweepCost } from '../../../src/plan/costs.ts'
import { explainPlan, summarizePlan } from '../../../src/plan/explain.ts'
import type { Machine } from '../../../src/plan/machine.ts'
import { planInverse } from '../../../src/plan/inverse-plan.ts'
import { planSweep } from '../../../src/plan/plan.ts'
import { planRanking } from '../../../src/plan/rank-plan.ts'
import { planTraining } from '../../../src/plan/train-plan.ts'
import { slownessOf } from '../../../src/plan/slowness.ts'

const machine = (slowness: Machine['slowness']): Machine => ({
  ...{ parallelism: 2, memoryBytes: 8e9, kernel: 'wasm-simd', threads: true, slowness },
})
const matrix = {
  ...{ rowCount: 200_000, columnCount: 40_000, nnz: 5e6, weighted: false, square: false, longestWindow: 50_000 },
}
const options = { threads: 2, memoryLimitBytes: 8e9, partition: 'auto', kernel: 'auto' } as const
const problem = {
  ...{ name: 'test', columns: 160, solver: 'filter', steps: 10, seedCount: null, topK: 10 },
  ...{ rowScores: false, probes: 0 },
}

describe('the seconds of a plan', () => {
  it('are those of its costs on its threads, by how fast the machine is', () => {
    const [one, three] = [1, 3].map((slowness) =>
      planSweep(
        matrix,
        problem,
        options,
        machine(() => slowness),
        1e8,
      ),
    )
    expect(one.cost).toBe(sweepCost(matrix, 10, 16, 10))
    expect(one.seconds).toBeCloseTo((one.cost ?? 0) / 2e9, 1)
    expect(three.seconds).toBeCloseTo(3 * (one.seconds ?? 0), 0)
    expect({ ...three, seconds: 0 }).toEqual({ ...one, seconds: 0 })
    expect(JSON.parse(JSON.stringify(three))).toEqual(three)
  })

  it('count the steps after which it has stopped, not those that it may take', () => {
    const steps = { ...problem, steps: 1000 }
    const [all, enough] = [steps, { ...steps, enough: 40 }].map((shape) =>
      planSweep(
        matrix,
        shape,
        options,
        machine(() => 1),
        1e8,
      ),
    )
    expect((all.cost ?? 0) / (enough.cost ?? 0)).toBe(25)
  })

  it('are told of rankings and inverses too, and of a training nobody knows them', () => {
    const fast = machine(() => 1)
    const ranking = { name: 'test', profiles: 200_000, seedCount: null, k: 20, items: 40_000, notes: [] }
    const vectors = { dimensions: 96, first: 8, listEntries: 8e6, wholeLists: false }
    const ranks = planRanking(matrix, { ...ranking, ...vectors }, options, fast, 1e8)
    expect(ranks.seconds).toBeGreaterThan(1)
    expect(planRanking(matrix, { ...ranking, ...vectors, profiles: 100_000 }, options, fast, 1e8).seconds).toBeCloseTo(
      (ranks.seconds ?? 0) / 2,
      0,
    )
    const lists = { dimensions: 0, first: 0, listEntries: 8e6, wholeLists: false }
    // A walk alone looks at what it meets, and no more.
    expect(planRanking(matrix, { ...ranking, ...lists }, options, fast, 1e8).cost).toBe(listsCost(5e6 * 200, false))
    const shape = { name: 'test', side: 'columns', wanted: 'inverse' } as const
    expect(planInverse({ ...matrix, columnCount: 3000 }, shape, options, fast, 1e8).seconds).toBeGreaterThan(0)
    const training = { name: 'test', dimensions: 8, layers: 1, groupSize: 16, views: null, batches: 1 }
    const sizes = { users: 10, pairs: 10, entries: 10, mostUsers: 10, mostPairs: 10 }
    expect(planTraining(matrix, { ...training, ...sizes }, options, fast, 1e8).seconds).toBeNull()
  })

  it('are a word of the summary from one second on', () => {
    const long = planSweep(
      matrix,
      { ...problem, columns: 1600 },
      options,
      machine(() => 1),
      1e8,
    )
    expect(summarizePlan(long)).toMatch(/MB; about \d+ s$/)
    expect(explainPlan(long)).toContain(summarizePlan(long))
    const short = planSweep(
      { ...matrix, nnz: 5e4 },
      problem,
      options,
      machine(() => 1),
      1e8,
    )
    expect(summarizePlan(short)).toMatch(/MB$/)
  })
})

describe('expectedSeconds', () => {
  it('is 0 for what is short, and asks no machine then', () => {
    const never = machine(() => {
      throw new Error('asked')
    })
    expect(expectedSeconds(1e8, 2, 'wasm-simd', never)).toBe(0)
    expect(() => expectedSeconds(1e9, 2, 'wasm-simd', never)).toThrow('asked')
  })
})

describe('how slow a machine is', () => {
  it('is found by either kernel, once', () => {
    for (const kernel of ['wasm-simd', 'typescript'] as const) {
      const slowness = slownessOf(kernel)
      expect(slowness).toBeGreaterThan(0)
      expect(slowness).toBeLessThan(Infinity)
      expect(slownessOf(kernel)).toBe(slowness)
    }
  })
})
