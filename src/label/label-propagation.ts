/**
 * Label propagation: every unlabelled node is the mean of its neighbours, labelled nodes keep their labels.
 *
 *   F_u = D^-1 W F for unlabelled u,   F_l = Y for labelled l
 *
 * W adjacency (n x n), D degrees, Y seeds (n x c); the fixed point is the harmonic solution (I - P_uu)^-1 P_ul Y_l, P = D^-1 W.
 * Zhu & Ghahramani: Learning from Labeled and Unlabeled Data with Label Propagation, CMU-CALD-02-107, 2002;
 * Zhu, Ghahramani & Lafferty: Semi-Supervised Learning Using Gaussian Fields and Harmonic Functions, ICML 2003.
 * Cost: two passes over the edges per step of conjugate gradients, about thirty steps on a citation network, one on a tree; in double precision on
 * the calling thread. The bound on the error of shares also holds across weak ties and long chains, see harmonic.ts.
 */
import { sideScales } from '../matrix/normalize.ts'
import type { Algorithm } from '../request/request.ts'
import { inSlices, PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { Given } from '../support/spec.ts'
import type { Adjacency } from '../network/adjacency.ts'
import { onAdjacency, type TakeSystem } from '../solve/on-adjacency.ts'
import { solveGrounded } from '../solve/harmonic.ts'
import {
  labellerOptions,
  defineLabeller,
  normalizationOptions,
  type Labeller,
  type LabellerOptions,
} from './labeller.ts'
import { requireUnsigned } from '../network/open.ts'
import { nodesByHops } from '../network/reach.ts'
import { inOwnUnits, rowsOf, scatterRows, type Spread } from './spread-labels.ts'
import type { System, SeedColumns } from '../solve/system.ts'
import type { NamedNetwork } from '../network/network.ts'

const WHO = 'labelPropagation'

export const labelPropagationOptions = {
  ...labellerOptions,
  /** How weights are normalized by degrees. Default 'row'. */
  normalization: { ...normalizationOptions.normalization, fallback: 'row' as const },
}

export interface LabelPropagationOptions extends LabellerOptions, Given<typeof normalizationOptions> {}

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
export const labelPropagation: Labeller<LabelPropagationOptions> = defineLabeller(
  WHO,
  labelPropagationOptions,
  propagate,
)

type SolveOptions = Pick<System, 'normalization' | 'tolerance' | 'maxIterations'>

function propagate(network: NamedNetwork, seeds: SeedColumns, options: SolveOptions): Algorithm<Spread> {
  // Clamped labels are means of the neighbours' labels: with negative shares such means can grow without bound.
  requireUnsigned(WHO, network, 'Use labelSpreading, which takes weights below 0, or weighted: false.')
  return onAdjacency(WHO, network, seeds.classes.length, (adjacency, take) =>
    propagateOn(adjacency, take, seeds, options),
  )
}

/** Solved for z = out o F, which is harmonic under every normalisation: z_u = D^-1 W z, z_l = out o Y. */
function* propagateOn(
  adjacency: Adjacency,
  take: TakeSystem,
  seeds: SeedColumns,
  options: SolveOptions,
): Sliced<Spread> {
  const { normalization, tolerance, maxIterations } = options
  const width = seeds.classes.length
  const { nodeCount, pointers, neighbours, weights, degrees } = adjacency
  const { out } = sideScales(degrees, normalization)
  const rows = new Float64Array(nodeCount * width)
  const clamped = rowsOf(seeds, (node) => out[node])
  for (const [node, row] of clamped) rows.set(row, node * width)
  yield PAUSE
  const order = yield* nodesByHops(adjacency, clamped.keys())
  const nodes = order.filter((node) => !clamped.has(node))
  // Allocating the arrays below clears them, which takes time of its own.
  yield PAUSE
  const rhs = new Float64Array(nodes.length * width)
  const slices = new Slices()
  for (let at = 0; at < nodes.length; at++) {
    for (let edge = pointers[nodes[at]]; edge < pointers[nodes[at] + 1]; edge++) {
      const weight = weights === null ? 1 : weights[edge]
      clamped.get(neighbours[edge])?.forEach((value, c) => (rhs[at * width + c] += weight * value))
    }
    if (slices.full(8 * (1 + pointers[nodes[at] + 1] - pointers[nodes[at]]))) yield PAUSE
  }
  const sizes = function* (x: Float64Array): Sliced<Float64Array> {
    const sums = new Float64Array(nodes.length)
    const sumSome = (from: number, to: number): void => {
      for (let at = from; at < to; at++) for (let c = 0; c < width; c++) sums[at] += x[at * width + c]
    }
    yield* inSlices(sums.length, sumSome, width)
    return sums
  }
  const problem = { nodes, rhs, width, sizes, tolerance, maxIterations }
  const { x, iterations, error } = yield* solveGrounded(adjacency, problem, take)
  yield* scatterRows(x, nodes, width, rows)
  const reached = new Uint8Array(nodeCount)
  for (const node of order) reached[node] = 1
  const converged = error <= tolerance
  return yield* inOwnUnits({ rows, exponents: null, reached, iterations, error, converged }, out, seeds)
}
