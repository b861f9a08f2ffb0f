import { describe, expectTypeOf, it } from 'vitest'
import type {
  BalanceTuning,
  Engine,
  Interactions,
  MethodName,
  ObjectiveTuning,
  OptionsTuning,
  RecipeTuning,
  RecommenderOptions,
  SignalsTuning,
  Tuning,
} from '../../src/index.ts'
import { tuneModel, type ModelTuning } from '../../src/advanced.ts'
import { fit, labelSpreading, predictRatings, recommend, tune } from '../../src/index.ts'

declare const table: Interactions
declare const engine: Engine
declare const method: MethodName

describe('tune', () => {
  it('gives what the method takes', () => {
    const recommender = tune(table, { method: 'rp3beta', options: { beta: 0.3 } })
    expectTypeOf(recommender).toEqualTypeOf<OptionsTuning<'rp3beta'>>()
    expectTypeOf(recommender.best).toEqualTypeOf<RecommenderOptions<'rp3beta'>>()
    recommend(table, { ...recommender.best, k: 3 })
    predictRatings(table, tune(table, { method: 'predictRatings' }).best)
    labelSpreading(table, tune(table, { method: 'labelSpreading', options: { seeds: [['a', 'x']] } }).best)
    expectTypeOf(tune(table)).toEqualTypeOf<OptionsTuning<'graph-filter'>>()
    expectTypeOf(engine.tune({ method: 'ease' })).resolves.toEqualTypeOf<OptionsTuning<'ease'>>()
  })

  it('takes the options of the method, and of the order of profiles and what is recent', () => {
    tune(table, { options: { exact: true, profileHalfLife: 30, recency: null } })
    tune(table, { method: 'ease', options: { lambda: 100, recency: { halfLife: '7d' } } })
    tune(table, { search: 'balance', method: 'ease', options: { lambda: 3 } })
    tune(table, { search: 'balance', options: { exact: true } })
    tune(table, { method })
  })

  it('refuses options of other methods', () => {
    // @ts-expect-error lambda is an option of ease
    void tune(table, { method: 'rp3beta', options: { lambda: 100 } })
    // @ts-expect-error beta is an option of rp3beta
    void tune(table, { options: { beta: 0.3 } })
    // @ts-expect-error alpha is an option of walks
    void tune(table, { search: 'balance', method: 'ease', options: { alpha: 0.9 } })
    // @ts-expect-error alpha is an option of walks
    void engine.tune({ method: 'ease', options: { alpha: 0.9 } })
    // @ts-expect-error seeds are of those that label nodes
    void tune(table, { method: 'rp3beta', options: { seeds: 'label' } })
    // @ts-expect-error a method by another name
    void tune(table, { method: 'svd' })
    // @ts-expect-error a range needs two ends
    void tune(table, { method: 'ease', space: { lambda: { uniform: [1] } } })
  })
})

describe('the searches of tune', () => {
  it('are told apart by name, and give options to give back', () => {
    expectTypeOf(tune(table, { search: 'recipe', baselines: [] })).toEqualTypeOf<RecipeTuning>()
    expectTypeOf(tune(table, { search: 'signals', labels: ['buy'] })).toEqualTypeOf<SignalsTuning>()
    expectTypeOf(tune(table, { search: 'balance', lambdas: [1] })).toEqualTypeOf<BalanceTuning>()
    expectTypeOf(engine.tune({ search: 'recipe' })).resolves.toEqualTypeOf<RecipeTuning>()
    expectTypeOf(engine.tune({ search: 'signals' })).resolves.toEqualTypeOf<SignalsTuning>()
    expectTypeOf(engine.tune({ search: 'balance' })).resolves.toEqualTypeOf<BalanceTuning>()
    recommend(table, tune(table, { search: 'recipe' }).best)
    recommend(table, tune(table, { search: 'signals' }).best)
    recommend(table, tune(table, { search: 'balance' }).best)
    const any = tune(table) as Tuning
    if (any.search === 'recipe') expectTypeOf(any).toEqualTypeOf<RecipeTuning>()
    expectTypeOf(any.decision).toEqualTypeOf<'tuned' | 'default'>()
  })

  it('refuse options of other searches', () => {
    // @ts-expect-error labels belong to signals
    void tune(table, { search: 'recipe', labels: ['buy'] })
    // @ts-expect-error a space belongs to options
    void tune(table, { search: 'balance', space: { alpha: [1] } })
    // @ts-expect-error no such search
    void tune(table, { search: 'grid' })
    // @ts-expect-error another name now
    fit(table)
  })
})

describe('tuneModel', () => {
  it('gives options of the shape that it is trained by', () => {
    interface Own {
      readonly factors?: number
    }
    const train = (train: Interactions, { factors = 8 }: Own) => ({
      recommend: (users: string[], k: number) => recommend(train, { users, k: Math.min(k, factors) }),
    })
    const asked = tuneModel(train, table, { space: { factors: { integer: [8, 64] } }, metric: 'recall' })
    expectTypeOf(asked).resolves.toEqualTypeOf<ModelTuning<Own>>()
    // @ts-expect-error nothing to search
    void tuneModel(train, table, {})
    // @ts-expect-error no metric of lists
    void tuneModel(train, table, { space: {}, metric: 'rmse' })
  })
})

describe('tune by an objective of your own', () => {
  it('gives options of the shape that are scored', () => {
    interface Own {
      readonly x?: number
    }
    const asked = tune(({ x = 0 }: Own) => [x], { space: { x: [1, 2] } })
    expectTypeOf(asked).resolves.toEqualTypeOf<ObjectiveTuning<Own>>()
    // @ts-expect-error nothing to search
    void tune(({ x = 0 }: Own) => [x], {})
  })
})
