import { DirectedGraph, MultiGraph, UndirectedGraph } from 'graphology'
import type { AbstractGraph } from 'graphology-types'
import { describe, expect, it } from 'vitest'
import { toInteractions } from '../../../src/graph/to-interactions.ts'
import { tableRows } from '../data/table-rows.ts'

/** Adds users a, b and items x, y. */
function withNodes<T extends AbstractGraph>(graph: T): T {
  for (const [node, kind] of [
    ['a', 'user'],
    ['x', 'item'],
    ['b', 'user'],
    ['y', 'item'],
  ]) {
    graph.addNode(node, { kind })
  }
  return graph
}

describe('toInteractions', () => {
  it('numbers users and items in node order, those without an edge too', () => {
    const graph = withNodes(new UndirectedGraph())
    graph.addEdge('y', 'b')
    const table = toInteractions(graph)
    expect([...table.users.keys()]).toEqual(['a', 'b'])
    expect([...table.items.keys()]).toEqual(['x', 'y'])
    expect(tableRows(table)).toEqual([['b', 'y', 'interaction', null, null]])
    expect(table).not.toHaveProperty('signal')
  })

  it('reads directed and mixed multigraphs, whichever way edges point', () => {
    const directed = withNodes(new DirectedGraph())
    directed.addEdge('a', 'x', { value: 2, signal: 'like' })
    directed.addEdge('y', 'a', { signal: 'view', time: 5 })
    expect(tableRows(toInteractions(directed))).toEqual([
      ['a', 'x', 'like', 2, NaN],
      ['a', 'y', 'view', 1, 5],
    ])
    const mixed = withNodes(new MultiGraph())
    mixed.addUndirectedEdge('x', 'a')
    mixed.addDirectedEdge('a', 'x')
    mixed.addDirectedEdge('x', 'a')
    expect(toInteractions(mixed)).toMatchObject({
      length: 3,
      user: Int32Array.of(0, 0, 0),
      item: Int32Array.of(0, 0, 0),
    })
  })

  it('reads attributes by other names', () => {
    const graph = new MultiGraph()
    graph.addNode('a', { side: 'user' })
    graph.addNode('x', { side: 'item' })
    graph.addEdge('a', 'x', { weight: -3, label: 'hate', at: 4, value: 'ignored' })
    const options = { kind: 'side', value: 'weight', signal: 'label', time: 'at' }
    expect(tableRows(toInteractions(graph, options))).toEqual([['a', 'x', 'hate', -3, 4]])
  })

  it.each([
    ['two users', 'a', 'b', "the edge 'a' - 'b', which joins two users"],
    ['two items', 'y', 'x', "the edge 'y' - 'x', which joins two items"],
    ['a node with itself', 'a', 'a', "a loop on 'a'"],
    ['an item with itself', 'x', 'x', "a loop on 'x'"],
  ])('refuses an edge that joins %s', (_name, source, target, message) => {
    const graph = withNodes(new MultiGraph())
    graph.addEdge('a', 'x')
    graph.addEdge(source, target)
    expect(() => toInteractions(graph)).toThrowError(
      expect.objectContaining({
        code: 'UNSUPPORTED_GRAPH',
        message: expect.stringContaining(message),
        details: { source, target },
      }),
    )
  })

  it('refuses a node on neither side', () => {
    const graph = withNodes(new MultiGraph())
    graph.addNode('z', { kind: 'genre' })
    expect(() => toInteractions(graph)).toThrowError("attribute 'kind' to be 'user' or 'item', got 'genre' on node 'z'")
    graph.dropNode('z')
    graph.addNode('w')
    expect(() => toInteractions(graph)).toThrowError("got undefined on node 'w'")
  })

  it.each([
    [{ value: NaN }, "edge attribute 'value': expected a finite number, got NaN on the edge 'a' - 'x'"],
    [{ weight: '5' }, "edge attribute 'weight': expected a finite number, got '5' on the edge 'a' - 'x'"],
    [{ value: '5', weight: 5 }, "edge attribute 'value'"],
    [{ value: Infinity }, 'got Infinity'],
    [{ value: 1e39 }, 'got 1e+39'],
    [{ value: '5' }, "got '5'"],
    [{ time: 'noon' }, "edge attribute 'time'"],
    [{ time: Infinity }, 'got Infinity'],
  ])('refuses the edge attributes %j, naming the edge', (attributes, message) => {
    const graph = withNodes(new MultiGraph())
    graph.addEdge('a', 'x', attributes)
    expect(() => toInteractions(graph)).toThrowError(expect.objectContaining({ code: 'INVALID_DATA' }))
    expect(() => toInteractions(graph)).toThrowError(message)
  })

  it('refuses a one-sided graph, one without edges, and equal external ids', () => {
    const graph = new MultiGraph()
    expect(() => toInteractions(graph)).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    graph.addNode('a', { kind: 'user', externalId: '1' })
    expect(() => toInteractions(graph)).toThrowError(expect.objectContaining({ code: 'EMPTY_DATA' }))
    graph.addNode('b', { kind: 'user', externalId: '1' })
    expect(() => toInteractions(graph)).toThrowError("the id of an earlier user, on node 'b'")
  })

  it('refuses an unknown option', () => {
    expect(() => toInteractions(new MultiGraph(), { kinds: 'x' } as never)).toThrowError("Did you mean 'kind'?")
  })
})
