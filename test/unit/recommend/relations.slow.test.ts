import { describe, expect, it } from 'vitest'
import type { Relations } from '../../../src/data/relation-options.ts'
import { Engine } from '../../../src/engine.ts'
import { resolvent, walk, type SpreadingOperator } from '../../../src/recommend/methods/operators.ts'
import { mix } from '../../../src/recommend/methods/recipe.ts'
import { explain } from '../../../src/recommend/explain.ts'
import { recommend, recommendFor, similarItems, type RecommendOptions } from '../../../src/recommend/recommend.ts'
import type { Person } from '../../../src/recommend/person.ts'
import { product, type Dense } from '../../oracle/linear-algebra.ts'
import { multipleOfIdentity, overSum } from '../../oracle/recommenders.ts'
import { relatedScores, scoreParts } from '../../oracle/relations.ts'
import { ITEMS, related, USERS } from './related-table.ts'

const EXPONENTS = { userExponent: 0.3, itemExponent: 0.4, profileExponent: -0.2, popularityExponent: 0.1 }
const recipeOf = (operator: SpreadingOperator) =>
  mix([operator], { ...EXPONENTS, shortProfiles: 0, leaveOneOut: null, sweeps: 40 })

type DenseFilter = (x: Dense, noise: number) => Dense

/** q in f(P) = f(0) + P q(P) is last. */
const CASES: readonly [name: string, operator: SpreadingOperator, f: DenseFilter, before: DenseFilter][] = [
  ['two steps', walk({ steps: 5 }), (x) => product(x, x), (x) => x],
  [
    'a resolvent',
    resolvent({ lambda: 1 }),
    (x, noise) => overSum(x, multipleOfIdentity(x.length, noise)),
    (x, noise) => overSum(multipleOfIdentity(x.length, noise), x).map((row) => row.map((value) => value / noise)),
  ],
]

describe('a score with relations in parts', () => {
  it.each(CASES)('is what the dense definition says: %s', (_, operator, f, before) => {
    const { table, w, relations, dense, genres, pairs } = related()
    const options = { relations, recipe: recipeOf(operator) }
    for (const [user, item] of [
      [0, 3],
      [4, ITEMS - 1],
      [USERS - 1, 7],
    ]) {
      const expected = scoreParts(w, dense, EXPONENTS, { f, before, user, item })
      const { score, contributions, relations: parts } = explain(table, `u${user}`, `i${item}`, options)
      const whole = [...expected.sent, ...expected.arrived].reduce((sum, part) => sum + part, 0)
      const isNear = (part: number, wanted: number): void => {
        expect(Math.abs(part - wanted) / whole).toBeLessThan(2e-3)
      }
      isNear(score, whole)
      expect(contributions.length).toBe(w[user].filter(Boolean).length)
      for (const one of contributions) isNear(one.score, expected.sent[Number(one.item.slice(1))])
      const friends = pairs.filter((pair) => pair.split(' ').includes(String(user))).length
      expect(parts.length).toBe(friends + genres[item].length)
      for (const { relation, value, score: part } of parts) {
        if (relation === 'genre') isNear(part, expected.arrived[Number(value)])
        else {
          const [low, high] = [user, Number(value.slice(1))].sort((a, b) => a - b)
          isNear(part, expected.sent[ITEMS + pairs.indexOf(`${low} ${high}`)])
        }
      }
    }
  })

  it('sums to what stands in the list, of profiles that are completed and with what is recent too', async () => {
    const { table, relations } = related()
    const time = Float64Array.from(table.user, (_, row) => 86_400 * (row % 40))
    for (const [source, recency] of [
      [table, null],
      [{ ...table, time }, { halfLife: 10 }],
    ] as const) {
      await using engine = await Engine.create(source, { relations, threads: 1 })
      for (const [user, list] of await engine.recommend({ k: 5, recency })) {
        for (const { item, score } of list.filter(({ prior }) => prior === undefined)) {
          const why = await engine.explain(user, item, { recency })
          expect(why.score / score).toBeCloseTo(1, 4)
          const shares = [...why.contributions, ...why.relations].reduce((sum, { share }) => sum + share, 0)
          expect(shares).toBeCloseTo(1, 9)
          expect(why.relations.some(({ relation }) => relation === 'genre')).toBe(true)
        }
      }
    }
  })

  it('names nothing where relations weigh nothing, and says what the same user gets of each way of asking', async () => {
    const { table, relations } = related()
    const { genre } = relations
    expect(explain(table, 'u0', 'i3', { relations: { genre: { ...genre, weight: 0 } } })).toEqual(
      explain(table, 'u0', 'i3'),
    )
    await using engine = await Engine.create(table, { relations, threads: 2 })
    expect(await engine.explain('u0', 'i3')).toEqual(explain(table, 'u0', 'i3', { relations }))
    expect(() => explain(table, 'u0', 'i3', { relations, method: 'rp3beta' })).toThrow(/relations 'genre', 'friend'/)
    expect(() => explain(table, 'u0', 'i99', { relations })).toThrow(/an item known/)
  })
})

describe('relations in a recipe', () => {
  it.each(CASES)('score as the dense definition says: %s', (_, operator, f) => {
    const { table, w, relations, dense } = related()
    const expected = relatedScores(w, dense, EXPONENTS, f)
    const lists = recommend(table, { relations, recipe: recipeOf(operator), exclude: 'none', k: ITEMS })
    expect(lists.size).toBe(USERS)
    for (const [user, list] of lists) {
      const row = expected[Number(user.slice(1))]
      const total = Math.max(...row)
      expect(list.length).toBe(ITEMS)
      for (const { item, score, prior } of list) {
        // What scores nothing, or less, is filled up by popularity.
        const own = prior ? 0 : score
        expect(Math.abs(own - Math.max(0, row[Number(item.slice(1))])) / total).toBeLessThan(2e-3)
      }
    }
  })

  it('mean the same by their names, the scale of their values and the order of their rows', () => {
    const { table, relations } = related()
    const options = { recipe: recipeOf(walk({ steps: 5 })), k: 5 }
    const rows = [...(relations['genre'].rows ?? [])].flatMap((row) => {
      const { item, genre } = row as { item: string; genre: string }
      return genre.split('|').map((one) => ({ item, genre: `g${one}`, value: 7 }))
    })
    const renamed: Relations = {
      friend: relations['friend'],
      kind: { rows, item: 'item', attribute: 'genre', value: 'value', weight: 0.2 },
    }
    const [one, other] = [relations, renamed].map((some) => recommend(table, { ...options, relations: some }))
    for (const [user, list] of one) {
      const same = other.get(user) ?? []
      expect(same.map(({ item }) => item).sort()).toEqual(list.map(({ item }) => item).sort())
      list.forEach(({ score }, at) => expect(same[at].score / score).toBeCloseTo(1, 4))
    }
  })

  it('count repeated rows once, and say nothing where they weigh 0', () => {
    const { table, relations } = related()
    const { genre } = relations
    const listsWith = (own: RecommendOptions) => [...recommend(table, own)]
    const twice = { genre: { ...genre, rows: [...(genre.rows ?? []), ...(genre.rows ?? [])] } }
    expect(listsWith({ relations: twice })).toEqual(listsWith({ relations: { genre } }))
    expect(listsWith({ relations: { genre: { ...genre, weight: 0 } } })).toEqual(listsWith({}))
  })

  it('are in no list, and no activity', () => {
    const { table, relations } = related()
    const ids = new Set(Array.from({ length: ITEMS }, (_, item) => `i${item}`))
    for (const list of recommend(table, { relations, k: 100, exclude: 'none' }).values()) {
      expect(list.length).toBe(ITEMS)
      for (const { item } of list) expect(ids).toContain(item)
    }
    // Popularity counts interactions alone.
    const popular = (own: RecommendOptions) => recommend(table, { ...own, method: 'popularity', users: ['u0'], k: 5 })
    expect(popular({ relations })).toEqual(popular({}))
    // A user whom only friends know is one without items to the prior.
    expect(recommend(table, { relations, users: ['u11'], priorUpTo: 0, k: 1 }).get('u11')?.[0].prior).toBeUndefined()
    expect(recommend(table, { relations, users: ['u11'], priorUpTo: 1, k: 1 }).get('u11')?.[0].prior).toBe(true)
  })

  it('reach items and users without interactions, and say that these are taken up', async () => {
    const { table, relations } = related()
    await using engine = await Engine.create({ ...table, notes: ['as read'] }, { relations, threads: 1 })
    expect(engine.notes).toEqual([
      'as read',
      "relation 'genre': 2 items without interactions are added",
      "relation 'friend': 1 users without interactions are added",
    ])
    expect((await engine.similarItems('i13', { k: 3 })).every(({ prior }) => prior === undefined)).toBe(true)
    expect(similarItems(table, 'i13', { k: 3, relations })).toEqual(await engine.similarItems('i13', { k: 3 }))
    expect(recommendFor(table, ['i13'], { relations }).length).toBeGreaterThan(0)
  })

  it('give the same bits on any number of threads and both kernels', async () => {
    const { table, relations } = related()
    const lists = []
    for (const options of [{ threads: 1 }, { threads: 2 }, { kernel: 'typescript' as const, threads: 1 }]) {
      await using engine = await Engine.create(table, { relations, ...options })
      lists.push(await engine.recommend({ k: 6 }))
    }
    expect(lists[1]).toEqual(lists[0])
    expect(lists[2]).toEqual(lists[0])
  })

  it('are refused by what does not know them yet', async () => {
    const { table, relations } = related()
    await using engine = await Engine.create(table, { relations, threads: 1 })
    const refused = expect.objectContaining({ code: 'INVALID_OPTION', details: { option: 'relations' } })
    await expect(engine.recommend({ method: 'ease' })).rejects.toEqual(refused)
    await expect(engine.compile({ method: 'ease' })).rejects.toEqual(refused)
    await expect(engine.similarUsers('u0')).rejects.toEqual(refused)
    await expect(engine.labelSpreading({ seeds: [['u0', 'x']] })).rejects.toThrow('a graph in which genres are nodes')
    await expect(engine.tune()).rejects.toEqual(refused)
    expect(() => engine.forecastTune()).toThrow(refused as Error)
  })

  it('are refused for a recipe by whose exponents they could not be weighed', () => {
    const { table, relations } = related()
    const recipe = mix([walk()], { userExponent: 0 })
    expect(() => recommend(table, { relations, recipe })).toThrow(
      /relation 'genre': expected a userExponent of at least 0.05/,
    )
  })
})

describe('somebody who is described by attributes', () => {
  const { table, relations } = related()
  const ages = Array.from({ length: USERS }, (_, user) => ({
    user: `u${user}`,
    age: 20 + 10 * (user % 3),
    paid: user > 5,
  }))
  const all: Relations = {
    genre: relations['genre'],
    age: { rows: ages, user: 'user', attribute: 'age', weight: 0.2 },
    paid: { rows: ages, user: 'user', attribute: 'paid', weight: 0.1 },
    series: { rows: [{ a: 'i1', b: 'i2' }], item: 'a', other: 'b' },
  }
  const listOf = (person: Person, options: RecommendOptions = {}) =>
    recommendFor(table, person, { relations: all, k: ITEMS, ...options })

  const rowItem = (row: number): string => table.items.keyOf(table.item[row]).slice(1)

  it('gets what a user with the same attributes and items gets', () => {
    // Of whom nothing else is known: u11.
    expect(listOf({ attributes: { age: 40, paid: true } })).toEqual(
      recommend(table, { relations: all, k: ITEMS, users: ['u11'] }).get('u11'),
    )
    const items = [...table.user.keys()].filter((row) => table.user[row] === 4).map((row) => `i${rowItem(row)}`)
    const expected = recommend(table, { relations: all, k: ITEMS, users: ['u4'] }).get('u4') ?? []
    const got = listOf({ items, attributes: { age: '30', paid: [false] } })
    expect(got.map(({ item }) => item)).toEqual(expected.map(({ item }) => item))
    got.forEach(({ score }, at) => expect(score / expected[at].score).toBeCloseTo(1, 4))
  })

  it('likes what has a genre, each by its interactions, and is recommended that too, and what nobody took', () => {
    const horror = Array.from({ length: ITEMS }, (_, item) => item).filter((item) => item % 3 === 0)
    const degrees = Array.from({ length: ITEMS }, () => 0)
    for (const row of table.user.keys()) degrees[Number(rowItem(row))]++
    const mean = table.length / degrees.filter(Boolean).length
    const total = horror.reduce((sum, item) => sum + (degrees[item] || mean), 0)
    const entries = horror.map((item) => ({ item: `i${item}`, value: (degrees[item] || mean) / total }))
    const expected = recommendFor(table, entries, { relations: all, exclude: 'none', k: ITEMS })
    const got = listOf({ attributes: { genre: '0' } })
    expect(got.map(({ item }) => item)).toEqual(expected.map(({ item }) => item))
    got.forEach(({ score }, at) => expect(score / expected[at].score).toBeCloseTo(1, 4))
    const rest = listOf({ items: ['i3'], attributes: { genre: ['0', 1] } })
    expect(rest.map(({ item }) => item)).not.toContain('i3')
    expect(rest.length).toBe(ITEMS - 1)
    expect(listOf({ items: ['i3'], attributes: { genre: '0' } }, { exclude: 'none' }).length).toBe(ITEMS)
  })

  it('is led on by friends as these are tied', () => {
    const friendly = (attributes: Person['attributes']) => recommendFor(table, { attributes }, { relations, k: 5 })
    const one = friendly({ friend: 'u3' })
    expect(one.every(({ score, prior }) => score > 0 && prior === undefined)).toBe(true)
    expect(friendly({ friend: ['u3', 'u3'] }).map(({ item }) => item)).toEqual(one.map(({ item }) => item))
    expect(friendly({ friend: ['u3', 'u8'] })).not.toEqual(one)
  })

  it('is somebody by items where no attribute is given, and nobody where nothing is', async () => {
    expect(listOf({ items: ['i1'] })).toEqual(recommendFor(table, ['i1'], { relations: all, k: ITEMS }))
    expect(recommendFor(table, { items: ['i1'], attributes: {} })).toEqual(recommendFor(table, ['i1']))
    expect(listOf({})).toEqual(recommendFor(table, [], { relations: all, k: ITEMS }))
    expect(listOf({ attributes: { genre: [] } }).every(({ prior }) => prior)).toBe(true)
    await using engine = await Engine.create(table, { relations: all, threads: 1 })
    const person = { items: ['i2'], attributes: { age: 20, genre: '4' } }
    expect(await engine.recommendFor(person, { k: ITEMS })).toEqual(listOf(person))
  })

  it.each<[unknown, string, RegExp]>([
    [
      { attributes: { gener: '1' } },
      'UNKNOWN_KEY',
      /attribute 'gener': expected one of the relations.*Did you mean 'genre'/,
    ],
    [
      { attributes: { age: 41 } },
      'UNKNOWN_KEY',
      /a value of relation 'age' known in this data \(3 in total\), got 41.*'40'/,
    ],
    [{ attributes: { series: 'i1' } }, 'INVALID_OPTION', /a relation between two items.*Add the item to 'items'/],
    [{ attributes: [['age', 20]] }, 'INVALID_OPTION', /profile.*'attributes'/],
    [{ attributes: { age: null } }, 'UNKNOWN_KEY', /got null/],
    [{ attributes: { age: { from: 20 } } }, 'UNKNOWN_KEY', /a value of relation 'age'/],
    [{ items: ['i1'], atributes: {} }, 'UNKNOWN_OPTION', /attributes/],
    [{ items: 3 }, 'INVALID_OPTION', /'items'/],
    [{ items: ['i99'], attributes: { age: 20 } }, 'UNKNOWN_KEY', /an item known/],
    [null, 'INVALID_OPTION', /'profile'/],
  ])('is refused where something is not known: %j', (person, code, message) => {
    expect(() => listOf(person as Person)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })

  it('is refused without relations, and for friends whom nobody knows; what is dropped says nothing', () => {
    expect(() => recommendFor(table, { attributes: { age: 20 } })).toThrow(
      /expected a relation with that attribute, got none/,
    )
    const tied = { friend: { rows: [{ a: 'u1', b: 'u2' }], user: 'a', other: 'b' } }
    expect(() => recommendFor(table, { attributes: { friend: 'u3' } }, { relations: tied })).toThrow(/a user with ties/)
    expect(() => recommendFor(table, { attributes: { friend: 'u77' } }, { relations: tied })).toThrow(/a user known/)
    expect(listOf({ attributes: { age: 41, paid: true } }, { unknown: 'drop' })).toEqual(
      listOf({ attributes: { paid: true } }),
    )
  })
})
