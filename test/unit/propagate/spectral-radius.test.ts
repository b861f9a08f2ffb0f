import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { labelPropagation } from '../../../src/index.ts'

/** A path of so many nodes, its ends labelled: what is between them mixes slowly. */
function path(nodes: number): { graph: UndirectedGraph; seeds: Map<string, string> } {
  const graph = new UndirectedGraph()
  for (let node = 0; node < nodes; node++) graph.addNode(String(node))
  for (let node = 1; node < nodes; node++) graph.addEdge(String(node - 1), String(node))
  const ends: [string, string][] = [
    ['0', 'left'],
    [String(nodes - 1), 'right'],
  ]
  return { graph, seeds: new Map(ends) }
}

describe('the estimate of the spectrum', () => {
  it('sees what clamped seeds reach, so that Chebyshev steps converge where plain ones do not', () => {
    const { graph, seeds } = path(60)
    const plain = labelPropagation.detailed(graph, { seeds, solver: 'power' })
    const chosen = labelPropagation.detailed(graph, { seeds })
    expect([plain.converged, chosen.converged]).toEqual([false, true])
    const shares = Array.from({ length: 60 }, (_, node) => chosen.scores.get(chosen.nodes.rowOf(String(node)), 0))
    shares.forEach((share, node) => expect(share).toBeCloseTo(1 - node / 59, 3))
  })
})
