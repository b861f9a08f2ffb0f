import { describe, expect, it } from 'vitest'
import { evaluationLines, type Report } from '../../../src/cli/evaluation-lines.ts'
import { balanceLines, predictionLines, scoreLines } from '../../../src/cli/rating-lines.ts'
import { DenseKeyIndex } from '../../../src/advanced.ts'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'
import type { RatingPredictions } from '../../../src/ratings/predict-ratings.ts'

describe('an evaluation for people', () => {
  const bucket = (from: number, to: number | null, users: number, ndcg: number) => ({
    ...{ from, to, users },
    metrics: { 'ndcg@5': ndcg, 'recall@5': ndcg / 2, 'map@5': 0.5 },
  })
  const evaluation = {
    splits: [{ users: 1000, items: 50, train: 9000, test: 800, hash: 'abc' }],
    byItemAge: [],
    coldUsers: null,
    perUser: { users: new Int32Array(2), metrics: { 'ndcg@5': Float64Array.of(0.2, 0.3) } },
    audit: { evaluatedUsers: 990, unknownUsers: 0, unknownItemPairs: 0, seenPairs: 0, unrankedUsers: 0 },
    metrics: { 'ndcg@5': 0.25, 'recall@5': 0.125, 'novelty@5': 12.5 },
    byActivity: [bucket(1, 4, 400, 0.2), bucket(5, 5, 90, 0.3), bucket(6, null, 500, 0.4)],
    sparsestTenth: bucket(1, 1, 99, 0.1),
  } as unknown as Report['evaluation']
  const report: Report = {
    ...{ method: 'rp3beta', options: { k: 5, neighbours: null }, evaluation, beside: [], published: null },
    times: { oldest: 1e9, newest: 1.1e9 },
    elapsedMs: 1260,
  }

  it('begins with what was compared', () => {
    expect(evaluationLines(report).slice(0, 9)).toEqual([
      'split    1,000 users, 50 items, 9,000 training and 800 test pairs, abc',
      'method   rp3beta, k 5, neighbours all',
      'users    990 evaluated',
      'elapsed  1.3 s',
      '',
      'metric     rp3beta',
      'ndcg@5      0.2500',
      'recall@5    0.1250',
      'novelty@5    12.50',
    ])
    const [, , first, second] = evaluationLines({ ...report, options: { recipe: DEFAULT_RECIPE } })
    expect(first).toMatch(/^recipe {3}low-pass/)
    expect(second).toMatch(/^ {9}exponents/)
  })

  it('goes on by activity, with recall and NDCG alone', () => {
    expect(evaluationLines(report).slice(9)).toEqual([
      '',
      'rp3beta by user activity',
      'training items    users  ndcg@5  recall@5',
      '1-4                 400  0.2000    0.1000',
      '5                    90  0.3000    0.1500',
      '6 and more          500  0.4000    0.2000',
      'sparsest 10 %: 1     99  0.1000    0.0500',
    ])
    const nothing = { ...evaluation, byActivity: [], sparsestTenth: null }
    expect(evaluationLines({ ...report, evaluation: nothing })).toHaveLength(9)
    expect(evaluationLines({ ...report, evaluation: { ...evaluation, sparsestTenth: null } })).toHaveLength(15)
  })

  it('has popularity beside the method', () => {
    const baseline = { ...evaluation, metrics: { 'ndcg@5': 0.11, 'recall@5': 0.12, 'novelty@5': 3 } }
    const lines = evaluationLines({ ...report, beside: [{ name: 'popularity', evaluation: baseline }] })
    expect(lines.slice(5, 9)).toEqual([
      'metric     rp3beta  popularity',
      'ndcg@5      0.2500      0.1100',
      'recall@5    0.1250      0.1200',
      'novelty@5    12.50      3.0000',
    ])
    expect(lines[9]).toBe('ndcg@5 minus that of popularity: +0.0000, 95 % interval +0.0000 to +0.0000')
    expect(lines[12]).toMatch(/^training items +users +ndcg@5 +recall@5 +popularity ndcg@5 +popularity recall@5$/)
    expect(lines[13]).toMatch(/^1-4 +400 +0\.2000 +0\.1000 +0\.2000 +0\.1000$/)
    expect(lines[16]).toMatch(/^sparsest 10 %: 1 +99 +0\.1000 +0\.0500 +0\.1000 +0\.0500$/)
  })

  it('has several methods side by side, the last of them baselines, and aligns what is between them', () => {
    const second = { ...evaluation, metrics: { 'ndcg@5': 0.3, 'recall@5': 0.1, 'novelty@5': 12 } }
    const lines = evaluationLines({
      ...report,
      beside: [
        { name: 'ease', options: { k: 5, lambda: 10 }, evaluation: second },
        { name: 'popularity', evaluation },
      ],
    })
    expect(lines.slice(1, 3)).toEqual(['method   rp3beta, k 5, neighbours all', 'method   ease, k 5, lambda 10'])
    expect(lines.slice(6, 8)).toEqual([
      'metric     rp3beta    ease  popularity',
      'ndcg@5      0.2500  0.3000      0.2500',
    ])
    expect(lines.slice(10, 12)).toEqual([
      'ndcg@5 of rp3beta minus that of ease:       +0.0000, 95 % interval +0.0000 to +0.0000',
      'ndcg@5 of rp3beta minus that of popularity: +0.0000, 95 % interval +0.0000 to +0.0000',
    ])
    expect(lines.slice(13, 16)).toEqual([
      'by user activity',
      'training items    users  rp3beta ndcg@5  ease ndcg@5  popularity ndcg@5',
      '1-4                 400          0.2000       0.2000             0.2000',
    ])
  })

  it('tells what is found of new and of old items, in days, and of users without training apart', () => {
    const group = (from: number | null, to: number | null, pairs: number, recall: number) => ({
      ...{ from, to, pairs },
      metrics: { 'recall@5': recall, 'places@5': recall / 2 },
    })
    const byItemAge = [group(null, null, 7, 0), group(0, 86_400, 300, 0.25), group(90_000, 8_640_000, 293, 0.5)]
    const timed = { ...evaluation, byItemAge, coldUsers: bucket(0, 0, 12, 0.05) }
    const lines = evaluationLines({
      ...report,
      evaluation: timed,
      beside: [{ name: 'popularity', evaluation: timed }],
    })
    expect(lines[13]).toMatch(/^none \(not in the means\) +12 +0\.0500 +0\.0250 +0\.0500 +0\.0250$/)
    expect(lines.slice(18)).toEqual([
      '',
      'rp3beta by age of the item when training ends',
      'age              test pairs  recall@5  places@5  popularity recall@5',
      'not in training           7    0.0000    0.0000               0.0000',
      '0s to 1d                300    0.2500    0.1250               0.2500',
      '1.04d to 100d           293    0.5000    0.2500               0.5000',
    ])
  })

  it('names the fingerprint of every window', () => {
    const splits = [...evaluation.splits, { ...evaluation.splits[0], hash: 'def' }]
    const lines = evaluationLines({ ...report, evaluation: { ...evaluation, splits } })
    expect(lines[1]).toBe('window 2 1,000 users, 50 items, 9,000 training and 800 test pairs, def')
    expect(lines[3]).toBe('users    990 evaluated, in each of their windows')
  })

  it('ends with notes on what does not compare, one for each kind that there is', () => {
    const audit = { ...evaluation.audit, unknownUsers: 1, unknownItemPairs: 2000, seenPairs: 3, unrankedUsers: 4 }
    const notes = evaluationLines({ ...report, evaluation: { ...evaluation, audit } }).slice(16)
    expect(notes).toEqual([
      '',
      'note: 1 test users are not in the training data and were left out',
      'note: 2,000 test pairs have an item that is not in the training data (--unknown-items)',
      'note: 3 test pairs are also in the training data (--seen-pairs)',
      'note: 4 test users received no list',
    ])
    const one = { ...evaluation.audit, seenPairs: 3 }
    expect(evaluationLines({ ...report, evaluation: { ...evaluation, audit: one } }).slice(16)).toHaveLength(2)
  })
})

describe('predicted ratings for people', () => {
  const gain = { difference: 0.02, low: 0.01, high: 0.03 }
  const predictions = {
    ...{ users: new DenseKeyIndex(2), items: new DenseKeyIndex(3) },
    ...{ user: Int32Array.of(0, 1), item: Int32Array.of(2, 0) },
    ...{ rating: Float32Array.of(4.126, 3), expectedError: Float32Array.of(0.5, 1.25) },
    ...{ reached: Uint8Array.of(1, 0), converged: true, residual: 0.000123 },
    labels: { signal: 'stars', count: 1200, mean: 3.456, scale: [1, 5] },
    balance: {
      ...{ decision: 'balanced', lambda: 0.3, reason: 'it helps' },
      curve: [
        { lambda: 0, loss: 1.44, gain: null },
        { lambda: 0.3, loss: 1.21, gain },
      ],
    },
  } as unknown as RatingPredictions

  it('are a table, which says what a mean is where there is one', () => {
    expect([...predictionLines(predictions)]).toEqual([
      'user  item  rating  give or take',
      '0     2       4.13          0.50',
      '1     0       3.00          1.25  mean',
      '\nmean: no rating is connected to this user and item; this is the mean of all ratings.',
    ])
    expect([...predictionLines({ ...predictions, reached: Uint8Array.of(1, 1) })]).toHaveLength(3)
  })

  it('come with how the evidence was judged', () => {
    expect(balanceLines(predictions)).toEqual([
      '1,200 ratings (stars), mean 3.46, from 1 to 5',
      'Evidence has weight 0.3 relative to a rating: it helps.',
      'weight  held-out RMSE  gain in squared error [95 %]',
      '0              1.2000',
      '0.3            1.1000       0.0200 [0.0100, 0.0300]',
    ])
    const { balance } = predictions
    const alone = { ...balance, decision: 'supervised', curve: balance.curve.slice(0, 1) } as typeof balance
    expect(balanceLines({ ...predictions, balance: alone, converged: false }).slice(1)).toEqual([
      'Only ratings are used: it helps.',
      'note: not converged, residual 0.00012; raise maxIterations',
    ])
  })

  it('are held against ratings that were held out, by what was known of the user', () => {
    const activity = (from: number, to: number | null, rmse: number) => ({
      from,
      to,
      ratings: 1500,
      rmse,
      mae: rmse / 2,
    })
    const byActivity = [activity(0, 0, 1.5), activity(1, 4, 1), activity(5, null, 0.5)]
    const scores = { ratings: 4500, rmse: 1.1, mae: 0.6, byActivity }
    expect(scoreLines({ scores, expected: 1.05, supervised: null })).toEqual([
      '4,500 held-out ratings; expected RMSE 1.0500',
      '',
      'metric  predicted',
      'RMSE       1.1000',
      'MAE        0.6000',
      '',
      'ratings of the user  held out    RMSE     MAE',
      '0                       1,500  1.5000  0.7500',
      '1-4                     1,500  1.0000  0.5000',
      '5 and more              1,500  0.5000  0.2500',
    ])
    const supervised = { ...scores, rmse: 1.2, mae: 0.7, byActivity: [activity(0, 0, 2), ...byActivity.slice(1)] }
    const lines = scoreLines({ scores, expected: 1, supervised })
    expect(lines.slice(3, 5)).toEqual(['RMSE       1.1000            1.2000', 'MAE        0.6000            0.7000'])
    expect(lines[7]).toMatch(/^0 +1,500 +1\.5000 +0\.7500 +2\.0000$/)
  })
})
