import { describe, expect, it } from 'vitest'
import { calibration, scoreLabels } from '../../../src/evaluate/labels.ts'

describe('scoreLabels', () => {
  it('is 1 everywhere for perfect predictions', () => {
    const scores = scoreLabels(['a', 'b', 'b'], ['a', 'b', 'b'])
    expect(scores).toMatchObject({ accuracy: 1, macroF1: 1, microF1: 1, balancedAccuracy: 1, count: 3 })
  })

  it('balances classes of different size', () => {
    const scores = scoreLabels(['a', 'a', 'a', 'a'], ['a', 'a', 'a', 'b'])
    expect(scores.accuracy).toBe(0.75)
    expect(scores.balancedAccuracy).toBe(0.5)
  })

  it('counts a class that was only predicted in macro F1, not in balanced accuracy', () => {
    const scores = scoreLabels(['a', 'z'], ['a', 'a'])
    expect(scores.classes.get('z')).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 })
    expect(scores.macroF1).toBeCloseTo(2 / 3 / 2, 12)
    expect(scores.balancedAccuracy).toBe(0.5)
  })

  it('lists the classes in order of first appearance and is not misled by odd labels', () => {
    const scores = scoreLabels(['__proto__', 'constructor'], ['__proto__', 'toString'])
    expect([...scores.classes.keys()]).toEqual(['__proto__', 'toString', 'constructor'])
    expect(scores.accuracy).toBe(0.5)
  })

  it('takes numbers, zero of either sign and NaN included, as Map does', () => {
    expect(scoreLabels([0, NaN], [-0, NaN]).accuracy).toBe(1)
  })

  it('refuses empty and unequal columns', () => {
    expect(() => scoreLabels([], [])).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    expect(() => scoreLabels(['a'], [])).toThrowError(expect.objectContaining({ code: 'INVALID_DATA' }))
  })
})

describe('calibration', () => {
  it('is 0 when the share of right predictions equals the confidence in every bin', () => {
    const result = calibration([0.5, 0.5, 1], [true, false, true], { bins: 10 })
    expect(result.expectedError).toBe(0)
    expect(result.maximumError).toBe(0)
  })

  it('is 1 for certainty that is always wrong', () => {
    expect(calibration([1, 1], [0, 0]).expectedError).toBe(1)
  })

  it('puts an edge into the lower bin and 0 into the first', () => {
    const { bins } = calibration([0, 0.5, 0.51, 1], [0, 0, 1, 1], { bins: 2 })
    expect(bins.map(({ from, to, count }) => [from, to, count])).toEqual([
      [0, 0.5, 2],
      [0.5, 1, 2],
    ])
    expect(bins[0]).toMatchObject({ confidence: 0.25, accuracy: 0 })
  })

  it('has 15 bins by default, with NaN means where they are empty', () => {
    const { bins } = calibration([1], [1])
    expect(bins).toHaveLength(15)
    expect(bins[0]).toMatchObject({ count: 0, confidence: NaN, accuracy: NaN })
  })

  it.each([-0.1, 1.1, NaN])('refuses the confidence %s', (bad) => {
    expect(() => calibration([bad], [1])).toThrowError(expect.objectContaining({ code: 'INVALID_DATA' }))
  })

  it('refuses no bins and unknown options', () => {
    expect(() => calibration([1], [1], { bins: 0 })).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(() => calibration([1], [1], { bin: 5 } as object)).toThrowError(/'bins'/)
  })
})
