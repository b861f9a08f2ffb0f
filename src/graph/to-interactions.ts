import { checkArgument } from '../support/arguments.ts'
import type { AbstractGraph, Attributes } from 'graphology-types'
import { RivuletError, show } from '../support/errors.ts'
import { GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { isString, type Check } from '../support/options.ts'
import { optional, resolve, text, type Given, type Resolved } from '../support/spec.ts'
import { idOf } from '../data/cells.ts'
import type { Interactions } from '../data/interactions.ts'
import { DEFAULT_SIGNAL, TableBuilder } from '../data/table-builder.ts'
import { atOnce } from '../support/drive.ts'
import type { Sliced } from '../support/pause.ts'
import { EDGE_ATTRIBUTES, NODE_ATTRIBUTES } from './attribute-names.ts'
import { anyEdgeHas, edgeNumber, GraphState, isGraph, showEdge, visitEdges, visitNodes } from './check.ts'

export const attributeOptions = {
  /** Node attribute that says 'user' or 'item'. Default 'kind'. */
  kindAttribute: text(NODE_ATTRIBUTES.kind),
  /**
   * Edge attribute with the weight. Edges without it weigh 1. Default: each edge's 'value' or, where it has none, its 'weight'.
   */
  valueAttribute: optional<string>(isString),
  /** Edge attribute with the name of the signal. Default 'signal'. Edges without it carry the signal 'interaction'. */
  signalAttribute: text(EDGE_ATTRIBUTES.signal),
  /** Edge attribute with the time, a number. Default 'time'. Unknown (NaN) on edges without it. */
  timeAttribute: text(EDGE_ATTRIBUTES.time),
}

export interface ToInteractionsOptions extends Given<typeof attributeOptions> {}

/** A table that remembers its graph: the node's key of every user and item row (differs from the id where ids collided). */
export interface GraphInteractions extends Interactions {
  readonly userNodes: KeyIndex
  readonly itemNodes: KeyIndex
}

/**
 * The table of a bipartite graph: users and items in node order (those without an edge too), one row an edge, in edge order.
 *
 * Any graphology type is read: undirected, directed and mixed (a direction says nothing here), simple and multi. What `recommend.assign` added is not.
 *
 * @throws {RivuletError} UNSUPPORTED_GRAPH for a node that is neither user nor item, and for an edge that does not join a user and an item;
 * INVALID_DATA for a weight or time that is no finite number, naming the edge; EMPTY_DATA without an edge
 */
export const toInteractions = (graph: AbstractGraph, options?: ToInteractionsOptions): GraphInteractions =>
  atOnce(interactionsInSlices('toInteractions', graph, options))

/** As `toInteractions`. @throws {RivuletError} also INVALID_DATA when the graph is changed meanwhile */
export function* interactionsInSlices(
  who: string,
  graph: AbstractGraph,
  options?: ToInteractionsOptions,
): Sliced<GraphInteractions> {
  const names = resolve(who, attributeOptions, options)
  checkArgument(who, 'graph', graph, IS_GRAPH)
  const state = new GraphState(graph)
  const shape = edgeShape(graph, names)
  const table = new TableBuilder({ ...shape, signal: true })
  const nodes = yield* addNodes(who, graph, names.kindAttribute, table)
  for (const signal of knownSignals(graph)) table.signalNumber(signal)
  yield* visitEdges(graph, ({ attributes, source, target }) => {
    const fromUser = nodes.users.rowOf(source)
    const user = fromUser >= 0 ? fromUser : nodes.users.rowOf(target)
    const item = nodes.items.rowOf(fromUser >= 0 ? target : source)
    if (user < 0 || item < 0) throw notBipartite(who, source, target, item < 0 ? 'users' : 'items')
    table.add(
      user,
      item,
      shape.value ? edgeValue(who, names.valueAttribute, attributes, source, target) : 1,
      table.signalNumber(edgeSignal(who, names.signalAttribute, attributes, source, target)),
      shape.time ? edgeTime(who, names.timeAttribute, attributes, source, target) : NaN,
    )
  })
  state.requireSame(who, graph)
  const { signal, ...rest } = table.build(who)
  return { ...rest, ...(rest.signals.length > 1 && { signal }), userNodes: nodes.users, itemNodes: nodes.items }
}

const IS_GRAPH: Check = (value) => (isGraph(value) ? null : 'a graphology graph')

/** Where the weight of an edge may stand, in this order. */
const valueNames = (given: string | undefined): readonly string[] =>
  given === undefined ? [EDGE_ATTRIBUTES.value, EDGE_ATTRIBUTES.weight] : [given]

function edgeValue(
  who: string,
  given: string | undefined,
  attributes: Attributes,
  source: string,
  target: string,
): number {
  for (const name of valueNames(given)) {
    const value: unknown = attributes[name] ?? null
    if (value !== null) return edgeNumber(who, name, value, source, target)
  }
  return 1
}

/** Whether any edge has a value, and a time. */
function edgeShape(graph: AbstractGraph, names: Resolved<typeof attributeOptions>): { value: boolean; time: boolean } {
  const anyHas = (name: string): boolean => anyEdgeHas(graph, name)
  return { value: valueNames(names.valueAttribute).some(anyHas), time: anyHas(names.timeAttribute) }
}

/** Keys of the nodes, side by side. */
interface SideNodes {
  readonly users: KeyIndex
  readonly items: KeyIndex
}

function* addNodes(who: string, graph: AbstractGraph, kindAttribute: string, table: TableBuilder): Sliced<SideNodes> {
  const users = new GrowingKeyIndex()
  const items = new GrowingKeyIndex()
  yield* visitNodes(graph, ({ node, attributes }) => {
    const kind: unknown = attributes[kindAttribute]
    if (kind !== 'user' && kind !== 'item') throw neitherSide(who, node, kindAttribute, kind)
    const side = kind === 'user' ? users : items
    const ids = kind === 'user' ? table.users : table.items
    const row = side.add(node)
    const id: unknown = attributes[NODE_ATTRIBUTES.id]
    if (ids.add(typeof id === 'string' ? id : node) !== row) throw sameId(who, node, kind)
  })
  return { users, items }
}

/** The names that `toGraph` wrote down, so that numbers and unused signals survive. */
function knownSignals(graph: AbstractGraph): string[] {
  const signals: unknown = graph.getAttribute('signals')
  return Array.isArray(signals) ? signals.filter((signal) => typeof signal === 'string') : []
}

function edgeSignal(who: string, name: string, attributes: Attributes, source: string, target: string): string {
  const signal: unknown = attributes[name] ?? DEFAULT_SIGNAL
  return signal === '' ? signal : idOf(signal, () => `${who}, edge attribute '${name}' of ${showEdge(source, target)}`)
}

function edgeTime(who: string, name: string, attributes: Attributes, source: string, target: string): number {
  const time: unknown = attributes[name] ?? NaN
  if (typeof time === 'number' && Math.abs(time) !== Infinity) return time
  return edgeNumber(who, name, time, source, target)
}

function neitherSide(who: string, node: string, attribute: string, kind: unknown): RivuletError {
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: `every node's attribute '${attribute}' to be 'user' or 'item'`,
    got: `${show(kind)} on node ${show(node)}`,
    todo: 'Set the attribute, or name the one that says it with the option kindAttribute.',
    details: { node, kind },
  })
}

function notBipartite(who: string, source: string, target: string, side: 'users' | 'items'): RivuletError {
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: 'every edge to join a user and an item',
    got: source === target ? `a loop on ${show(source)}` : `${showEdge(source, target)}, which joins two ${side}`,
    todo: 'Drop such edges; methods that label nodes take any graph.',
    details: { source, target },
  })
}

function sameId(who: string, node: string, kind: string): RivuletError {
  return new RivuletError('UNSUPPORTED_GRAPH', {
    who,
    expected: `a different externalId on every ${kind}`,
    got: `one that an earlier ${kind} has, on node ${show(node)}`,
    todo: 'Correct the attribute or drop it.',
    details: { node },
  })
}
