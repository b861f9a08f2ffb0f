/**
 * Personalised PageRank, or random walk with restart: the visits of a walker that starts at the seeds and returns to them with probability 1 - alpha.
 * Without seeds walks start at random nodes: PageRank.
 *
 *   f <- alpha W D^-1 f + (1 - alpha) y
 *
 * W adjacency (n x n), D degrees (out-degrees along arrows), y restart distribution (n), f visits (n), both sum to 1.
 * Page, Brin, Motwani, Winograd: The PageRank Citation Ranking, 1999; Haveliwala: Topic-Sensitive PageRank, WWW 2002 (10.1145/511446.511513).
 * Cost: one pass over the edges per sweep; at alpha .85 and tolerance 1e-6 about 30 sweeps for PageRank, 100 near seeds or along arrows. A walker at a node
 * without outgoing edges restarts, which is the same as scaling f to sum to 1.
 */
import { adjacencyBytes, walkBytes } from '../memory/outside-bytes.ts'
import { aboutEdges, type Algorithm } from '../request/request.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { isIterable, type Check } from '../support/options.ts'
import { choice, integer, number, option, text, type Given, type Resolved } from '../support/spec.ts'
import { requireUnsigned } from '../network/open.ts'
import { readRestart, type RestartSource } from './seeds.ts'
import { spread } from '../solve/spread.ts'
import { unknownOptions } from '../support/unknown-ids.ts'
import { counted, shown, type Shown } from '../support/printed.ts'
import type { SeedColumns } from '../solve/system.ts'
import { type Method, defineMethod, nodeFace, keyed } from '../method/define-method.ts'
import { type SourceOptions, sourceOptions } from '../method/source-options.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Refuses a string, which would be an attribute name in the other methods, and is an iterable of its letters. */
const isRestart: Check = (value) =>
  value === null || isIterable(value) === null ? null : "nodes in a list, as ['home'], [node, weight] pairs, or null"

const ownOptions = {
  /**
   * Nodes where walks start: a list of nodes, or [node, weight] pairs, whose weights add up for repeated nodes; null: all nodes equally, which is
   * plain PageRank. Default null.
   */
  seeds: option<RestartSource | null>(null, isRestart),
  /** Probability of continuing the walk, in (0, 1), the damping factor. Default 0.85. */
  alpha: number(0.85, 0, 1, '()'),
  /** Convergence tolerance: max |f' - f|, relative to the largest seed; in (0, 1]. Default 1e-6. */
  tolerance: number(1e-6, 0, 1, '(]'),
  /** Maximum number of sweeps; integer >= 1. Default 1000. */
  maxIterations: integer(1000, 1),
  /**
   * 'chebyshev' needs a third of the sweeps, but scores far from all seeds that are smaller than the tolerance are noise. 'auto' uses it if walks start at
   * all nodes equally. Directed edges always use 'power'. Default 'auto'.
   */
  solver: choice<'auto' | 'power' | 'chebyshev'>('auto', ['auto', 'power', 'chebyshev']),
  /** Node attribute that `.assign` writes. Default 'pagerank'. */
  nodePagerankAttribute: text('pagerank'),
}

export interface PersonalizedPageRankOptions
  extends SourceOptions, Given<typeof ownOptions>, Given<typeof unknownOptions> {}

export const pageRankOptions = { ...sourceOptions, ...ownOptions, ...unknownOptions }

/** Visits of every node, with details of the solve. */
export interface PageRanks {
  readonly nodes: KeyIndex
  /** Share of the walker's time, sums to 1; shape (nodes). */
  readonly scores: Float32Array
  /** 1 if a path of edges with a weight leads from a seed to the node, along arrows in a directed graph; shape (nodes). */
  readonly reached: Uint8Array
  readonly iterations: number
  readonly residual: number
  readonly converged: boolean
  /** Notes on how the source was interpreted, and what was left out of it or of the seeds. */
  readonly notes: readonly string[]
}

const WHO = 'personalizedPageRank'

function* rank(network: NamedNetwork, { seeds: source, ...options }: PageRankOptions): Algorithm<PageRanks> {
  requireUnsigned(
    WHO,
    network,
    'Weights are shares of a walk here: drop negative ones, or leave weights out with weighted: false.',
  )
  const seeds = readRestart(WHO, network, source, options.unknown)
  const release = takeWalk(network, seeds.nodes)
  try {
    return yield* walk(network, { ...options, seeds })
  } finally {
    release()
  }
}

/** @throws {RivuletError} MEMORY_LIMIT before the walk starts */
function takeWalk(network: NamedNetwork, seeds: Int32Array): () => void {
  const { nodes, sides, undirected } = network
  const { nnz, weighted, columnCount } = network.shape
  const users = sides?.users.size ?? 0
  const entries = seeds.reduce((sum, node) => sum + (node < users ? network.rows.lengthOf(node) : 1), 0)
  // The edges are copied, except those of an undirected graph without users and items.
  const ends = sides === null ? (undirected ? 0 : nnz) : 2 * nnz
  const walk = walkBytes(nodes.size, Math.min(entries, columnCount)) + adjacencyBytes(nodes.size, ends, weighted)
  return network.budget.take({
    who: WHO,
    what: `a walk over ${nodes.size} nodes`,
    parts: { walk },
    todo: 'Raise memoryLimitBytes, or drop edges.',
  })
}

type PageRankOptions = Resolved<typeof pageRankOptions>
type WalkOptions = Pick<PageRankOptions, 'alpha' | 'tolerance' | 'maxIterations' | 'solver'>

function* walk(network: NamedNetwork, options: WalkOptions & { readonly seeds: SeedColumns }): Algorithm<PageRanks> {
  const { alpha, tolerance, maxIterations, solver, seeds } = options
  const system = {
    who: WHO,
    normalization: 'column',
    alpha,
    tolerance,
    maxIterations,
    solver: solver === 'auto' ? (isEverywhere(seeds, network) ? 'chebyshev' : 'power') : solver,
    seeds,
  } as const
  const { scores, iterations, residual, converged } = yield* spread(network, system)
  const total = scores.reduce((sum, score) => sum + score, 0)
  const ranks = {
    nodes: network.nodes,
    scores: scores.map((score) => Math.max(0, score) / total),
    reached: yield* reachedFrom(network, seeds.nodes),
    iterations,
    residual,
    converged,
    notes: [...(network.notes ?? []), ...(seeds.notes ?? [])],
  }
  return shown<PageRanks>(ranks, RANKS)
}

const RANKS: Shown<PageRanks> = {
  line: ({ nodes, iterations, converged }) =>
    `PageRanks { ${counted(nodes.size, 'node')}, ${counted(iterations, 'iteration')}${converged ? '' : ', not converged'} }`,
  document: ({ nodes, iterations, residual, converged, notes }) => ({
    ...{ nodes: nodes.size, iterations, residual, converged, notes },
  }),
}

/** Whether walks start at all nodes equally, so that no score is small. */
const isEverywhere = ({ nodes, weights }: SeedColumns, network: NamedNetwork): boolean =>
  nodes.length === network.nodes.size && weights.every((weight) => weight === weights[0])

/** The nodes that walks reach, which scores do not tell if they underflow. */
function* reachedFrom({ nodes, undirected }: NamedNetwork, sources: Int32Array): Algorithm<Uint8Array> {
  if (sources.length === nodes.size) return new Uint8Array(nodes.size).fill(1)
  return yield* aboutEdges({ kind: 'reach', name: WHO, undirected, sources })
}

/**
 * Node -> share of the walker's time near the seeds, or in the whole graph if none are given (plain PageRank). Walks follow arrows, except on a graph of users and items, where edges have no direction.
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
 * console.log(personalizedPageRank(graph, { seeds: ['home'] }).get('help')) // 0
 * ```
 */
export const personalizedPageRank: Method<PersonalizedPageRankOptions, PageRanks, Map<string, number>> = defineMethod({
  name: WHO,
  options: pageRankOptions,
  direction: 'out',
  on: rank,
  face: nodeFace('nodePagerankAttribute', 'score', ({ nodes, scores }: PageRanks) => keyed(nodes.keys(), scores)),
})
