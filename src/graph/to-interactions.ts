import type { AbstractGraph, EdgeEntry } from 'graphology-types'
import { RivuletError, show } from '../support/errors.ts'
import { GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'
import type { BadRows } from '../data/bad-rows.ts'
import { idOf } from '../data/cells.ts'
import { asTable, type Interactions } from '../data/interactions.ts'
import { DEFAULT_SIGNAL, TableBuilder } from '../data/table-builder.ts'
import { atOnce } from '../support/drive.ts'
import type { Sliced } from '../support/pause.ts'
import { EDGE_ATTRIBUTES, NODE_ATTRIBUTES } from './attribute-names.ts'
import { anyEdgeHas, edgeNumber, GraphState, requireAttribute, showEdge, visitEdges, visitNodes } from './check.ts'
import { edgeReader, mapGraph, MappedGraph, type EdgeFieldReader, type GraphMapping } from './mapping.ts'
import { requireBoth, sidesOf, type SideOf } from './sides.ts'

/** The keys of a graph's users and items, side by side. */
export interface SideNodes {
  readonly userNodes: KeyIndex
  readonly itemNodes: KeyIndex
}

/** A table with the node keys of its graph for every user and item row (they differ from the ids if ids collided). */
export interface GraphInteractions extends Interactions, SideNodes {
  /** Notes on how the graph was interpreted, and what was left out. */
  readonly notes: readonly string[]
}

/**
 * The table of a bipartite graph: users and items in node order (including those without an edge), one row per edge, in edge order.
 *
 * Any graphology type is read: undirected, directed and mixed (directions are ignored), simple and multi. Edges added by `recommend.assign` are not read.
 * Attribute `kind` marks nodes as 'user' or 'item'; `mapping` sets other names, or functions. Without any such attribute, edges determine the sides: they start at
 * users.
 *
 * @throws {RivuletError} UNSUPPORTED_GRAPH, proposing a mapping, for a node that is neither user nor item, and for an edge that does not join a user and an item,
 *   unless a mapping leaves others out; INVALID_OPTION for an attribute that the mapping names and nothing has; INVALID_DATA for a weight or time that is not a
 *   finite number, naming the edge; EMPTY_DATA without an edge
 */
export const toInteractions = (graph: AbstractGraph | MappedGraph, mapping?: GraphMapping): GraphInteractions =>
  tableOfGraph('toInteractions', graph, mapping)

/** The same with the name of another caller. */
export function tableOfGraph(
  who: string,
  graph: AbstractGraph | MappedGraph,
  mapping?: GraphMapping,
): GraphInteractions {
  const isMapped = mapping === undefined && graph instanceof MappedGraph
  return atOnce(interactionsInSlices(who, isMapped ? graph : mapGraph(graph as AbstractGraph, mapping, who)))
}

/** As `toInteractions`. @param badRows rule for edges that cannot be read; default: refused @throws {RivuletError} also INVALID_DATA when the graph changes meanwhile */
export function* interactionsInSlices(
  who: string,
  mapped: MappedGraph,
  badRows: BadRows | null = null,
): Sliced<GraphInteractions> {
  const { graph, mapping, asksForSides } = mapped
  const state = new GraphState(graph)
  const fields = fieldsOf(mapping)
  const shape = { value: anyEdgeHas(graph, fields.value), time: anyEdgeHas(graph, fields.time) }
  const table = new TableBuilder({ ...shape, signal: true })
  const { sideOf, guess } = yield* sidesOf(who, mapped)
  const { nodes, leftOut } = yield* addNodes(who, mapped, sideOf, table)
  if (asksForSides) requireBoth(who, mapped, nodes.userNodes.size, nodes.itemNodes.size)
  requireNamed(who, mapped)
  let edgesLeftOut = 0
  for (const signal of knownSignals(graph)) table.signalNumber(signal)
  yield* visitEdges(graph, (entry) => {
    const pair = pairOf(nodes, entry.source, entry.target)
    if (pair === null) {
      if (!asksForSides) throw notBipartite(who, nodes, entry)
      edgesLeftOut++
      return
    }
    try {
      const value = shape.value ? edgeNumber(who, fields.value.labelOf, fields.value(entry) ?? 1, entry) : 1
      const signal = edgeSignal(who, fields.signal, entry)
      const time = shape.time ? edgeTime(who, fields.time, entry) : NaN
      table.add(pair[0], pair[1], value, table.signalNumber(signal), time)
    } catch (error) {
      if (badRows === null) throw error
      badRows.skip(error)
    }
  })
  state.requireSame(who, graph)
  const notes = [...(guess === null ? [] : [`graph: ${guess}`]), ...(badRows?.notes ?? [])]
  if (leftOut + edgesLeftOut > 0)
    notes.push(`graph: left out ${leftOut} nodes that are neither user nor item, and ${edgesLeftOut} edges`)
  const { signal, ...rest } = table.build(who)
  return asTable({ ...rest, ...(rest.signals.length > 1 && { signal }), ...nodes, notes })
}

/** @throws {RivuletError} INVALID_OPTION for an attribute that the mapping names, and that nothing has */
function requireNamed(who: string, { graph, mapping }: MappedGraph): void {
  requireAttribute(who, graph, 'node', mapping.id, NODE_ATTRIBUTES.id)
  for (const field of ['value', 'signal', 'time'] as const)
    requireAttribute(who, graph, 'edge', mapping[field], EDGE_ATTRIBUTES[field])
}

/** Rows of the user and the item that an edge joins, whatever its direction; `null` for an edge that joins no user and item. */
export function pairOf(
  { userNodes, itemNodes }: SideNodes,
  source: string,
  target: string,
): readonly [user: number, item: number] | null {
  const fromUser = userNodes.rowOf(source)
  const user = fromUser >= 0 ? fromUser : userNodes.rowOf(target)
  const item = itemNodes.rowOf(fromUser >= 0 ? target : source)
  return user >= 0 && item >= 0 ? [user, item] : null
}

/** Readers of the fields of edges. */
function fieldsOf(mapping: MappedGraph['mapping']): Record<'value' | 'signal' | 'time', EdgeFieldReader> {
  const value = edgeReader('value', mapping.value === undefined ? EDGE_ATTRIBUTES.value : mapping.value)
  return {
    value: mapping.value === undefined ? orElse(value, edgeReader('value', EDGE_ATTRIBUTES.weight)) : value,
    signal: edgeReader('signal', mapping.signal),
    time: edgeReader('time', mapping.time),
  }
}

const orElse = (first: EdgeFieldReader, second: EdgeFieldReader): EdgeFieldReader =>
  Object.assign((entry: EdgeEntry): unknown => first(entry) ?? second(entry), {
    labelOf: (entry: EdgeEntry) => ((first(entry) ?? null) === null ? second : first).labelOf(entry),
  })

interface ReadNodes {
  readonly nodes: SideNodes
  readonly leftOut: number
}

function* addNodes(
  who: string,
  { graph, mapping }: MappedGraph,
  sideOf: SideOf,
  table: TableBuilder,
): Sliced<ReadNodes> {
  const userNodes = new GrowingKeyIndex()
  const itemNodes = new GrowingKeyIndex()
  const { id: idField } = mapping
  const whose = typeof idField === 'string' ? `node attribute '${idField}'` : "option 'graph.id'"
  let leftOut = 0
  yield* visitNodes(graph, ({ node, attributes }) => {
    const side = sideOf(node, attributes)
    if (side === null) {
      leftOut++
      return
    }
    const row = (side === 'user' ? userNodes : itemNodes).add(node)
    const said: unknown = typeof idField === 'function' ? idField(node, attributes) : idField && attributes[idField]
    const given = said ?? node
    // The empty id is valid too, and `toGraph` writes it.
    const id = given === '' ? given : idOf(given, () => `${who}, ${whose} of node ${show(node)}`)
    if ((side === 'user' ? table.users : table.items).add(id) !== row) throw sameId(who, node, side, whose)
  })
  return { nodes: { userNodes, itemNodes }, leftOut }
}

/** The names stored by `toGraph`, so that numbers and unused signals survive. */
function knownSignals(graph: AbstractGraph): string[] {
  const signals: unknown = graph.getAttribute('signals')
  return Array.isArray(signals) ? signals.filter((signal) => typeof signal === 'string') : []
}

function edgeSignal(who: string, read: EdgeFieldReader, entry: EdgeEntry): string {
  const signal = read(entry) ?? DEFAULT_SIGNAL
  return signal === ''
    ? signal
    : idOf(signal, () => `${who}, ${read.labelOf(entry)} of ${showEdge(entry.source, entry.target)}`)
}

function edgeTime(who: string, read: EdgeFieldReader, entry: EdgeEntry): number {
  const time = read(entry) ?? NaN
  if (typeof time === 'number' && Math.abs(time) !== Infinity) return time
  return edgeNumber(who, read.labelOf, time, entry)
}

function notBipartite(who: string, { itemNodes }: SideNodes, { source, target }: EdgeEntry): RivuletError {
  const side = itemNodes.rowOf(source) < 0 ? 'users' : 'items'
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: 'every edge to join a user and an item',
    got: source === target ? `a loop on ${show(source)}` : `${showEdge(source, target)}, which joins two ${side}`,
    todo: `Give graph: { kind: 'kind' }, which leaves such edges out; lists use them with relations: { NAME: { kind: '${side.slice(0, -1)}' } }; methods that label nodes take any graph.`,
    details: { source, target },
  })
}

function sameId(who: string, node: string, side: string, whose: string): RivuletError {
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: `a different id on every ${side}`,
    got: `the id of an earlier ${side}, on node ${show(node)}`,
    todo: `Correct ${whose}, or give graph: { id: null }.`,
    details: { node },
  })
}
