import { DirectedGraph, MultiGraph, MultiUndirectedGraph, UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { assignEdges } from '../../../src/graph/assign.ts'
import { readAdjacency } from '../../../src/graph/read-adjacency.ts'
import { labelSpreading, recommend, toGraph, toInteractions } from '../../../src/index.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'

const table = tableOfNetwork(randomNetwork({ users: 20, others: 15, edges: 80, weighted: true, seed: 3 }))
const KINDS = [UndirectedGraph, DirectedGraph, MultiGraph, MultiUndirectedGraph] as const

/** The table as a graph of any kind. */
function graphOf(Kind: (typeof KINDS)[number]): InstanceType<(typeof KINDS)[number]> {
  const [graph, plain] = [new Kind(), toGraph(table)]
  plain.forEachNode((node, attributes) => graph.addNode(node, attributes))
  plain.forEachEdge((_edge, attributes, source, target) => graph.addEdge(source, target, attributes))
  return graph
}

describe('recommend.assign', () => {
  it.each(KINDS)('adds an edge for every entry, with its score and rank: %o', (Kind) => {
    const graph = graphOf(Kind)
    const lists = recommend(graph, { k: 3 })
    const before = graph.size
    recommend.assign(graph, { k: 3 })
    expect(graph.size).toBe(before + [...lists.values()].flat().length)
    for (const [user, list] of lists) {
      const found = graph
        .filterEdges(user, (_edge, { rivuletAnswer }) => rivuletAnswer === 'recommended')
        .map((edge) => ({ item: graph.opposite(user, edge), ...graph.getEdgeAttributes(edge) }))
      expect(found).toEqual(list.map((entry, at) => ({ ...entry, rank: at + 1, rivuletAnswer: 'recommended' })))
    }
  })

  it.each(KINDS)('adds what no function reads as data: %o', (Kind) => {
    const [graph, plain] = [graphOf(Kind), graphOf(Kind)]
    recommend.assign(graph, { k: 3 })
    recommend.assign(graph, { k: 2, users: ['u1'], method: 'popularity', edge: 'popular', deny: graph.neighbors('u1') })
    expect(recommend(graph)).toEqual(recommend(plain))
    expect(recommend(graph, { weighted: true })).toEqual(recommend(plain, { weighted: true }))
    expect(toInteractions(graph)).toEqual(toInteractions(plain))
    for (const direction of ['both', 'out', 'in'] as const)
      expect(readAdjacency(graph, { direction })).toEqual(readAdjacency(plain, { direction }))
    const seeds = new Map([
      ['u1', 'a'],
      ['u2', 'b'],
    ])
    expect(labelSpreading(graph, { seeds })).toEqual(labelSpreading(plain, { seeds }))
  })

  it('does not shift what other functions write onto edges', () => {
    const graph = graphOf(UndirectedGraph)
    recommend.assign(graph, { k: 1 })
    const [first] = graph.edges()
    const [source, target] = graph.extremities(first)
    graph.dropEdge(first)
    graph.addEdge(source, target)
    const table = toInteractions(graph)
    assignEdges(graph, table, 'user', (user) => user)
    const written = graph.filterEdges((_edge, attributes) => 'user' in attributes)
    expect(written.length).toBe(table.length)
    for (const edge of written)
      expect(graph.hasExtremity(edge, table.users.keyOf(graph.getEdgeAttribute(edge, 'user') as number))).toBe(true)
    expect(graph.getEdgeAttribute(graph.edge(source, target), 'user')).toBe(table.user[table.length - 1])
  })

  it('replaces what it added under the same name', () => {
    const graph = graphOf(UndirectedGraph)
    recommend.assign(graph, { k: 5 })
    recommend.assign(graph, { k: 2, method: 'popularity' })
    const once = graphOf(UndirectedGraph)
    recommend.assign(once, { k: 2, method: 'popularity' })
    const answers = (one: typeof graph): unknown[] =>
      one
        .filterEdges((_edge, attributes) => 'rivuletAnswer' in attributes)
        .map((edge) => [one.extremities(edge), one.getEdgeAttributes(edge)])
    expect(answers(graph)).toEqual(answers(once))
  })

  it('goes by the keys of the graph where ids collide', () => {
    const rows = ['11', '12', '22', '23'].map(([user, item]) => ({ user, item }))
    const graph = toGraph(rows, { user: 'user', item: 'item' })
    recommend.assign(graph, { k: 1 })
    expect(graph.getEdgeAttribute('user:1', 'item:3', 'rank')).toBe(1)
  })

  it('refuses a table, and pairs that have an edge already, and changes nothing then', () => {
    expect(() => {
      recommend.assign(table as never)
    }).toThrow(expect.objectContaining({ code: 'INVALID_DATA' }))
    const graph = graphOf(UndirectedGraph)
    const before = graph.export()
    expect(() => {
      recommend.assign(graph, { k: 15, exclude: 'none' })
    }).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_GRAPH' }))
    expect(graph.export()).toEqual(before)
  })
})
