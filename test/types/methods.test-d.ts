import { describe, expectTypeOf, it } from 'vitest'
import { compile, explain, recommend, recommendFor, similarItems } from '../../src/index.ts'
import type {
  Engine,
  Interactions,
  ListOptions,
  MethodName,
  RecommenderOptions,
  RecommendOptions,
} from '../../src/index.ts'
import { score } from '../../src/advanced.ts'

declare const table: Interactions
declare const engine: Engine
declare const method: MethodName
declare const options: RecommenderOptions
declare const lists: ListOptions
declare const isFast: boolean

describe('the options of a method', () => {
  it('are its own', () => {
    recommend(table, { method: 'rp3beta', alpha: 0.9, beta: 0.3, neighbours: null, k: 3 })
    recommend(table, { method: 'item-knn', neighbours: 50, shrink: 10 })
    recommend(table, { method: 'ease', lambda: 100 })
    recommend(table, { exact: true })
    recommend(table, { method: undefined, exact: undefined, k: undefined })
    compile(table, { method: 'p3alpha', neighbours: 20 })
    recommendFor(table, ['tea'], { method: 'label-spreading', alpha: 0.5 })
    void engine.rank({ users: ['ann'], method: 'ease', lambda: 10 })
  })

  it('are none of another', () => {
    // @ts-expect-error 'lambda' is of ease
    recommend(table, { method: 'rp3beta', lambda: 100 })
    // @ts-expect-error 'alpha' is of walks and label spreading
    recommend(table, { method: 'ease', alpha: 0.9 })
    // @ts-expect-error 'beta' is of rp3beta
    recommend(table, { beta: 0.3 })
    // @ts-expect-error popularity has no options
    recommend(table, { method: 'popularity', exact: true })
    // @ts-expect-error item-knn keeps some neighbours
    recommend(table, { method: 'item-knn', neighbours: null })
    // @ts-expect-error 'lambda' is of ease
    compile(table, { method: 'p3alpha', lambda: 20 })
    // @ts-expect-error 'lambda' is of ease
    explain(table, 'ann', 'tea', { method: 'rp3beta', lambda: 1 })
    // @ts-expect-error 'shrink' is of item-knn
    similarItems(table, 'tea', { method: 'ease', shrink: 1 })
    // @ts-expect-error 'shrink' is of item-knn
    score(table, [], { method: 'ease', shrink: 1 })
    // @ts-expect-error 'lambda' is of ease
    void engine.recommend({ method: 'rp3beta', lambda: 100 })
    // @ts-expect-error 'lambda' is of ease
    void engine.recommendFor(['tea'], { method: 'rp3beta', lambda: 100 })
  })

  it('are known where the method is', () => {
    if (options.method === 'ease') expectTypeOf(options.lambda).toEqualTypeOf<number | undefined>()
    if (lists.method === 'item-knn') expectTypeOf(lists.neighbours).toEqualTypeOf<number | undefined>()
    if (lists.method === 'rp3beta') expectTypeOf(lists.neighbours).toEqualTypeOf<number | null | undefined>()
    if (options.method === undefined) expectTypeOf(options.exact).toEqualTypeOf<boolean | undefined>()
    // @ts-expect-error nobody knows yet which method it is
    expectTypeOf(options.lambda)
  })

  it('are completed by the names of its own', () => {
    type Own<Name> = keyof Extract<RecommenderOptions, { readonly method: Name }>
    expectTypeOf<Exclude<Own<'ease'>, 'method' | 'recency' | 'now'>>().toEqualTypeOf<'lambda'>()
    expectTypeOf<Exclude<Own<'popularity'>, 'method' | 'recency' | 'now'>>().toEqualTypeOf<never>()
  })

  it('go with a method that is chosen later, and with options that are made elsewhere', () => {
    recommend(table, { method, k: 3 })
    recommend(table, { method: isFast ? 'p3alpha' : 'ease' })
    recommend(table, { ...options, k: 3 })
    void engine.recommend({ ...lists, users: ['ann'] })
    const asked: RecommendOptions = { ...lists, weighted: true }
    recommend(table, asked)
    type Mine = RecommendOptions & { readonly shop: string }
    expectTypeOf<Mine>().toExtend<RecommendOptions>()
  })
})
