import { describe, expect, it } from 'vitest'
import type { Relations } from '../../../src/data/relation-options.ts'
import { Engine } from '../../../src/engine.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { CompiledRecommender } from '../../../src/recommend/compiled.ts'
import { resolvent, walk, type SpreadingOperator } from '../../../src/recommend/methods/operators.ts'
import { mix } from '../../../src/recommend/methods/recipe.ts'
import type { Person } from '../../../src/recommend/person.ts'
import type { Recommendation } from '../../../src/recommend/rankings.ts'
import { recommend, recommendFor, similarItems } from '../../../src/recommend/recommend.ts'
import { product, type Dense } from '../../oracle/linear-algebra.ts'
import { multipleOfIdentity, overSum } from '../../oracle/recommenders.ts'
import { relatedSpread } from '../../oracle/relations.ts'
import { ITEMS, related, USERS } from './related-table.ts'

const EXPONENTS = { userExponent: 0.3, itemExponent: 0.4, profileExponent: -0.2, popularityExponent: 0.1 }
const recipeOf = (operator: SpreadingOperator) =>
  mix([operator], { ...EXPONENTS, shortProfiles: 0, leaveOneOut: null, sweeps: 40 })

type DenseFilter = (x: Dense, noise: number) => Dense

const CASES: readonly [name: string, operator: SpreadingOperator, f: DenseFilter][] = [
  ['two steps', walk({ steps: 5 }), (x) => product(x, x)],
  ['a resolvent', resolvent({ lambda: 1 }), (x, noise) => overSum(x, multipleOfIdentity(x.length, noise))],
]

const { table, w, relations, dense } = related()
const all: Relations = {
  ...relations,
  age: {
    rows: Array.from({ length: USERS }, (_, user) => ({ user: `u${user}`, age: 20 + 10 * (user % 3) })),
    ...{ user: 'user', attribute: 'age', weight: 0.2 },
  },
  series: { rows: [{ a: 'i1', b: 'i14' }], item: 'a', other: 'b' },
}
// All of whose scores are above zero: nothing is cut off, neither for its size nor for its sign.
const recipe = recipeOf(walk({ steps: 5 }))
const compiled = compile(table, { relations: all, recipe })
const asked = { relations: all, recipe, k: ITEMS }

/** Those without interactions. */
const COLD = ['i13', 'i14']

/** The same items of the same scores, up to rounding. */
function expectNear(got: readonly Recommendation[], wanted: readonly Recommendation[]): void {
  const scores = new Map(wanted.map(({ item, score }) => [item, score]))
  expect(got.length).toBe(wanted.length)
  // Scores are linear in a profile, whose weights are on a scale of their own.
  const scale = wanted[0].score / got[0].score
  for (const { item, score, prior } of got) {
    expect(prior).toBeUndefined()
    expect(Math.abs(scale * score - (scores.get(item) ?? NaN)) / wanted[0].score, item).toBeLessThan(1e-3)
  }
}

describe('a compiled recommender with relations', () => {
  it.each(CASES)('scores as the dense definition says, items without interactions too: %s', (_, operator, f) => {
    const { genre } = relations
    const spread = relatedSpread(w, dense.slice(0, 1), EXPONENTS, f)
    const made = compile(table, { relations: { genre }, recipe: recipeOf(operator) })
    const scoreOf = (user: number, item: number): number =>
      // What would take off a score is left out of rows, and not of what arrives at values.
      w[user].reduce<number>((sum, taken, at) => {
        const part = at === item ? 0 : spread[at][item]
        return sum + taken * (COLD.includes(`i${item}`) ? part : Math.max(0, part))
      }, 0)
    for (const { user, items } of made.recommendAll(table, { k: ITEMS, exclude: 'none' })) {
      const row = Array.from({ length: ITEMS }, (_, item) => scoreOf(Number(user.slice(1)), item))
      const own = new Map(items.flatMap(({ item, score, prior }) => (prior ? [] : [[item, score] as const])))
      const most = Math.max(1e-9, ...row)
      row.forEach((score, item) => {
        expect(Math.abs((own.get(`i${item}`) ?? 0) - Math.max(0, score)) / most, `${user} i${item}`).toBeLessThan(2e-3)
      })
    }
  })

  it('gives somebody the list that she gets without it, whatever is known of her', () => {
    const people: Person[] = [
      { items: ['i1', 'i4', { item: 'i7', value: 2 }] },
      { items: ['i1', 'i14'] },
      { items: ['i13'], attributes: { age: 30 } },
      { attributes: { age: [20, '40'] } },
      { attributes: { genre: '0' } },
      { items: ['i3'], attributes: { genre: ['1', 4], age: 20 } },
    ]
    for (const person of people)
      expectNear(compiled.recommendFor(person, { k: ITEMS }), recommendFor(table, person, asked))
    expectNear(compiled.recommendFor(['i13'], { k: ITEMS }), similarItems(table, 'i13', asked))
    expect(compiled.relations).toEqual(['genre', 'series', 'friend', 'age'])
  })

  it('ranks the users of a table as without it where relations are of items', () => {
    const { genre } = relations
    const own = { relations: { genre }, recipe, k: ITEMS }
    const lists = recommend(table, own)
    for (const { user, items } of compile(table, { relations: { genre }, recipe }).recommendAll(table, { k: ITEMS }))
      if (user !== 'u11') expectNear(items, lists.get(user) ?? [])
  })

  it('loses no item without interactions by the cut, and says what adds to its score', () => {
    const cut = compile(table, { relations: all, recipe, entriesPerItem: 8 })
    const cold = { allow: COLD, k: 2 }
    for (const items of [['i1'], ['i2', 'i5', 'i9']]) {
      expectNear(cut.recommendFor(items, cold), recommendFor(table, items, { ...asked, ...cold }))
      for (const { item, score } of cut.recommendFor(items, cold)) {
        const why = cut.explain(items, item)
        expect(why.score / score).toBeCloseTo(1, 5)
        expect(why.contributions.length).toBe(items.length)
      }
    }
    const itself = compiled.recommendFor(['i1', 'i14'], { allow: ['i14'], exclude: 'none' })
    expect(itself[0].score).toBeCloseTo(compiled.recommendFor(['i1'], { allow: ['i14'] })[0].score, 5)
  })

  it('comes back from its bytes, and is the same on an engine and for any number of threads', async () => {
    const again = CompiledRecommender.decode(compiled.encode())
    const person = { items: ['i2'], attributes: { age: 20, genre: '4' } }
    expect(again.recommendFor(person, { k: ITEMS })).toEqual(compiled.recommendFor(person, { k: ITEMS }))
    expect(again.encode()).toEqual(compiled.encode())
    expect(JSON.parse(JSON.stringify(again))).toMatchObject({ relations: ['genre', 'series', 'friend', 'age'] })
    for (const threads of [1, 2]) {
      await using engine = await Engine.create(table, { relations: all, threads })
      expect((await engine.compile({ recipe })).encode()).toEqual(compiled.encode())
    }
    expect(compiled.fingerprint).toEqual(compile({ ...table, items: compiled.items }).fingerprint)
  })

  it('is renewed on another day', () => {
    const time = Float64Array.from(table.user, (_, row) => 86_400 * (row % 40))
    const timed = { ...table, time }
    const recency = { halfLife: 10 }
    // Rows that are cut leave out the average user, whom days change.
    const own = { relations: all, recipe, entriesPerItem: ITEMS - 1 }
    const made = compile(timed, { ...own, recency })
    const renewed = compile(timed, { ...own, recency: null }).withRecency(timed, { recency })
    const [one, other] = [made, renewed].map((some) => some.recommendFor(['i1', 'i2'], { k: ITEMS }))
    expectNear(other, one)
    expect(one.map(({ item }) => item)).not.toEqual(
      compiled.recommendFor(['i1', 'i2'], { k: ITEMS }).map(({ item }) => item),
    )
    expect(CompiledRecommender.decode(renewed.encode()).encode()).toEqual(renewed.encode())
  })

  it('is refused with a head, for friends, and for what is not known', () => {
    expect(() => compile(table, { relations, head: 4 })).toThrow(/option 'head': expected 0, .*got relations/)
    const refused = (person: Person, message: RegExp) => {
      expect(() => compiled.recommendFor(person)).toThrow(message)
    }
    refused({ attributes: { friend: 'u3' } }, /between two users.*a compiled recommender knows no users/)
    refused({ attributes: { series: 'i1' } }, /a relation between two items/)
    refused({ attributes: { age: 21 } }, /a value of relation 'age' known in this data/)
    expect(() => compile(table).recommendFor({ attributes: { age: 20 } })).toThrow(
      /a relation with that attribute, got none/,
    )
  })
})
