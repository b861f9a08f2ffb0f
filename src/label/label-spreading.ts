/**
 * Label spreading: every node takes a share alpha of its scores from its neighbours, and 1 - alpha from its own label.
 *
 *   F <- alpha S F + (1 - alpha) Y,   S = D^-1/2 W D^-1/2
 *
 * W adjacency (n x n), D degrees, Y seeds (n x c), F scores (n x c); the fixed point is (1 - alpha) (I - alpha S)^-1 Y.
 * Zhou, Bousquet, Lal, Weston, Schoelkopf: Learning with Local and Global Consistency, NeurIPS 2003.
 * Cost: one pass over the edges per 16 classes and sweep; about 50 sweeps at alpha .9 and tolerance 1e-6. Differs from the paper: users and
 * items are updated alternately on a bipartite graph (same fixed point, half the sweeps), Chebyshev steps replace plain ones if they need fewer, and
 * far from all seeds scores are scaled per node, so that shares are exact at any distance.
 */
import { number, type Given } from '../support/spec.ts'
import {
  labellerOptions,
  defineLabeller,
  normalizationOptions,
  type Labeller,
  type LabellerOptions,
} from './labeller.ts'
import { spreadLabels } from './spread-labels.ts'

const ownOptions = {
  /** Share of the neighbours, in (0, 1); higher reaches further. Default 0.9. */
  alpha: number(0.9, 0, 1, '()'),
}

export const labelSpreadingOptions = { ...labellerOptions, ...normalizationOptions, ...ownOptions }

export interface LabelSpreadingOptions
  extends LabellerOptions, Given<typeof normalizationOptions>, Given<typeof ownOptions> {}

/**
 * Labels every node of a graph from the labelled ones. The labels of the seeds themselves may change; `labelPropagation` keeps them.
 *
 * @throws {RivuletError} EMPTY_DATA without a seed, a node, or an edge of a bipartite graph, UNKNOWN_KEY for a seed that is no node, INVALID_OPTION, UNKNOWN_OPTION, MEMORY_LIMIT.
 * @example
 * ```ts
 * import { UndirectedGraph } from 'graphology'
 * import { labelSpreading } from 'rivulet'
 *
 * const graph = new UndirectedGraph()
 * for (const node of ['ann', 'bob', 'cleo', 'dan']) graph.addNode(node)
 * for (const [a, b] of [['ann', 'bob'], ['cleo', 'dan']]) graph.addEdge(a, b)
 * const teams = labelSpreading(graph, { seeds: [['ann', 'red'], ['dan', 'blue']] })
 * console.log(teams.get('bob')) // red
 * ```
 */
export const labelSpreading: Labeller<LabelSpreadingOptions> = defineLabeller(
  'labelSpreading',
  labelSpreadingOptions,
  (network, seeds, { alpha, normalization, tolerance, maxIterations, solver }) =>
    spreadLabels(network, {
      ...{ who: 'labelSpreading', seeds, alpha, normalization },
      ...{ tolerance, maxIterations, solver },
    }),
)
