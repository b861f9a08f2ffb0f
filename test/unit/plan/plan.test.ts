import { describe, expect, it, vi } from 'vitest'
import { Arena } from '../../../src/memory/arena.ts'
import type { Machine } from '../../../src/plan/machine.ts'
import { windowCount, type MatrixShape } from '../../../src/matrix/windows.ts'
import { planSweep, type PlanOptions, type SweepPlan, type SweepShape } from '../../../src/plan/plan.ts'
import { WORKER_BYTES } from '../../../src/memory/outside-bytes.ts'
import { planSweepOn } from '../../../src/run/sweep-job.ts'
import { prepareNetwork } from '../../../src/network/prepared.ts'
import { bipartite, prepare, problemOn, rowSeeds } from '../../graphs.ts'

const MATRIX: MatrixShape = {
  rowCount: 100_000,
  columnCount: 10_000,
  nnz: 2_000_000,
  weighted: false,
  square: false,
  longestWindow: 20_000,
}
const PROBLEM: SweepShape = {
  name: 'recommend',
  columns: 640,
  solver: 'chebyshev',
  steps: 12,
  seedCount: null,
  topK: 20,
  rowScores: false,
  probes: 0,
}
const OPTIONS: PlanOptions = { threads: 'auto', memoryLimitBytes: 1e9, partition: 'auto', kernel: 'auto' }
const MACHINE: Machine = { parallelism: 4, memoryBytes: 8e9, kernel: 'wasm-simd', threads: true, slowness: () => 1 }
const MATRIX_BYTES = 8_400_064

interface Wishes {
  readonly matrix?: Partial<MatrixShape>
  readonly problem?: Partial<SweepShape>
  readonly options?: Partial<PlanOptions>
  readonly machine?: Partial<Machine>
}

const planOf = ({ matrix, problem, options, machine }: Wishes = {}): SweepPlan =>
  planSweep(
    { ...MATRIX, ...matrix },
    { ...PROBLEM, ...problem },
    { ...OPTIONS, ...options },
    { ...MACHINE, ...machine },
    MATRIX_BYTES,
  )

const everyObject = (value: unknown): object[] =>
  value !== null && typeof value === 'object' ? [value, ...Object.values(value).flatMap(everyObject)] : []

describe('a plan', () => {
  it('is a pure function of sizes, options and machine', () => {
    expect(planOf()).toEqual(planOf())
  })

  it('is frozen all through, and leaves what it was given alone', () => {
    const matrix = { ...MATRIX }
    const plan = planSweep(matrix, PROBLEM, OPTIONS, MACHINE, MATRIX_BYTES)
    expect(everyObject(plan).filter((part) => !Object.isFrozen(part))).toEqual([])
    expect(Object.isFrozen(matrix)).toBe(false)
  })

  it('takes room for dense seeds once: for those that lie in a panel there is none but the panels', () => {
    const lengths = [false, true].map((kept) => {
      const dense = { sources: 48, combined: false, kept }
      const { panels, seedData } = planOf({ problem: { topK: null, columns: 48, dense } }).layout.sections
      return [panels.length, seedData.length]
    })
    const one = 48 * MATRIX.columnCount
    expect(lengths).toEqual([
      [0, one],
      [2 * one, 0],
    ])
  })

  it('survives JSON', () => {
    for (const plan of [planOf(), planOf({ problem: { topK: null, seedCount: 5, rowScores: true } })]) {
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    }
  })

  it('lays its sections out after the matrix, and counts every byte', () => {
    const { layout, bytes } = planOf()
    expect(layout.start).toBeGreaterThanOrEqual(MATRIX_BYTES)
    const solution = 8 * 640 + 8 * 640 * 20
    const outside = { solution, uncollected: 2 * solution, threads: 4 * WORKER_BYTES }
    const total = layout.end + 3 * solution + outside.threads
    expect(bytes).toEqual({ matrix: MATRIX_BYTES, problem: layout.end - layout.start, outside, total })
    const elements = Object.values(layout.sections).reduce((sum, { length }) => sum + length, 0)
    expect(bytes.problem).toBeGreaterThanOrEqual(4 * elements)
    expect(bytes.problem).toBeLessThan(4 * elements + 64 * Object.keys(layout.sections).length)
  })
})

describe('the partition', () => {
  it.each<[string, Wishes, Partial<SweepPlan>]>([
    [
      'rows when the vectors of whole blocks would crowd each other out',
      { matrix: { columnCount: 200_000, nnz: 50_000_000 } },
      { partition: 'rows', threads: 4, teams: 1, accumulators: 8 },
    ],
    ['whole blocks when there are enough', {}, { partition: 'columns', threads: 4, teams: 4, accumulators: 2 }],
    [
      'row windows for few columns',
      { problem: { columns: 5 } },
      { partition: 'rows', threads: 4, teams: 1, accumulators: 6 },
    ],
    [
      'no more threads than windows',
      { problem: { columns: 1 }, matrix: { nnz: 700_000 } },
      { partition: 'rows', threads: 2, windows: 2 },
    ],
    [
      'one thread when a sweep is short',
      { problem: { columns: 1 }, matrix: { nnz: 400_000, columnCount: 1000 } },
      { partition: 'single', threads: 1 },
    ],
    [
      'one thread when one is asked for',
      { options: { threads: 1, partition: 'rows' } },
      { partition: 'single', threads: 1 },
    ],
    ['one thread where there are none', { machine: { threads: false } }, { partition: 'single', threads: 1 }],
    ['what was asked for', { options: { partition: 'rows', threads: 2 } }, { partition: 'rows', threads: 2 }],
    ['no more threads than blocks', { problem: { columns: 33 }, options: { partition: 'columns' } }, { threads: 3 }],
  ])('is %s', (_, wishes, expected) => {
    expect(planOf(wishes)).toMatchObject(expected)
  })

  it('says when it takes fewer threads than were asked for', () => {
    expect(planOf({ problem: { columns: 33 }, options: { partition: 'columns' } }).notes.join()).toContain(
      '3 of 4 threads',
    )
    expect(planOf().notes).toEqual([])
  })

  it('never changes how the work is cut: windows and blocks are the same for any thread count', () => {
    const cuts = [1, 2, 3, 4, 64].map((threads) => {
      const { windows, blocks, blockWidth } = planOf({ options: { threads } })
      return { windows, blocks, blockWidth }
    })
    expect(new Set(cuts.map((cut) => JSON.stringify(cut))).size).toBe(1)
  })
})

describe('the block width', () => {
  it.each([
    [1, 1, 1],
    [2, 4, 1],
    [4, 4, 1],
    [5, 8, 1],
    [8, 8, 1],
    [9, 16, 1],
    [17, 16, 2],
  ])('of %i column(s) is %i, in %i block(s)', (columns, blockWidth, blocks) => {
    expect(planOf({ problem: { columns } })).toMatchObject({ blockWidth, blocks })
  })
})

describe('row windows', () => {
  it('are at least 1 and at most 8, one for every thirty pairs a column', () => {
    const windows = (nnz: number): number => windowCount({ ...MATRIX, nnz })
    expect([0, 299_999, 599_999, 600_000, 2_400_000, 9e9].map(windows)).toEqual([1, 1, 1, 2, 8, 8])
    expect(windowCount({ ...MATRIX, nnz: 1, square: true })).toBe(8)
  })
})

describe('the kernel', () => {
  it('is the best the machine has, or the one asked for', () => {
    expect(planOf().kernel).toBe('wasm-simd')
    expect(planOf({ options: { kernel: 'typescript' } })).toMatchObject({ kernel: 'typescript', notes: [] })
  })

  it('is named in a note when it is the slow one unasked', () => {
    const plan = planOf({ machine: { kernel: 'typescript' } })
    expect(plan.kernel).toBe('typescript')
    expect(plan.notes.join()).toContain('no SIMD')
  })
})

describe('worker threads', () => {
  const workersOf = (options: Partial<PlanOptions>, wishes: Wishes = {}): [number, number | undefined] => {
    const { workers, bytes } = planOf({ ...wishes, options: { memoryLimitBytes: 1e9, ...options } })
    return [workers, bytes.outside.threads]
  }

  it('count as many as are asked for, and the one that does what would keep the calling thread for long', () => {
    expect(workersOf({ threads: 3 })).toEqual([3, 3 * WORKER_BYTES])
    expect(workersOf({ threads: 1, pooled: true })).toEqual([1, WORKER_BYTES])
    expect(workersOf({ threads: 1, pooled: true }, { problem: { columns: 1, steps: 0 } })).toEqual([0, undefined])
    expect(workersOf({ threads: 1 })).toEqual([0, undefined])
    expect(workersOf({ threads: 3, pooled: true }, { machine: { threads: false } })).toEqual([0, undefined])
  })
})

describe('a memory limit', () => {
  it('is met exactly: the bytes planned pass, one fewer is refused with the number and what to do', () => {
    const { total } = planOf().bytes
    expect(planOf({ options: { memoryLimitBytes: total } }).bytes.total).toBe(total)
    expect(() => planOf({ options: { memoryLimitBytes: total - 1 } })).toThrow(
      expect.objectContaining({
        code: 'MEMORY_LIMIT',
        details: { bytes: total, limitBytes: total - 1, parts: expect.any(Object) },
        message: expect.stringMatching(new RegExp(`^recommend: .*${total}.*Raise memoryLimitBytes`)),
      }),
    )
  })

  it('refuses a problem before its memory is made', () => {
    const prepared = prepare(bipartite({ users: 50, items: 40, pairs: 300 }))
    const before = prepared.stored.arena.bytes
    const problem = problemOn(prepared, { seeds: rowSeeds(prepared, 5000), output: { kind: 'scores' } })
    expect(() => planSweepOn(prepared, problem, { ...OPTIONS, memoryLimitBytes: 200_000 }, MACHINE)).toThrow(
      expect.objectContaining({ code: 'MEMORY_LIMIT' }),
    )
    expect(prepared.stored.arena.bytes).toBe(before)
  })

  it('refuses a matrix before its memory is made', () => {
    const allocate = vi.spyOn(Arena, 'allocate')
    const pairs = bipartite({ users: 50, items: 40, pairs: 300 })
    expect(() => prepareNetwork('recommend', pairs, false, 1000)).toThrow(
      expect.objectContaining({
        code: 'MEMORY_LIMIT',
        details: { bytes: expect.any(Number), limitBytes: 1000, parts: expect.any(Object) },
        message: expect.stringContaining('300 pairs'),
      }),
    )
    expect(allocate).not.toHaveBeenCalled()
    allocate.mockRestore()
  })
})
