import { describe, expect, it } from 'vitest'
import { rankingCosts, walkThatPays, type RankingWork } from '../../../src/plan/head-or-sweeps.ts'
import type { WorkCosts } from '../../../src/plan/costs.ts'

const shape = (rowCount: number, columnCount: number, nnz: number) => ({
  ...{ rowCount, columnCount, nnz, weighted: false, square: false, windows: 1, longestWindow: rowCount },
})
const gowalla = shape(29_858, 40_981, 810_128)
const work = { sweeps: 10, operations: 62_543_828, head: 128, neighbours: 818 }
const walkFor = (profiles: number, own: Partial<RankingWork> = {}) =>
  walkThatPays(rankingCosts(gowalla, { ...work, profiles, ...own }))

describe('head or sweeps', () => {
  it('takes sweeps for a few and a head with lists for everybody', () => {
    expect([16, 2_000, 29_858].map((profiles) => walkFor(profiles))).toEqual([null, null, 'lists'])
  })

  it('takes sweeps where they end within seconds, whatever they would save', () => {
    const small = shape(2_000, 500, 20_000)
    const own = { sweeps: 100, operations: 200_000, head: 16, neighbours: 500, profiles: 2_000 }
    expect(walkThatPays(rankingCosts(small, own))).toBeNull()
  })

  it('reads the matrix where its product with itself costs more', () => {
    expect(walkFor(29_858, { operations: 1e12 })).toBe('sweeps')
  })

  it('counts sweeps by users times pairs, and lists of a head hardly by users', () => {
    const [half, whole] = [15_000, 30_000].map((profiles) => rankingCosts(gowalla, { ...work, profiles }))
    const total = ({ making, ranking }: WorkCosts): number => making + ranking
    expect(whole.sweeps / half.sweeps).toBeCloseTo(2, 2)
    expect(total(whole.head.lists) / total(half.head.lists)).toBeLessThan(1.3)
  })
})
