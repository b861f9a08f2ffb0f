import { MultiUndirectedGraph, UndirectedGraph } from 'graphology'
import type { AbstractGraph } from 'graphology-types'
import { fromRows, type RowMapping } from '../data/from-rows.ts'
import { checkInteractions, prefixRule, type Interactions } from '../data/interactions.ts'

/**
 * The table as a bipartite graph with labelled edges: another view of the same data, which `toInteractions` converts back without loss.
 *
 * - Nodes: all users, then all items, in row order, with attribute `kind` 'user' or 'item'. The node's key is the id. If any id is
 *   both a user's and an item's, every key becomes 'user:ID' or 'item:ID', and attribute `externalId` keeps the id. If graphology
 *   cannot use an id as a key ('constructor', '__proto__' ...), only its node gets such a key, unless another node has that id already.
 * - Edges: one per row, in row order, undirected, with attributes `signal` (its name) and, if the table has them, `value` and `time`.
 * - An `UndirectedGraph` if no user-item pair repeats, otherwise a `MultiUndirectedGraph`.
 *
 * Cost: 300-475 bytes per edge; keep tens of millions of rows in a table.
 *
 * @param source a table, or row objects with the mapping of their properties
 * @throws {RivuletError} EMPTY_DATA or INVALID_DATA as `fromRows`
 */
export function toGraph(source: Interactions): AbstractGraph
export function toGraph(source: Iterable<object>, mapping: RowMapping): AbstractGraph
export function toGraph(source: Interactions | Iterable<object>, mapping?: RowMapping): AbstractGraph {
  const table = isRows(source) ? fromRows(source, mapping as RowMapping) : checkInteractions('toGraph', source)
  const graph = hasRepeatedPair(table) ? new MultiUndirectedGraph() : new UndirectedGraph()
  graph.setAttribute('signals', [...table.signals])
  const { userNodes, itemNodes } = addNodes(graph, table)
  for (let row = 0; row < table.length; row++) {
    graph.addEdge(userNodes[table.user[row]], itemNodes[table.item[row]], {
      signal: table.signals[table.signal?.[row] ?? 0],
      ...(table.value && { value: table.value[row] }),
      ...(table.time && { time: table.time[row] }),
    })
  }
  return graph
}

function isRows(source: Interactions | Iterable<object>): source is Iterable<object> {
  return typeof source === 'object' && (source as unknown) !== null && Symbol.iterator in source
}

function addNodes(graph: AbstractGraph, table: Interactions): { userNodes: string[]; itemNodes: string[] } {
  const needsPrefix = prefixRule(table.users, table.items)
  const add = (kind: 'user' | 'item', id: string): string =>
    needsPrefix(id) ? graph.addNode(`${kind}:${id}`, { kind, externalId: id }) : graph.addNode(id, { kind })
  const userNodes = Array.from(table.users.keys(), (id) => add('user', id))
  const itemNodes = Array.from(table.items.keys(), (id) => add('item', id))
  return { userNodes, itemNodes }
}

function hasRepeatedPair({ user, item, items }: Interactions): boolean {
  const pairs = new Set<number>()
  for (let row = 0; row < user.length; row++) pairs.add(user[row] * items.size + item[row])
  return pairs.size < user.length
}
