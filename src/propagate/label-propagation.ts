/**
 * Label propagation: every unlabelled node is the mean of its neighbours, labelled nodes stay as they are.
 *
 *   F_u = D^-1 W F for unlabelled u,   F_l = Y for labelled l
 *
 * W adjacency (n x n), D degrees, Y seeds (n x c); the fixed point is the harmonic solution (I - P_uu)^-1 P_ul Y_l, P = D^-1 W.
 * Zhu & Ghahramani: Learning from Labeled and Unlabeled Data with Label Propagation, CMU-CALD-02-107, 2002;
 * Zhu, Ghahramani & Lafferty: Semi-Supervised Learning Using Gaussian Fields and Harmonic Functions, ICML 2003.
 * Cost: as label spreading; far from any label it converges slower, so the spectrum is estimated first and Chebyshev steps are used.
 */
import {
  isNormalization,
  LABELLER_CHECKS,
  LABELLER_DEFAULTS,
  labellerResolver,
  makeLabeller,
  type Labeller,
  type NormalizedLabellerOptions,
} from './labeller.ts'
import { requireUnsigned } from './network.ts'
import { spread } from './system.ts'

export type LabelPropagationOptions = NormalizedLabellerOptions

/**
 * Labels every node of a graph, the labelled ones keeping exactly what was given.
 *
 * @throws {RivuletError} as `labelSpreading`.
 * @example
 * ```ts
 * import { UndirectedGraph } from 'graphology'
 * import { labelPropagation } from 'rivulet'
 *
 * const path = new UndirectedGraph()
 * for (const node of ['a', 'b', 'c', 'd', 'e']) path.addNode(node)
 * for (const [from, to] of [['a', 'b'], ['b', 'c'], ['c', 'd'], ['d', 'e']]) path.addEdge(from, to)
 * const { scores } = labelPropagation.detailed(path, { seeds: [['a', 'left'], ['e', 'right']] })
 * console.log(scores.get(1, 0).toFixed(2)) // 0.75: the harmonic function falls in equal steps
 * ```
 */
export const labelPropagation: Labeller<LabelPropagationOptions> = makeLabeller(
  'labelPropagation',
  labellerResolver<LabelPropagationOptions>(
    'labelPropagation',
    Object.freeze({ ...LABELLER_DEFAULTS, normalization: 'row' }),
    { ...LABELLER_CHECKS, normalization: isNormalization },
  ),
  (network, seeds, { normalization, tolerance, maxIterations, solver }) => {
    // Clamped labels are means of the neighbours' labels: with negative shares such means can grow without bound.
    requireUnsigned('labelPropagation', network, 'Use labelSpreading, which takes weights below 0, or weighted: false.')
    return spread(network, {
      who: 'labelPropagation',
      seeds,
      alpha: 1,
      clamped: true,
      normalization,
      tolerance,
      maxIterations,
      solver,
    })
  },
)
