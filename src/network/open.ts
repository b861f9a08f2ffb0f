import { isGraph, showEdge, type AbstractGraph } from '../graph/check.ts'
import { asMapped, mapGraph, MappedGraph, type EdgeWeight, type GraphMapping } from '../graph/mapping.ts'
import { proposeMapping } from '../graph/propose.ts'
import { relationsOfGraph, withKinds } from '../graph/relations.ts'
import { isRecognised } from '../graph/sides.ts'
import { isBipartite, nodeAttribute } from '../graph/attribute-names.ts'
import { adjacencyInSlices } from '../graph/read-adjacency.ts'
import { interactionsInSlices, type GraphInteractions } from '../graph/to-interactions.ts'
import { checkInSlices, isTable, type Interactions } from '../data/interactions.ts'
import { resolveInSlices } from '../data/infer-signals.ts'
import type { GivenRelations } from '../data/relation-options.ts'
import { readRelations, type ReadRelations } from '../data/relations.ts'
import type { Signals } from '../data/signal-rules.ts'
import { weighInSlices } from '../data/signal-weights.ts'
import { pairsWithSignals } from './signal-pairs.ts'
import { timedRows } from '../data/timed-rows.ts'
import { mirrorInSlices, type Coordinates } from '../matrix/build.ts'
import type { SparseRows } from '../matrix/csr.ts'
import { scaleInSlices } from '../matrix/weight-scale.ts'
import { prepareInSlices } from './prepared.ts'
import { prepareHolding } from './relations.ts'
import { columnBytes, keyIndexBytes } from '../memory/outside-bytes.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { atOnce } from '../support/drive.ts'
import type { Sliced } from '../support/pause.ts'
import { oneOf, refusedOption, type Check } from '../support/options.ts'
import { NodeIndex } from './node-index.ts'
import type { NamedNetwork } from './network.ts'

/** A source of data: a graphology graph, directly or from `mapGraph`, or a table of interactions. */
export type Source = AbstractGraph | MappedGraph | Interactions

/**
 * Whether the numbers on edges are weights: attribute `weight` of a graph's edges, `value` of interactions (a table, or a bipartite graph, where an edge
 * without `value` may have `weight`). `true` is refused where no edge has a number.
 *
 * 'auto': the attribute `weight` of a tie is a weight; the value of an interaction, which may be stars or minutes, is not.
 */
export type Weighted = boolean | 'auto'

export const isWeighted: Check = oneOf(true, false, 'auto')

/** Resolves 'auto' for a bipartite or another source. */
export const weighs = (weighted: Weighted, bipartite: boolean): boolean => (weighted === 'auto' ? !bipartite : weighted)

/** How a source becomes a matrix. */
export interface NetworkOptions {
  readonly weighted: Weighted
  /** Weights of signals, on a bipartite graph or table. Default `null`: signals are ignored. */
  readonly signals?: Signals | null | undefined
  /** Relations of users and items besides interactions. Default: none. */
  readonly relations?: GivenRelations | undefined
  /** Meaning of a directed edge on a graph that is not bipartite: a tie in both directions, or in its own. */
  readonly direction: 'both' | 'out'
  /** Whether users and items are required: then they are inferred from the edges of a graph without kinds. Default false. */
  readonly needsSides?: boolean | undefined
  readonly memoryLimitBytes: number
}

/**
 * Reads a source into a prepared matrix. Weights may be negative: `requireUnsigned` refuses them where they are not supported.
 *
 * @throws {RivuletError} UNKNOWN_KEY for a signal, EMPTY_DATA, MEMORY_LIMIT, INVALID_OPTION for signals of other graphs or `weighted: true` without a
 *   number to weigh, or what the readers throw.
 */
export const openNetwork = (who: string, source: Source, options: NetworkOptions): NamedNetwork =>
  atOnce(openInSlices(who, source, options))

/** As `openNetwork`. */
export function* openInSlices(who: string, source: Source, options: NetworkOptions): Sliced<NamedNetwork> {
  const graph = asMapped(source)
  if (graph !== null) {
    const mapped = withKinds(graph, options.relations)
    const bipartite =
      mapped.asksForSides ||
      (mapped.graph.order > 0 && isBipartite(mapped.graph)) ||
      (options.needsSides === true && (yield* isRecognised(mapped)))
    return yield* (bipartite ? fromBipartiteGraph : fromGraph)(who, mapped, options)
  }
  if (!isTable(source)) {
    throw new RivuletError('INVALID_DATA', {
      who,
      expected: 'a graphology graph or a table of interactions',
      got: show(source),
      todo: 'Make one with toGraph, fromRows, fromColumns or readInteractions.',
    })
  }
  return yield* fromTable(who, yield* relatedTable(who, source, options.relations ?? {}), options)
}

/** A table with its relations. */
export interface RelatedTable<Table extends Interactions = Interactions> {
  readonly table: Table
  readonly read: ReadRelations
}

/** A source as a table with its relations; for a graph, without users and items that are not nodes, because results could not be written onto it. @throws {RivuletError} errors of the readers */
export function* relatedTable(who: string, source: Source, relations: GivenRelations): Sliced<RelatedTable> {
  const mapped = asMapped(source)
  if (mapped !== null) return yield* relatedGraph(who, withKinds(mapped, relations), relations)
  const table = yield* checkInSlices(who, source as Interactions)
  return { table, read: readRelations(who, table, relations, 'add') }
}

function* relatedGraph(
  who: string,
  mapped: MappedGraph,
  relations: GivenRelations,
): Sliced<RelatedTable<GraphInteractions>> {
  const table = yield* interactionsInSlices(who, mapped)
  const found = yield* relationsOfGraph(who, mapped, table, relations)
  return {
    table: { ...table, notes: [...table.notes, ...found.notes] },
    read: readRelations(who, table, found.relations, 'drop'),
  }
}

/** Nodes have the graph's keys, which differ from the ids where `toGraph` had to prefix them. */
function* fromBipartiteGraph(who: string, mapped: MappedGraph, options: NetworkOptions): Sliced<NamedNetwork> {
  const related = yield* relatedGraph(who, mapped, options.relations ?? {})
  const nodes = new NodeIndex(related.table.userNodes, related.table.itemNodes)
  const network = yield* fromTable(who, related, options)
  return {
    ...network,
    nodes,
    attribute: (name) => nodeAttribute(mapped.graph, name).filter(([node]) => nodes.rowOf(node) >= 0),
  }
}

function* fromTable(who: string, { table, read }: RelatedTable, options: NetworkOptions): Sliced<NamedNetwork> {
  const { users, items, held } = read
  const signals = yield* resolveInSlices(who, table, options.signals ?? null)
  const weighing = { weighted: weighs(options.weighted, true), signals }
  if (options.weighted === true && table.value === undefined) throw nothingToWeigh(who, "a column 'value'")
  const { user, item, ...weights } = yield* weighInSlices(who, table, weighing)
  const nameOf = (at: number): string => `user ${show(users.keyOf(user[at]))}, item ${show(items.keyOf(item[at]))}`
  const scaled = weights.data && (yield* scaleInSlices(who, weights.data, nameOf))
  const coordinates: Coordinates = { rowCount: users.size, columnCount: items.size, row: user, column: item, ...scaled }
  const tableBytes = heldBytes(
    [users, items, ...held.flatMap(({ names }) => names ?? [])],
    [table.user, table.item, table.value, table.signal, table.time, user, item, coordinates.data],
  )
  const within = { memoryLimitBytes: options.memoryLimitBytes, outside: { table: tableBytes } }
  const prepared = yield* prepareHolding(who, coordinates, held, within)
  return {
    ...prepared,
    nodes: new NodeIndex(users, items),
    weighing,
    times: yield* timedRows(table, weighing),
    undirected: true,
    notes: [...(table.notes ?? []), ...read.notes],
    sides: { users, items, pairsWith: (asker, names) => pairsWithSignals(asker, table, names, items.size) },
    attribute: () => [],
  }
}

function* fromGraph(who: string, { graph, mapping }: MappedGraph, options: NetworkOptions): Sliced<NamedNetwork> {
  if (options.relations !== undefined) throw noSides(who, 'relations', graph)
  if (options.signals) throw noSides(who, 'signals', graph, ' To weigh the edges of any graph, give getEdgeWeight.')
  const { value = 'weight' } = mapping
  const weighted = weighs(options.weighted, false)
  // Row i of the matrix holds the nodes that point to i, so that W z gathers from senders.
  const direction = options.direction === 'out' ? 'in' : 'both'
  const { keys, source, target, weight, undirected } = yield* adjacencyInSlices(who, graph, {
    direction,
    weight: weighted ? value : null,
  })
  if (options.weighted === true && weight === undefined && source.length > 0)
    throw nothingToWeigh(who, typeof value === 'string' ? `an edge with attribute '${value}'` : 'an edge with a number')
  const nameOf = (at: number): string => showEdge(keys.keyOf(source[at]), keys.keyOf(target[at]))
  const { data, scale } = weight ? yield* scaleInSlices(who, weight, nameOf) : {}
  const coordinates: Coordinates = undirected
    ? yield* mirrorInSlices(keys.size, source, target, data)
    : { rowCount: keys.size, columnCount: keys.size, row: source, column: target, data }
  return {
    ...(yield* prepareInSlices(who, { ...coordinates, scale }, true, options.memoryLimitBytes, {
      table: heldBytes([keys], [source, target, weight, coordinates.row, coordinates.column, coordinates.data]),
    })),
    nodes: keys,
    weighing: { weighted, signals: null },
    times: null,
    undirected,
    sides: null,
    proposal: () => proposalFor(graph),
    attribute: (name) => nodeAttribute(graph, name),
  }
}

/** Advice for a graph that was read without users and items. */
function proposalFor(graph: AbstractGraph): string | null {
  const proposal = proposeMapping(graph)
  if (proposal !== null || !atOnce(isRecognised(mapGraph(graph)))) return proposal
  return 'Its edges have two sides: give graph: { kind: null }, and users are where they start.'
}

/** Options for reading a source. */
export interface ReadingAs {
  readonly graph?: GraphMapping | undefined
  readonly getEdgeWeight?: EdgeWeight | undefined
  readonly weighted?: Weighted | undefined
}

/**
 * A source by the options that say how a graph is read, and whether its numbers weigh.
 *
 * @throws {RivuletError} INVALID_OPTION where options contradict one another, or what is read is no graph, or has a mapping already
 */
export function readAs<Own extends Weighted | undefined>(
  who: string,
  source: Source,
  { graph, getEdgeWeight, weighted }: ReadingAs & { readonly weighted?: Own },
): { readonly source: Source; readonly weighted: Own | boolean } {
  const own = weighted as Own
  if (graph === undefined && getEdgeWeight === undefined) return { source, weighted: own }
  const option = graph === undefined ? 'getEdgeWeight' : 'graph'
  if (graph !== undefined && source instanceof MappedGraph) {
    const todo = 'Leave it out.'
    throw refusedOption(who, option, { expected: 'one mapping', got: 'one that differs from that of mapGraph', todo })
  }
  if (!isGraph(source) && !(source instanceof MappedGraph)) {
    const [got, todo] = [show(source), 'Leave it out: roles of columns are set when a table is read.']
    throw refusedOption(who, option, { expected: 'a graphology graph', got, todo })
  }
  const mapped = source instanceof MappedGraph ? source : mapGraph(source, graph, `${who}, option 'graph'`)
  if (getEdgeWeight === undefined) return { source: mapped, weighted: own }
  const weighs = getEdgeWeight !== null
  const value = mapped.mapping.value ?? (graph?.value === null ? null : undefined)
  if (value !== undefined && value !== getEdgeWeight) throw saidTwice(who, "option 'graph.value', or the same")
  if (typeof weighted === 'boolean' && weighted !== weighs) throw saidTwice(who, `what fits weighted: ${weighted}`)
  const { graph: read, mapping } = mapped
  return { source: new MappedGraph(read, { ...mapping, ...(weighs && { value: getEdgeWeight }) }), weighted: weighs }
}

const saidTwice = (who: string, expected: string): RivuletError =>
  refusedOption(who, 'getEdgeWeight', { expected, got: 'another', todo: 'Say it once.' })

/** Bytes of the columns and indexes from which a matrix is made. */
const heldBytes = (indexes: readonly KeyIndex[], columns: readonly (ArrayBufferView | null | undefined)[]): number =>
  columnBytes(columns) + indexes.reduce((sum, index) => sum + keyIndexBytes(index), 0)

/**
 * Refuses weights below 0, for methods that read them as probabilities.
 *
 * @throws {RivuletError} INVALID_DATA naming the first edge with a negative weight.
 */
export function requireUnsigned(who: string, network: NamedNetwork, todo: string): void {
  const { nodes, sides } = network
  if (!network.signed) return
  if (!network.rows.areHere)
    throw new RivuletError('INVALID_DATA', { who, expected: 'weights >= 0', got: 'some below 0 in the table', todo })
  const firstColumn = sides === null ? 0 : sides.users.size
  refuseNegative(
    who,
    network.rows,
    network.scale,
    (row, column) => showEdge(nodes.keyOf(row), nodes.keyOf(firstColumn + column)),
    todo,
  )
}

/** @param scale factor of the weights. @throws {RivuletError} INVALID_DATA naming the first entry below 0. */
export function refuseNegative(
  who: string,
  rows: SparseRows,
  scale: number,
  nameOf: (row: number, column: number) => string,
  todo: string,
): void {
  for (const window of rows.windows) {
    const at = window.data?.findIndex((weight) => weight < 0) ?? -1
    if (window.data === null || at < 0) continue
    let row = window.rowStart
    while (window.end(row) <= at) row++
    const weight = window.data[at] / scale
    const got = `${weight} on ${nameOf(row, window.indices[at])}`
    throw new RivuletError('INVALID_DATA', { who, expected: 'weights >= 0', got, todo, details: { weight } })
  }
}

function nothingToWeigh(who: string, expected: string): RivuletError {
  return refusedOption(who, 'weighted', {
    expected: `${expected} with weights`,
    got: 'true for data without numbers',
    todo: 'Name the column or attribute of the weights when reading, or leave it out: then every edge counts 1.',
    details: { value: true },
  })
}

function noSides(who: string, option: string, graph: AbstractGraph, otherwise = ''): RivuletError {
  return refusedOption(who, option, {
    expected: 'a table, or a graph of users and items',
    got: 'a graph without these two kinds',
    todo: `${proposalFor(graph) ?? "Use option 'graph' to define users and items."}${otherwise}`,
  })
}
