import { describe, expect, it } from 'vitest'
import { explainPlan, summarizePlan } from '../../../src/plan/explain.ts'
import { planSweep, type SweepPlan } from '../../../src/plan/plan.ts'

const planOf = (threads: number, partition: 'auto' | 'columns' | 'rows', columns = 50): SweepPlan =>
  planSweep(
    { rowCount: 12_000, columnCount: 1500, nnz: 1_000_000, weighted: true, square: false, longestWindow: 400 },
    {
      name: 'recommend',
      columns,
      solver: 'chebyshev',
      steps: 9,
      seedCount: null,
      topK: 10,
      rowScores: false,
      probes: 0,
    },
    { threads, partition, memoryLimitBytes: 1e9, kernel: 'typescript' },
    { parallelism: 4, memoryBytes: 8e9, kernel: 'wasm-simd', threads: true, slowness: () => 1 },
    8_000_000,
  )

describe('summarizePlan', () => {
  it('is one line with the sizes, the work, the threads, the kernel and the memory', () => {
    const plan = planOf(2, 'columns')
    const line = summarizePlan(plan)
    expect(line).not.toContain('\n')
    for (const part of [
      '12,000 x 1,500',
      '1,000,000 pairs',
      '50 column(s)',
      '4 block(s) of 16',
      '9 chebyshev sweep(s)',
    ]) {
      expect(line).toContain(part)
    }
    expect(line).toContain('2 threads by columns, typescript')
    expect(line).toContain(`${(plan.bytes.total / 1e6).toFixed(1)} MB`)
  })

  it('does not speak of a partition with one thread', () => {
    expect(summarizePlan(planOf(1, 'auto'))).toContain('; 1 thread, typescript')
  })
})

describe('explainPlan', () => {
  it.each([
    ['columns', 2, 'without a barrier'],
    ['rows', 2, '8 row windows'],
    ['auto', 1, 'one thread'],
  ] as const)('gives the reason of a partition: %s', (partition, threads, reason) => {
    const text = explainPlan(planOf(threads, partition))
    expect(text.split('\n')[0]).toBe(`recommend: ${summarizePlan(planOf(threads, partition))}`)
    expect(text).toContain(reason)
    expect(text).toContain('matrix 8.0 MB')
  })

  it('passes the notes on', () => {
    const plan = planOf(4, 'columns', 20)
    expect(plan.notes).toHaveLength(1)
    expect(explainPlan(plan)).toContain(`note       ${plan.notes[0]}`)
  })
})
