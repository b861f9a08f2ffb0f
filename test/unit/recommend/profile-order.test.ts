import { beforeAll, describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import { Engine } from '../../../src/engine.ts'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { buildCsr } from '../../../src/matrix/build.ts'
import { compile } from '../../../src/recommend/compile.ts'
import { explain } from '../../../src/recommend/explain.ts'
import { METHOD_NAMES } from '../../../src/recommend/methods/methods.ts'
import { placeFactor, placesOf } from '../../../src/recommend/profile-order.ts'
import { recommend, recommendFor } from '../../../src/recommend/recommend.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { Catalogue } from '../../../src/recommend/catalogue.ts'
import { resolveList } from '../../../src/recommend/request.ts'
import { solveInThread } from '../../../src/run/in-thread.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'

const COLUMNS = { user: 'user', item: 'item', time: 'time' } as const

/** Users with ten to twenty items each, the first of them at one time. */
function timedRows() {
  const random = seededRandom(4)
  return Array.from({ length: 40 }, (_, user) =>
    Array.from({ length: 10 + random.below(10) }, (__, at) => ({
      user: `u${user}`,
      item: `i${(user % 5) * 6 + random.below(18)}`,
      time: at < 3 ? 1000 : 1000 + random.below(200),
    })),
  ).flat()
}

const rows = timedRows()
const table = fromRows(rows, COLUMNS)
const HALF_LIFE = 2

/** What `user` did as a profile of weights, by the definition. */
function agedProfile(user: string, halfLife: number) {
  const newest = new Map<string, number>()
  for (const { user: own, item, time } of rows) {
    if (own === user) newest.set(item, Math.max(newest.get(item) ?? -Infinity, time))
  }
  return Array.from(newest, ([item, time]) => {
    const place = [...newest.values()].filter((other) => other > time).length
    return { item, value: 2 ** (-place / halfLife) }
  })
}

describe('placesOf', () => {
  it('counts the items that were taken later: ties alike, unknown times oldest, the newest row of a pair, what counts before what does not', () => {
    const [user, item] = [
      [0, 0, 0, 0, 0, 1, 0, 0],
      [0, 1, 2, 3, 0, 0, 4, -1],
    ].map((column) => Int32Array.from(column))
    const time = Float64Array.of(1, 5, 5, NaN, 9, 3, 2, 50)
    const matrix = buildCsr({ rowCount: 2, columnCount: 5, row: user.subarray(0, 7), column: item.subarray(0, 7) })
    const places = (counts: (row: number) => boolean) => [...atOnce(placesOf(matrix, { user, item, time, counts }))]
    expect(places(() => true)).toEqual([0, 1, 1, 4, 3, 0])
    // The row that makes item 0 the newest says nothing of it; item 4 has no row that does.
    expect(places((row) => row !== 4 && row !== 6)).toEqual([3, 0, 0, 4, 2, 0])
  })
})

describe('placeFactor', () => {
  it('halves with every half-life, and never gets to 0', () => {
    expect([0, 3, 6].map((place) => placeFactor(place, 3))).toEqual([1, 0.5, 0.25])
    expect(Math.fround(placeFactor(1e6, 0.001))).toBeGreaterThan(0)
    expect(placeFactor(7, null)).toBe(1)
  })
})

describe('profileHalfLife', () => {
  it.each(METHOD_NAMES)('makes a list of what the weights by place make: %s', (method) => {
    const lists = recommend(table, { method, profileHalfLife: HALF_LIFE, k: 5 })
    for (const user of ['u0', 'u7', 'u23']) {
      const list = lists.get(user) ?? []
      const expected = recommendFor(table, agedProfile(user, HALF_LIFE), { method, k: 5 })
      expect(list.map(({ item }) => item)).toEqual(expected.map(({ item }) => item))
      list.forEach(({ score }, at) => expect(score / expected[at].score).toBeCloseTo(1, 5))
    }
    if (method === 'popularity') return
    expect(lists).not.toEqual(recommend(table, { method, k: 5 }))
    expect(recommend(table, { method, k: 5, profileHalfLife: null })).toEqual(recommend(table, { method, k: 5 }))
  })

  it('reads a profile that is given oldest first; an item that is named again is taken again', () => {
    const aged = (values: readonly number[]) => ['i1', 'i9', 'i4'].map((item, at) => ({ item, value: values[at] }))
    const options = { k: 8, recency: null }
    const ordered = recommendFor(table, ['i1', 'i9', 'i4'], { ...options, profileHalfLife: 1 })
    expect(ordered).toEqual(recommendFor(table, aged([0.25, 0.5, 1]), options))
    const again = recommendFor(table, ['i4', 'i1', 'i9', 'i4'], { ...options, profileHalfLife: 1 })
    expect(again).toEqual(recommendFor(table, aged([0.25, 0.5, 2]), options))
  })

  it('is explained: the parts of the items sum to the score', () => {
    const options = { method: 'item-knn', profileHalfLife: HALF_LIFE, recency: null } as const
    const [best] = recommend(table, { ...options, users: ['u3'], k: 1 }).get('u3') ?? []
    const { score, contributions } = explain(table, 'u3', best.item, options)
    expect(score).toBeCloseTo(best.score, 5)
    const whole = explain(table, 'u3', best.item, { ...options, profileHalfLife: null })
    const partOf = (item: string) => whole.contributions.find((own) => own.item === item)?.score ?? NaN
    for (const { item, value } of agedProfile('u3', HALF_LIFE)) {
      const part = contributions.find((own) => own.item === item)?.score
      expect(part).toBeCloseTo(value * partOf(item), 6)
    }
  })

  it('is asked of a compiled recommender, for tables, profiles and explanations', () => {
    const compiled = compile(table, { method: 'item-knn' })
    const of = [...compiled.recommendAll(table, { k: 5, profileHalfLife: HALF_LIFE, users: ['u3'] })][0].items
    const expected = compiled.recommendFor(agedProfile('u3', HALF_LIFE), { k: 5 })
    expect(of.map(({ item }) => item)).toEqual(expected.map(({ item }) => item))
    of.forEach(({ score }, at) => expect(score).toBeCloseTo(expected[at].score, 5))
    const ranked = compiled.rank(table, { k: 5, profileHalfLife: HALF_LIFE, users: ['u3'] })
    expect([...ranked.items]).toEqual(of.map(({ item }) => compiled.items.rowOf(item)))
    const { score } = compiled.explain(['i1', 'i9'], 'i4', { profileHalfLife: 1 })
    const parts = ['i1', 'i9'].map((item) => compiled.explain([item], 'i4').score)
    expect(score).toBeCloseTo(parts[0] / 2 + parts[1], 5)
  })

  it('takes the times of edges of a graph', () => {
    const graph = toGraph(rows, COLUMNS)
    const options = { profileHalfLife: HALF_LIFE, k: 5, method: 'item-knn' } as const
    expect(recommend(graph, options)).toEqual(recommend(table, options))
  })

  it('needs times, a number above 0, and room; whoever compiles is told where it belongs', () => {
    const timeless = fromRows(rows, { user: 'user', item: 'item' })
    expect(() => recommend(timeless, { profileHalfLife: 3 })).toThrow("which option 'profileHalfLife' needs")
    expect(() => compile(timeless).rank(timeless, { profileHalfLife: 3 })).toThrow(
      "column, which option 'profileHalfLife'",
    )
    // A profile has an order, whatever the table.
    expect(recommendFor(timeless, ['i1', 'i9'], { profileHalfLife: 3 }).length).toBe(10)
    for (const profileHalfLife of [0, -1, NaN, Infinity, '6'])
      expect(() => recommend(table, { profileHalfLife } as never)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }) as Error,
      )
    expect(() => compile(table, { profileHalfLife: 3 } as never)).toThrow(/compiled\.rank/)
  })
})

describe('the order of pairs', () => {
  it('is counted once, after a call that was cancelled too, and refused where it has no room', () => {
    const network = openNetwork('test', table, { weighted: false, direction: 'both', memoryLimitBytes: 1e9 })
    const options = { method: 'item-knn', profileHalfLife: HALF_LIFE, k: 5 } as const
    const ask = () => {
      const catalogue = Catalogue.of('test', network)
      return catalogue.rankUsers(Int32Array.of(0, 1), resolveList('test', options, catalogue.items))
    }
    const cancelled = ask()
    while (!('order' in network.budget.parts)) cancelled.next()
    cancelled.return(undefined as never)
    expect(network.budget.parts).toMatchObject({ order: 4 * network.rows.nnz })
    drive(ask(), solveInThread(network))
    expect(network.budget.parts).toMatchObject({ order: 4 * network.rows.nnz })
    const small = openNetwork('test', table, { weighted: false, direction: 'both', memoryLimitBytes: 1e9 })
    const order = Catalogue.of('test', small).rankUsers(Int32Array.of(0), resolveList('test', options, table.items))
    small.budget.take({ who: 'test', what: 'nearly all', parts: { held: small.budget.freeBytes - 100 }, todo: '' })
    expect(() => drive(order, solveInThread(small))).toThrow(expect.objectContaining({ code: 'MEMORY_LIMIT' }) as Error)
  })
})

describe('the engine', () => {
  let engines: Engine[] = []
  beforeAll(async () => {
    engines = await Promise.all([1, 2].map((threads) => Engine.create(table, { threads })))
    return async () => {
      for (const engine of engines) await engine.close()
    }
  })

  it('gives the bits of the function for any number of threads, and its plan says so', async () => {
    const expected = recommend(table, { profileHalfLife: HALF_LIFE })
    for (const engine of engines) {
      expect(await engine.recommend({ profileHalfLife: HALF_LIFE })).toEqual(expected)
      expect(engine.plan?.explain()).toContain('half as much for an item every 2 places before the last')
    }
  })
})
