import { describe, expect, it } from 'vitest'
import { coverage, gini, novelty } from '../../../src/evaluate/summarise-lists.ts'

describe('coverage', () => {
  it('is the share of items shown at all', () => {
    expect(coverage([3, 0, 1, 0])).toBe(0.5)
    expect(coverage([])).toBe(0)
  })
})

describe('gini', () => {
  it('is 0 for equal exposure and (n - 1) / n for a monopoly', () => {
    expect(gini([2, 2, 2])).toBe(0)
    expect(gini([0, 0, 0, 5])).toBe(0.75)
  })

  it('gives 0.25 for 1, 2, 3, 4', () => {
    expect(gini([4, 1, 3, 2])).toBeCloseTo(0.25, 12)
  })

  it('is 0 when nothing is shown', () => {
    expect(gini([0, 0])).toBe(0)
    expect(gini([])).toBe(0)
  })

  it('leaves its argument alone', () => {
    const exposure = Float64Array.of(3, 1, 2)
    gini(exposure)
    expect([...exposure]).toEqual([3, 1, 2])
  })
})

describe('novelty', () => {
  it('is 0 bits for what everybody has and log2 U bits for what one user has', () => {
    expect(novelty([5, 0], [8, 1], 8)).toBe(0)
    expect(novelty([0, 5], [8, 1], 8)).toBe(3)
  })

  it('weights an item by the number of lists that hold it', () => {
    expect(novelty([3, 1], [4, 1], 4)).toBe(0.5)
  })

  it('counts an item without users as if it had one', () => {
    expect(novelty([1], [0], 16)).toBe(4)
    expect(novelty([1], [], 16)).toBe(4)
  })

  it('is 0 when nothing is recommended', () => {
    expect(novelty([0], [1], 2)).toBe(0)
  })
})
