import { describe, expectTypeOf, it } from 'vitest'
import type {
  Engine,
  Explanation,
  Interactions,
  Labelling,
  PageRanks,
  Rankings,
  Recommendation,
  SimilarUser,
} from '../../src/index.ts'
import type { CompiledRecommender, Id } from '../../src/index.ts'
import {
  explain,
  labelSpreading,
  personalizedPageRank,
  predictRatings,
  recommend,
  recommendFor,
} from '../../src/index.ts'

declare const table: Interactions
declare const engine: Engine
declare const signal: AbortSignal
declare const compiled: CompiledRecommender

describe('recommend', () => {
  it('answers by user, and one list for somebody never seen', () => {
    expectTypeOf(recommend(table, { k: 3 })).toEqualTypeOf<Map<string, Recommendation[]>>()
    expectTypeOf(recommendFor(table, ['tea', { item: 'milk', value: 2 }])).toEqualTypeOf<Recommendation[]>()
    expectTypeOf(explain(table, 'ann', 'tea', { method: 'rp3beta', beta: 0.4 })).toEqualTypeOf<Explanation>()
    expectTypeOf<Recommendation['prior']>().toEqualTypeOf<true | undefined>()
  })

  it('refuses what a question has no use for', () => {
    // @ts-expect-error a method by another name
    recommend(table, { method: 'knn' })
    // @ts-expect-error one profile has no users
    recommendFor(table, ['tea'], { users: ['ann'] })
    // @ts-expect-error an explanation is of one item
    explain(table, 'ann', 'tea', { k: 3 })
    // @ts-expect-error functions cannot be cancelled
    recommend(table, { signal })
  })
})

describe('Engine', () => {
  it('answers the same, later', () => {
    expectTypeOf(engine.recommend({ users: ['ann'], k: 3, signal })).resolves.toEqualTypeOf<
      Map<string, Recommendation[]>
    >()
    expectTypeOf(engine.recommendFor(['tea'])).resolves.toEqualTypeOf<Recommendation[]>()
    expectTypeOf(engine.similarItems('tea')).resolves.toEqualTypeOf<Recommendation[]>()
    expectTypeOf(engine.similarItems(['tea', 7])).resolves.toEqualTypeOf<Map<string, Recommendation[]>>()
    expectTypeOf(engine.recommend).parameter(0).not.toHaveProperty('edge')
    expectTypeOf(engine.similarUsers('ann')).resolves.toEqualTypeOf<SimilarUser[]>()
    expectTypeOf(engine.rank()).resolves.toEqualTypeOf<Rankings>()
    expectTypeOf(engine.explain('ann', 'tea')).resolves.toEqualTypeOf<Explanation>()
    expectTypeOf(engine.labelSpreading({ seeds: [['ann', 1]] })).resolves.toEqualTypeOf<Labelling>()
    expectTypeOf(engine.personalizedPageRank({ seeds: ['ann'] })).resolves.toEqualTypeOf<PageRanks>()
    expectTypeOf(engine.personalizedPageRank({ seeds: null })).resolves.toEqualTypeOf<PageRanks>()
    expectTypeOf(engine).toExtend<AsyncDisposable>()
  })

  it('refuses options that belong to its making', () => {
    // @ts-expect-error the matrix is made already
    void engine.recommend({ users: ['ann'], weighted: true })
    // @ts-expect-error nobody else is explained
    void engine.explain('ann', 'tea', { users: ['bob'] })
  })
})

describe('ids', () => {
  it('are texts, numbers or bigints, wherever somebody gives them', () => {
    expectTypeOf<Id>().toEqualTypeOf<string | number | bigint>()
    const ids = new Set<Id>(['ann', 10, 10n])
    recommend(table, { users: ids, allow: [1, 2], deny: ids })
    recommendFor(table, [10, 10n, { item: 10n, value: 2 }], { deny: [10] })
    explain(table, 10, 20n)
    compiled.explain([10], 20)
    void compiled.recommendAll(table, { users: ids, deny: [1] })
    void [
      engine.recommend({ users: [1, 2] }),
      engine.rank({ users: ids }),
      engine.similarItems(10),
      engine.similarUsers(1),
      engine.explain(1, 2n),
    ]
    void engine.recommendAll({ users: [1] })
    predictRatings(table, {
      pairs: [
        [1, 'tea'],
        [2n, 10],
      ],
    })
    labelSpreading(table, {
      seeds: [
        [1, 'red'],
        [2n, 'blue'],
      ],
    })
    personalizedPageRank(table, { seeds: [1, 2n, ['ann', 0.5], [4, 0.5]] })
    // @ts-expect-error nothing else is an id
    recommend(table, { users: [true] })
  })
})

describe('seeds', () => {
  it('are labels, lists of labels, or weights', () => {
    labelSpreading(table, {
      seeds: [
        ['ann', 'red'],
        ['bob', [1, 'red']],
        ['cleo', { red: 0.5, blue: 0.5 }],
        ['dan', new Map<string | number, number>([[1, 0.5]])],
      ],
    })
    // @ts-expect-error a label is a text or a number
    labelSpreading(table, { seeds: [['ann', true]] })
  })
})
