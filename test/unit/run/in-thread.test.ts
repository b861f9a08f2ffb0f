import { describe, expect, it } from 'vitest'
import { adaptiveSchedule } from '../../../src/plan/schedule.ts'
import type { Sweep } from '../../../src/request/sweep.ts'
import {
  bipartite,
  denseSeeds,
  prepare,
  problemOn,
  rowSeeds,
  solve as solveSweep,
  sweeps,
  type Solution,
} from '../../graphs.ts'
import type { Network } from '../../../src/network/network.ts'

const solve = (prepared: Network, problem: Sweep, memoryLimitBytes = 1e9): Solution =>
  solveSweep(prepared, problem, { memoryLimitBytes })

/** Users 0-2 share items 0-2; user 3 and item 3 have nothing; user 4 and item 4 are a component of their own. */
const islands = (): Network =>
  prepare({
    rowCount: 5,
    columnCount: 5,
    row: Int32Array.of(0, 0, 1, 1, 2, 4),
    column: Int32Array.of(0, 1, 1, 2, 2, 4),
  })

describe('solving in-thread', () => {
  it('gives nodes that no seed reaches exactly 0, never NaN', () => {
    const prepared = islands()
    const { columnScores } = solve(
      prepared,
      problemOn(prepared, { seeds: denseSeeds([[1, 0, 0, 0, 0]]), output: { kind: 'scores' } }),
    )
    expect([...columnScores!.subarray(3)]).toEqual([0, 0])
    for (const score of columnScores!.subarray(0, 3)) expect(score).toBeGreaterThan(0)
  })

  it('keeps the seed of an isolated node where it is', () => {
    const prepared = islands()
    const { columnScores } = solve(
      prepared,
      problemOn(prepared, { seeds: denseSeeds([[0, 0, 0, 2, 0]]), output: { kind: 'scores' } }),
    )
    expect([...columnScores!]).toEqual([0, 0, 0, 2, 0])
  })

  it('leaves places empty (-1) when k is larger than what there is to rank', () => {
    const prepared = islands()
    const { top } = solve(
      prepared,
      problemOn(prepared, { seeds: rowSeeds(prepared, 1), output: { kind: 'top-k', k: 7, excludeSeeds: true } }),
    )
    expect([...top!.rows]).toEqual([2, 3, 4, -1, -1, -1, -1])
    expect(top!.scores[0]).toBeGreaterThan(0)
    expect([...top!.scores.subarray(1)]).toEqual([0, 0, -Infinity, -Infinity, -Infinity, -Infinity])
  })

  it('answers a row without pairs with zeros', () => {
    const prepared = islands()
    const seeds = { kind: 'rows', rows: Int32Array.of(3), scale: new Float32Array(5).fill(1) } as const
    const { columnScores } = solve(prepared, problemOn(prepared, { seeds, output: { kind: 'scores' } }))
    expect([...columnScores!]).toEqual([0, 0, 0, 0, 0])
  })

  it('adds seeds that name a node twice', () => {
    const prepared = islands()
    const twice = {
      kind: 'sparse',
      indptr: Int32Array.of(0, 2),
      indices: Int32Array.of(1, 1),
      data: Float32Array.of(1, 2),
    } as const
    const once = denseSeeds([[0, 3, 0, 0, 0]])
    const scores = [twice, once].map(
      (seeds) => solve(prepared, problemOn(prepared, { seeds, output: { kind: 'scores' } })).columnScores,
    )
    expect(scores[0]).toEqual(scores[1])
  })

  it('solves nothing for no columns', () => {
    const prepared = islands()
    const { top, iterations } = solve(
      prepared,
      problemOn(prepared, { seeds: rowSeeds(prepared, 0), output: { kind: 'top-k', k: 3 } }),
    )
    expect([top!.rows.length, iterations.length]).toEqual([0, 0])
  })

  it('stops at the tolerance and says after how many sweeps and how near', () => {
    const prepared = prepare(bipartite({ users: 40, items: 30, pairs: 300 }))
    const request = { spectrum: [0, 0.64], maxIterations: 500, solver: 'chebyshev' } as const
    const run = (tolerance: number): Solution =>
      solve(
        prepared,
        problemOn(prepared, {
          schedule: adaptiveSchedule({ ...request, tolerance }, 1),
          seeds: rowSeeds(prepared, 20),
          output: { kind: 'scores' },
        }),
      )
    const [rough, fine] = [run(1e-2), run(1e-5)]
    for (const { iterations } of [rough, fine]) expect(iterations).toHaveLength(20)
    expect(Math.max(...rough.iterations)).toBeLessThan(Math.min(...fine.iterations))
    expect(Math.max(...rough.residuals)).toBeLessThan(1e-2)
    expect(Math.max(...fine.residuals)).toBeLessThan(1e-5)
  })

  it('that does not converge is a result: every sweep was run, and the residual says so', () => {
    const prepared = prepare(bipartite({ users: 40, items: 30, pairs: 300 }))
    const schedule = { ...sweeps(3), stopBelow: 1e-30 }
    const { iterations, residuals } = solve(
      prepared,
      problemOn(prepared, { schedule, seeds: rowSeeds(prepared, 2), output: { kind: 'scores' } }),
    )
    expect([...iterations]).toEqual([3, 3])
    expect(residuals[0]).toBeGreaterThan(1e-30)
  })

  it('answers again and again from one memory, large after small after large', () => {
    const prepared = prepare(bipartite({ users: 40, items: 30, pairs: 300 }))
    const answer = (columns: number): Solution =>
      solve(prepared, problemOn(prepared, { seeds: rowSeeds(prepared, columns), output: { kind: 'top-k', k: 4 } }))
    const [large, small] = [answer(300), answer(2)]
    expect(answer(300)).toEqual(large)
    expect(answer(2)).toEqual(small)
    expect([...large.top!.rows.subarray(0, 8)]).toEqual([...small.top!.rows])
  })

  it('refuses what does not fit its memory limit', () => {
    const prepared = islands()
    const problem = problemOn(prepared, {
      name: 'recommend',
      seeds: rowSeeds(prepared, 4000),
      output: { kind: 'scores' },
    })
    expect(() => solve(prepared, problem, 50_000)).toThrow(expect.objectContaining({ code: 'MEMORY_LIMIT' }))
  })
})
