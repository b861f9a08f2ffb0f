import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { predictRatings, type RatingPredictions } from '../../src/ratings/predict-ratings.ts'
import type { PredictRatingsOptions } from '../../src/ratings/options.ts'
import { seededRandom } from '../../src/support/random.ts'
import { RATED, ratedTable, type RatedRow } from '../ratings.ts'

/** Labels and evidence on at most one row a pair and signal, so that their order cannot matter. */
const rows = fc
  .uniqueArray(
    fc.record({
      user: fc.integer({ min: 0, max: 7 }).map((user) => `u${user}`),
      item: fc.integer({ min: 0, max: 6 }).map((item) => `i${item}`),
      signal: fc.constantFrom('stars', 'view'),
      value: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: 2, maxLength: 40, selector: ({ user, item, signal }) => `${user} ${item} ${signal}` },
  )
  .filter((some) => some.some(({ signal }) => signal === 'stars'))

/** As many coordinates as there can be: which of them are found must not depend on chance. */
const EXACT = { signals: RATED, rank: 16, tolerance: 1e-9, balance: 0.5 } as const

/** Ratings and errors of all pairs. */
function predicted(some: readonly RatedRow[], options: PredictRatingsOptions = {}): Map<string, [number, number]> {
  const pairs = some.flatMap(({ user }) => some.map(({ item }) => [user, item] as const))
  return byPair(predictRatings.detailed(ratedTable(some), { ...EXACT, pairs, ...options }))
}

const byPair = ({
  users,
  items,
  user,
  item,
  rating,
  expectedError,
}: RatingPredictions): Map<string, [number, number]> =>
  new Map(
    Array.from(user, (row, at) => [`${users.keyOf(row)} ${items.keyOf(item[at])}`, [rating[at], expectedError[at]]]),
  )

function expectAlike(found: Map<string, [number, number]>, wanted: Map<string, [number, number]>): void {
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort())
  for (const [pair, [rating, error]] of found) {
    expect(Math.abs(rating - wanted.get(pair)![0])).toBeLessThan(2e-3)
    expect(Math.abs(error - wanted.get(pair)![1])).toBeLessThan(2e-3)
  }
}

const moved = (some: readonly RatedRow[], move: (value: number) => number): RatedRow[] =>
  some.map((row) => (row.signal === 'stars' ? { ...row, value: move(row.value) } : row))

describe('predicted ratings', () => {
  it('do not depend on how users and items are numbered, nor on the order of rows', () => {
    fc.assert(
      fc.property(rows, fc.integer(), (some, seed) => {
        expectAlike(predicted(seededRandom(seed).shuffle([...some])), predicted(some))
      }),
      { numRuns: 100 },
    )
  })

  it('move with the scale: by a sum, and by a factor with their errors', () => {
    const move = fc.record({ factor: fc.constantFrom(0.5, 2, 10), sum: fc.integer({ min: -20, max: 20 }) })
    fc.assert(
      fc.property(rows, move, (some, { factor, sum }) => {
        const found = predicted(moved(some, (value) => factor * value + sum))
        const back = [...found].map(([pair, [rating, error]]) => [pair, [(rating - sum) / factor, error / factor]])
        expectAlike(new Map(back as [string, [number, number]][]), predicted(some))
      }),
      { numRuns: 100 },
    )
  })

  it('stay on the scale, have an error and are finite, whatever the data', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom('auto' as const, 0, 1, 1000), (some, balance) => {
        for (const [rating, error] of predicted(some, { balance, scale: [1, 5] }).values()) {
          expect(rating).toBeGreaterThanOrEqual(1)
          expect(rating).toBeLessThanOrEqual(5)
          expect(error).toBeGreaterThan(0)
          expect(error).toBeLessThan(10)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('have the same bits twice', () => {
    fc.assert(
      fc.property(rows, (some) => {
        expect(predicted(some, { balance: 'auto' })).toEqual(predicted(some, { balance: 'auto' }))
      }),
      { numRuns: 20 },
    )
  })
})
