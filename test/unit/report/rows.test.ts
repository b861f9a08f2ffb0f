import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Engine } from '../../../src/engine.ts'
import {
  clusterItems,
  clusterUsers,
  compile,
  fromColumns,
  fromRows,
  joinInteractions,
  kCore,
  labelSpreading,
  personalizedPageRank,
  predictRatings,
  recommend,
  recommendFor,
  selectSignals,
  similarItems,
  similarUsers,
  spectralEmbedding,
  splitRandom,
  toGraph,
  toInteractions,
} from '../../../src/browser.ts'
import { splitColdItems, toColumns, toRows } from '../../../src/browser-advanced.ts'

const pairs = [[1, 70], [1, 71], [2, 71], [2, 72], [10, 70]] as const // prettier-ignore
const rows = pairs.map(([user, item], at) => ({ user, item, stars: 1 + at, day: at }))
const mapping = { user: 'user', item: 'item', value: 'stars', time: 'day' } as const
const table = fromRows(rows, mapping)
const small = { dimensions: 2 } as const
const signals = { interaction: { role: 'label' } } as const

describe('toRows and toColumns', () => {
  it('give a table back as it was given', () => {
    const wanted = rows.map(({ user, item, stars, day }) => ({ user, item, value: stars, time: day }))
    expect(toRows(table)).toEqual(wanted)
    expect(toColumns(table)).toEqual({
      user: [1, 1, 2, 2, 10],
      item: [70, 71, 71, 72, 70],
      value: table.value,
      time: table.time,
    })
    expect(toRows(fromColumns({ user: [1, 2], item: ['a', 'b'], signal: ['buy', 'view'] }))).toEqual([
      { user: 1, item: 'a', signal: 'buy' },
      { user: 2, item: 'b', signal: 'view' },
    ])
  })

  it('have numbers for ids where all were numbers, and text where one was not', () => {
    const mixed = fromRows([...rows, { user: '2', item: 73, stars: 1, day: 1 }], mapping)
    expect([mixed.users.numeric, mixed.items.numeric]).toEqual([false, true])
    expect(fromRows([{ user: 7n, item: 1, stars: 1, day: 1 }], mapping).users.numeric).toBe(false)
    expect(fromRows([{ user: null, item: 1 }, { user: 7, item: 1 }], { user: 'user', item: 'item', onBadRow: 'skip' }).users.numeric).toBe(true) // prettier-ignore
    expect(fromColumns({ user: [1, ''], item: ['a', 'b'], onBadRow: 'skip' }).users.numeric).toBe(true)
    const parts = [kCore(table, { user: 2 }), joinInteractions(table, table), splitRandom(table, {}).train, splitColdItems(table).test] // prettier-ignore
    for (const made of parts) expect([made.users.numeric, made.items.numeric]).toEqual([true, true])
    expect(joinInteractions(table, mixed).users.numeric).toBe(false)
    expect(fromColumns({ user: Int32Array.of(0), item: ['x'] }).users.numeric).toBe(true)
  })

  it('write lists out, ids as the table has them', () => {
    const lists = recommend(table, { k: 1 })
    expect(toRows(lists, table)[0]).toEqual({ user: 1, rank: 1, item: 72, score: expect.any(Number), prior: false })
    expect(toRows(lists)[0]).toMatchObject({ user: '1', item: '72' })
    const detailed = recommend.detailed(table, { k: 1 })
    expect(toRows(detailed)).toEqual(toRows(lists, table))
    const { score, prior, rank } = toColumns(detailed)
    expect([score, prior, rank]).toEqual([expect.any(Float32Array), expect.any(Uint8Array), expect.any(Int32Array)])
    expect(toRows(recommendFor(table, [70], { k: 2 }), table).map(({ rank: at, item }) => [at, item])).toEqual([[1, 71], [2, 72]]) // prettier-ignore
    expect(toRows(similarUsers(table, 1), table)[0]).toMatchObject({ rank: 1, user: expect.any(Number) })
    expect(toRows(similarItems(table, ['70'], { k: 1 }), { users: table.items, items: table.items })[0]).toMatchObject({ user: 70, item: 71 }) // prettier-ignore
    expect(toRows(new Map())).toEqual([])
    const asked = { users: [1, 'eve'], unknown: 'prior', k: 1 } as const
    expect(toRows(recommend.detailed(table, asked)).map(({ user, prior: is }) => [user, is])).toEqual([['1', false], ['eve', true]]) // prettier-ignore
  })

  it('write labels, PageRank and ratings out', () => {
    const seeds = [['1', 'x'], ['72', 'y']] as const // prettier-ignore
    expect(toRows(labelSpreading.detailed(table, { seeds }))[0]).toEqual({ node: 1, label: 'x', confidence: expect.any(Number), reached: true }) // prettier-ignore
    expect(toColumns(personalizedPageRank.detailed(table))).toMatchObject({ node: [1, 2, 10, 70, 71, 72] })
    const predicted = predictRatings.detailed(table, { signals, pairs: [[10, 71]] })
    expect(toRows(predicted)[0]).toMatchObject({ user: 10, item: 71, reached: true })
  })

  it('write what methods say of nodes out, as Maps too', () => {
    const labels = labelSpreading(table, { seeds: [['1', 'x'], ['72', 2]] }) // prettier-ignore
    expect(toRows(labels, table)[0]).toEqual({ node: 1, label: 'x' })
    expect(toRows(labels)[0]).toEqual({ node: '1', label: 'x' })
    const walked = personalizedPageRank(table)
    expect(toColumns(walked, table)).toEqual(toColumns(personalizedPageRank.detailed(table)))
    for (const method of [clusterUsers, clusterItems])
      expect(toColumns(method(table, small), table)).toEqual(toColumns(method.detailed(table, small)))
    const vectors = toColumns(spectralEmbedding(table, { dimensions: 2 }), table)
    expect(vectors).toEqual(toColumns(spectralEmbedding.detailed(table, { dimensions: 2 })))
    expect(Object.keys(vectors)).toEqual(['node', 'v1', 'v2'])
    const collided = fromRows([{ user: 1, item: 1 }, { user: 2, item: 1 }], { user: 'user', item: 'item' }) // prettier-ignore
    expect(toColumns(personalizedPageRank(collided), collided).node).toEqual(['user:1', 'user:2', 'item:1'])
  })

  it('refuse what has no rows', () => {
    const odd = [
      null,
      3,
      {},
      'lists',
      [{}],
      [undefined],
      [splitRandom(table)],
      new Map([['a', 1]]),
      new Map([['a', [3]]]),
    ]
    for (const one of odd) {
      expect(() => toRows(one as never)).toThrow('toRows: expected lists')
      expect(() => toColumns(one as never)).toThrow('toColumns: expected lists')
    }
  })
})

describe('results on a console and as JSON', () => {
  const lists = recommend(table, { k: 2 })
  const seeds = [['1', 'x'], ['72', 'y']] as const // prettier-ignore
  const results: [string, object, RegExp][] = [
    ['a table', table, /^Interactions \{ 5 rows, 3 users, 3 items, signals: interaction, values, times \}$/],
    ['a graph as a table', toInteractions(toGraph(table)), /^Interactions \{ 5 rows/],
    ['some rows', selectSignals(table, ['interaction']), /^Interactions \{ 5 rows/],
    ['an index', table.users, /^KeyIndex \{ 3 keys: 1, 2, 10 \}$/],
    ['lists', lists, /^Lists \{ 3 lists: 1 -> \[72\], 2 -> \[70\], \.\.\. \}$/],
    ['ranked items', recommend.detailed(table), /^RankedItems \{ 3 lists of up to 3 of 3 items \}$/],
    ['labels', labelSpreading.detailed(table, { seeds }), /^Labelling \{ 6 nodes, 2 classes: x, y, \d+ iterations \}$/],
    ['PageRank', personalizedPageRank.detailed(table), /^PageRanks \{ 6 nodes, \d+ iterations \}$/],
    [
      'ratings',
      predictRatings.detailed(table, { signals, pairs: [[10, 71]] }),
      /^RatingPredictions \{ 1 pair from 5 ratings/,
    ],
    ['labels of nodes', labelSpreading(table, { seeds }), /^Labels \{ 6 nodes: 1 -> x, 2 -> \w, 10 -> \w, \.\.\. \}$/],
    ['scores of nodes', personalizedPageRank(table), /^Scores \{ 6 nodes: 1 -> 0\.\d+, /],
    ['clusters of users', clusterUsers(table, small), /^Clusters \{ 3 nodes: 1 -> \d, 2 -> \d, 10 -> \d \}$/],
    ['clusters', clusterUsers.detailed(table, small), /^Clusters \{ \d clusters? of 3 members \}$/],
    ['vectors', spectralEmbedding(table, { dimensions: 1 }), /^Vectors \{ 6 nodes: 1 -> \[-?[\d.e-]+\], /],
    ['an embedding', spectralEmbedding.detailed(table, small), /^Embedding \{ 3 users, 3 items, 2 dimensions \}$/],
    ['items held out whole', splitColdItems(table).train, /^Interactions \{ /],
    ['a compiled recommender', compile(table), /^CompiledRecommender \{ graph-filter, 3 items, \d+ bytes \}$/],
  ]
  it.each(results)('%s: one line, and a small document', (_, result, line) => {
    expect(inspect(result)).toMatch(line)
    expect(JSON.stringify(result).length).toBeLessThan(1000)
    expect(JSON.parse(JSON.stringify(result))).not.toEqual({})
    expect(Object.keys(result)).not.toContain('toJSON')
  })

  it('hold all lists, whatever their keys', () => {
    const odd = fromRows([{ user: '__proto__', item: 'a' }, { user: 'b', item: '\u001b[2J' }], { user: 'user', item: 'item' }) // prettier-ignore
    const document = JSON.parse(JSON.stringify(recommend(odd, { k: 1 }))) as { key: string }[]
    expect(document.map(({ key }) => key)).toEqual(['__proto__', 'b'])
    expect(inspect(recommend(odd, { k: 1 }))).not.toContain('\u001b')
  })

  it('is so of an engine and its plan', async () => {
    await using engine = await Engine.create(table, { threads: 1 })
    expect(inspect(engine)).toBe('Engine { 3 users, 3 items, 5 edges }')
    expect(JSON.parse(JSON.stringify(engine))).toEqual({ users: 3, items: 3, edges: 5, notes: [], plan: null })
    await engine.recommend()
    expect(inspect(engine.plan)).toMatch(/^Plan \{ .+ \}$/)
    expect(JSON.parse(JSON.stringify(engine.plan))).toHaveProperty('details.kind')
    expect(JSON.stringify(engine.plan).length).toBeLessThan(10_000)
  })
})
