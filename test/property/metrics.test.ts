import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverage, gini } from '../../src/evaluate/summarise-lists.ts'
import { calibration, scoreLabels } from '../../src/evaluate/labels.ts'
import { scoreRanking } from '../../src/evaluate/ranking.ts'
import { mae, rmse } from '../../src/evaluate/score-ratings.ts'
import { giniByPairs, rankingMetricsBySets } from '../oracle/metrics.ts'

const item = fc.nat(15)
const list = fc.array(item, { maxLength: 12 })
const distinctList = fc.uniqueArray(item, { maxLength: 12 })
const relevant = fc.uniqueArray(item, { minLength: 1, maxLength: 10 }).map((items) => new Set(items))
const cutoff = fc.integer({ min: 1, max: 15 })

describe('ranking metrics', () => {
  it('agree with the set-based oracle, repeated items included', () => {
    fc.assert(
      fc.property(list, relevant, cutoff, (ranked, held, k) => {
        const scores = scoreRanking(ranked, held, k)
        const expected = rankingMetricsBySets(ranked.map(String), new Set([...held].map(String)), k)
        expect(Object.keys(scores)).toEqual(Object.keys(expected))
        for (const [name, value] of Object.entries(scores)) expect(value).toBeCloseTo(expected[name], 12)
      }),
    )
  })

  it('lie in [0, 1]', () => {
    fc.assert(
      fc.property(list, relevant, cutoff, (ranked, held, k) => {
        for (const value of Object.values(scoreRanking(ranked, held, k))) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1 + 1e-12)
        }
      }),
    )
  })

  it('are 1 for a list that begins with the held-out items', () => {
    fc.assert(
      fc.property(relevant, distinctList, (held, others) => {
        const ranked = [...held, ...others.filter((other) => !held.has(other))]
        const perfect = { recall: 1, precision: 1, ndcg: 1, map: 1, mrr: 1, 'hit-rate': 1 }
        expect(scoreRanking(ranked, held, held.size)).toEqual(perfect)
      }),
    )
  })

  it('do not depend on the order of the held-out items or on how items are numbered', () => {
    fc.assert(
      fc.property(distinctList, relevant, cutoff, fc.integer({ min: 1, max: 1000 }), (ranked, held, k, shift) => {
        const renumber = (row: number) => (row * 17 + shift) % 4001
        const renumbered = scoreRanking(ranked.map(renumber), new Set([...held].reverse().map(renumber)), k)
        expect(renumbered).toEqual(scoreRanking(ranked, held, k))
      }),
    )
  })

  it('count hits alike in any order of the first k, as recall, precision and hit rate do', () => {
    fc.assert(
      fc.property(distinctList, relevant, (ranked, held) => {
        const k = Math.max(1, ranked.length)
        const [there, back] = [scoreRanking(ranked, held, k), scoreRanking([...ranked].reverse(), held, k)]
        expect([back.recall, back.precision, back['hit-rate']]).toEqual([
          there.recall,
          there.precision,
          there['hit-rate'],
        ])
      }),
    )
  })

  it('never fall when a hit moves up by one rank', () => {
    fc.assert(
      fc.property(distinctList, relevant, cutoff, fc.nat(), (ranked, held, k, pick) => {
        const movable = ranked.findIndex((row, rank) => rank > pick % 6 && held.has(row) && !held.has(ranked[rank - 1]))
        fc.pre(movable > 0)
        const moved = [...ranked]
        moved.splice(movable - 1, 2, ranked[movable], ranked[movable - 1])
        const [before, after] = [scoreRanking(ranked, held, k), scoreRanking(moved, held, k)]
        for (const [name, value] of Object.entries(after)) {
          expect(value).toBeGreaterThanOrEqual(before[name as keyof typeof before] - 1e-12)
        }
      }),
    )
  })

  it('recall, hit rate and reciprocal rank never fall as k grows', () => {
    fc.assert(
      fc.property(list, relevant, cutoff, (ranked, held, k) => {
        const [near, far] = [scoreRanking(ranked, held, k), scoreRanking(ranked, held, k + 1)]
        expect(far.recall).toBeGreaterThanOrEqual(near.recall)
        expect(far['hit-rate']).toBeGreaterThanOrEqual(near['hit-rate'])
        expect(far.mrr).toBeGreaterThanOrEqual(near.mrr)
      }),
    )
  })
})

describe('catalogue metrics', () => {
  const exposure = fc.array(fc.nat(20), { minLength: 1, maxLength: 12 })

  it('gini agrees with the mean absolute difference and lies in [0, (n - 1) / n]', () => {
    fc.assert(
      fc.property(exposure, (counts) => {
        expect(gini(counts)).toBeCloseTo(giniByPairs(counts), 12)
        expect(gini(counts)).toBeGreaterThanOrEqual(-1e-12)
        expect(gini(counts)).toBeLessThanOrEqual((counts.length - 1) / counts.length + 1e-12)
      }),
    )
  })

  it('gini and coverage do not depend on the order of the items or the scale of exposure', () => {
    fc.assert(
      fc.property(exposure, fc.integer({ min: 1, max: 9 }), (counts, scale) => {
        const other = counts.map((count) => count * scale).reverse()
        expect(gini(other)).toBeCloseTo(gini(counts), 12)
        expect(coverage(other)).toBe(coverage(counts))
      }),
    )
  })
})

describe('label and rating metrics', () => {
  const pairs = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 30 })

  it('labels: bounded, micro F1 is accuracy, blind to names and to the order of the rows', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const score = (some: typeof rows, name: (label: number) => string) =>
          scoreLabels(
            some.map(([predicted]) => name(predicted)),
            some.map(([, actual]) => name(actual)),
          )
        const scores = score(rows, (label) => `class ${label}`)
        const other = score([...rows].reverse(), (label) => `kind ${9 - label}`)
        for (const name of ['accuracy', 'macroF1', 'microF1', 'balancedAccuracy'] as const) {
          expect(scores[name]).toBeGreaterThanOrEqual(0)
          expect(scores[name]).toBeLessThanOrEqual(1)
          expect(other[name]).toBeCloseTo(scores[name], 12)
        }
        expect(scores.microF1).toBe(scores.accuracy)
      }),
    )
  })

  it('calibration: the error is the gap of the means in one bin, and never falls when bins are halved', () => {
    const predictions = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(predictions, fc.integer({ min: 1, max: 8 }), (rows, bins) => {
        const confidence = rows.map(([value]) => value)
        const correct = rows.map(([, right]) => right)
        const error = (count: number) => calibration(confidence, correct, { bins: count }).expectedError
        const gap = rows.reduce((sum, [value, right]) => sum + value - Number(right), 0) / rows.length
        expect(error(1)).toBeCloseTo(Math.abs(gap), 10)
        expect(error(bins * 2)).toBeGreaterThanOrEqual(error(bins) - 1e-12)
      }),
    )
  })

  it('ratings: 0 <= MAE <= RMSE, and blind to a shift of both', () => {
    const ratings = fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 })), {
      minLength: 1,
    })
    fc.assert(
      fc.property(ratings, (rows) => {
        const [predicted, actual] = [rows.map(([x]) => x), rows.map(([, y]) => y)]
        expect(mae(predicted, actual)).toBeGreaterThanOrEqual(0)
        expect(rmse(predicted, actual)).toBeGreaterThanOrEqual(mae(predicted, actual) - 1e-12)
        const shift = (values: number[]) => values.map((value) => value + 7)
        expect(rmse(shift(predicted), shift(actual))).toBeCloseTo(rmse(predicted, actual), 12)
      }),
    )
  })
})
