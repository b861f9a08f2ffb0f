import type { AbstractGraph } from 'graphology-types'
import { RivuletError } from '../support/errors.ts'
import { GrowingKeyIndex } from '../support/key-index.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { either, isString, oneOf, resolveOptions } from '../support/options.ts'
import { edgeNumber } from './check.ts'

export interface ReadAdjacencyOptions {
  /** Edge attribute with the weight; edges without it weigh 1. `null`: all edges weigh 1. Default 'weight'. */
  readonly weightAttribute?: string | null | undefined
  /**
   * What a directed edge means; default 'both'.
   *
   * - 'both': a tie that holds both ways, like an undirected edge.
   * - 'out': as it points; 'in': against it. An undirected edge then gives one row each way (a loop one).
   */
  readonly direction?: 'both' | 'out' | 'in' | undefined
}

/** Any graph flattened into columns. Rows with the same ends (a multigraph's parallel edges) are kept apart. */
export interface FlatAdjacency {
  /** Nodes in graph order, those without an edge too. */
  readonly keys: KeyIndex
  readonly source: Int32Array
  readonly target: Int32Array
  /** Absent when no edge has a weight. Finite, may be negative. */
  readonly weight?: Float32Array
  /** True when a row stands for both ways, each edge then once; false when it leads from source to target only. */
  readonly undirected: boolean
}

/**
 * The nodes and edges of any graphology graph (directed, undirected, mixed, multi, loops) as columns.
 *
 * @throws {RivuletError} EMPTY_DATA when the graph has no node; INVALID_DATA for a weight that is no finite number, naming the edge
 */
export function readAdjacency(graph: AbstractGraph, options?: ReadAdjacencyOptions): FlatAdjacency {
  const who = 'readAdjacency'
  const { weightAttribute, direction } = resolveOptions(who, options, DEFAULTS, {
    weightAttribute: either(isString, oneOf(null)),
    direction: oneOf('both', 'out', 'in'),
  })
  if (graph.order === 0) throw noNode(who)
  const keys = GrowingKeyIndex.from(graph.nodes())
  const undirected = direction === 'both' || graph.directedSize === 0
  const weighted =
    weightAttribute !== null && graph.someEdge((_edge, attributes) => hasWeight(attributes, weightAttribute))
  const length = graph.size + (undirected ? 0 : graph.undirectedSize - graph.undirectedSelfLoopCount)
  const source = new Int32Array(length)
  const target = new Int32Array(length)
  const weight = weighted ? new Float32Array(length) : undefined
  const against = direction === 'in'
  let row = 0
  // Edges often come node by node: the same end need not be looked up again.
  let lastKey = ''
  let lastRow = keys.rowOf(lastKey)
  graph.forEachEdge((_edge, attributes, from, to, _source, _target, edgeIsUndirected) => {
    if (from !== lastKey) lastRow = keys.rowOf(from)
    lastKey = from
    const end = keys.rowOf(to)
    const strength = weighted ? edgeNumber(who, weightAttribute, attributes[weightAttribute] ?? 1, from, to) : 1
    source[row] = against ? end : lastRow
    target[row] = against ? lastRow : end
    if (weight !== undefined) weight[row] = strength
    row++
    if (undirected || !edgeIsUndirected || from === to) return
    source[row] = target[row - 1]
    target[row] = source[row - 1]
    if (weight !== undefined) weight[row] = strength
    row++
  })
  return { keys, source, target, ...(weight && { weight }), undirected }
}

const DEFAULTS = { weightAttribute: 'weight' as string | null, direction: 'both' }

function hasWeight(attributes: Readonly<Record<string, unknown>>, name: string): boolean {
  return attributes[name] !== undefined && attributes[name] !== null
}

function noNode(who: string): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: 'a graph with at least one node',
    got: 'none',
    todo: 'Check that the graph was filled.',
  })
}
