import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import { seededRandom } from '../../../src/support/random.ts'
import type { SignalsTuning } from '../../../src/tune/signals-search.ts'
import { tune } from '../../../src/tune/tune.ts'
import type { SignalsSearch } from '../../../src/tune/tune-options.ts'
import { coded } from '../../refusals.ts'
import { memory } from '../../logs.ts'

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

type Asked = Omit<SignalsSearch, 'search'>
const learn = (table: Interactions, asked: Asked = {}): SignalsTuning => tune(table, { search: 'signals', ...asked })

const noisy = shop(240, 30)
const options: Asked = { labels: ['buy'], k: 10, trials: 8, seed: 1 }

describe('tune of signals', () => {
  const found = learn(noisy, options)

  it('learns that noise weighs less, and says by how much that is better', () => {
    expect(found.decision).toBe('tuned')
    const { buy, shown } = found.best.signals ?? {}
    expect(shown.weight).toBeLessThan(buy.weight)
    expect(found.gain.low).toBeGreaterThan(0)
    expect(found.score - Number(found.defaultScore)).toBeCloseTo(found.gain.difference, 9)
    expect(found.scores.ndcg).toBe(found.score)
    expect(found.validation.examples).toBe(found.gain.users)
  })

  it('tries no transform where all values are alike', () => {
    const { trials } = learn(shop(24, 3), { labels: ['buy'], k: 5, trials: 12 })
    const transforms = trials.flatMap(({ options: { signals } }) =>
      Object.values(signals).map(({ transform }) => transform),
    )
    expect(new Set(transforms)).toEqual(new Set(['binary']))
  })

  it('gives options that any recommender takes', () => {
    expect(recommend(noisy, { ...found.best, users: ['u0'], k: 3 }).get('u0')).toHaveLength(3)
    expect(JSON.parse(JSON.stringify(found))).toEqual(found)
  })

  it('keeps the record of every trial, logs each as it goes, and goes on from its log to the same end', () => {
    const log = memory([])
    const told: number[] = []
    expect(learn(noisy, { ...options, log, onProgress: ({ done }) => told.push(done) })).toEqual(found)
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(log.lines).toHaveLength(1 + 8)
    for (const cut of [1, 4, 9])
      expect(learn(noisy, { ...options, log: memory(log.lines.slice(0, cut)) })).toEqual(found)
    const scores = found.trials.map(({ score }) => Number(score))
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    const first = found.trials.find(({ trial }) => trial === 0)
    expect(first?.options.signals).toMatchObject({ buy: { weight: 1 }, shown: { weight: 1 } })
    expect(found.best).toMatchObject(found.trials[0].options)
  })

  it('keeps the graph without weights where nothing is to be learnt', () => {
    const clean = shop(120, 0)
    const kept = learn(clean, { trials: 2, k: 10 })
    expect(kept.decision).toBe('default')
    expect(kept.best).toEqual({ method: 'graph-filter', signals: null, recipe: DEFAULT_RECIPE })
    expect(kept.scores).toEqual(kept.defaultScores)
    expect(kept.labels).toEqual(['buy'])
  })

  it('takes a validation table at its word, but for what the source holds, and trains on everything', () => {
    const validation = shop(240, 0)
    const given = learn(noisy, { ...options, trials: 1, validation })
    expect(given.validation.seenPairs).toBeGreaterThan(0)
    // Two users have nothing in it that the source does not hold.
    expect(given.validation).toMatchObject({ by: 'table', examples: 118 })
    expect(given.scores).not.toEqual(found.scores)
  })

  it('learns for the labels among the signals, for all that weigh where none is one, and for those that are named', () => {
    const few = shop(60, 3)
    const labelsOf = (asked: Asked): readonly string[] => learn(few, { trials: 1, k: 5, ...asked }).labels
    const evidence = { role: 'evidence', weight: 1 } as const
    expect(labelsOf({ signals: { buy: { role: 'label' }, shown: evidence } })).toEqual(['buy'])
    expect(labelsOf({ signals: { buy: evidence, shown: evidence } })).toEqual(['buy', 'shown'])
    expect(labelsOf({ signals: { buy: evidence, shown: { ...evidence, weight: -1 } } })).toEqual(['buy'])
    expect(labelsOf({ signals: { buy: { role: 'label' }, shown: evidence }, labels: ['shown'] })).toEqual(['shown'])
  })

  it('tries one weighing at least, whatever the budget', () => {
    expect(learn(noisy, { ...options, budgetMs: 0 })).toMatchObject({ stopped: 'budget', trials: { length: 1 } })
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
    expect(() => learn(noisy, wrong as Asked)).toThrow(coded(code))
  })

  it('refuses a table in which nothing can be held out', () => {
    const alone = fromColumns({ user: ['ann', 'bob'], item: ['tea', 'mug'] })
    expect(() => learn(alone)).toThrow(coded('EMPTY_DATA'))
  })
})
