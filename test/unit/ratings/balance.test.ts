import { describe, expect, it } from 'vitest'
import { predictRatings } from '../../../src/ratings/predict-ratings.ts'
import type { RatingBalance } from '../../../src/ratings/balance.ts'
import type { PredictRatingsOptions } from '../../../src/ratings/options.ts'
import { RATED, ratedTable, ratedWorld, type RatedRow } from '../../ratings.ts'

const SIZE = { users: 120, items: 60, labels: 4, views: 12 }
const balanceOf = (rows: readonly (RatedRow | string)[], options: PredictRatingsOptions = {}): RatingBalance =>
  predictRatings.detailed(ratedTable(rows), { signals: RATED, rank: 8, pairs: [], ...options }).balance

describe('the balance of ratings', () => {
  it('takes evidence that helps', () => {
    const balance = balanceOf(ratedWorld({ ...SIZE, telling: true }))
    expect(balance.decision).toBe('semi-supervised')
    expect(balance.lambda).toBeGreaterThan(0)
    expect(balance.curve.map(({ lambda }) => lambda)).toEqual([0, 0.1, 0.3, 1])
    const losses = balance.curve.map(({ loss }) => loss)
    expect(Math.min(...losses.slice(1))).toBeLessThan(0.8 * losses[0])
    expect(balance.gain?.low).toBeGreaterThan(0)
  })

  it('keeps the supervised answer where evidence says nothing', () => {
    const decisions = [1, 2, 3, 4, 5].map((seed) => balanceOf(ratedWorld({ ...SIZE, telling: false, seed })))
    for (const { decision, lambda, curve } of decisions) {
      expect([decision, lambda, curve.length]).toEqual(['supervised', 0, 4])
    }
  })

  it('predicts then as if there were no evidence', () => {
    const rows = ratedWorld({ ...SIZE, telling: false })
    const options = { signals: RATED, rank: 8 }
    const auto = predictRatings.detailed(ratedTable(rows), options)
    const none = predictRatings.detailed(ratedTable(rows), { ...options, balance: 0 })
    expect(auto.rating).toEqual(none.rating)
  })

  it('is what it was told, and judges nothing', () => {
    const rows = ratedWorld({ ...SIZE, telling: true })
    const told = { reason: 'given', curve: [], gain: null, examples: 0, errorFactor: 1 }
    expect(balanceOf(rows, { balance: 0.7 })).toEqual({ decision: 'semi-supervised', lambda: 0.7, ...told })
    expect(balanceOf(rows, { balance: 0 })).toEqual({ decision: 'supervised', lambda: 0, ...told })
  })

  it('has nothing to weigh without evidence, but says how far off expected errors are', () => {
    const stars = ratedWorld({ ...SIZE, labels: 12, views: 0, telling: true })
    const balance = balanceOf(stars)
    expect(balance).toMatchObject({ decision: 'supervised', lambda: 0, reason: 'the data hold no evidence' })
    expect(balance.curve.map(({ lambda }) => lambda)).toEqual([0])
    expect(balance.errorFactor).not.toBe(1)
    expect(balanceOf(stars, { balance: 1 })).toMatchObject({ lambda: 0, reason: 'the data hold no evidence' })
  })

  it('holds labels out of users who have one each', () => {
    const rows = Array.from({ length: 40 }, (_, n) => [`u${n} i${n % 7} stars ${1 + (n % 5)}`, `u${n} i${n % 3} view`])
    expect(balanceOf(rows.flat()).examples).toBe(0.2 * 40)
  })

  it('does not judge by few labels, and is not carried away by their errors', () => {
    const rows = ['a x stars 5', 'a y stars 5', 'b x stars 5', 'b z stars 5', 'c z stars 1', 'c w view']
    const balance = balanceOf(rows, { seed: 2 })
    expect(balance).toMatchObject({ decision: 'supervised', lambda: 0, examples: 1 })
    for (let seed = 1; seed <= 6; seed++) {
      const { errorFactor } = balanceOf(rows, { seed, scale: [1, 5] })
      expect(errorFactor).toBeGreaterThan(0.5)
      expect(errorFactor).toBeLessThan(3)
    }
    expect(balanceOf(['a x stars 5', 'b x view'])).toMatchObject({
      reason: 'one label is too few to hold any out',
      errorFactor: 1,
    })
  })

  it('draws the held-out labels by its seed and share', () => {
    const rows = ratedWorld({ ...SIZE, telling: true })
    const lossOf = (options: PredictRatingsOptions): number => balanceOf(rows, options).curve[0].loss
    expect(lossOf({ seed: 1 })).toBe(lossOf({ seed: 1 }))
    expect(lossOf({ seed: 1 })).not.toBe(lossOf({ seed: 2 }))
    expect(lossOf({ validationFraction: 0.5 })).not.toBe(lossOf({}))
  })
})
