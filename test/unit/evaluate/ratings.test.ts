import { describe, expect, it } from 'vitest'
import { mae, rmse } from '../../../src/evaluate/score-ratings.ts'

describe.each([
  ['rmse', rmse],
  ['mae', mae],
])('%s', (name, metric) => {
  it('is 0 for a perfect prediction and 2 when all are off by 2', () => {
    expect(metric([1, 5], [1, 5])).toBe(0)
    expect(metric(Float32Array.of(3, 3), [1, 5])).toBe(2)
  })

  it('names itself and both lengths when the columns differ', () => {
    expect(() => metric([1], [1, 2])).toThrowError(/1 and 2 rows/)
    expect(() => metric([1], [1, 2])).toThrowError(expect.objectContaining({ code: 'INVALID_DATA' }))
    expect(() => metric([1], [1, 2])).toThrowError(new RegExp(`^${name}:`))
  })

  it('refuses empty columns', () => {
    expect(() => metric([], [])).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
  })

  it.each([NaN, Infinity])('names the row of %s', (bad) => {
    const details = { column: 'predicted', row: 1 }
    expect(() => metric([1, bad], [1, 2])).toThrowError(expect.objectContaining({ code: 'INVALID_DATA', details }))
    expect(() => metric([1, 2], [bad, 2])).toThrowError(
      expect.objectContaining({ details: { column: 'actual', row: 0 } }),
    )
  })
})

it('weights a large error more in the RMSE than in the MAE', () => {
  expect(rmse([0, 4], [0, 0])).toBeCloseTo(Math.sqrt(8), 12)
  expect(mae([0, 4], [0, 0])).toBe(2)
})
