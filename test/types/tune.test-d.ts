import { describe, expectTypeOf, it } from 'vitest'
import type { Engine, Interactions, RecommenderOptions, Search, Tuning } from '../../src/index.ts'
import { labelSpreading, predictRatings, recommend, searchOptions, tune } from '../../src/index.ts'

declare const table: Interactions
declare const engine: Engine

describe('tune', () => {
  it('gives what the method takes', () => {
    const recommender = tune(table, { method: 'rp3beta', options: { beta: 0.3 } })
    expectTypeOf(recommender).toEqualTypeOf<Tuning<'rp3beta'>>()
    expectTypeOf(recommender.best).toEqualTypeOf<RecommenderOptions>()
    recommend(table, { ...recommender.best, k: 3 })
    predictRatings(table, tune(table, { method: 'predictRatings' }).best)
    labelSpreading(table, tune(table, { method: 'labelSpreading', options: { seeds: [['a', 'x']] } }).best)
    expectTypeOf(tune(table)).toEqualTypeOf<Tuning<'graph-filter'>>()
    expectTypeOf(engine.tune({ method: 'ease' })).resolves.toEqualTypeOf<Tuning<'ease'>>()
  })

  it('refuses options of other methods', () => {
    // @ts-expect-error seeds are of those that label nodes
    tune(table, { method: 'rp3beta', options: { seeds: 'label' } })
    // @ts-expect-error a method by another name
    tune(table, { method: 'svd' })
    // @ts-expect-error a range needs two ends
    tune(table, { method: 'ease', space: { lambda: { uniform: [1] } } })
  })
})

describe('searchOptions', () => {
  it('gives options of the shape that are scored', () => {
    interface Own {
      readonly x?: number
    }
    const asked = searchOptions<Own>({ space: { x: [1, 2] }, evaluate: ({ x = 0 }) => [x] })
    expectTypeOf(asked).resolves.toEqualTypeOf<Search<Own>>()
    // @ts-expect-error nothing to score by
    void searchOptions<Own>({ space: { x: [1] } })
  })
})
