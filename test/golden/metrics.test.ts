import { describe, expect, it } from 'vitest'
import { coverage, novelty } from '../../src/evaluate/summarise-lists.ts'
import { calibration, scoreLabels } from '../../src/evaluate/labels.ts'
import { hitsOf, ndcg, scoreRanking } from '../../src/evaluate/ranking.ts'
import { mae, rmse } from '../../src/evaluate/score-ratings.ts'

describe('published values (see PROVENANCE.md)', () => {
  it('Manning, Raghavan, Schütze, exercise 8.9', () => {
    const list = [...'RRNNNNNNRNRNNNRNNNNR'].map((letter, rank) => (letter === 'R' ? rank : 100 + rank))
    const relevant = new Set([...list.filter((item) => item < 100), 200, 201])
    const scores = scoreRanking(list, relevant, 20)
    expect(scores.precision).toBeCloseTo(0.3, 12)
    expect(scores.recall).toBeCloseTo(0.75, 12)
    expect(scores.map).toBeCloseTo((1 + 1 + 3 / 9 + 4 / 11 + 5 / 15 + 6 / 20) / 8, 12)
    expect(scores.mrr).toBe(1)
    expect(scores['hit-rate']).toBe(1)
  })

  it('Recommenders, ranking', () => {
    // Lists in order of the predicted scores.
    const cases = [
      { list: [3, 10, 12], relevant: [3, 1, 2] },
      { list: [10, 3, 5, 11, 13], relevant: [1, 4, 5, 6, 7] },
      { list: [4, 10, 7, 13, 1, 3, 5, 2, 11, 14], relevant: [2, 5, 6, 8, 9, 10, 11, 12, 13, 14] },
    ]
    const scores = cases.map(({ list, relevant }) => scoreRanking(list, new Set(relevant), 10))
    const mean = (name: 'precision' | 'recall' | 'ndcg' | 'map') =>
      scores.reduce((sum, score) => sum + score[name], 0) / scores.length
    expect(mean('precision')).toBeCloseTo(0.26666, 4)
    expect(mean('recall')).toBeCloseTo(0.37777, 4)
    expect(mean('ndcg')).toBeCloseTo(0.38172, 4)
    expect(mean('map')).toBeCloseTo(0.23613, 4)
  })

  it('NDCG by hand: hits at ranks 1 and 3, two held out', () => {
    expect(ndcg(hitsOf([5, 6, 7], new Set([5, 7])), 3, 2)).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3)), 12)
  })

  it('Recommenders, ratings', () => {
    const actual = [3, 3, 5, 5, 3, 3, 2, 1]
    const predicted = [14, 12, 7, 8, 13, 6, 11, 5]
    expect(rmse(predicted, actual)).toBeCloseTo(7.254309, 6)
    expect(mae(predicted, actual)).toBe(6.375)
  })

  it('Recommenders, catalogue', () => {
    const exposure = [1, 2, 1, 0, 2]
    const popularity = [1, 1, 2, 3, 1]
    expect(coverage(exposure)).toBe(0.8)
    expect(novelty(exposure, popularity, 8)).toBeCloseTo(2.83333, 5)
  })

  it('scikit-learn, f1_score', () => {
    const scores = scoreLabels([0, 2, 1, 0, 0, 1], [0, 1, 2, 0, 1, 2])
    expect(scores.macroF1).toBeCloseTo(0.8 / 3, 12)
    expect(scores.microF1).toBeCloseTo(1 / 3, 12)
    expect(scores.accuracy).toBeCloseTo(1 / 3, 12)
    expect([0, 1, 2].map((label) => scores.classes.get(label)!.f1)).toEqual([0.8, 0, 0])
    expect(scores.classes.get(0)).toMatchObject({ precision: 2 / 3, recall: 1, support: 2 })
  })

  it('scikit-learn, regression', () => {
    expect(rmse([2.5, 0.0, 2, 8], [3, -0.5, 2, 7])).toBeCloseTo(Math.sqrt(0.375), 12)
    expect(mae([2.5, 0.0, 2, 8], [3, -0.5, 2, 7])).toBe(0.5)
  })

  it('torchmetrics, calibration', () => {
    const { expectedError, maximumError } = calibration([0.25, 0.25, 0.55, 0.75, 0.75], [0, 0, 1, 1, 1], { bins: 2 })
    expect(expectedError).toBeCloseTo(0.29, 10)
    expect(maximumError).toBeCloseTo(0.3167, 4)
  })
})
