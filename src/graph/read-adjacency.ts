import type { AbstractGraph } from 'graphology-types'
import { RivuletError } from '../support/errors.ts'
import { GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { choice, option, resolve, type Given } from '../support/spec.ts'
import { atOnce } from '../support/drive.ts'
import type { Sliced } from '../support/pause.ts'
import { anyEdgeHas, edgeNumber, GraphState, requireAttribute, visitEdges, visitNodes } from './check.ts'
import { EDGE_ATTRIBUTES } from './attribute-names.ts'
import { edgeReader, isEdgeWeight, type EdgeReader } from './mapping.ts'

const adjacencyOptions = {
  /** Edge attribute, or function, with the weight; edges without one weigh 1. `null`: all edges weigh 1. Default 'weight'. */
  weight: option<string | EdgeReader<unknown> | null>('weight', isEdgeWeight),
  /**
   * What a directed edge means; default 'both'.
   *
   * - 'both': a tie that holds both ways, like an undirected edge.
   * - 'out': as it points; 'in': against it. An undirected edge then gives one row each way (a loop one).
   */
  direction: choice<'both' | 'out' | 'in'>('both', ['both', 'out', 'in']),
}

export interface ReadAdjacencyOptions extends Given<typeof adjacencyOptions> {}

/** A graph of any type as columns. Rows with the same ends (a multigraph's parallel edges) stay separate. */
export interface FlatAdjacency {
  /** Nodes in graph order, including those without an edge. */
  readonly keys: KeyIndex
  readonly source: Int32Array
  readonly target: Int32Array
  /** Absent when no edge has a weight. Finite, may be negative. */
  readonly weight?: Float32Array
  /** True if a row stands for both directions, so that each edge occurs once; false if it leads from source to target only. */
  readonly undirected: boolean
}

/**
 * The nodes and edges of any graphology graph (directed, undirected, mixed, multi, loops) as columns.
 *
 * @throws {RivuletError} EMPTY_DATA when the graph has no node; INVALID_OPTION for a weight that no edge has; INVALID_DATA for a weight that is not a finite number, naming the edge
 */
export const readAdjacency = (graph: AbstractGraph, options?: ReadAdjacencyOptions): FlatAdjacency =>
  atOnce(adjacencyInSlices('readAdjacency', graph, options))

/** As `readAdjacency`. @throws {RivuletError} also INVALID_DATA when the graph changes meanwhile */
export function* adjacencyInSlices(
  who: string,
  graph: AbstractGraph,
  options?: ReadAdjacencyOptions,
): Sliced<FlatAdjacency> {
  const { weight: weightField, direction } = resolve(who, adjacencyOptions, options)
  const read = edgeReader('value', weightField)
  if (graph.order === 0) throw noNode(who)
  requireAttribute(who, graph, 'edge', weightField, EDGE_ATTRIBUTES.weight)
  const state = new GraphState(graph)
  const keys = new GrowingKeyIndex()
  yield* visitNodes(graph, ({ node }) => void keys.add(node))
  const undirected = direction === 'both' || graph.directedSize === 0
  const weighted = anyEdgeHas(graph, read)
  const length = graph.size + (undirected ? 0 : graph.undirectedSize - graph.undirectedSelfLoopCount)
  const rows = new AdjacencyRows(length, weighted)
  // Edges are often ordered by node: the last source need not be looked up again.
  let lastKey = ''
  let lastRow = keys.rowOf(lastKey)
  yield* visitEdges(graph, (entry) => {
    const { source, target, undirected: edgeIsUndirected } = entry
    if (source !== lastKey) lastRow = keys.rowOf(source)
    lastKey = source
    const end = keys.rowOf(target)
    const weight = weighted ? edgeNumber(who, read.labelOf, read(entry) ?? 1, entry) : 1
    const from = direction === 'in' ? end : lastRow
    const to = direction === 'in' ? lastRow : end
    rows.add(from, to, weight)
    if (!undirected && edgeIsUndirected && from !== to) rows.add(to, from, weight)
  })
  state.requireSame(who, graph)
  const { source, target, weight } = rows.filled()
  return { keys, source, target, ...(weight && { weight }), undirected }
}

/** Columns that are filled row by row. */
class AdjacencyRows {
  readonly source: Int32Array
  readonly target: Int32Array
  readonly weight: Float32Array | null
  #row = 0

  constructor(length: number, weighted: boolean) {
    this.source = new Int32Array(length)
    this.target = new Int32Array(length)
    this.weight = weighted ? new Float32Array(length) : null
  }

  add(source: number, target: number, weight: number): void {
    const row = this.#row++
    this.source[row] = source
    this.target[row] = target
    if (this.weight !== null) this.weight[row] = weight
  }

  /** The added rows, without room for edges added by `.assign`. */
  filled(): Pick<AdjacencyRows, 'source' | 'target' | 'weight'> {
    const cut = <Column extends Int32Array | Float32Array>(column: Column): Column =>
      column.subarray(0, this.#row) as Column
    return { source: cut(this.source), target: cut(this.target), weight: this.weight && cut(this.weight) }
  }
}

function noNode(who: string): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: 'a graph with at least one node',
    got: 'none',
    todo: 'Check that the graph has nodes.',
  })
}
