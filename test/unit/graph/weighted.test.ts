import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { Engine, fromRows, labelSpreading, recommend, toGraph, toInteractions } from '../../../src/index.ts'

const EDGES = [
  ['ann', 'tea', 9],
  ['ann', 'milk', 1],
  ['bob', 'tea', 1],
  ['bob', 'bun', 5],
] as const
const SEEDS = [
  ['tea', 'x'],
  ['milk', 'y'],
] as const

/** @param nameOf the attribute that holds an edge's number */
function graphBy(nameOf: (edge: number) => string): UndirectedGraph {
  const graph = new UndirectedGraph()
  for (const user of ['ann', 'bob']) graph.addNode(user, { kind: 'user' })
  for (const item of ['tea', 'milk', 'bun']) graph.addNode(item, { kind: 'item' })
  EDGES.forEach(([user, item, number], edge) => graph.addEdge(user, item, { [nameOf(edge)]: number }))
  return graph
}

const shares = (graph: UndirectedGraph, weighted: boolean): Float32Array =>
  labelSpreading.detailed(graph, { seeds: SEEDS, weighted }).confidence

describe('weights of a bipartite graph', () => {
  it("are each edge's value, or else its weight", () => {
    const byValue = graphBy(() => 'value')
    for (const name of [() => 'weight', (edge: number) => (edge % 2 === 0 ? 'weight' : 'value')]) {
      expect(shares(graphBy(name), true)).toEqual(shares(byValue, true))
      expect(shares(graphBy(name), false)).toEqual(shares(byValue, false))
      expect(recommend(graphBy(name), { weighted: true })).toEqual(recommend(byValue, { weighted: true }))
      expect(toInteractions(graphBy(name)).value).toEqual(Float32Array.of(9, 1, 1, 5))
      expect(toInteractions(toGraph(toInteractions(graphBy(name)))).value).toEqual(Float32Array.of(9, 1, 1, 5))
    }
    expect(shares(byValue, true)).not.toEqual(shares(byValue, false))
    const both = graphBy(() => 'value')
    both.forEachEdge((edge) => both.setEdgeAttribute(edge, 'weight', 100))
    expect(shares(both, true)).toEqual(shares(byValue, true))
    expect(toInteractions(both, { value: 'weight' }).value).toEqual(Float32Array.of(100, 100, 100, 100))
  })

  it('are missed where there are none, in whatever takes the option', async () => {
    const refusal = expect.objectContaining({ name: 'RivuletError', code: 'INVALID_OPTION' }) as Error
    const table = fromRows(
      EDGES.map(([user, item]) => ({ user, item })),
      { user: 'user', item: 'item' },
    )
    const tie = new UndirectedGraph()
    tie.mergeEdge('a', 'b')
    for (const source of [table, toGraph(table), graphBy(() => 'strength'), tie]) {
      const seeds = [[source === tie ? 'a' : 'tea', 'x']] as never
      expect(() => labelSpreading(source, { seeds, weighted: true })).toThrowError(refusal)
      expect(labelSpreading(source, { seeds }).size).toBeGreaterThan(1)
    }
    expect(() => recommend(table, { weighted: true })).toThrowError("option 'weighted': expected a column 'value'")
    await expect(Engine.create(table, { weighted: true })).rejects.toThrowError(refusal)
  })
})
