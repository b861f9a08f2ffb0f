import { DirectedGraph, MultiGraph, UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { mapGraph } from '../../../src/advanced.ts'
import {
  Engine,
  explain,
  fromRows,
  recommend,
  recommendFor,
  type Recommendation,
  type Relations,
} from '../../../src/index.ts'

const TAKEN = [
  ['ann', 'heat'],
  ['ann', 'ronin'],
  ['bob', 'ronin'],
  ['bob', 'alien'],
  ['cid', 'alien'],
  ['cid', 'dune'],
] as const
const GENRES = { heat: ['crime'], ronin: ['crime'], alien: ['sf'], dune: ['sf', 'epic'], arrival: ['sf'] }
const FRIENDS = [
  ['zoe', 'cid'],
  ['ann', 'bob'],
] as const

/** @param kind attribute of nodes, and what items are called */
function drawn(graph = new UndirectedGraph(), kind = 'kind', item = 'item') {
  for (const user of ['ann', 'bob', 'cid', 'zoe']) graph.addNode(user, { [kind]: 'user' })
  for (const film of Object.keys(GENRES)) graph.addNode(film, { [kind]: item })
  for (const genre of ['crime', 'sf', 'epic']) graph.addNode(`g:${genre}`, { [kind]: 'genre', externalId: genre })
  for (const [user, film] of TAKEN) graph.addEdge(user, film)
  for (const [film, genres] of Object.entries(GENRES)) for (const genre of genres) graph.addEdge(`g:${genre}`, film)
  for (const [one, two] of FRIENDS) graph.addEdge(one, two, { closeness: 2 })
  return graph
}

const OF_GRAPH: Relations = { genre: { kind: 'genre', weight: 0.2 }, friend: { kind: 'user', weight: 0.1 } }
const OF_ROWS: Relations = {
  genre: {
    rows: Object.entries(GENRES).map(([film, genres]) => ({ film, genres })),
    ...{ item: 'film', attribute: 'genres', weight: 0.2 },
  },
  friend: { rows: FRIENDS.map(([one, two]) => ({ one, two })), user: 'one', other: 'two', weight: 0.1 },
}
const table = fromRows(
  TAKEN.map(([user, item]) => ({ user, item })),
  { user: 'user', item: 'item' },
)

/** Up to rounding: nodes are numbered in another order. */
function expectSame(list: readonly Recommendation[] = [], expected: readonly Recommendation[] = []): void {
  expect(list.map(({ item }) => item)).toEqual(expected.map(({ item }) => item))
  list.forEach(({ score }, at) => expect(score / expected[at].score).toBeCloseTo(1, 4))
}

describe('edges of a graph that are no interactions', () => {
  it('are relations when their kind is named, as rows are', () => {
    const expected = recommend(table, { relations: OF_ROWS, k: 3 })
    for (const graph of [drawn(), drawn(new DirectedGraph()), drawn(new MultiGraph())]) {
      const lists = recommend(graph, { relations: OF_GRAPH, k: 3 })
      for (const user of ['ann', 'bob', 'cid']) expectSame(lists.get(user), expected.get(user))
      expect(lists.get('zoe')?.[0].prior).toBeUndefined()
    }
  })

  it('are so by a mapping, and in everything that takes relations', async () => {
    const graph = drawn(undefined, 'type', 'movie')
    const mapping = { kind: 'type', item: 'movie' }
    const relations = { ...OF_GRAPH, series: { kind: 'movie', weight: 0 } }
    const lists = recommend(graph, { graph: mapping, relations, k: 3 })
    expect(lists).toEqual(recommend(drawn(), { relations: OF_GRAPH, k: 3 }))
    expect(recommend(mapGraph(graph, mapping), { relations, k: 3 })).toEqual(lists)
    const why = explain(graph, 'ann', 'dune', { graph: mapping, relations }).relations
    expect(why.map(({ relation, value }) => `${relation}: ${value}`).sort()).toEqual(['friend: bob', 'genre: sf'])
    expect(recommendFor(graph, { attributes: { genre: 'sf' } }, { graph: mapping, relations }).length).toBe(5)
    await using engine = await Engine.create(graph, { graph: mapping, relations, threads: 1 })
    expect(await engine.recommend({ k: 3 })).toEqual(lists)
    expect(engine.notes).toEqual([
      'graph: left out 3 nodes that are neither user nor item, and 8 edges',
      "relation 'genre': 6 edges of this relation are used",
      "relation 'friend': 2 edges of this relation are used",
    ])
  })

  it('need no more than a weight where the relation is called as the kind', () => {
    const graph = drawn()
    const [short, long] = [
      { genre: 0.2, user: 0.1 },
      { genre: OF_GRAPH.genre, user: OF_GRAPH.friend },
    ]
    expect(recommend(graph, { relations: short })).toEqual(recommend(graph, { relations: long }))
    expect(() => recommend(graph, { relations: { friend: 0.1 } })).toThrow(
      /kind 'friend', got none.*For edges between two users give the kind of users/,
    )
    expect(() => recommend(graph, { relations: { genre: 2 } })).toThrow(/'genre', option 'weight': expected a number/)
    expect(() => recommend(table, { relations: { genre: 0.2 } })).toThrow(/a graph whose nodes have kinds, got 'genre'/)
  })

  it('weigh by an attribute that is named, 1 where an edge has none', () => {
    const graph = drawn()
    graph.addEdge('ann', 'zoe')
    const closer = { friend: { kind: 'user', value: 'closeness' } }
    const rows = [...FRIENDS.map(([one, two]) => ({ one, two, value: 2 })), { one: 'ann', two: 'zoe', value: 1 }]
    const friend = { rows, user: 'one', other: 'two', value: 'value' }
    const [one, other] = [
      recommend(graph, { relations: closer, k: 2 }),
      recommend(table, { relations: { friend }, k: 2 }),
    ]
    expectSame(one.get('ann'), other.get('ann'))
  })

  it('are refused where it is not clear what they are', () => {
    const refused = (graph: object, relations: Relations, message: RegExp): void => {
      expect(() => recommend(graph as never, { relations })).toThrow(message)
    }
    const graph = drawn()
    refused(
      graph,
      { tag: { kind: 'gener' } },
      /relation 'tag': expected an edge .* of kind 'gener'.*nearest kind .* 'genre'/,
    )
    refused(graph, { tie: { kind: 'item' } }, /kind 'item', got none. Leave the relation out/)
    refused(table, { genre: { kind: 'genre' } }, /option 'kind': expected a graph whose nodes have kinds, got 'genre'/)
    refused(graph, { genre: { kind: 'genre', rows: [] } }, /option 'rows': expected no value beside 'kind'/)
    refused(graph, { genre: {} }, /option 'rows': expected one of 'rows' and 'kind', got neither/)
    refused(graph, { genre: { kind: {} as never } }, /option 'kind': expected a string/)
    graph.addEdge('ann', 'g:sf')
    refused(graph, OF_GRAPH, /kind 'genre', which is connected to both/)
  })

  it('are proposed by the error that refuses them', () => {
    const typed = drawn(undefined, 'type', 'movie')
    expect(() => recommend(typed)).toThrow("with relations: { genre: { kind: 'genre' } }")
    const friendly = new UndirectedGraph()
    for (const user of ['ann', 'bob']) friendly.addNode(user, { kind: 'user' })
    friendly.addNode('tea', { kind: 'item' })
    friendly.addEdge('ann', 'tea')
    friendly.addEdge('ann', 'bob')
    expect(() => recommend(friendly)).toThrow("with relations: { NAME: { kind: 'user' } }")
    expect(recommend(friendly, { relations: { friend: { kind: 'user' } } }).get('bob')?.[0].item).toBe('tea')
  })
})
