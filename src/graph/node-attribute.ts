import type { AbstractGraph } from 'graphology-types'
import { NODE_ATTRIBUTES } from './attribute-names.ts'

/** The nodes that have an attribute, with its value, in node order. */
export function nodeAttribute(graph: AbstractGraph, name: string): [node: string, value: unknown][] {
  const found: [string, unknown][] = []
  graph.forEachNode((node, attributes) => {
    const value: unknown = Object.hasOwn(attributes, name) ? attributes[name] : null
    if (value !== undefined && value !== null) found.push([node, value])
  })
  return found
}

/** Whether every node says by this attribute that it is a user or an item. */
export function isBipartite(graph: AbstractGraph, kindAttribute: string = NODE_ATTRIBUTES.kind): boolean {
  return graph.everyNode((_node, attributes) => {
    const kind: unknown = attributes[kindAttribute]
    return kind === 'user' || kind === 'item'
  })
}
