import { describe, expect, it } from 'vitest'
import { pairedBootstrap } from '../../../src/evaluate/significance.ts'
import { seededRandom } from '../../../src/support/random.ts'

/** Twelve uniform numbers make a normal one (variance 1). */
function normal(next: () => number): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += next()
  return sum
}

describe('pairedBootstrap', () => {
  it('finds no difference between a column and itself', () => {
    const column = [0.1, 0.5, 0.2]
    expect(pairedBootstrap(column, column)).toMatchObject({ difference: 0, low: 0, high: 0, p: 1, users: 3 })
  })

  it('is certain of a constant difference', () => {
    const result = pairedBootstrap([1, 2, 3], [0.5, 1.5, 2.5], { resamples: 999 })
    expect(result).toMatchObject({ difference: 0.5, low: 0.5, high: 0.5, resamples: 999 })
  })

  it('is not decided by rounding: the same differences in another unit have the same p', () => {
    for (const tenths of [
      [0, 1, 2, 3],
      [0, 0, 0, 1, 2],
      [0, 0, 1, 1, 3],
      [0, 0, 0, 3, 1],
    ]) {
      const nothing = tenths.map(() => 0)
      const inTenths = pairedBootstrap(tenths, nothing)
      expect(
        pairedBootstrap(
          tenths.map((value) => value / 10),
          nothing,
        ).p,
      ).toBe(inTenths.p)
    }
  })

  it('changes sign with the order of the columns', () => {
    const a = [0.3, 0.8, 0.1, 0.9, 0.4]
    const b = [0.2, 0.9, 0.0, 0.5, 0.1]
    const [ab, ba] = [pairedBootstrap(a, b), pairedBootstrap(b, a)]
    expect(ba.difference).toBeCloseTo(-ab.difference, 12)
    expect(ba.low).toBeCloseTo(-ab.high, 12)
    expect(ba.p).toBe(ab.p)
  })

  it('gives the same answer for the same seed and another for another', () => {
    const a = Array.from({ length: 50 }, (_, i) => Math.sin(i))
    const b = Array.from({ length: 50 }, (_, i) => Math.cos(3 * i))
    expect(pairedBootstrap(a, b, { seed: 7 })).toEqual(pairedBootstrap(a, b, { seed: 7 }))
    expect(pairedBootstrap(a, b, { seed: 8 }).low).not.toBe(pairedBootstrap(a, b, { seed: 7 }).low)
  })

  it('widens its interval with the level', () => {
    const a = Array.from({ length: 40 }, (_, i) => (i * 7) % 11)
    const b = a.map((_, i) => (i * 5) % 7)
    const [narrow, wide] = [pairedBootstrap(a, b, { level: 0.5 }), pairedBootstrap(a, b, { level: 0.99 })]
    expect(wide.low).toBeLessThan(narrow.low)
    expect(wide.high).toBeGreaterThan(narrow.high)
  })

  it('leaves half of what is outside on either side: of many users the ends are those of a normal mean', () => {
    const a = Array.from({ length: 101 }, (_, i) => i)
    const [b, resamples] = [a.map(() => 0), 10_000]
    const spread = Math.sqrt((101 ** 2 - 1) / 12 / 101)
    for (const [level, z] of [
      [0.5, 0.674],
      [0.9, 1.645],
    ]) {
      const { low, high } = pairedBootstrap(a, b, { level, resamples })
      expect(Math.abs((50 - low) / spread - z)).toBeLessThan(0.06)
      expect(Math.abs((high - 50) / spread - z)).toBeLessThan(0.06)
    }
  })

  it('covers the true difference about as often as its level says, and rejects the null about as rarely', () => {
    const random = seededRandom(3)
    let covered = 0
    let rejected = 0
    const trials = 300
    for (let trial = 0; trial < trials; trial++) {
      const b = Float64Array.from({ length: 60 }, () => normal(random.next))
      const a = b.map((value) => value + normal(random.next))
      const { low, high, p } = pairedBootstrap(a, b, { resamples: 400, level: 0.9, seed: trial })
      if (low <= 0 && high >= 0) covered++
      if (p <= 0.1) rejected++
    }
    // 0.9 and 0.1 within four standard errors (0.017 each), and the slight optimism of the bootstrap at 60 users.
    expect(covered / trials).toBeGreaterThan(0.82)
    expect(covered / trials).toBeLessThan(0.97)
    expect(rejected / trials).toBeGreaterThan(0.03)
    expect(rejected / trials).toBeLessThan(0.18)
  })

  it('finds a real difference', () => {
    const random = seededRandom(5)
    const b = Float64Array.from({ length: 200 }, () => normal(random.next))
    const a = b.map((value) => value + 0.5 + normal(random.next))
    const result = pairedBootstrap(a, b)
    expect(result.low).toBeGreaterThan(0)
    expect(result.p).toBeLessThan(0.001)
  })

  it('refuses unequal, empty and NaN columns and bad options', () => {
    expect(() => pairedBootstrap([1], [1, 2])).toThrowError(expect.objectContaining({ code: 'INVALID_DATA' }))
    expect(() => pairedBootstrap([], [])).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    expect(() => pairedBootstrap([NaN], [1])).toThrowError(expect.objectContaining({ code: 'INVALID_DATA' }))
    expect(() => pairedBootstrap([1], [1], { resamples: 10 })).toThrowError(/an integer >= 100/)
    expect(() => pairedBootstrap([1], [1], { level: 1 })).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
    expect(() => pairedBootstrap([1], [1], { samples: 10 } as object)).toThrowError(/'resamples'/)
  })
})
