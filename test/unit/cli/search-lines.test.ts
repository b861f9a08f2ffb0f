import { describe, expect, it } from 'vitest'
import { fitLines } from '../../../src/cli/fit-lines.ts'
import { tuningLines } from '../../../src/cli/tuning-lines.ts'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'
import type { Fit } from '../../../src/tune/fit.ts'
import type { Tuning } from '../../../src/tune/tune.ts'

const gain = { difference: 0.012, low: 0.004, high: 0.02, p: 0.01, level: 0.95, resamples: 2000, users: 1200 }

describe('a fit for people', () => {
  const fit: Fit = {
    ...{ recipe: DEFAULT_RECIPE, decision: 'fitted', gain, k: 20, users: 1200, seenPairs: 0, trials: 45 },
    validation: { recall: 0.3, ndcg: 0.212 },
    defaultValidation: { recall: 0.28, ndcg: 0.2 },
    baselines: [
      { method: 'item-knn', recall: 0.29, ndcg: 0.206, trials: 5, options: { neighbours: 20 } },
      { method: 'popularity', recall: 0.1, ndcg: 0.05, trials: 1, options: {} },
    ],
  }

  it('has what was tried beside each other, best first', () => {
    const lines = fitLines(fit)
    expect(lines[0]).toBe('45 trials, judged by held-out items of 1,200 users')
    expect(lines.slice(1, 8)).toEqual([
      '',
      'on validation   recall@20  ndcg@20  options',
      'fitted recipe      0.3000   0.2120',
      'item-knn           0.2900   0.2060  neighbours 20',
      'default recipe     0.2800   0.2000',
      'popularity         0.1000   0.0500',
      '',
    ])
  })

  it('says what was decided, and by how much', () => {
    const interval = '(+0.0040 to +0.0200, 95 % interval over the same users)'
    expect(fitLines(fit)).toContain(`The fitted recipe is taken: ndcg@20 +0.0120 against the default ${interval}.`)
    const kept = fitLines({ ...fit, decision: 'default', gain: { ...gain, difference: -0.001, low: -0.02 } })
    expect(kept).toContain(
      'The default recipe is kept: the best one found is not better by more than chance, ' +
        'ndcg@20 -0.0010 (-0.0200 to +0.0200, 95 % interval over the same users).',
    )
    expect(kept.join('\n')).not.toContain('fitted recipe')
  })

  it('says which pairs were left out, and only then', () => {
    const told = '1,500 pairs of the validation are in the training data: left out'
    expect(fitLines({ ...fit, seenPairs: 1500 })[1]).toBe(told)
    expect(fitLines(fit).join('\n')).not.toContain('left out')
  })
})

describe('a tuning for people', () => {
  const trial = (number: number, score: number | null, options: object) => ({
    ...{ trial: number, stage: 0, resource: 1500, options, score },
    error: score === null ? 'alpha: expected less' : null,
  })
  const tuning = {
    ...{ method: 'rp3beta', metric: 'ndcg@20', strategy: 'halving', stopped: null, gain },
    ...{ best: { alpha: 0.7, neighbours: null } },
    validation: { by: 'time', examples: 1500, heldOut: 23_000, seenPairs: 0 },
    trials: [
      trial(3, 0.31, { alpha: 0.7, neighbours: null }),
      trial(1, 0.3, { alpha: 0.9, kind: 'flat' }),
      trial(0, 0.2, { alpha: 1 }),
      trial(2, null, { alpha: 9 }),
    ],
  } as unknown as Tuning

  it('has the best trials and the defaults, which come last where they are not among them', () => {
    const lines = tuningLines(tuning, 2)
    expect(lines[0]).toBe('4 trials (halving), judged by ndcg@20 of 1,500 users, 23,000 interactions held out (time)')
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
    expect(tuningLines(tuning, 2)).toContain('1 trials failed, the first by: alpha: expected less')
    const { trials, validation } = tuning
    const good = { ...tuning, trials: trials.filter(({ error }) => error === null) }
    expect(tuningLines(good, 2).join('\n')).not.toMatch(/failed|budget|left out/)
    expect(tuningLines({ ...tuning, stopped: 'budget' }, 2)[0]).toMatch(
      /^4 trials \(halving\), stopped by the budget, /,
    )
    expect(tuningLines({ ...tuning, validation: { ...validation, seenPairs: 2 } }, 2)[1]).toBe(
      '2 pairs of the validation are in the training data: left out',
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
    expect(tuningLines({ ...tuning, gain: null }, 2).at(-3)).toMatch(/^The defaults failed/)
  })
})
