import { describe, expectTypeOf, it } from 'vitest'
import type { Interactions } from '../../src/data/interactions.ts'
import type { SignalRules } from '../../src/data/signal-rules.ts'
import { inferSignals } from '../../src/data/infer-signals.ts'
import { recommend } from '../../src/recommend/recommend.ts'
import { tune } from '../../src/tune/tune.ts'

declare const table: Interactions

describe('signals', () => {
  it('are weights, rules or what the data says', () => {
    recommend(table, { signals: { buy: 1, view: { transform: 'log1p', weight: 0.2, halfLife: 30 } } })
    recommend(table, { signals: 'auto' })
    recommend(table, { signals: null })
    expectTypeOf(inferSignals(table)).toEqualTypeOf<SignalRules>()
  })

  it('refuse what no rule has', () => {
    // @ts-expect-error no such transform
    recommend(table, { signals: { buy: { transform: 'log' } } })
    // @ts-expect-error no such field
    recommend(table, { signals: { buy: { halflife: 1 } } })
    // @ts-expect-error no such word
    recommend(table, { signals: 'learn' })
  })

  it('are learnt as options that can be given back', () => {
    recommend(table, tune(table, { search: 'signals' }).best)
  })
})
