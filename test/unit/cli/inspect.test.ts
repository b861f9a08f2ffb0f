import { expect, it } from 'vitest'
import { degreesOf, summariseDegrees } from '../../../src/cli/inspect.ts'

it('counts the pairs of each node', () => {
  expect([...degreesOf(Int32Array.of(2, 0, 2), 4)]).toEqual([1, 0, 2, 0])
})

it('summarises degrees by quantiles and powers of two', () => {
  const degrees = Int32Array.from({ length: 100 }, (_, at) => 100 - at)
  const { mean, quantiles, histogram } = summariseDegrees(degrees)
  expect(mean).toBe(50.5)
  expect(quantiles).toEqual({ min: 1, '25%': 25, median: 50, '75%': 75, '90%': 90, '99%': 99, max: 100 })
  expect(histogram.map(({ from, to, count }) => [from, to, count])).toEqual([
    [1, 1, 1],
    [2, 3, 2],
    [4, 7, 4],
    [8, 15, 8],
    [16, 31, 16],
    [32, 63, 32],
    [64, 127, 37],
  ])
})

it('keeps an empty bucket in the middle and leaves out those before the first', () => {
  const counts = (...degrees: number[]): unknown[] =>
    summariseDegrees(Int32Array.from(degrees)).histogram.map(({ from, count }) => [from, count])
  expect(counts(0, 4)).toEqual([
    [0, 1],
    [1, 0],
    [2, 0],
    [4, 1],
  ])
  expect(counts(5, 6)).toEqual([[4, 2]])
})
