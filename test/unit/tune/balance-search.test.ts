import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import type { Interactions } from '../../../src/data/interactions.ts'
import { recommend } from '../../../src/recommend/recommend.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { tune } from '../../../src/tune/tune.ts'
import type { BalanceSearch } from '../../../src/tune/tune-options.ts'
import type { BalanceTuning } from '../../../src/tune/balance-search.ts'

/** Users of six tastes who bought some things of eight; they viewed things of their own taste, or of anybody's. */
function shop(viewed: 'own' | 'any', users = 120, purchases = 3): Interactions {
  const random = seededRandom(3)
  const rows = Array.from({ length: users }, (_, user) => {
    const taste = user % 6
    const things = random.shuffle(Array.from({ length: 8 }, (_, at) => `item${taste}-${at}`))
    const bought = things.slice(0, purchases).map((item) => ({ user: `u${user}`, item, event: 'buy' }))
    const views = Array.from({ length: 6 }, (_, at) => ({
      user: `u${user}`,
      item: viewed === 'own' ? things[3 + (at % 5)] : `item${random.below(6)}-${random.below(8)}`,
      event: 'view',
    }))
    return [...views.slice(0, 5), ...bought]
  }).flat()
  return fromRows(
    rows.map((row, time) => ({ ...row, time })),
    { user: 'user', item: 'item', signal: 'event', time: 'time' },
  )
}

const balanced = (table: Interactions, options: Omit<BalanceSearch, 'search'> = {}): BalanceTuning =>
  tune(table, { search: 'balance', ...options })

describe('tune of a balance', () => {
  it("keeps labels alone where views are anybody's", () => {
    const found = balanced(shop('any'), { resamples: 500 })
    expect(found).toMatchObject({ search: 'balance', decision: 'default', labels: ['buy'], evidence: ['view'] })
    expect(found.balance).toMatchObject({ decision: 'supervised', lambda: 0 })
    expect(found.best.signals.view.weight).toBe(0)
    expect(found.best.signals.buy.weight).toBe(1)
    expect(found.validation.examples).toBe(120)
  })

  it('takes views where they tell tastes, and hands the weights back', () => {
    const table = shop('own', 120, 2)
    const found = balanced(table, { signals: { buy: { role: 'label' }, view: { weight: 2 } }, resamples: 500 })
    expect([found.decision, found.balance.decision]).toEqual(['tuned', 'semi-supervised'])
    expect(found.best.signals.view.weight).toBe(2 * found.balance.lambda)
    expect(found.gain?.low).toBeGreaterThan(0)
    expect(recommend(table, { ...found.best, k: 3 }).size).toBe(120)
    expect(balanced(table, { signals: { buy: { role: 'label' }, view: { weight: 2 } }, resamples: 500 })).toEqual(found)
  })

  it('does not decide by few users, and says so', () => {
    const found = balanced(shop('own', 10))
    expect(found.balance).toMatchObject({ decision: 'supervised', reason: '10 validation examples are fewer than 20' })
  })

  it('needs a label and evidence', () => {
    const table = shop('own', 12)
    expect(() => balanced(table, { signals: { buy: { role: 'label' } } })).toThrowError(/'buy': label/)
    expect(() => balanced(table, { signals: { view: 1 } })).toThrowError(/role 'label'/)
    expect(() => balanced(table, { signals: { vew: 1 } })).toThrowError(/'view'/)
    expect(() => balanced(table, { signals: { buy: { role: 'label', weight: 0 }, view: 1 } })).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })

  it('refuses unknown options and weights out of range', () => {
    const table = shop('own', 12)
    expect(() => balanced(table, { lambdas: [-1] })).toThrowError(/'lambdas'/)
    expect(() => balanced(table, { lambda: 1 } as object)).toThrowError(/'lambdas'/)
    expect(() => balanced(table, { k: 0 })).toThrowError(/'k'/)
    expect(() => balanced(table, { options: { recipe: { operators: [] } as never } })).toThrowError(/operator/)
  })
})
