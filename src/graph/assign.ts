import type { AbstractGraph } from 'graphology-types'
import { RivuletError, show } from '../support/errors.ts'

/**
 * Writes a value onto every named node; the other nodes keep what they have. Nothing is written unless every node exists.
 *
 * @param attribute name of the node attribute
 * @param values node key and value, pair by pair; a node named twice gets the later value
 * @throws {RivuletError} UNKNOWN_KEY for a node that the graph does not have
 */
export function assignNodes(
  graph: AbstractGraph,
  attribute: string,
  values: Iterable<readonly [string, unknown]>,
): void {
  const byNode = new Map(values)
  for (const node of byNode.keys()) {
    if (!graph.hasNode(node)) {
      throw new RivuletError('UNKNOWN_KEY', {
        who: `assignNodes, attribute '${attribute}'`,
        expected: 'a node of the graph',
        got: show(node),
        todo: 'Assign to the graph that was read.',
        details: { node },
      })
    }
  }
  for (const [node, value] of byNode) graph.setNodeAttribute(node, attribute, value)
}

/**
 * Writes values onto edges; those without one keep what they have.
 *
 * @param valueOf the value of an edge by its number, which is its row in what `toInteractions` reads; `undefined` for none
 */
export function assignEdges(graph: AbstractGraph, attribute: string, valueOf: (edge: number) => unknown): void {
  let number = 0
  graph.forEachEdge((edge) => {
    const value = valueOf(number++)
    if (value !== undefined) graph.setEdgeAttribute(edge, attribute, value)
  })
}
