import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { conformalIntervals, conformalQuantile, conformalSets } from '../../../src/calibrate/conformal.ts'
import { seededRandom, type Random } from '../../../src/support/random.ts'

const gauss = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

/** Ratings whose error grows with what is expected of it. */
function ratings(
  random: Random,
  count: number,
): { predicted: Float64Array; actual: Float64Array; expectedError: Float64Array } {
  const predicted = Float64Array.from({ length: count }, () => 1 + 4 * random.next())
  const expectedError = predicted.map(() => 0.2 + 1.8 * random.next())
  return { predicted, expectedError, actual: predicted.map((value, row) => value + expectedError[row] * gauss(random)) }
}

/** Shares of four classes and a class drawn from them after they were sharpened: the model is not calibrated, and need not be. */
function classes(random: Random, count: number): { shares: number[][]; actual: number[] } {
  const shares = Array.from({ length: count }, () => {
    const row = Array.from({ length: 4 }, () => random.next() ** 4)
    return row.map((value) => value / row.reduce((a, b) => a + b, 0))
  })
  const actual = shares.map((row) => {
    const powers = row.map((share) => share ** 0.6)
    let rest = random.next() * powers.reduce((a, b) => a + b, 0)
    return Math.min(
      3,
      powers.findIndex((power) => (rest -= power) < 0),
    )
  })
  return { shares, actual }
}

const asRows = (shares: number[][]) => ndarray(Float64Array.from(shares.flat()), [shares.length, shares[0].length])

/** Mean coverage over independent draws of held-out and new labels, and its standard error. */
function coverage(draws: number, once: (random: Random) => boolean[]): { mean: number; error: number } {
  const random = seededRandom(11)
  const shares = Array.from({ length: draws }, () => {
    const inside = once(random)
    return inside.filter(Boolean).length / inside.length
  })
  const mean = shares.reduce((a, b) => a + b, 0) / draws
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (draws - 1)
  return { mean, error: Math.sqrt(variance / draws) }
}

describe('conformalIntervals', () => {
  it.each([0.5, 0.8, 0.9, 0.95])('hold the truth with probability %d, and hardly more', (level) => {
    const [held, fresh] = [60, 40]
    const { mean, error } = coverage(400, (random) => {
      const { predicted, actual, expectedError } = ratings(random, held)
      const intervals = conformalIntervals(predicted, actual, { level, expectedError })
      const asked = ratings(random, fresh)
      return Array.from(asked.predicted, (value, row) => {
        const { low, high } = intervals.around(value, asked.expectedError[row])
        return asked.actual[row] >= low && asked.actual[row] <= high
      })
    })
    // Expected coverage is ceil((n + 1) level) / (n + 1): between level and level + 1 / (n + 1). Four standard errors of room.
    expect(mean).toBeGreaterThan(level - 4 * error)
    expect(mean).toBeLessThan(level + 1 / (held + 1) + 4 * error)
    expect(error).toBeLessThan(0.01)
  })

  it('hold it on one seeded draw within binomial bounds', () => {
    const random = seededRandom(2)
    const { predicted, actual, expectedError } = ratings(random, 20_000)
    const intervals = conformalIntervals(predicted, actual, { expectedError })
    const asked = ratings(random, 20_000)
    const inside = asked.actual.filter((truth, row) => {
      const { low, high } = intervals.around(asked.predicted[row], asked.expectedError[row])
      return truth >= low && truth <= high
    }).length
    // Both draws vary: two binomial standard deviations each way, four in all.
    const deviation = Math.sqrt(2 * 20_000 * 0.9 * 0.1)
    expect(Math.abs(inside - 18_000)).toBeLessThan(4 * deviation)
  })

  it('are narrower where less error is expected', () => {
    const { predicted, actual, expectedError } = ratings(seededRandom(3), 500)
    const { around } = conformalIntervals(predicted, actual, { expectedError })
    const width = (expected: number): number => around(3, expected).high - around(3, expected).low
    expect(width(0.5) / width(2)).toBeCloseTo(0.25, 10)
  })

  it('stay within the range, and are all of it where labels are too few for the level', () => {
    const few = conformalIntervals([3, 3, 3], [3, 4, 5], { level: 0.9, range: [1, 5] })
    expect(few.quantile).toBe(Infinity)
    expect(few.around(3)).toEqual({ low: 1, high: 5 })
    expect(conformalIntervals([3, 3, 3], [3, 4, 5], { level: 0.75, range: [1, 5] }).around(4)).toEqual({
      low: 2,
      high: 5,
    })
    expect(conformalIntervals([3], [4]).around(3)).toEqual({ low: -Infinity, high: Infinity })
  })

  it('refuse errors that are not above 0, and columns of different length', () => {
    expect(() => conformalIntervals([1], [1], { expectedError: [0] })).toThrowError(/'expectedError', row 0/)
    expect(() => conformalIntervals([1], [1], { expectedError: [NaN] })).toThrowError(/'expectedError', row 0/)
    expect(() => conformalIntervals([1], [1], { expectedError: [1, 1] })).toThrowError(/equal length/)
    expect(() => conformalIntervals([], [])).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    expect(() => conformalIntervals([NaN], [1])).toThrowError(/'predicted', row 0/)
    expect(() => conformalIntervals([1], [1], { level: 1 })).toThrowError(/'level'/)
    expect(() => conformalIntervals([1], [1], { range: [5, 1] })).toThrowError(/'range'/)
    const { around } = conformalIntervals([1], [1])
    expect(() => around(NaN)).toThrowError(/'prediction'/)
    expect(() => around(1, -1)).toThrowError(/'expectedError'/)
  })
})

describe('conformalQuantile', () => {
  it.each([
    [0.9, 9, 9],
    [0.9, 8, Infinity],
    [0.5, 1, 1],
    [0.7, 9, 7],
    // 100 x 0.55 is 55.00000000000001 in float64.
    [0.55, 99, 55],
    [0.3, 9, 3],
  ])('at %d of %d scores is the score %d', (level, count, expected) => {
    expect(
      conformalQuantile(
        Float64Array.from({ length: count }, (_, row) => count - row),
        level,
      ),
    ).toBe(expected)
  })
})

describe('conformalSets', () => {
  it.each([
    ['least-ambiguous', 0.8],
    ['least-ambiguous', 0.9],
    ['adaptive', 0.8],
    ['adaptive', 0.9],
  ] as const)('%s hold the truth with probability %d', (method, level) => {
    const { mean, error } = coverage(300, (random) => {
      const held = classes(random, 60)
      const { setOf } = conformalSets(asRows(held.shares), held.actual, { method, level })
      const asked = classes(random, 40)
      return asked.shares.map((row, at) => setOf(row).includes(asked.actual[at]))
    })
    expect(mean).toBeGreaterThan(level - 4 * error)
    // The best class is always in an adaptive set, which then holds more than it has to.
    expect(mean).toBeLessThan(level + 1 / 61 + 4 * error + (method === 'adaptive' ? 0.05 : 0))
  })

  it('are likeliest first; smaller where the shares are clear; never empty if adaptive', () => {
    const { shares, actual } = classes(seededRandom(6), 400)
    const adaptive = conformalSets(asRows(shares), actual, { method: 'adaptive', level: 0.6 })
    expect(adaptive.setOf([0.1, 0.7, 0.2, 0])[0]).toBe(1)
    expect(adaptive.setOf([0.97, 0.01, 0.01, 0.01]).length).toBeLessThanOrEqual(
      adaptive.setOf([0.25, 0.25, 0.25, 0.25]).length,
    )
    for (const row of shares) expect(adaptive.setOf(row).length).toBeGreaterThan(0)
    const least = conformalSets(asRows(shares), actual, { level: 0.3 })
    expect(least.setOf([0.25, 0.25, 0.25, 0.25])).toEqual([])
  })

  it('hold every class where labels are too few for the level', () => {
    for (const method of ['least-ambiguous', 'adaptive'] as const) {
      expect(conformalSets(asRows([[0.9, 0.1]]), [0], { method }).setOf([0.2, 0.8])).toEqual([1, 0])
    }
  })

  it('refuse no rows, and shares that are no numbers', () => {
    expect(() => conformalSets(ndarray(new Float64Array(0), [0, 2]), [])).toThrowError(
      expect.objectContaining({ code: 'EMPTY_DATA' }),
    )
    expect(() => conformalSets(asRows([[0.9, 0.1]]), [0]).setOf([NaN, 1])).toThrowError(/'share'/)
    expect(() => conformalSets(asRows([[0.9, 0.1]]), [0]).setOf([1])).toThrowError(/1 and 2 rows/)
    expect(() => conformalSets(asRows([[0.9, 0.1]]), [0]).setOf([2, -1])).toThrowError(/\[0, 1\]/)
    expect(() => conformalSets(asRows([[0.9, 0.1]]), [0], { method: 'aps' } as object)).toThrowError(/'method'/)
  })
})
