import { describe, expect, it } from 'vitest'
import { tuningLines } from '../../../src/cli/tuning-lines.ts'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'
import type { OptionsTuning } from '../../../src/tune/options-search.ts'
import type { RecipeTuning } from '../../../src/tune/recipe-search.ts'
import type { Tuning } from '../../../src/tune/tune.ts'

const gain = { difference: 0.012, low: 0.004, high: 0.02, p: 0.01, level: 0.95, resamples: 2000, users: 1200 }

describe('a tuning of a recipe for people', () => {
  const tuning: RecipeTuning = {
    ...{ search: 'recipe', method: 'graph-filter', metric: 'ndcg@20', decision: 'tuned', gain, stopped: 'trials' },
    best: { method: 'graph-filter', recipe: DEFAULT_RECIPE },
    ...{ score: 0.212, defaultScore: 0.2, share: 0.75, recency: null, average: null, profile: null },
    scores: { recall: 0.3, ndcg: 0.212 },
    defaultScores: { recall: 0.28, ndcg: 0.2 },
    validation: { by: 'random', examples: 1200, heldOut: 9000, seenPairs: 0 },
    trials: Array.from({ length: 40 }, (_, trial) => ({
      ...{ trial, resource: 1200, score: 0.2, error: null },
      options: { method: 'graph-filter', recipe: DEFAULT_RECIPE },
    })),
    baselines: [
      { method: 'item-knn', recall: 0.29, ndcg: 0.206, trials: 5, options: { neighbours: 20 } },
      { method: 'popularity', recall: 0.1, ndcg: 0.05, trials: 1, options: {} },
    ],
    leftOut: [],
  }

  it('has what was tried beside each other, best first', () => {
    const lines = tuningLines(tuning, 10)
    expect(lines[0]).toBe('40 trials, scored by ndcg@20 of 1,200 users, 9,000 interactions held out (random)')
    expect(lines.slice(1, 8)).toEqual([
      '',
      'on validation   recall@20  ndcg@20  options',
      'tuned recipe       0.3000   0.2120',
      'item-knn           0.2900   0.2060  neighbours 20',
      'default recipe     0.2800   0.2000',
      'popularity         0.1000   0.0500',
      '',
    ])
    const leftOut = [{ method: 'ease', why: 'the budget was spent' }] as const
    expect(tuningLines({ ...tuning, leftOut }, 10)[7]).toBe('left out: ease, the budget was spent')
  })

  it('says what was decided, and by how much', () => {
    const interval = '95 % interval over the same users'
    expect(tuningLines(tuning, 10)).toContain(
      `The best is better than the defaults by more than chance: ndcg@20 gains +0.0120 (+0.0040 to +0.0200, ${interval}).`,
    )
    expect(tuningLines(tuning, 10)).toContain('It is 75 % of the way from the default recipe to the best one found.')
    const kept = tuningLines(
      { ...tuning, decision: 'default', share: 0, gain: { ...gain, difference: -0.001, low: -0.02 } },
      10,
    )
    expect(kept).toContain(
      'The best is not better than the defaults by more than chance, and they are kept: ' +
        `ndcg@20 gains -0.0010 (-0.0200 to +0.0200, ${interval}).`,
    )
    expect(kept.join('\n')).not.toMatch(/tuned recipe|of the way|hangs on/)
    const doubted = tuningLines({ ...tuning, decision: 'default', share: 0 }, 10)
    expect(doubted).toContain('Its gain depends on whether popular or rare items are held out.')
  })
})

describe('a tuning of signals for people', () => {
  const rule = (weight: number, halfLife: number | null = null) => ({
    ...{ role: 'label', weight, transform: 'binary', halfLife },
  })
  const tuning = {
    ...{ search: 'signals', method: 'graph-filter', metric: 'ndcg@20', decision: 'tuned', gain, stopped: 'budget' },
    best: { method: 'graph-filter', signals: { buy: rule(1) } },
    validation: { by: 'leave-last-out', examples: 900, heldOut: 900, seenPairs: 0 },
    trials: [
      { trial: 1, resource: 900, score: 0.3, error: null, options: { signals: { buy: rule(1), view: rule(0.2, 60) } } },
      { trial: 0, resource: 900, score: 0.2, error: null, options: { signals: { buy: rule(1), view: rule(1) } } },
    ],
  } as unknown as Tuning

  it('has a column for each signal', () => {
    const lines = tuningLines(tuning, 10)
    expect(lines[0]).toMatch(/^2 trials, stopped by the budget, scored by ndcg@20 of 900 users/)
    expect(lines.slice(2, 5).map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'trial | score | buy | view',
      '1 | 0.3000 | 1 binary | 0.2 binary, halved every 60',
      'as given | 0.2000 | 1 binary | 1 binary',
    ])
  })
})

describe('a tuning of a balance for people', () => {
  const tuning = {
    ...{ search: 'balance', method: 'graph-filter', metric: 'ndcg@20', decision: 'default', gain, stopped: 'trials' },
    best: { method: 'graph-filter', signals: {} },
    validation: { by: 'random', examples: 90, heldOut: 90, seenPairs: 0 },
    trials: [{ trial: 0, resource: 90, score: 0.3, error: null, options: { lambda: 0 } }],
    balance: {
      reason: 'no weight lowers the loss',
      curve: [
        { lambda: 0, loss: 0.7, gain: null },
        { lambda: 0.5, loss: 0.8, gain: { ...gain, difference: -0.1, low: -0.2, high: 0 } },
      ],
    },
  } as unknown as Tuning

  it('has the curve and the reason', () => {
    const lines = tuningLines(tuning, 10)
    expect(lines.slice(2, 5).map((line) => line.trim().replace(/ {2,}/g, ' | '))).toEqual([
      'lambda | ndcg@20 | gain',
      '0 | 0.3000',
      '0.5 | 0.2000 | -0.1000 (-0.2000 to +0.0000)',
    ])
    expect(lines).toContain('Evidence is left out: no weight lowers the loss.')
  })
})

describe('a tuning of options for people', () => {
  const trial = (number: number, score: number | null, options: object) => ({
    ...{ trial: number, stage: 0, resource: 1500, options, score },
    error: score === null ? 'alpha: expected less' : null,
  })
  const tuning = {
    ...{ search: 'options', method: 'rp3beta', metric: 'ndcg@20', strategy: 'halving', stopped: null, gain },
    ...{ best: { alpha: 0.7, neighbours: null } },
    validation: { by: 'time', examples: 1500, heldOut: 23_000, seenPairs: 0 },
    trials: [
      trial(3, 0.31, { alpha: 0.7, neighbours: null }),
      trial(1, 0.3, { alpha: 0.9, kind: 'flat' }),
      trial(0, 0.2, { alpha: 1 }),
      trial(2, null, { alpha: 9 }),
    ],
  } as unknown as OptionsTuning

  it('has the best trials and the defaults, which come last where they are not among them', () => {
    const lines = tuningLines(tuning, 2)
    expect(lines[0]).toBe('4 trials (halving), scored by ndcg@20 of 1,500 users, 23,000 interactions held out (time)')
    expect(lines.slice(1, 6)).toEqual([
      '',
      'trial     ndcg@20  users  alpha  neighbours  kind',
      '3          0.3100  1,500    0.7        null',
      '1          0.3000  1,500    0.9              flat',
      'defaults   0.2000  1,500      1',
    ])
    expect(tuningLines(tuning, 3).slice(2, 6)).toEqual(lines.slice(2, 6))
    expect(
      tuningLines(tuning, 1)
        .slice(3, 5)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['3', 'defaults'])
  })

  it('says which trials failed, what stopped it and what was left out, and only then', () => {
    expect(tuningLines(tuning, 2)).toContain('1 trials failed, the first with: alpha: expected less')
    const { trials, validation } = tuning
    const good = { ...tuning, trials: trials.filter(({ error }) => error === null) }
    expect(tuningLines(good, 2).join('\n')).not.toMatch(/failed|budget|left out/)
    expect(tuningLines({ ...tuning, stopped: 'budget' }, 2)[0]).toMatch(
      /^4 trials \(halving\), stopped by the budget, /,
    )
    expect(tuningLines({ ...tuning, validation: { ...validation, seenPairs: 2 } }, 2)[1]).toBe(
      '2 validation pairs are also in the training data: left out',
    )
  })

  it('says what was gained over the defaults, and ends with options to give back', () => {
    const lines = tuningLines(tuning, 2)
    const interval = '95 % interval over the same users'
    expect(lines.at(-3)).toBe(
      `The best is better than the defaults by more than chance: ndcg@20 gains +0.0120 (+0.0040 to +0.0200, ${interval}).`,
    )
    expect(lines.at(-1)).toBe(`--options '{"alpha":0.7,"neighbours":null}'`)
    const chance = tuningLines({ ...tuning, gain: { ...gain, difference: 0, low: 0 } }, 2)
    expect(chance.at(-3)).toBe(
      `The best is not better than the defaults by more than chance: ndcg@20 gains +0.0000 (+0.0000 to +0.0200, ${interval}).`,
    )
    expect(tuningLines({ ...tuning, gain: null }, 2).at(-3)).toMatch(/^The trial of the defaults failed/)
  })
})
