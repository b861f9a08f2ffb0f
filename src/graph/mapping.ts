import type { AbstractGraph, Attributes, EdgeEntry } from 'graphology-types'
import { RivuletError, show } from '../support/errors.ts'
import { either, isFunction, isString, oneOf, refusedOption, type Check } from '../support/options.ts'
import { option, optional, resolve, type Given, type Resolved } from '../support/spec.ts'
import { EDGE_ATTRIBUTES, NODE_ATTRIBUTES } from './attribute-names.ts'
import { isGraph } from './check.ts'

/** A function of a node, with graphology's arguments. */
export type NodeReader<Value> = (node: string, attributes: Attributes) => Value

/** A function of an edge, with graphology's arguments. */
export type EdgeReader<Value> = (
  edge: string,
  attributes: Attributes,
  source: string,
  target: string,
  sourceAttributes: Attributes,
  targetAttributes: Attributes,
  undirected: boolean,
) => Value

/** A value that marks nodes as users or items. */
export type KindValue = string | number | boolean

const isKindValue: Check = (value) =>
  ['string', 'number', 'boolean'].includes(typeof value) ? null : 'a string, a number or a boolean'

const isField = either(isString, isFunction, oneOf(null))

const edgeField = (name: string) => option<string | EdgeReader<unknown> | null>(name, isField)

export const mappingOptions = {
  /**
   * Node attribute, or function of node and attributes, with the kind of a node: user or item. Other nodes are left out, with their edges.
   * `null`: kinds are derived from the edges, which then have to be bipartite; users are where they start. Default 'kind', where every node has to be one or the other; without
   * such an attribute kinds are derived from the edges, if a function needs users and items.
   */
  kind: optional<string | NodeReader<KindValue | null | undefined> | null>(isField),
  /** The kind that is a user. Default 'user'. */
  user: optional<KindValue>(isKindValue),
  /** The kind that is an item. Default 'item'. */
  item: optional<KindValue>(isKindValue),
  /** Node attribute, or function, with the id; the key of a node is used where there is none. `null`: keys are used for all. Default 'externalId'. */
  id: option<string | NodeReader<unknown> | null>(NODE_ATTRIBUTES.id, isField),
  /** Edge attribute, or function, with the number on an edge; edges without it count 1. `null`: all do. Default 'value' or, where an edge has none, 'weight'; without users and items 'weight'. */
  value: optional<string | EdgeReader<unknown> | null>(isField),
  /** Edge attribute, or function, with the name of the signal. Edges without it carry 'interaction'. `null`: all do. Default 'signal'. */
  signal: edgeField(EDGE_ATTRIBUTES.signal),
  /** Edge attribute, or function, with the time, a number. Unknown on edges without it. `null`: on all. Default 'time'. */
  time: edgeField(EDGE_ATTRIBUTES.time),
}

/** How a graphology graph is read: attribute names, or functions, for kind, id, value, signal and time. */
export interface GraphMapping extends Given<typeof mappingOptions> {}

/** A mapping with every field that has a default. */
export type ResolvedGraphMapping = Resolved<typeof mappingOptions>

/**
 * Weight of an edge, as in graphology: an edge attribute, a function of the edge, or `null` for weight 1. Edges without a number weigh 1.
 */
export type EdgeWeight = string | EdgeReader<number | null | undefined> | null

export const isEdgeWeight: Check = isField

/** A check of option `graph`. */
export const isMapping: Check = (value, who = 'graph') => {
  resolveMapping(who, value)
  return null
}

/** How a graph is read. */
export const graphOptions = {
  /**
   * How a graphology graph is read: attribute names or functions for the kinds of users and items, ids, values, signals and
   * times, as in `toInteractions` (`{ kind: 'type', item: 'movie' }`). Default: attributes `kind`, `externalId`, `value` or `weight`, `signal`, `time`.
   */
  graph: optional<GraphMapping>(isMapping),
}

/** Weights of a graph's edges. */
export const edgeWeightOptions = {
  /**
   * Weight of a graph's edges, as in graphology: an attribute, a function of the edge, or `null` for 1 each. Equivalent to `weighted`
   * with `graph: { value }`. Default: these options decide.
   */
  getEdgeWeight: optional<EdgeWeight>(isEdgeWeight),
}

function resolveMapping(who: string, given: unknown): ResolvedGraphMapping {
  const mapping = resolve(who, mappingOptions, given)
  const { kind, user = 'user', item = 'item' } = mapping
  if (kind === null && (mapping.user !== undefined || mapping.item !== undefined)) {
    const todo = "Leave 'user' and 'item' out, or name the attribute that has them."
    throw refusedOption(who, 'kind', { expected: "an attribute with the kinds 'user' and 'item'", got: 'null', todo })
  }
  if (user === item) {
    const todo = 'Name two kinds.'
    throw refusedOption(who, 'item', { expected: `a kind other than that of 'user'`, got: show(item), todo })
  }
  requireApart(who, mapping)
  return mapping
}

/** Refuses an attribute with two meanings. */
function requireApart(who: string, mapping: ResolvedGraphMapping): void {
  const fields = ['value', 'signal', 'time'] as const
  for (const [at, name] of fields.entries()) {
    const other = fields.slice(0, at).find((one) => typeof mapping[one] === 'string' && mapping[one] === mapping[name])
    if (other === undefined) continue
    throw refusedOption(who, name, {
      expected: `an attribute other than that of '${other}'`,
      got: show(mapping[name]),
      todo: `Name the one that holds the ${name}, or give ${name}: null.`,
    })
  }
}

/** A graph with the mapping by which it is read. Every function that takes a graph takes it. */
export class MappedGraph {
  readonly graph: AbstractGraph
  readonly mapping: ResolvedGraphMapping

  constructor(graph: AbstractGraph, mapping: ResolvedGraphMapping) {
    this.graph = graph
    this.mapping = mapping
  }

  /** Whether the mapping defines users and items, so that other nodes are left out. */
  get asksForSides(): boolean {
    const { kind, user, item } = this.mapping
    return kind !== undefined || user !== undefined || item !== undefined
  }
}

/**
 * Sets how a graph is read, for all functions that get the result in place of the graph: the same as option `graph` of each.
 *
 * @throws {RivuletError} INVALID_DATA for a value that is not a graph, INVALID_OPTION, UNKNOWN_OPTION
 */
export function mapGraph(graph: AbstractGraph, mapping?: GraphMapping, who = 'mapGraph'): MappedGraph {
  if (isGraph(graph)) return new MappedGraph(graph, resolveMapping(who, mapping))
  const todo = 'For tables and rows, the roles of columns are set when they are read.'
  throw new RivuletError('INVALID_DATA', { who, expected: 'a graphology graph', got: show(graph), todo })
}

/** A graph with its mapping, by default the usual names; `null` if it is not a graph. */
export function asMapped(source: unknown): MappedGraph | null {
  if (source instanceof MappedGraph) return source
  return isGraph(source) ? new MappedGraph(source, resolveMapping('graph', {})) : null
}

/** Reads a field of edges. */
export interface EdgeFieldReader {
  (entry: EdgeEntry): unknown
  /** Where the field is read, for messages. */
  labelOf(entry: EdgeEntry): string
}

/** Reads one field of edges. */
export function edgeReader(name: 'value' | 'signal' | 'time', field: ResolvedGraphMapping['value']): EdgeFieldReader {
  const label = typeof field === 'string' ? `edge attribute '${field}'` : `option 'graph.${name}'`
  const labelled = (read: (entry: EdgeEntry) => unknown): EdgeFieldReader =>
    Object.assign(read, { labelOf: () => label })
  if (field === null || field === undefined) return labelled(() => undefined)
  if (typeof field === 'string') return labelled(({ attributes }) => attributes[field])
  return labelled((entry) => {
    const { edge, attributes, source, target, sourceAttributes, targetAttributes, undirected } = entry
    return field(edge, attributes, source, target, sourceAttributes, targetAttributes, undirected)
  })
}

/** Attributes that a mapping reads, by the names of its options; they must not be written. */
export function attributesRead(mapping: GraphMapping | undefined, side: 'node' | 'edge'): Record<string, unknown> {
  const names = side === 'node' ? (['kind', 'id'] as const) : (['value', 'signal', 'time'] as const)
  return Object.fromEntries(names.map((name) => [`graph.${name}`, mapping?.[name]]))
}
