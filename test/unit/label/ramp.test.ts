import { describe, expect, it } from 'vitest'
import { isRamp, rampAt } from '../../../src/label/pseudo-labels.ts'
import { numberBetween } from '../../../src/support/options.ts'

describe('rampAt', () => {
  it('goes from the first round to the last in equal steps', () => {
    expect([1, 2, 3, 4, 5].map((round) => rampAt([0, 1], round, 5))).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect([1, 2, 3].map((round) => rampAt(0.4, round, 3))).toEqual([0.4, 0.4, 0.4])
    expect(rampAt([0.2, 0.9], 1, 1)).toBe(0.9)
  })
})

describe('isRamp', () => {
  const check = isRamp(numberBetween(0, 1))
  it('holds one number, or both of two, to the check', () => {
    expect([0.5, [0, 1]].map((ramp) => check(ramp))).toEqual([null, null])
    expect(check(2)).toBe('a number in [0, 1]')
    expect(check([0, 2])).toBe('[first, last], each a number in [0, 1]')
    expect(check([1])).toBe('[first, last], each a number')
  })
})
