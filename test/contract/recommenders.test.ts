import { UndirectedGraph } from 'graphology'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { METHOD_NAMES } from '../../src/advanced.ts'
import {
  Engine,
  explain,
  type MethodName,
  recommend,
  type Recommendation,
  recommendFor,
  similarItems,
  similarUsers,
} from '../../src/index.ts'
import { graphOf, randomNetwork, tableOfNetwork, type NamedNetwork } from '../networks.ts'
import { coded } from '../refusals.ts'

/** 90 users in two components of taste, some cold; and a tiny component of one user and one item. */
const network: NamedNetwork = (() => {
  const { nodes, edges } = randomNetwork({ users: 90, others: 40, edges: 420, weighted: true, seed: 11 })
  const move = (node: number) => (node < 90 ? node : node + 2)
  return {
    nodes: [...nodes.slice(0, 90), 'tiny', 'cold', ...nodes.slice(90), 'lonely', 'never'],
    users: 92,
    directed: false,
    edges: [...edges.map((edge) => ({ ...edge, to: move(edge.to) })), { from: 90, to: 132, weight: 1 }],
  }
})()

const table = tableOfNetwork(network)
const users = network.nodes.slice(0, 92)
const itemsOf = (user: string): string[] =>
  network.edges.filter(({ from }) => network.nodes[from] === user).map(({ to }) => network.nodes[to])
const ids = (list: readonly Recommendation[] | undefined): string[] => list?.map(({ item }) => item) ?? []
const popular = recommend(table, { method: 'popularity', k: 100, users: ['cold'] }).get('cold')!
describe('recommend', () => {
  it('gives the same lists as rows, with the keys of both sides', () => {
    const { userKeys, itemKeys, users: rows, k, items, scores } = recommend.detailed(table, { k: 5 })
    const lists = recommend(table, { k: 5 })
    expect([...rows].map((row) => userKeys.keyOf(row))).toEqual([...lists.keys()])
    ;[...lists.values()].forEach((list, place) => {
      const at = list.map((_, rank) => place * k + rank)
      expect(at.map((entry) => itemKeys.keyOf(items[entry]))).toEqual(ids(list))
      expect(at.map((entry) => scores[entry])).toEqual(list.map(({ score }) => score))
    })
  })

  it('has frozen defaults, which change nothing', () => {
    expect(Object.isFrozen(recommend.defaults)).toBe(true)
    expect(recommend.defaults).toMatchObject({ method: 'graph-filter', k: 10, exclude: 'seen', weighted: 'auto' })
    expect(recommend(table, recommend.defaults)).toEqual(recommend(table))
  })
})

describe.each(METHOD_NAMES)('%s', (method) => {
  it('leaves out what was seen, unless told to keep it', () => {
    const lists = recommend(table, { method, k: 42 })
    expect([...lists.keys()]).toEqual(users)
    for (const user of users) {
      const seen = new Set(itemsOf(user))
      expect(ids(lists.get(user)).filter((item) => seen.has(item))).toEqual([])
      expect(lists.get(user)!.length).toBe(42 - seen.size)
    }
    const kept = recommend(table, { method, k: 42, exclude: 'none', users: ['u1'] }).get('u1')
    expect([...ids(kept)].sort()).toEqual([...network.nodes.slice(92)].sort())
  })

  it('gives shorter lists of a catalogue smaller than k, and longer ones start with the shorter', () => {
    const long = recommend(table, { method, k: 1_000_000_000, users: ['u1', 'tiny'] })
    const short = recommend(table, { method, k: 3, users: ['u1', 'tiny'] })
    expect(long.get('u1')!.slice(0, 3)).toEqual(short.get('u1'))
    expect(long.get('tiny')!.length).toBe(41)
  })

  it('answers cold users, and users whose component ends, by popularity, marked', () => {
    const lists = recommend(table, { method, k: 5, users: ['cold', 'tiny'] })
    expect(ids(lists.get('cold'))).toEqual(ids(popular.slice(0, 5)))
    expect(lists.get('cold')!.map(({ score }) => score)).toEqual(popular.slice(0, 5).map(({ score }) => score))
    if (method === 'popularity') return
    expect(lists.get('cold')!.every(({ prior }) => prior === true)).toBe(true)
    expect(lists.get('tiny')!.every(({ prior }) => prior === true)).toBe(true)
    const entries = recommend(table, { method, k: 42, users: ['u1'] }).get('u1')!
    const from = entries.findIndex(({ prior }) => prior === true)
    expect(from).toBeGreaterThan(0)
    expect(entries.slice(from).every(({ prior }) => prior === true)).toBe(true)
    expect(entries.slice(0, from).every((entry) => !('prior' in entry) && entry.score > 0)).toBe(true)
    expect(new Set(ids(entries)).size).toBe(entries.length)
  })

  it('obeys allow and deny, for the prior too', () => {
    const allow = ['i0', 'i1', 'i2', 'never']
    const lists = recommend(table, { method, allow: new Set(allow), deny: ['i1'] })
    for (const user of users) {
      const expected = ['i0', 'i2', 'never'].filter((item) => !itemsOf(user).includes(item))
      expect([...ids(lists.get(user))].sort()).toEqual(expected)
    }
    expect(recommend(table, { method, allow: [], users: ['u1'] }).get('u1')).toEqual([])
    expect(() => recommend(table, { method, deny: ['i999'] })).toThrow(coded('UNKNOWN_KEY'))
    expect(() => recommend(table, { method, allow: 'i1' as never })).toThrow(coded('INVALID_OPTION'))
  })

  it('cuts below a minimum score, and then fills nothing up', () => {
    const all = recommend(table, { method, k: 20, users: ['u1'] }).get('u1')!
    const minScore = all[2].score
    expect(recommend(table, { method, k: 20, minScore, users: ['u1'] }).get('u1')).toEqual(
      all.filter(({ score, prior }) => prior !== true && score >= minScore),
    )
    const prior = recommend(table, { method, minScore: 1e-30, users: ['cold'] }).get('cold')!
    expect(prior.some((entry) => entry.prior)).toBe(false)
  })

  it('says the same of a table and its graph, and counts a repeated pair once unless weighted', () => {
    expect(recommend(graphOf(network), { method })).toEqual(recommend(table, { method }))
    const twice = { ...network, edges: [...network.edges, ...network.edges.slice(0, 50)] }
    expect(recommend(tableOfNetwork(twice), { method })).toEqual(recommend(table, { method }))
    const weighted = recommend(table, { method, weighted: true })
    expect(weighted).not.toEqual(recommend(table, { method }))
    expect(recommend(tableOfNetwork(twice), { method, weighted: true })).not.toEqual(weighted)
  })

  it('answers somebody never seen, by ids or by weights, and an empty profile by the prior', () => {
    const own = itemsOf('u1')
    expect(recommendFor(table, own, { method })).toEqual(recommend(table, { method, users: ['u1'] }).get('u1'))
    expect(ids(recommendFor(table, [], { method, k: 5 }))).toEqual(ids(popular.slice(0, 5)))
    const doubled = recommendFor(table, [...own, ...own], { method })
    expect(doubled).toEqual(
      recommendFor(
        table,
        own.map((item) => ({ item, value: 2 })),
        { method },
      ),
    )
    expect(ids(doubled.filter(({ prior }) => !prior))).toEqual(
      ids(recommendFor(table, own, { method }).filter(({ prior }) => !prior)),
    )
  })

  it.each([
    ['text', 'i1', 'INVALID_OPTION'],
    ['an unknown item', ['i999'], 'UNKNOWN_KEY'],
    ['infinity', [{ item: 'i1', value: Infinity }], 'INVALID_DATA'],
    ['NaN', [{ item: 'i1', value: NaN }], 'INVALID_DATA'],
  ])('refuses a profile of %s', (_, profile, code) => {
    expect(() => recommendFor(table, profile as never, { method })).toThrow(coded(code))
  })

  it.each([
    [{ k: 0 }, 'INVALID_OPTION'],
    [{ k: 1.5 }, 'INVALID_OPTION'],
    [{ users: 'u1' }, 'INVALID_OPTION'],
    [{ users: ['nobody'] }, 'UNKNOWN_KEY'],
    [{ minScore: NaN }, 'INVALID_OPTION'],
    [{ weighted: 'yes' }, 'INVALID_OPTION'],
    [{ exclude: 'all' }, 'INVALID_OPTION'],
    [{ signal: new AbortController().signal }, 'UNKNOWN_OPTION'],
    [{ gamma: 1 }, 'UNKNOWN_OPTION'],
    [{ memoryLimitBytes: 100 }, 'MEMORY_LIMIT'],
  ])('refuses %o: %s', (options, code) => {
    expect(() => recommend(table, { method, ...options } as never)).toThrow(coded(code))
  })

  it('treats weights of nothing but zero as no knowledge, never as NaN', () => {
    const zeros = { ...table, value: new Float32Array(table.length) }
    const list = recommend(zeros, { method, weighted: true, users: ['u1'], k: 4 }).get('u1')!
    expect(list.map(({ score }) => score)).toEqual([0, 0, 0, 0])
  })
})

describe('recommend', () => {
  it('refuses options of another method and names the nearest method', () => {
    expect(() => recommend(table, { method: 'popularity', alpha: 0.5 } as never)).toThrow(coded('UNKNOWN_OPTION'))
    expect(() => recommend(table, { method: 'label-spreading', beta: 0.5 } as never)).toThrow(
      "got 'beta', an option of rp3beta",
    )
    expect(() => recommend(table, { method: 'item-nn' as MethodName })).toThrow("Did you mean 'item-knn'?")
    expect(() => recommend(table, { method: 'toString' as MethodName })).toThrow(coded('INVALID_OPTION'))
    expect(() => recommend(table, null as never)).toThrow(coded('INVALID_OPTION'))
  })

  it('refuses graphs without users and items, and empty ones', () => {
    const plain = new UndirectedGraph()
    for (const [one, other] of ['ab', 'bc', 'ca']) plain.mergeEdge(one, other)
    expect(() => recommend(plain)).toThrow(coded('UNSUPPORTED_GRAPH'))
    expect(() => recommend(new UndirectedGraph())).toThrow(coded('EMPTY_DATA'))
    const oneSided = new UndirectedGraph()
    oneSided.addNode('a', { kind: 'user' })
    expect(() => recommend(oneSided)).toThrow(coded('EMPTY_DATA'))
    oneSided.addNode('b', { kind: 'user' })
    oneSided.addEdge('a', 'b')
    expect(() => recommend(oneSided)).toThrow(coded('UNSUPPORTED_GRAPH'))
    expect(() => recommend({ ...table, value: table.value!.map(() => NaN) })).toThrow(coded('INVALID_DATA'))
  })

  it('takes ids that look like words of JavaScript, or like numbers', () => {
    const odd = tableOfNetwork({
      nodes: ['__proto__', '1', 'constructor', '1', 'hasOwnProperty'],
      users: 2,
      directed: false,
      edges: [
        { from: 0, to: 2, weight: 1 },
        { from: 0, to: 3, weight: 1 },
        { from: 1, to: 3, weight: 1 },
        { from: 1, to: 4, weight: 1 },
      ],
    })
    const lists = recommend(odd, { k: 1 })
    expect(ids(lists.get('__proto__'))).toEqual(['hasOwnProperty'])
    expect(ids(lists.get('1'))).toEqual(['constructor'])
    expect(explain(odd, '__proto__', 'hasOwnProperty').contributions[0].item).toBe('1')
  })
})

describe('explain', () => {
  it('orders parts, gives shares that sum to 1, and 0 for what nothing reaches', () => {
    const { score, contributions } = explain(table, 'u1', ids(recommend(table, { users: ['u1'] }).get('u1'))[0])
    expect(score).toBeGreaterThan(0)
    expect(contributions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10)
    expect(contributions.map((part) => part.score)).toEqual(
      contributions.map((part) => part.score).sort((a, b) => b - a),
    )
    expect(explain(table, 'u1', 'lonely')).toMatchObject({ score: 0 })
    expect(explain(table, 'u1', 'lonely').contributions.every(({ share }) => share === 0)).toBe(true)
    expect(explain(table, 'cold', 'i1')).toEqual({
      user: 'cold',
      item: 'i1',
      score: 0,
      contributions: [],
      relations: [],
    })
  })

  it('refuses popularity, unknown ids, and options that say nothing here', () => {
    expect(() => explain(table, 'u1', 'i1', { method: 'popularity' })).toThrow(coded('INVALID_OPTION'))
    expect(() => explain(table, 'nobody', 'i1')).toThrow(coded('UNKNOWN_KEY'))
    expect(() => explain(table, 'u1', 'nothing')).toThrow(coded('UNKNOWN_KEY'))
    expect(() => explain(table, 'u1', 'i1', { k: 3 } as never)).toThrow(coded('UNKNOWN_OPTION'))
  })
})

describe('the engine', () => {
  const engines: Engine[] = []

  beforeAll(async () => {
    for (const threads of [1, 2, 3]) engines.push(await Engine.create(table, { threads }))
    engines.push(await Engine.create(graphOf(network), { threads: 1, kernel: 'typescript' }))
  })

  afterAll(async () => {
    for (const engine of engines) await engine.close()
  })

  it.each(METHOD_NAMES)(
    'gives the bits of the functions for any number of threads and either kernel: %s',
    async (method) => {
      const lists = recommend(table, { method, k: 7 })
      const own = recommendFor(table, ['i1', { item: 'i30', value: 2 }], { method })
      for (const engine of engines) {
        expect(await engine.recommend({ method, k: 7 })).toEqual(lists)
        expect(await engine.recommendFor(['i1', { item: 'i30', value: 2 }], { method })).toEqual(own)
        if (method === 'popularity') continue
        expect(await engine.explain('u1', 'i9', { method })).toEqual(explain(table, 'u1', 'i9', { method }))
      }
    },
  )

  it('streams and ranks what it recommends', async () => {
    for (const engine of engines) {
      const lists = await engine.recommend({ k: 7 })
      const streamed = new Map<string, Recommendation[]>()
      for await (const { user, items } of engine.recommendAll({ k: 7 })) streamed.set(user, items)
      expect(streamed).toEqual(lists)
      const rankings = await engine.rank({ k: 7 })
      users.forEach((user, place) => {
        const list = lists.get(user)!
        const rows = [...rankings.items.subarray(place * 7, place * 7 + list.length)]
        expect(rows.map((row) => table.items.keyOf(row))).toEqual(ids(list))
        expect([...rankings.scores.subarray(place * 7, place * 7 + list.length)]).toEqual(
          list.map(({ score }) => score),
        )
        expect(rankings.priorFrom[place]).toBe(list.filter(({ prior }) => !prior).length)
      })
      expect((await engine.rank({ users: [] })).items.length).toBe(0)
      const some: string[] = []
      for await (const { user } of engine.recommendAll({ users: ['u5', 'u2'] })) some.push(user)
      expect(some).toEqual(['u5', 'u2'])
    }
  })

  it('finds similar items and users, themselves left out, best first', async () => {
    for (const engine of engines) {
      const items = await engine.similarItems('i1', { k: 5 })
      const method = 'label-spreading'
      expect(await engine.similarItems('i1', { k: 5, method })).toEqual(recommendFor(table, ['i1'], { k: 5, method }))
      expect(similarItems(table, 'i1', { k: 5 })).toEqual(items)
      expect(ids(items)).not.toContain('i1')
      const similar = await engine.similarUsers('u1', { k: 500 })
      expect(similarUsers(table, 'u1', { k: 500 })).toEqual(similar)
      expect(similar.map(({ user }) => user)).not.toContain('u1')
      expect(similar.map(({ score }) => score)).toEqual(similar.map(({ score }) => score).sort((a, b) => b - a))
      expect(similar.every(({ score }) => score > 0)).toBe(true)
      // Whoever shares an item is reached.
      const sharers = users.filter(
        (user) => user !== 'u1' && itemsOf(user).some((item) => itemsOf('u1').includes(item)),
      )
      expect(similar.map(({ user }) => user)).toEqual(expect.arrayContaining(sharers))
      expect(await engine.similarUsers('cold')).toEqual([])
      const many = new Map(['i3', 'i1'].map((item) => [item, similarItems(table, item, { k: 4 })]))
      expect(await engine.similarItems(['i3', 'i1'], { k: 4 })).toEqual(many)
      expect(await engine.similarItems([])).toEqual(new Map())
      expect(similarItems(table, ['i3', 'i1'], { k: 4 })).toEqual(many)
      expect(await engine.similarUsers('tiny')).toEqual([])
      expect(await engine.similarUsers('u1', { k: 2 })).toEqual(similar.slice(0, 2))
    }
  })

  it('refuses what it would ignore', async () => {
    const [engine] = engines
    await expect(engine.recommend({ users: 'u1' })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(engine.recommend({ users: 5 as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(engine.recommend(['u1'] as never)).rejects.toThrow(/expected an options object.* users/)
    await expect(engine.recommend({ weighted: true } as never)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' })
    await expect(engine.recommendFor(['i1'], { signal: 5 } as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(engine.rank({ onProgress: 1 as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(engine.similarUsers('u1', { K: 5 } as never)).rejects.toThrow("Did you mean 'k'?")
    await expect(engine.similarItems('i999')).rejects.toThrow('similarItems: expected an item')
    expect(() => similarItems(table, 'i999')).toThrow('similarItems: expected an item')
    expect(() => similarUsers(table, 'u999')).toThrow('similarUsers: expected a user')
  })
})
