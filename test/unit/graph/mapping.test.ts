import { DirectedGraph, MultiGraph, MultiUndirectedGraph, UndirectedGraph } from 'graphology'
import type { AbstractGraph } from 'graphology-types'
import { describe, expect, it } from 'vitest'
import { mapGraph, project } from '../../../src/advanced.ts'
import {
  clusterUsers,
  compile,
  Engine,
  inferSignals,
  labelSpreading,
  personalizedPageRank,
  predictRatings,
  recommend,
  recommendFor,
  similarItems,
  spectralEmbedding,
  toInteractions,
  tune,
  type GraphMapping,
} from '../../../src/index.ts'

const SEEN = [
  ['u:ann', 'm:alien', 5],
  ['u:ann', 'm:heat', 3],
  ['u:bob', 'm:heat', 4],
  ['u:bob', 'm:solaris', 2],
  ['u:cleo', 'm:alien', 1],
  ['u:cleo', 'm:solaris', 5],
] as const

/** Users, movies, genres and friends, by other names than ours. */
function foreign(make: () => AbstractGraph = () => new UndirectedGraph(), beside = true): AbstractGraph {
  const graph = make()
  for (const node of ['u:ann', 'u:bob', 'u:cleo']) graph.addNode(node, { type: 'user', key: node.slice(2) })
  for (const node of ['m:alien', 'm:heat', 'm:solaris']) graph.addNode(node, { type: 'movie', key: node.slice(2) })
  for (const [user, movie, stars] of SEEN) graph.addEdge(user, movie, { stars, act: 'rated', at: stars * 10 })
  if (!beside) return graph
  graph.addNode('g:horror', { type: 'genre', key: 'horror' })
  graph.addEdge('m:alien', 'g:horror', { act: 'genre' })
  graph.addEdge('u:ann', 'u:bob', { act: 'friend' })
  return graph
}

const MOVIES: GraphMapping = { kind: 'type', item: 'movie' }
const ALL: GraphMapping = { ...MOVIES, id: 'key', value: 'stars', signal: 'act', time: 'at' }

describe('a mapping', () => {
  it('reads users and items by their own names, and leaves the rest out and says so', () => {
    const table = toInteractions(foreign(), ALL)
    expect([...table.users.keys()]).toEqual(['ann', 'bob', 'cleo'])
    expect([...table.items.keys()]).toEqual(['alien', 'heat', 'solaris'])
    expect(table.signals).toEqual(['rated'])
    expect(table.value).toEqual(Float32Array.from(SEEN, ([, , stars]) => stars))
    expect(table.time).toEqual(Float64Array.from(SEEN, ([, , stars]) => stars * 10))
    expect(table.notes).toEqual(['graph: left out 1 nodes that are neither user nor item, and 2 edges'])
  })

  it('takes functions for all of it', () => {
    const table = toInteractions(foreign(), {
      kind: (node) => (node.startsWith('g') ? null : node.startsWith('u') ? 'user' : 'item'),
      id: (node) => node.slice(2),
      value: (_edge, { stars }) => stars as number,
      signal: (_edge, _attributes, source, target) => `${source[0]}${target[0]}`,
      time: null,
    })
    expect([...table.users.keys()]).toEqual(['ann', 'bob', 'cleo'])
    expect(table.signals).toEqual(['um'])
    expect(table.value?.[1]).toBe(3)
    expect(table.time).toBeUndefined()
  })

  it.each([
    ['directed', () => new DirectedGraph()],
    ['multi', () => new MultiUndirectedGraph()],
    ['mixed', () => new MultiGraph()],
  ])('reads a %s graph the same', (_name, make) => {
    expect(recommend(foreign(make), { graph: MOVIES })).toEqual(recommend(foreign(), { graph: MOVIES }))
  })

  it('is an option of every function, and of the engine, with the same answers', async () => {
    const graph = foreign()
    const mapped = mapGraph(graph, MOVIES)
    const plain = toInteractions(graph, MOVIES)
    expect(recommend(graph, { graph: MOVIES })).toEqual(recommend(plain))
    expect(recommend(mapped)).toEqual(recommend(plain))
    expect(recommendFor(graph, ['m:alien'], { graph: MOVIES })).toEqual(recommendFor(plain, ['m:alien']))
    expect(similarItems(graph, 'm:alien', { graph: MOVIES })).toEqual(similarItems(plain, 'm:alien'))
    expect(clusterUsers(graph, { graph: MOVIES })).toEqual(clusterUsers(plain))
    expect(spectralEmbedding(graph, { graph: MOVIES, dimensions: 1 })).toEqual(
      spectralEmbedding(plain, { dimensions: 1 }),
    )
    expect(compile(graph, { graph: MOVIES }).recommendFor(['m:heat'])).toEqual(compile(plain).recommendFor(['m:heat']))
    const seeds = new Map([['m:alien', 'dark']])
    expect(labelSpreading(graph, { graph: MOVIES, seeds })).toEqual(labelSpreading(plain, { seeds }))
    const rules = { pairs: [['u:bob', 'm:alien']] as const, signals: { rated: { role: 'label' } } as const }
    const rated = { ...ALL, id: null }
    expect(predictRatings(graph, { ...rules, graph: rated })).toEqual(
      predictRatings(toInteractions(graph, rated), rules),
    )
    const tuning = { method: 'p3alpha', trials: 2, heldOutShare: 0.5 } as const
    expect(tune(graph, { ...tuning, graph: MOVIES }).best).toEqual(tune(plain, tuning).best)
    await using engine = await Engine.create(graph, { threads: 1, graph: MOVIES })
    expect(await engine.recommend()).toEqual(recommend(plain))
    expect(engine.notes).toEqual(plain.notes)
    await expect(engine.labelSpreading({ seeds, graph: MOVIES })).resolves.toBeDefined()
    await expect(engine.labelSpreading({ seeds, graph: ALL })).rejects.toThrowError("expected the engine's own")
  })

  it('writes onto the nodes and edges of the graph', () => {
    const graph = foreign()
    recommend.assign(graph, { graph: MOVIES, k: 1 })
    expect(graph.hasEdge('u:ann', 'm:solaris')).toBe(true)
    labelSpreading.assign(graph, { graph: MOVIES, seeds: [['m:alien', 'dark']], nodeLabelAttribute: 'taste' })
    expect(graph.getNodeAttribute('u:ann', 'taste')).toBe('dark')
    expect(graph.hasNodeAttribute('g:horror', 'taste')).toBe(false)
    expect(() => {
      labelSpreading.assign(graph, { graph: MOVIES, seeds: [['m:alien', 'dark']], nodeLabelAttribute: 'type' })
    }).toThrowError("expected an attribute other than that of 'graph.kind'")
  })

  it.each([
    [{ kind: 'type', item: 'movei' }, "expected a node whose kind is 'movei', got kinds 'user', 'movie', 'genre'"],
    [{ kind: 'sort', item: 'movie' }, "expected a node whose kind is 'user'"],
    [{ kind: 'type', user: 'movie', item: 'movie' }, "option 'item': expected a kind other than that of 'user'"],
    [{ kind: null, item: 'movie' }, "option 'kind': expected an attribute with the kinds 'user' and 'item', got null"],
    [{ ...MOVIES, value: 'signal' }, "option 'signal': expected an attribute other than that of 'value'"],
    [{ kind: () => 'film' }, "expected a node whose kind is 'user', got kinds 'film'"],
    [{ ...MOVIES, id: 'type' }, "got the id of an earlier user, on node 'u:bob'"],
    [
      { ...MOVIES, value: 'act' },
      "edge attribute 'act': expected a finite number, got 'rated' on the edge 'u:ann' - 'm:alien'",
    ],
    [{ ...MOVIES, colour: 'red' }, 'Did you mean'],
    [{ kind: 3 }, "option 'kind'"],
  ] as [GraphMapping, string][])('%j is refused', (graph, message) => {
    expect(() => recommend(foreign(), { graph })).toThrowError(message)
  })

  it('is refused where there is no graph, or another one', () => {
    const table = toInteractions(foreign(), MOVIES)
    expect(() => recommend(table, { graph: MOVIES })).toThrowError("option 'graph': expected a graphology graph")
    expect(() => recommend(table, { getEdgeWeight: 'w' })).toThrowError("option 'getEdgeWeight': expected a graphology")
    expect(() => recommend(mapGraph(foreign(), MOVIES), { graph: ALL })).toThrowError('expected one mapping')
    expect(() => mapGraph(table as never)).toThrowError('mapGraph: expected a graphology graph')
  })
})

describe('getEdgeWeight', () => {
  it('weighs by an attribute, a function or not at all', () => {
    const byStars = recommend(foreign(), { graph: { ...MOVIES, value: 'stars' }, weighted: true })
    expect(recommend(foreign(), { graph: MOVIES, getEdgeWeight: 'stars' })).toEqual(byStars)
    const read = (_edge: string, attributes: { stars?: number }): number | undefined => attributes.stars
    expect(recommend(foreign(), { graph: MOVIES, getEdgeWeight: read })).toEqual(byStars)
    expect(recommend(foreign(), { graph: MOVIES, getEdgeWeight: null })).toEqual(
      recommend(foreign(), { graph: MOVIES }),
    )
  })

  it('weighs ties of any graph', () => {
    const graph = new DirectedGraph()
    graph.mergeEdge('a', 'b', { strength: 9 })
    graph.mergeEdge('a', 'c', { strength: 1 })
    const ranks = personalizedPageRank(graph, { seeds: ['a'], getEdgeWeight: 'strength' })
    expect((ranks.get('b') ?? 0) / (ranks.get('c') ?? 1)).toBeCloseTo(9, 3)
  })

  it.each([
    [{ getEdgeWeight: 'stars', weighted: false }, 'what fits weighted: false'],
    [{ getEdgeWeight: null, weighted: true }, 'what fits weighted: true'],
    [{ getEdgeWeight: 'stars', graph: { ...MOVIES, value: 'at' } }, "option 'graph.value', or the same"],
    [
      { getEdgeWeight: 'starz' },
      "edge attribute 'starz': expected an edge that has it, got none. Did you mean 'stars'?",
    ],
    [{ getEdgeWeight: 3 }, "option 'getEdgeWeight'"],
  ])('%j is refused', (options, message) => {
    expect(() => recommend(foreign(), { graph: MOVIES, ...(options as object) })).toThrowError(message)
  })
})

describe('an attribute that nothing has', () => {
  it.each([
    [{ value: 'starz' }, "edge attribute 'starz': expected an edge that has it, got none. Did you mean 'stars'?"],
    [{ signal: 'acts' }, "edge attribute 'acts': expected an edge that has it, got none. Did you mean 'act'?"],
    [{ time: 'a' }, "edge attribute 'a': expected an edge that has it, got none. Did you mean 'at'?"],
    [{ id: 'keys' }, "node attribute 'keys': expected a node that has it, got none. Did you mean 'key'?"],
  ])('is no name in a mapping: %j', (field, message) => {
    expect(() => recommend(foreign(), { graph: { ...MOVIES, ...field } })).toThrowError(message)
    expect(() => labelSpreading(foreign(), { graph: { ...MOVIES, ...field }, seeds: [] })).toThrowError(message)
  })

  it('is told from one that is null everywhere', () => {
    const graph = foreign()
    graph.forEachEdge((edge) => graph.setEdgeAttribute(edge, 'votes', null))
    const message =
      "edge attribute 'votes': expected an edge that has it, got none. It is null everywhere: leave it out."
    expect(() => recommend(graph, { graph: { ...MOVIES, value: 'votes' } })).toThrowError(message)
  })

  it('is no weight of ties, and no value of a relation', () => {
    const message = "edge attribute 'closness': expected an edge that has it, got none. Did you mean 'closeness'?"
    const graph = foreign()
    graph.mergeEdge('u:ann', 'u:bob', { closeness: 2 })
    expect(() => personalizedPageRank(graph, { getEdgeWeight: 'closness' })).toThrowError(message)
    expect(() => personalizedPageRank(graph, { graph: { value: 'closness' } })).toThrowError(message)
    const relations = { friend: { kind: 'user', value: 'closness' } }
    expect(() => recommend(graph, { graph: MOVIES, relations })).toThrowError(`relation 'friend', ${message}`)
    relations.friend.value = 'closeness'
    expect(recommend(graph, { graph: MOVIES, relations }).size).toBe(3)
  })

  it('may be one that is read by default', () => {
    const plain = foreign(undefined, false)
    expect(toInteractions(plain, { ...MOVIES, signal: 'signal', time: 'time', id: 'externalId' }).length).toBe(6)
  })
})

describe('a graph that does not say it', () => {
  it('is refused with the mapping that it could have had', () => {
    const plain = foreign(undefined, false)
    expect(() => recommend(plain)).toThrowError(
      "Nodes have attribute 'type' with values 'user', 'movie': give graph: { kind: 'type', item: 'movie' }.",
    )
    expect(() => toInteractions(foreign())).toThrowError(
      "give graph: { kind: 'type', item: 'movie' }, which leaves 'genre' out; lists use such nodes with relations: { genre: { kind: 'genre' } }.",
    )
    for (const node of plain.nodes()) plain.replaceNodeAttributes(node, { bipartite: node.startsWith('u') ? 0 : 1 })
    expect(() => recommend(plain)).toThrowError("give graph: { kind: 'bipartite', user: 0, item: 1 }")
    expect(recommend(plain, { graph: { kind: 'bipartite', user: 0, item: 1 } }).size).toBe(3)
    expect(() => project(foreign(), 'items')).toThrowError(/^project: .*give graph: { kind: 'type', item: 'movie' }/)
    expect(() => predictRatings.assign(foreign())).toThrowError(/^predictRatings\.assign: .*give graph: { kind: 'type'/)
    expect(() => inferSignals(foreign() as never)).toThrowError(/^inferSignals: expected a table/)
    expect(() => labelSpreading(foreign(), { seeds: [['u:ann', 'x']], signals: { rated: 1 } })).toThrowError(
      "option 'signals': expected a table, or a graph of users and items, got a graph without these two kinds. Nodes have attribute 'type' with values 'user', 'movie', 'genre': give graph: { kind: 'type', item: 'movie' }",
    )
    const ours = foreign()
    ours.forEachNode((node, { type }) => {
      ours.replaceNodeAttributes(node, { kind: type === 'movie' ? 'item' : (type as string) })
    })
    expect(() => recommend(ours)).toThrowError("give graph: { kind: 'kind' }, which leaves 'genre' out")
  })

  it('is proposed a function of its keys where only these say it', () => {
    const graph = foreign()
    for (const node of graph.nodes()) graph.replaceNodeAttributes(node, {})
    const proposed = "give graph: { kind: (node) => node.split(':')[0], user: 'u', item: 'm' }, which leaves 'g' out"
    expect(() => recommend(graph)).toThrowError(proposed)
    expect(recommend(graph, { graph: { kind: (node) => node.split(':')[0], user: 'u', item: 'm' } }).size).toBe(3)
  })

  it.each([
    ['directed', () => new DirectedGraph()],
    ['undirected', () => new UndirectedGraph()],
  ])('is taken by its edges where they have two sides, %s, and that is said', (_name, make) => {
    const graph = make()
    for (const [user, movie] of SEEN) graph.mergeEdge(user.slice(2), movie.slice(2))
    const lists = recommend.detailed(graph)
    expect([...lists.userKeys.keys()]).toEqual(['ann', 'bob', 'cleo'])
    expect(lists.notes[0]).toContain('users are where edges start')
    expect(recommend(graph)).toEqual(recommend(graph, { graph: { kind: null } }))
  })

  it('is not taken by edges that have no two sides, nor by parts that disagree', () => {
    const triangle = new UndirectedGraph()
    for (const [a, b] of ['ab', 'bc', 'ca']) triangle.mergeEdge(a, b)
    expect(() => recommend(triangle)).toThrowError("Use option 'graph' to define users and items")
    expect(() => recommend(triangle, { graph: { kind: null } })).toThrowError(
      'edges that do not separate users from items',
    )
    const parts = new UndirectedGraph()
    for (const [a, b] of ['ax', 'xb', 'cy']) parts.mergeEdge(a, b)
    expect(() => recommend(parts)).toThrowError("Use option 'graph'")
  })

  it('stays a graph of nodes to methods that take any, and to an engine, which proposes', async () => {
    const graph = new UndirectedGraph()
    for (const [user, movie] of SEEN) graph.mergeEdge(user.slice(2), movie.slice(2), { weight: 2 })
    expect(labelSpreading(graph, { seeds: [['ann', 'x']] }).get('alien')).toBe('x')
    await using engine = await Engine.create(graph, { threads: 1 })
    await expect(engine.recommend()).rejects.toThrowError('give graph: { kind: null }')
  })
})
