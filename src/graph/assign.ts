import type { AbstractGraph } from 'graphology-types'
import { RivuletError, show } from '../support/errors.ts'
import { ANSWER_ATTRIBUTE } from './attribute-names.ts'
import { isAnswer, showEdge } from './check.ts'
import { pairOf, type SideNodes } from './to-interactions.ts'

/**
 * Writes a value onto every named node; the others are unchanged. Nothing is written unless every node exists.
 *
 * @param attribute name of the node attribute
 * @param values node key and value, pair by pair; the last value of a repeated node wins
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
 * Writes values onto edges between a user and an item; those without a value are unchanged.
 *
 * @param valueOf the value of the edges of a pair, by rows; `undefined` for none
 */
export function assignEdges(
  graph: AbstractGraph,
  nodes: SideNodes,
  attribute: string,
  valueOf: (user: number, item: number) => unknown,
): void {
  graph.forEachEdge((edge, attributes, source, target) => {
    const pair = isAnswer(attributes) ? null : pairOf(nodes, source, target)
    const value = pair === null ? undefined : valueOf(pair[0], pair[1])
    if (value !== undefined) graph.setEdgeAttribute(edge, attribute, value)
  })
}

/** A result for a pair of nodes. */
export interface EdgeAnswer {
  readonly source: string
  readonly target: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/**
 * Adds results as edges, directed in a directed graph, which replace earlier ones with the same name. They are never read as data. Nothing is changed
 * unless all of them can be added.
 *
 * @throws {RivuletError} UNSUPPORTED_GRAPH for a pair that already has an edge in a graph without parallel edges
 */
export function assignAnswers(who: string, graph: AbstractGraph, name: string, answers: readonly EdgeAnswer[]): void {
  const isDirected = graph.type === 'directed'
  const earlier = new Set(graph.filterEdges((_edge, attributes) => attributes[ANSWER_ATTRIBUTE] === name))
  for (const { source, target } of graph.multi ? [] : answers) {
    const edge = isDirected ? graph.directedEdge(source, target) : graph.undirectedEdge(source, target)
    if (edge !== undefined && !earlier.has(edge)) throw alreadyThere(who, source, target)
  }
  for (const edge of earlier) graph.dropEdge(edge)
  for (const { source, target, attributes } of answers) {
    const marked = { ...attributes, [ANSWER_ATTRIBUTE]: name }
    if (isDirected) graph.addDirectedEdge(source, target, marked)
    else graph.addUndirectedEdge(source, target, marked)
  }
}

function alreadyThere(who: string, source: string, target: string): RivuletError {
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who: `${who}.assign`,
    expected: 'a multigraph, or pairs without an edge',
    got: `${showEdge(source, target)}, which exists already`,
    todo: "Use a multigraph, or leave out items of the user (exclude: 'seen').",
    details: { source, target },
  })
}
