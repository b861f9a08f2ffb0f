import { describe, expect, it } from 'vitest'
import {
  adjacencyBytes,
  columnBytes,
  keyIndexBytes,
  groundedBytes,
  labellingBytes,
  listBytes,
  potentialBytes,
  rankingBytes,
  ratingFitBytes,
  solutionBytes,
  sweepingBytes,
  trainingBytes,
  uncollectedBytes,
  walkBytes,
} from '../../../src/memory/outside-bytes.ts'
import { planSweepOn } from '../../../src/run/sweep-job.ts'
import { DenseKeyIndex, GrowingKeyIndex } from '../../../src/support/key-index.ts'
import { bipartite, prepare, problemOn, rowSeeds, solve } from '../../graphs.ts'

const IN_THREAD = { threads: 1, partition: 'auto', kernel: 'auto', memoryLimitBytes: 1e9 } as const
const MACHINE = { parallelism: 1, memoryBytes: 1e9, kernel: 'wasm-simd', threads: true, slowness: () => 1 } as const

describe('bytes outside the shared memory', () => {
  it('are counted by hand alike', () => {
    const [dense, named] = [new DenseKeyIndex(1000), GrowingKeyIndex.from(['a', 'b'])]
    expect([keyIndexBytes(dense), keyIndexBytes(named)]).toEqual([0, 144])
    expect(rankingBytes(3, 10)).toBe(3 * 88)
    expect(listBytes(3, 10, named)).toBe(3 * (128 + 760))
    expect(listBytes(3, 10, dense)).toBe(3 * (128 + 1000))
    expect([labellingBytes(100, 7), sweepingBytes(100, 7), sweepingBytes(100, 1)]).toEqual([100 * 86, 100 * 80, 0])
    expect([adjacencyBytes(100, 600, false), adjacencyBytes(100, 600, true)]).toEqual([1600 + 3600, 1600 + 7200])
    expect(groundedBytes(100, 600, 7)).toBe(100 * 388 + 600 * 12)
    expect(potentialBytes(100, 3, 7)).toBe(100 * 60 + 3 * 136)
    expect(walkBytes(100, 7)).toBe(4800 + 252)
    expect(trainingBytes(100, 20, 300, 8)).toBe(96_400 + 6400 + 12_000)
    expect(ratingFitBytes(100, 300, 8)).toBe(10_400 + 20_400)
    expect([uncollectedBytes(10), uncollectedBytes(1e9)]).toEqual([20, 64e6])
  })

  it('count a column once', () => {
    const column = new Float64Array(10)
    expect(columnBytes([column, column, null, undefined, new Int32Array(3)])).toBe(92)
  })

  it.each(['scores', 'top-k'] as const)('are those of the answer that is copied: %s', (kind) => {
    const prepared = prepare(bipartite({ users: 50, items: 40, pairs: 300 }))
    const output = kind === 'scores' ? { kind } : ({ kind, k: 7, excludeSeeds: true } as const)
    const problem = problemOn(prepared, { seeds: rowSeeds(prepared, 20), output })
    const plan = planSweepOn(prepared, problem, IN_THREAD, MACHINE)
    const solution = solve(prepared, problem, IN_THREAD)
    const { iterations, residuals, top, columnScores, rowScores } = solution
    const copied = columnBytes([iterations, residuals, top?.rows, top?.scores, columnScores, rowScores])
    expect(solutionBytes(plan.matrix, plan.problem)).toBe(copied)
    expect(plan.bytes.outside).toMatchObject({ degrees: 8 * 90, solution: copied })
    const { middle, scale, weight } = problem.operator
    const arrays = [middle, scale, weight, ...Object.values(problem.seeds), ...Object.values(problem.output)]
    expect(plan.bytes.outside.given).toBe(columnBytes(arrays.filter((part) => ArrayBuffer.isView(part))))
  })
})
