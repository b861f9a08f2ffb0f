import { UndirectedGraph } from 'graphology'
import { expect, it } from 'vitest'
import { adjacencyInSlices } from '../../../src/graph/read-adjacency.ts'
import { mapGraph } from '../../../src/graph/mapping.ts'
import { interactionsInSlices } from '../../../src/graph/to-interactions.ts'
import type { Sliced } from '../../../src/support/pause.ts'

const NODES = 12_000

/** A path of nodes that are users and items by turns: more than a reader reads between two pauses. */
function path(): UndirectedGraph {
  const graph = new UndirectedGraph()
  for (let node = 0; node < NODES; node++) graph.addNode(node, { kind: node % 2 === 0 ? 'user' : 'item' })
  for (let node = 1; node < NODES; node++) graph.addEdge(node - 1, node)
  return graph
}

it.each([
  ['adjacency', adjacencyInSlices],
  [
    'interactions',
    (who: string, graph: UndirectedGraph): Sliced<unknown> => interactionsInSlices(who, mapGraph(graph)),
  ],
] as const)('reading %s refuses a graph that is changed while it pauses', (_, read) => {
  const graph = path()
  const reading = read('test', graph)
  expect(reading.next().done).toBe(false)
  graph.dropEdge(NODES - 2, NODES - 1)
  expect(() => {
    while (reading.next().done !== true);
  }).toThrowError(/does not change while it is read/)
})
