import type { AbstractGraph } from '../graph/check.ts'
import { isGraph } from '../graph/check.ts'
import { isBipartite, nodeAttribute } from '../graph/node-attribute.ts'
import { readAdjacency } from '../graph/read-adjacency.ts'
import { toInteractions } from '../graph/to-interactions.ts'
import { checkInteractions, type Interactions } from '../data/interactions.ts'
import { mirrorEdges, type Coordinates } from '../matrix/build.ts'
import { prepareMatrix, type PreparedMatrix } from '../run/prepared.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { NodeIndex } from './node-index.ts'

/** What the library propagates on: a graphology graph or a table of interactions. */
export type Source = AbstractGraph | Interactions

/** How a source becomes a matrix. */
export interface NetworkOptions {
  /** Whether edge weights count (`value` on a bipartite graph or table, `weight` on any other graph). */
  readonly weighted: boolean
  /** What a directed edge means on a graph that is not bipartite: a tie both ways, or a step along it. */
  readonly direction: 'both' | 'out'
  readonly memoryLimitBytes: number
}

/**
 * A graph as a prepared matrix with named nodes.
 *
 * Bipartite: nodes are the users (matrix rows) and then the items (matrix columns). Otherwise rows and columns are both the nodes.
 */
export interface Network {
  readonly prepared: PreparedMatrix
  readonly nodes: KeyIndex
  /** Whether edges hold both ways; only then is T symmetric. */
  readonly undirected: boolean
  /** The two sides of a bipartite network; `null` otherwise. */
  readonly sides: Sides | null
  /** Nodes that have an attribute, with its value; only a graph has any. */
  attribute(name: string): [node: string, value: unknown][]
}

/** External ids of the two sides, and the interactions they came from. */
export interface Sides {
  readonly users: KeyIndex
  readonly items: KeyIndex
}

/**
 * Reads a source into a prepared matrix.
 *
 * @throws {RivuletError} INVALID_DATA for negative weights, EMPTY_DATA, MEMORY_LIMIT, or what the readers throw.
 */
export function openNetwork(who: string, source: Source, options: NetworkOptions): Network {
  if (isGraph(source)) {
    return isBipartite(source) && source.order > 0
      ? fromBipartiteGraph(who, source, options)
      : fromGraph(who, source, options)
  }
  if (typeof (source as Interactions | null)?.length !== 'number' || !('user' in source)) {
    throw new RivuletError('INVALID_DATA', {
      who,
      expected: 'a graphology graph or a table of interactions',
      got: show(source),
      todo: 'Make one with toGraph, fromRows, fromColumns or readInteractions.',
    })
  }
  return fromTable(who, checkInteractions(who, source), options)
}

/** Nodes go by the graph's own keys, which differ from the ids where `toGraph` had to prefix them. */
function fromBipartiteGraph(who: string, graph: AbstractGraph, options: NetworkOptions): Network {
  const table = toInteractions(graph)
  return {
    ...fromTable(who, table, options),
    nodes: new NodeIndex(table.userNodes, table.itemNodes),
    attribute: (name) => nodeAttribute(graph, name),
  }
}

function fromTable(who: string, table: Interactions, options: NetworkOptions): Network {
  const { users, items } = table
  const coordinates: Coordinates = {
    rowCount: users.size,
    columnCount: items.size,
    row: table.user,
    column: table.item,
    data: options.weighted ? table.value : null,
  }
  refuseNegative(who, coordinates.data)
  return {
    prepared: prepareMatrix(who, coordinates, false, options.memoryLimitBytes),
    nodes: new NodeIndex(users, items),
    undirected: true,
    sides: { users, items },
    attribute: () => [],
  }
}

function fromGraph(who: string, graph: AbstractGraph, options: NetworkOptions): Network {
  // Against the arrows: row i of the matrix holds the nodes that point to i, so that W z gathers what arrives.
  const direction = options.direction === 'out' ? 'in' : 'both'
  const { keys, source, target, weight, undirected } = readAdjacency(graph, {
    direction,
    weightAttribute: options.weighted ? 'weight' : null,
  })
  refuseNegative(who, weight)
  const coordinates: Coordinates = undirected
    ? mirrorEdges(keys.size, source, target, weight)
    : { rowCount: keys.size, columnCount: keys.size, row: source, column: target, data: weight }
  return {
    prepared: prepareMatrix(who, coordinates, true, options.memoryLimitBytes),
    nodes: keys,
    undirected,
    sides: null,
    attribute: (name) => nodeAttribute(graph, name),
  }
}

/** @throws {RivuletError} INVALID_DATA naming the first edge that weighs less than nothing. */
export function refuseNegative(who: string, weights: Float32Array | null | undefined): void {
  const row = weights?.findIndex((weight) => weight < 0) ?? -1
  if (row < 0) return
  throw new RivuletError(
    'INVALID_DATA',
    {
      who: `${who}, edge ${row}`,
      expected: 'weights >= 0',
      got: String(weights?.[row]),
      todo: 'Shift or drop negative weights, or leave weights out with weighted: false.',
    },
    { row },
  )
}
