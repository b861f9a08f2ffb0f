import { describe, expect, it } from 'vitest'
import { headPays, rankingCosts } from '../../../src/plan/head-or-sweeps.ts'

const shape = (rowCount: number, columnCount: number, nnz: number) => ({
  ...{ rowCount, columnCount, nnz, weighted: false, square: false, windows: 1, longestWindow: rowCount },
})
const gowalla = shape(29_858, 40_981, 810_128)
const work = { sweeps: 10, operations: 62_543_828, head: 96, neighbours: 818 }

describe('head or sweeps', () => {
  it('takes sweeps for a few and a head for everybody', () => {
    expect(headPays(rankingCosts(gowalla, { ...work, profiles: 16 }))).toBe(false)
    expect(headPays(rankingCosts(gowalla, { ...work, profiles: 29_858 }))).toBe(true)
  })

  it('takes sweeps where they end within seconds, whatever they would save', () => {
    const small = shape(2_000, 500, 20_000)
    expect(
      headPays(rankingCosts(small, { sweeps: 100, operations: 200_000, head: 16, neighbours: 500, profiles: 2_000 })),
    ).toBe(false)
  })

  it('takes sweeps where the product of the matrix with itself costs more', () => {
    expect(headPays(rankingCosts(gowalla, { ...work, operations: 1e12, profiles: 29_858 }))).toBe(false)
  })

  it('counts sweeps by users times pairs, and a head hardly by users', () => {
    const [half, whole] = [15_000, 30_000].map((profiles) => rankingCosts(gowalla, { ...work, profiles }))
    expect(whole.sweeps / half.sweeps).toBeCloseTo(2, 2)
    expect((whole.making + whole.ranking) / (half.making + half.ranking)).toBeLessThan(1.3)
  })
})
