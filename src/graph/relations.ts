/**
 * Edges of a graph that do not join a user and an item, as relations: a film and its genre node, two friends. If a relation names a kind of nodes, its rows are read from their edges.
 */
import { idOf as checkedId } from '../data/cells.ts'
import { relationEntries, type GivenRelations, type Relation, type Relations } from '../data/relation-options.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { nearestOf } from '../support/options.ts'
import type { Sliced } from '../support/pause.ts'
import { EDGE_ATTRIBUTES, NODE_ATTRIBUTES } from './attribute-names.ts'
import { GraphState, requireAttribute, visitEdges } from './check.ts'
import { MappedGraph, type ResolvedGraphMapping } from './mapping.ts'
import { kindReader } from './sides.ts'
import type { GraphInteractions } from './to-interactions.ts'

const namesKind = ({ kind }: Relation): boolean => kind !== undefined

/** A graph with the usual attribute, if relations name kinds: other nodes and edges are left out. */
export function withKinds(mapped: MappedGraph, relations: GivenRelations | undefined): MappedGraph {
  const { graph, mapping, asksForSides } = mapped
  if (asksForSides || !relationEntries(relations ?? {}).some(([, relation]) => namesKind(relation))) return mapped
  return new MappedGraph(graph, { ...mapping, kind: NODE_ATTRIBUTES.kind })
}

/**
 * Replaces kinds of relations by rows.
 *
 * @throws {RivuletError} UNSUPPORTED_GRAPH for a kind that both users and items are joined to; INVALID_DATA when the graph changes meanwhile
 */
export function* relationsOfGraph(
  who: string,
  mapped: MappedGraph,
  table: GraphInteractions,
  relations: GivenRelations,
): Sliced<{ readonly relations: Relations; readonly notes: readonly string[] }> {
  const read: [name: string, relation: Relation][] = []
  const notes: string[] = []
  for (const [name, relation] of relationEntries(relations)) {
    if (!namesKind(relation) || relation.weight === 0) {
      read.push([name, relation])
      continue
    }
    const rows = yield* rowsOf(`${who}, relation ${show(name)}`, mapped, table, relation)
    notes.push(`relation ${show(name)}: ${rows.rows.length} edges of this relation are used`)
    read.push([name, rows])
  }
  return { relations: Object.fromEntries(read), notes }
}

interface Row {
  readonly own: string
  readonly other: string
  readonly value: unknown
}

type Side = 'user' | 'item'

function* rowsOf(
  from: string,
  mapped: MappedGraph,
  { users, items, userNodes, itemNodes }: GraphInteractions,
  { kind, value, weight }: Relation,
): Sliced<Relation & { readonly rows: readonly Row[] }> {
  const { graph, mapping } = mapped
  const { user = 'user', item = 'item' } = mapping
  requireAttribute(from, graph, 'edge', value, EDGE_ATTRIBUTES.value)
  const state = new GraphState(graph)
  const idIn = (nodes: KeyIndex, keys: KeyIndex) => (node: string) => {
    const row = nodes.rowOf(node)
    return row < 0 ? null : keys.keyOf(row)
  }
  const idOf = { user: idIn(userNodes, users), item: idIn(itemNodes, items) }
  const pairs: Side | null = kind === user ? 'user' : kind === item ? 'item' : null
  const otherOf = pairs === null ? nodesOf(from, mapped, kind) : idOf[pairs]
  const rows: Record<Side, Row[]> = { user: [], item: [] }
  const addEnds = (side: Side, one: string, two: string, counts: unknown): boolean => {
    const [own, other] = [idOf[side](one), otherOf(two)]
    if (own === null || other === null) return false
    rows[side].push({ own, other, value: counts })
    return true
  }
  const sides: readonly Side[] = pairs === null ? ['user', 'item'] : [pairs]
  yield* visitEdges(graph, ({ source, target, attributes }) => {
    const counts: unknown = value === undefined ? 1 : (attributes[value] ?? 1)
    for (const side of sides) if (addEnds(side, source, target, counts) || addEnds(side, target, source, counts)) return
  })
  state.requireSame(from, graph)
  if (rows.user.length > 0 && rows.item.length > 0) throw bothSides(from, kind)
  if (rows.user.length + rows.item.length === 0) throw noEdges(from, mapped, kind)
  const side = pairs ?? (rows.user.length > 0 ? 'user' : 'item')
  return {
    rows: rows[side],
    [side]: 'own',
    [pairs === null ? 'attribute' : 'other']: 'other',
    ...(value !== undefined && { value: 'value' }),
    weight,
  }
}

/** Names of nodes of a kind, `null` for others. */
function nodesOf(from: string, mapped: MappedGraph, kind: Relation['kind']): (node: string) => string | null {
  const { graph, mapping } = mapped
  const kindOf = kindReader(mapped)
  return (node) => {
    const attributes = graph.getNodeAttributes(node)
    if (kindOf(node, attributes) !== kind) return null
    return checkedId(idSaid(mapping, node, attributes) ?? node, () => `${from}, node ${show(node)}`)
  }
}

const idSaid = ({ id }: ResolvedGraphMapping, node: string, attributes: Record<string, unknown>): unknown =>
  typeof id === 'function' ? id(node, attributes) : id && attributes[id]

function noEdges(from: string, mapped: MappedGraph, kind: unknown): RivuletError {
  const kinds = Array.from(new Set(mapped.graph.mapNodes(kindReader(mapped))), String)
  const nearest = nearestOf(String(kind), kinds)
  const pairs = 'For edges between two users give the kind of users, between two items that of items.'
  return new RivuletError('EMPTY_DATA', {
    who: from,
    expected: `an edge from a user or an item to a node of kind ${show(kind)}`,
    got: 'none',
    todo:
      nearest === null || nearest === kind
        ? 'Leave the relation out.'
        : `The nearest kind of a node is '${nearest}'. ${pairs}`,
    details: { kind, nearest },
  })
}

const bothSides = (from: string, kind: unknown): RivuletError =>
  new RivuletError('UNSUPPORTED_GRAPH', {
    who: from,
    expected: 'nodes connected to users only, or to items only',
    got: `kind ${show(kind)}, which is connected to both`,
    todo: 'Separate them with a function: graph: { kind: (node, attributes) => ... }.',
    details: { kind },
  })
