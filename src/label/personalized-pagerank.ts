/**
 * Personalised PageRank, or random walk with restart: where a walker is who starts at the seeds and goes back to them with probability 1 - alpha.
 * Without seeds walks start anywhere: PageRank.
 *
 *   f <- alpha W D^-1 f + (1 - alpha) y
 *
 * W adjacency (n x n), D degrees (out-degrees along arrows), y restart distribution (n), f visits (n), both sum to 1.
 * Page, Brin, Motwani, Winograd: The PageRank Citation Ranking, 1999; Haveliwala: Topic-Sensitive PageRank, WWW 2002 (10.1145/511446.511513).
 * Cost: one pass over the edges a sweep. A walker at a node without a way out restarts, which is the same as scaling f to sum to 1.
 */
import { isSignals, type Signals } from '../data/signal-rules.ts'
import { requireGraph, type AbstractGraph } from '../graph/check.ts'
import { assignNodes } from '../graph/assign.ts'
import { requireOwnAttributes } from '../graph/attribute-names.ts'
import { readMachine } from '../plan/machine.ts'
import { adjacencyBytes, walkBytes } from '../memory/outside-bytes.ts'
import type { Algorithm } from '../request/request.ts'
import { drive } from '../support/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import type { KeyIndex } from '../support/key-index.ts'
import type { Sliced } from '../support/pause.ts'
import { either, isIterable, isString, oneOf } from '../support/options.ts'
import {
  choice,
  defaultsOf,
  integer,
  number,
  option,
  resolve,
  text,
  type Given,
  type Resolved,
} from '../support/spec.ts'
import { receiversOf } from '../network/adjacency.ts'
import {
  isWeighted,
  openNetwork,
  requireUnsigned,
  type Network,
  type Source,
  type Weighted,
} from '../network/network.ts'
import { readRestart, type RestartSource } from './seeds.ts'
import { nodesByHops } from '../solve/reach.ts'
import { spread, type SeedColumns } from '../solve/system.ts'

export const pageRankOptions = {
  /**
   * Where walks start: a node, nodes, or [node, weight] pairs, whose weights add up where a node comes twice; null: everywhere alike, which is plain
   * PageRank. Default null.
   */
  seeds: option<RestartSource | null>(null, either(isString, isIterable, oneOf(null))),
  /** Probability of going on, in (0, 1), the damping factor. Default 0.85. */
  alpha: number(0.85, 0, 1, '()'),
  /** Whether edge weights count. Default 'auto': attribute `weight` does, `value` of a bipartite graph or table does not. */
  weighted: option<Weighted>('auto', isWeighted),
  /** What the edges of a bipartite graph or table weigh by the names of their signals, >= 0, as in `labelSpreading`. Default null. */
  signals: option<Signals | null>(null, isSignals),
  /** Wanted max |f' - f|, relative to the largest seed; in (0, 1]. Default 1e-6. */
  tolerance: number(1e-6, 0, 1, '(]'),
  /** Most sweeps; integer >= 1. Default 1000. */
  maxIterations: integer(1000, 1),
  /** 'chebyshev' needs fewer sweeps, but its rounding stalls above 1e-6 where hubs gather far more than a seed holds. Along arrows always 'power'. Default 'power'. */
  solver: choice<'power' | 'chebyshev'>('power', ['power', 'chebyshev']),
  /** Most bytes that the matrix and the solve may take. Default: what the machine has free. */
  memoryLimitBytes: number(Infinity, 0, Infinity, '(]'),
  /** Node attribute that `.assign` writes. Default 'pagerank'. */
  nodePageRankAttribute: text('pagerank'),
}

export interface PersonalizedPageRankOptions extends Given<typeof pageRankOptions> {}

/** Visits of every node and how the solve went. */
export interface PageRanks {
  readonly nodes: KeyIndex
  /** Share of the walker's time, sums to 1; shape (nodes). */
  readonly scores: Float32Array
  /** 1 where a path of edges with a weight leads from a seed, along arrows where there are any; shape (nodes). */
  readonly reached: Uint8Array
  readonly iterations: number
  readonly residual: number
  readonly converged: boolean
}

const WHO = 'personalizedPageRank'

function* on(network: Network, given?: PersonalizedPageRankOptions): Algorithm<PageRanks> {
  const { seeds: source, ...options } = resolve(WHO, pageRankOptions, given)
  requireUnsigned(
    WHO,
    network,
    'Weights are shares of a walk here: drop negative ones, or leave weights out with weighted: false.',
  )
  const seeds = readRestart(WHO, network, source)
  const release = takeWalk(network, seeds.nodes)
  try {
    return yield* walk(network, { ...options, seeds })
  } finally {
    release()
  }
}

/** @throws {RivuletError} MEMORY_LIMIT before anything is walked */
function takeWalk({ nodes, prepared, sides, undirected }: Network, seeds: Int32Array): () => void {
  const { nnz, weighted, columnCount } = prepared.shape
  const { indptr } = prepared.matrix
  const users = sides?.users.size ?? 0
  const entries = seeds.reduce((sum, node) => sum + (node < users ? indptr[node + 1] - indptr[node] : 1), 0)
  // Who is tied to whom is written down anew but on an undirected graph of one kind.
  const ends = sides === null ? (undirected ? 0 : nnz) : 2 * nnz
  const walk = walkBytes(nodes.size, Math.min(entries, columnCount)) + adjacencyBytes(nodes.size, ends, weighted)
  return prepared.budget.take({
    who: WHO,
    what: `a walk over ${nodes.size} nodes`,
    parts: { walk },
    todo: 'Raise memoryLimitBytes, or drop edges.',
  })
}

type WalkOptions = Pick<Resolved<typeof pageRankOptions>, 'alpha' | 'tolerance' | 'maxIterations' | 'solver'>

function* walk(network: Network, options: WalkOptions & { readonly seeds: SeedColumns }): Algorithm<PageRanks> {
  const { alpha, tolerance, maxIterations, solver, seeds } = options
  const system = {
    who: WHO,
    normalization: 'column',
    alpha,
    tolerance,
    maxIterations,
    solver,
    seeds,
  } as const
  const { scores, iterations, residual, converged } = yield* spread(network, system)
  const total = scores.reduce((sum, score) => sum + score, 0)
  return {
    nodes: network.nodes,
    scores: scores.map((score) => Math.max(0, score) / total),
    reached: yield* reachedFrom(network, seeds.nodes),
    iterations,
    residual,
    converged,
  }
}

/** Where a walk can come to: a score that is too small for a number says nothing about that. */
function* reachedFrom(network: Network, sources: Int32Array): Sliced<Uint8Array> {
  const reached = new Uint8Array(network.nodes.size)
  for (const node of yield* nodesByHops(yield* receiversOf(network), sources)) reached[node] = 1
  return reached
}

function detailed(source: Source, given?: PersonalizedPageRankOptions): PageRanks {
  const options = resolve(WHO, pageRankOptions, given)
  const memoryLimitBytes = Math.min(options.memoryLimitBytes, readMachine().memoryBytes)
  const { weighted, signals } = options
  const network = openNetwork(WHO, source, { weighted, signals, direction: 'out', memoryLimitBytes })
  return drive(on(network, given), solveInThread(network.prepared))
}

function rankMap({ nodes, scores }: PageRanks): Map<string, number> {
  const map = new Map<string, number>()
  let node = 0
  for (const key of nodes.keys()) map.set(key, scores[node++])
  return map
}

/**
 * Node -> share of the walker's time: near the seeds, or of all the graph (plain PageRank) where none are given. Walks follow arrows, except on a graph of users and items, where an edge has no direction.
 *
 * @throws {RivuletError} EMPTY_DATA for an empty list of seeds, UNKNOWN_KEY, INVALID_OPTION, UNKNOWN_OPTION, MEMORY_LIMIT.
 * @example
 * ```ts
 * import { DirectedGraph } from 'graphology'
 * import { personalizedPageRank } from 'rivulet'
 *
 * const graph = new DirectedGraph()
 * for (const page of ['home', 'shop', 'help']) graph.addNode(page)
 * graph.addEdge('home', 'shop')
 * graph.addEdge('shop', 'home')
 * console.log(personalizedPageRank(graph, { seeds: 'home' }).get('help')) // 0
 * ```
 */
export const personalizedPageRank = Object.assign(
  (source: Source, options?: PersonalizedPageRankOptions): Map<string, number> => rankMap(detailed(source, options)),
  {
    assign(graph: AbstractGraph, options?: PersonalizedPageRankOptions): void {
      const { nodePageRankAttribute } = resolve(WHO, pageRankOptions, options)
      requireOwnAttributes(WHO, 'node', { nodePageRankAttribute })
      assignNodes(requireGraph(WHO, graph), nodePageRankAttribute, rankMap(detailed(graph, options)))
    },
    detailed,
    defaults: defaultsOf(pageRankOptions),
    on,
  },
)
