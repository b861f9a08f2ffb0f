import { describe, expect, it } from 'vitest'
import { isotonicBlocks, valueAt } from '../../../src/calibrate/isotonic.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { isotonicRegression } from '../../oracle/isotonic.ts'

describe('isotonicBlocks', () => {
  it('finds what the min-max formula finds', () => {
    const random = seededRandom(7)
    for (let draw = 0; draw < 200; draw++) {
      const count = 1 + random.below(12)
      const x = Float64Array.from({ length: count }, () => random.below(8))
      const y = Float64Array.from({ length: count }, () => (draw % 2 === 0 ? random.below(2) : random.next()))
      const blocks = isotonicBlocks(x, y)
      const expected = isotonicRegression(x, y)
      x.forEach((value, row) => expect(valueAt(blocks, value)).toBeCloseTo(expected[row], 12))
    }
  })

  it('makes ascending blocks that join what descends', () => {
    expect(isotonicBlocks([3, 1, 2, 4], [1, 1, 0, 1])).toEqual([
      { from: 1, to: 2, value: 0.5 },
      { from: 3, to: 4, value: 1 },
    ])
  })

  it('takes equal x as one', () => {
    expect(isotonicBlocks([1, 1, 1, 1], [0, 1, 1, 1])).toEqual([{ from: 1, to: 1, value: 0.75 }])
  })
})

describe('valueAt', () => {
  const blocks = [
    { from: 1, to: 2, value: 0 },
    { from: 4, to: 5, value: 1 },
  ]
  it.each([
    [0, 0],
    [1, 0],
    [2, 0],
    [2.5, 0.25],
    [3, 0.5],
    [4, 1],
    [5, 1],
    [9, 1],
  ])('at %d is %d', (x, value) => expect(valueAt(blocks, x)).toBe(value))
})
