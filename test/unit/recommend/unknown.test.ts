import { describe, expect, it } from 'vitest'
import { Engine } from '../../../src/engine.ts'
import {
  fromRows,
  labelSpreading,
  personalizedPageRank,
  predictRatings,
  recommend,
  recommendFor,
  similarItems,
  similarUsers,
  toGraph,
  type MethodName,
} from '../../../src/browser.ts'

const rows = ['ann tea', 'ann milk', 'bob milk', 'bob bread', 'cid nails', 'cid milk', 'dan hammer'].map((row) => {
  const [user, item] = row.split(' ')
  return { user, item }
})
const table = fromRows(rows, { user: 'user', item: 'item' })
const users = ['ann', 'eve', 'cid', 'eve', 'fay', 'gus']

describe('unknown', () => {
  it('refuses by default, and whatever is no id under every rule', () => {
    expect(() => recommend(table, { users })).toThrow("got 'eve'")
    for (const unknown of ['drop', 'prior'] as const) {
      expect(() => recommend(table, { users: [{}] as never, unknown })).toThrow('an object')
      expect(() => recommend(table, { users: [2 ** 60], unknown })).toThrow('an id')
    }
  })

  it.each<MethodName>(['graph-filter', 'label-spreading', 'rp3beta', 'popularity'])(
    'answers those who are known as if alone, and others by the prior: %s',
    (method) => {
      const known = recommend(table, { users: ['ann', 'cid'], method, k: 3 })
      expect(recommend(table, { users, unknown: 'drop', method, k: 3 })).toEqual(known)
      const all = recommend(table, { users, unknown: 'prior', method, k: 3 })
      expect([...all.keys()]).toEqual(['ann', 'eve', 'cid', 'fay', 'gus'])
      const nobody = recommendFor(table, [], { method, k: 3 })
      for (const [user, list] of all) expect(list).toEqual(known.get(user) ?? nobody)
    },
  )

  it('says how many, and which first', async () => {
    const detailed = recommend.detailed(table, { users, unknown: 'prior', deny: ['beer'], k: 2 })
    const notes = ["4 unknown users answered by the prior: 'eve', 'eve', 'fay', ...", "1 unknown item dropped: 'beer'"]
    expect(detailed.notes).toEqual(notes)
    expect([...detailed.users]).toEqual([0, -1, 2, -2, -3, -4])
    expect(detailed.strangers).toEqual(['eve', 'eve', 'fay', 'gus'])
    await using engine = await Engine.create(table, { threads: 1 })
    await engine.recommend({ users, unknown: 'drop' })
    expect(engine.plan?.details.notes).toContain("4 unknown users dropped: 'eve', 'eve', 'fay', ...")
    const listed = []
    for await (const { user } of engine.recommendAll({ users, unknown: 'prior' })) listed.push(user)
    expect(listed).toEqual(users)
  })

  it('holds for nobody but strangers, and for nobody at all', () => {
    expect(recommend(table, { users: ['eve'], unknown: 'drop' })).toEqual(new Map())
    expect(recommend(table, { users: ['eve'], unknown: 'prior', k: 1 })).toEqual(
      new Map([['eve', recommendFor(table, [], { k: 1 })]]),
    )
    expect(recommend(table, { users: ['eve'], unknown: 'prior', minScore: 0.1 }).get('eve')).toEqual([])
    const seen = { exclude: { signals: ['interaction'] } }
    expect(recommend(table, { users: ['eve'], unknown: 'prior', ...seen }).get('eve')).toHaveLength(5)
  })

  it('is about items of profiles and lists too', () => {
    expect(recommendFor(table, ['tea', 'beer'], { unknown: 'drop' })).toEqual(recommendFor(table, ['tea']))
    expect(recommendFor(table, ['beer'], { unknown: 'prior' })).toEqual(recommendFor(table, []))
    expect(recommend(table, { users: ['ann'], allow: ['beer'], unknown: 'drop' }).get('ann')).toEqual([])
    expect([...similarItems(table, ['tea', 'beer'], { unknown: 'drop' }).keys()]).toEqual(['tea'])
    expect(similarItems(table, 'beer', { unknown: 'drop' })).toEqual([])
    expect(similarItems(table, 'beer', { unknown: 'prior', k: 1 })[0]).toMatchObject({ item: 'milk', prior: true })
    expect(similarUsers(table, 'eve', { unknown: 'drop' })).toEqual([])
    expect(() => similarUsers(table, 'eve', { unknown: 'prior' as never })).toThrow("one of 'error', 'drop'")
  })

  it('writes no edge for a user who is no node', () => {
    const graph = toGraph(table)
    recommend.assign(graph, { users: ['ann', 'eve'], unknown: 'prior', k: 1 })
    expect(graph.filterEdges((edge) => edge.includes('recommended')).length).toBeLessThanOrEqual(1)
    expect(graph.hasNode('eve')).toBe(false)
  })

  it('is about seeds', () => {
    const seeds: [string, string][] = [['ann', 'x'], ['hammer', 'y'], ['eve', 'x']] // prettier-ignore
    expect(() => labelSpreading(table, { seeds })).toThrow("'eve'")
    const { labels, notes } = labelSpreading.detailed(table, { seeds, unknown: 'drop' })
    expect(labels).toEqual(labelSpreading.detailed(table, { seeds: seeds.slice(0, 2) }).labels)
    expect(notes).toEqual(["1 unknown node dropped: 'eve'"])
    const ranks = personalizedPageRank.detailed(table, { seeds: ['ann', 'eve'], unknown: 'drop' })
    expect(ranks.scores).toEqual(personalizedPageRank.detailed(table, { seeds: ['ann'] }).scores)
    expect(ranks.notes).toEqual(["1 unknown node dropped: 'eve'"])
    expect(() => labelSpreading(table, { seeds: [['eve', 'x']], unknown: 'drop' })).toThrow('at least one')
  })

  it('is about pairs of ratings', () => {
    const rated = fromRows(
      [...rows, ...rows.map(({ user, item }) => ({ user: `${user}2`, item }))].map((row, at) => ({
        ...row,
        stars: 1 + (at % 5),
      })),
      { user: 'user', item: 'item', value: 'stars' },
    )
    const signals = { interaction: { role: 'label' } } as const
    const pairs = [['eve', 'tea'], ['ann', 'bread'], ['ann', 'beer']] as const // prettier-ignore
    const { rating, notes } = predictRatings.detailed(rated, { pairs, signals, unknown: 'drop' })
    expect(rating).toEqual(predictRatings.detailed(rated, { pairs: pairs.slice(1, 2), signals }).rating)
    expect(notes).toEqual(["1 unknown user dropped: 'eve'", "1 unknown item dropped: 'beer'"])
  })
})
