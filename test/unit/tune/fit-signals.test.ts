import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { fitSignals, type FitSignalsOptions, type SignalTrial } from '../../../src/tune/fit-signals.ts'

const coded = (code: string) => expect.objectContaining({ name: 'RivuletError', code }) as Error

/** Users buy in one of six groups of items; what they are shown, five times as much, is anything at all. */
function shop(users: number, noise: number): Interactions {
  const random = seededRandom(7)
  const rows = Array.from({ length: users }, (_, user) => {
    const own = (): number => 20 * (user % 6) + random.below(20)
    const any = (): number => random.below(120)
    return [
      ...Array.from({ length: 6 }, (__, time) => ({ user, item: own(), signal: 'buy', time: 10 * time + 9 })),
      ...Array.from({ length: noise }, (__, time) => ({ user, item: any(), signal: 'shown', time })),
    ]
  }).flat()
  return fromColumns({
    user: rows.map(({ user }) => `u${user}`),
    item: rows.map(({ item }) => `i${item}`),
    signal: rows.map(({ signal }) => signal),
    time: rows.map(({ time }) => time),
  })
}

const noisy = shop(240, 30)
const options: FitSignalsOptions = { labels: ['buy'], k: 10, trials: 8, seed: 1 }

describe('fitSignals', () => {
  const fit = fitSignals(noisy, options)

  it('learns that noise weighs less, and says by how much that is better', () => {
    expect(fit.decision).toBe('learnt')
    const { buy, shown } = fit.options.signals ?? {}
    expect(shown.weight).toBeLessThan(buy.weight)
    expect(fit.gain.low).toBeGreaterThan(0)
    expect(fit.validation.ndcg - fit.defaultValidation.ndcg).toBeCloseTo(fit.gain.difference, 9)
    expect(fit.users).toBe(fit.gain.users)
  })

  it('tries no transform where all values are alike', () => {
    const { trials } = fitSignals(shop(24, 3), { labels: ['buy'], k: 5, trials: 12 })
    const transforms = trials.flatMap(({ signals }) => Object.values(signals).map(({ transform }) => transform))
    expect(new Set(transforms)).toEqual(new Set(['binary']))
  })

  it('gives options that any recommender takes', () => {
    expect(recommend(noisy, { ...fit.options, users: ['u0'], k: 3 }).get('u0')).toHaveLength(3)
    expect(JSON.parse(JSON.stringify(fit))).toEqual(fit)
  })

  it('keeps the record of every trial, and tells it as it goes', () => {
    const heard: [SignalTrial, number][] = []
    const again = fitSignals(noisy, { ...options, onTrial: (trial, number) => void heard.push([trial, number]) })
    expect(again).toEqual(fit)
    expect(heard).toEqual(fit.trials.map((trial, number) => [trial, number]))
    expect(fit.trials).toHaveLength(8)
    expect(fit.trials[0].signals).toMatchObject({ buy: { weight: 1 }, shown: { weight: 1 } })
    const best = Math.max(...fit.trials.map(({ value }) => value))
    expect(fit.trials.find(({ value }) => value === best)).toMatchObject(fit.options)
  })

  it('keeps the graph without weights where nothing is to be learnt', () => {
    const clean = shop(120, 0)
    const kept = fitSignals(clean, { trials: 2, k: 10 })
    expect(kept.decision).toBe('default')
    expect(kept.options).toEqual({ signals: null, recipe: DEFAULT_RECIPE })
    expect(kept.validation).toEqual(kept.defaultValidation)
    expect(kept.labels).toEqual(['buy'])
  })

  it('takes a validation table at its word, but for what the source holds, and trains on everything', () => {
    const validation = shop(240, 0)
    const given = fitSignals(noisy, { ...options, trials: 1, validation })
    expect(given.seenPairs).toBeGreaterThan(0)
    // Two users have nothing in it that the source does not hold.
    expect(given.users).toBe(118)
    expect(given.validation).not.toEqual(fit.validation)
  })

  it('learns for the labels among the signals, for all that weigh where none is one, and for those that are named', () => {
    const few = shop(60, 3)
    const labelsOf = (asked: FitSignalsOptions): readonly string[] =>
      fitSignals(few, { trials: 1, k: 5, ...asked }).labels
    const evidence = { role: 'evidence', weight: 1 } as const
    expect(labelsOf({ signals: { buy: { role: 'label' }, shown: evidence } })).toEqual(['buy'])
    expect(labelsOf({ signals: { buy: evidence, shown: evidence } })).toEqual(['buy', 'shown'])
    expect(labelsOf({ signals: { buy: evidence, shown: { ...evidence, weight: -1 } } })).toEqual(['buy'])
    expect(labelsOf({ signals: { buy: { role: 'label' }, shown: evidence }, labels: ['shown'] })).toEqual(['shown'])
  })

  it('tries one weighing at least, whatever the budget', () => {
    expect(fitSignals(noisy, { ...options, budgetMs: 0 }).trials).toHaveLength(1)
  })

  it.each([
    [{ labels: ['bye'] }, 'INVALID_OPTION'],
    [{ labels: [] }, 'INVALID_OPTION'],
    [{ signals: { bye: 1 } }, 'UNKNOWN_KEY'],
    [{ signals: { buy: { transform: 'log' } } }, 'INVALID_OPTION'],
    [{ signals: { buy: 1 }, labels: ['shown'] }, 'INVALID_OPTION'],
    [{ trials: 0 }, 'INVALID_OPTION'],
    [{ trails: 3 }, 'UNKNOWN_OPTION'],
    [{ validationUsers: 1 }, 'INVALID_OPTION'],
  ])('refuses %o', (wrong, code) => {
    expect(() => fitSignals(noisy, wrong as FitSignalsOptions)).toThrow(coded(code))
  })

  it('refuses a table in which nothing can be held out', () => {
    const alone = fromColumns({ user: ['ann', 'bob'], item: ['tea', 'mug'] })
    expect(() => fitSignals(alone)).toThrow(coded('EMPTY_DATA'))
  })
})
