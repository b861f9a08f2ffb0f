import { describe, expect, it } from 'vitest'
import { mae, rmse, scoreRatings } from '../../../src/evaluate/score-ratings.ts'

const predicted = [4, 3, 5, 2, 1]
const actual = [5, 3, 4, 4, 1]

describe('scoreRatings', () => {
  it('is RMSE and MAE over all', () => {
    const scores = { ratings: 5, rmse: rmse(predicted, actual), mae: mae(predicted, actual), byActivity: [] }
    expect(scoreRatings(predicted, actual)).toEqual(scores)
    expect(scores.rmse).toBeCloseTo(Math.sqrt(6 / 5), 12)
  })

  it('is the same of every group of activity', () => {
    const { byActivity, ...all } = scoreRatings(predicted, actual, { activity: [0, 3, 70, 4, 50] })
    expect(all.ratings).toBe(5)
    expect(byActivity).toEqual([
      { from: 0, to: 0, ratings: 1, rmse: 1, mae: 1 },
      { from: 1, to: 4, ratings: 2, rmse: Math.sqrt(2), mae: 1 },
      { from: 50, to: null, ratings: 2, rmse: Math.sqrt(0.5), mae: 0.5 },
    ])
    const square = byActivity.reduce((sum, group) => sum + group.ratings * group.rmse ** 2, 0)
    expect(Math.sqrt(square / 5)).toBeCloseTo(all.rmse, 12)
  })

  it('has the groups that it is told', () => {
    const { byActivity } = scoreRatings(predicted, actual, { activity: [0, 3, 70, 4, 50], buckets: [0, 4] })
    expect(byActivity.map(({ from, to, ratings }) => [from, to, ratings])).toEqual([
      [0, 3, 2],
      [4, null, 3],
    ])
  })

  it.each<[string, number[], object, RegExp]>([
    ['no rating', [], {}, /got 0 and 5 rows/],
    ['too few activities', predicted, { activity: [1] }, /'activity'.*got 5 and 1/],
    ['an activity that is none', predicted, { activity: [1, 2, NaN, 3, 4] }, /'activity', row 2/],
    ['edges that fall', predicted, { buckets: [5, 1] }, /'buckets'/],
    ['an unknown option', predicted, { activities: [] }, /Did you mean 'activity'/],
    ['a prediction that is none', [1, 2, 3, 4, NaN], {}, /'predicted', row 4/],
  ])('refuses %s', (_, wrong, options, message) => {
    expect(() => scoreRatings(wrong, actual, options)).toThrowError(message)
  })
})
