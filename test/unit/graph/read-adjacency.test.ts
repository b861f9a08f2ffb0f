import { DirectedGraph, MultiGraph, UndirectedGraph } from 'graphology'
import type { AbstractGraph } from 'graphology-types'
import { describe, expect, it } from 'vitest'
import { readAdjacency } from '../../../src/graph/read-adjacency.ts'
import type { ReadAdjacencyOptions } from '../../../src/graph/read-adjacency.ts'

/** The rows as text: 'a>b 2'. */
function rowsOf(graph: AbstractGraph, options?: ReadAdjacencyOptions): string[] {
  const { keys, source, target, weight } = readAdjacency(graph, options)
  return Array.from(
    source,
    (from, row) => `${keys.keyOf(from)}>${keys.keyOf(target[row])}${weight ? ` ${weight[row]}` : ''}`,
  )
}

function withNodes<T extends AbstractGraph>(graph: T): T {
  for (const node of ['a', 'idle', 'b', 'c']) graph.addNode(node)
  return graph
}

describe('readAdjacency', () => {
  it('reads each undirected edge once, loops and idle nodes too', () => {
    const graph = withNodes(new UndirectedGraph())
    graph.addEdge('b', 'a')
    graph.addEdge('c', 'c')
    expect(rowsOf(graph)).toEqual(['b>a', 'c>c'])
    const flat = readAdjacency(graph)
    expect([...flat.keys.keys()]).toEqual(['a', 'idle', 'b', 'c'])
    expect(flat).not.toHaveProperty('weight')
    for (const direction of ['both', 'out', 'in'] as const)
      expect(readAdjacency(graph, { direction }).undirected).toBe(true)
  })

  it('reads directed edges both ways, as they point, or against it', () => {
    const graph = withNodes(new DirectedGraph())
    graph.addEdge('a', 'b')
    graph.addEdge('b', 'c')
    expect(rowsOf(graph)).toEqual(['a>b', 'b>c'])
    expect(readAdjacency(graph).undirected).toBe(true)
    expect(rowsOf(graph, { direction: 'out' })).toEqual(['a>b', 'b>c'])
    expect(readAdjacency(graph, { direction: 'out' }).undirected).toBe(false)
    expect(rowsOf(graph, { direction: 'in' })).toEqual(['b>a', 'c>b'])
  })

  it('turns undirected edges of a mixed multigraph into one row each way, loops into one', () => {
    const graph = withNodes(new MultiGraph())
    graph.addUndirectedEdge('a', 'b', { weight: 2 })
    graph.addDirectedEdge('a', 'b', { weight: -3 })
    graph.addUndirectedEdge('c', 'c')
    graph.addDirectedEdge('b', 'b')
    expect(rowsOf(graph)).toEqual(['a>b 2', 'a>b -3', 'c>c 1', 'b>b 1'])
    expect(rowsOf(graph, { direction: 'out' })).toEqual(['a>b 2', 'b>a 2', 'a>b -3', 'c>c 1', 'b>b 1'])
    expect(rowsOf(graph, { direction: 'in' })).toEqual(['b>a 2', 'a>b 2', 'b>a -3', 'c>c 1', 'b>b 1'])
  })

  it('reads weights by another name, or none', () => {
    const graph = withNodes(new MultiGraph())
    graph.addEdge('a', 'b', { weight: 2, strength: 3 })
    expect(rowsOf(graph, { weight: 'strength' })).toEqual(['a>b 3'])
    expect(rowsOf(graph, { weight: null })).toEqual(['a>b'])
  })

  it.each([NaN, Infinity, 1e39, '2', true])('refuses the weight %s, naming the edge', (weight) => {
    const graph = withNodes(new MultiGraph())
    graph.addEdge('a', 'b', { weight })
    expect(() => readAdjacency(graph)).toThrowError(
      expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringContaining("on the edge 'a' - 'b'") }),
    )
  })

  it('refuses an empty graph and bad options', () => {
    expect(() => readAdjacency(new MultiGraph())).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    expect(() => readAdjacency(withNodes(new MultiGraph()), { direction: 'up' as never })).toThrowError(
      "'both', 'out', 'in'",
    )
    expect(readAdjacency(withNodes(new MultiGraph())).source).toHaveLength(0)
  })
})
