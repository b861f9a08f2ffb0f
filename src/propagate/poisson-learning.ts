/**
 * Poisson learning: labelled nodes are sources and sinks of each class, and a node takes the class whose potential is highest there.
 *
 *   L u_c = sum_j (y_jc - ybar_c) delta_j,   sum_i d_i u_ic = 0,   F_ic = exp(u_ic / m) / sum_c' exp(u_ic' / m)
 *
 * L = D - W graph Laplacian (n x n), D degrees, y seeds (c), ybar their mean, u potentials (n x c), m mean of |u|. Where few nodes are labelled, label
 * propagation is nearly constant with spikes at the seeds; sources that sum to 0 take the constant away, and what is left tells the classes apart.
 * Calder, Cook, Thorpe & Slepcev: Poisson Learning: Graph Based Semi-Supervised Learning at Very Low Label Rates, ICML 2020 (arXiv:2006.11184).
 * Differs from the paper: solved by Chebyshev steps to a tolerance instead of walking until it mixes; each component is a problem of its own, with
 * the mean of its own seeds (the paper's graph is connected); and potentials become shares, which the paper only compares.
 * Cost: one pass over the edges per 16 classes and sweep, after 48 passes of one column that measure the spectral gap; slower where the graph
 * hangs together by few edges.
 */
import { connectedComponents, type Components } from '../matrix/components.ts'
import type { Algorithm } from '../run/drive.ts'
import {
  LABELLER_CHECKS,
  LABELLER_DEFAULTS,
  labellerResolver,
  makeLabeller,
  type Labeller,
  type LabellerOptions,
} from './labeller.ts'
import { requireUnsigned, type Network } from './network.ts'
import type { SeedColumns } from './seeds.ts'
import { spread, type Spread, type System } from './system.ts'

/** As `labelPropagation`, without a normalisation; `tolerance`, here of L u, is 1e-5: single precision gives no more on a graph that hangs together loosely. */
export type PoissonLearningOptions = LabellerOptions

const WHO = 'poissonLearning'

/**
 * Labels every node of a graph from few labelled ones: for one to about ten labels a class, where other methods give way. Weights are >= 0.
 * The labels of the seeds themselves may change.
 *
 * @throws {RivuletError} as `labelSpreading`; INVALID_DATA for a weight below 0.
 * @example
 * ```ts
 * import { UndirectedGraph } from 'graphology'
 * import { poissonLearning } from 'rivulet'
 *
 * const path = new UndirectedGraph()
 * for (const node of ['a', 'b', 'c', 'd']) path.addNode(node)
 * for (const [from, to] of [['a', 'b'], ['b', 'c'], ['c', 'd']]) path.addEdge(from, to)
 * console.log([...poissonLearning(path, { seeds: [['a', 'left'], ['d', 'right']] }).values()].join(' ')) // left left right right
 * ```
 */
export const poissonLearning: Labeller<PoissonLearningOptions> = makeLabeller(
  WHO,
  labellerResolver<PoissonLearningOptions>(
    WHO,
    Object.freeze({ ...LABELLER_DEFAULTS, tolerance: 1e-5 }),
    LABELLER_CHECKS,
  ),
  solvePoisson,
)

type SolveOptions = Pick<System, 'tolerance' | 'maxIterations' | 'solver'>

function* solvePoisson(network: Network, seeds: SeedColumns, options: SolveOptions): Algorithm<Spread> {
  requireUnsigned(WHO, network, 'Use labelSpreading, which takes weights below 0, or weighted: false.')
  const { tolerance, maxIterations, solver } = options
  const components = connectedComponents(network.prepared.matrix, network.sides === null)
  const degrees = nodeDegrees(network)
  const means = seedMeans(seeds, components)
  const sources = centredSources(seeds, components, means, degrees)
  const solved: Spread =
    sources.largest === 0
      ? { scores: new Float32Array(degrees.length * means.width), iterations: 0, residual: 0, converged: true }
      : yield* spread(network, {
          ...{ who: WHO, seeds: sources, normalization: 'row', alpha: 1, clamped: false, floating: components },
          ...{ tolerance, maxIterations, solver },
        })
  return { ...solved, scores: toShares(solved.scores, components, means, degrees) }
}

function nodeDegrees({ prepared: { degrees }, sides }: Network): Float64Array {
  if (sides === null) return degrees.columns
  const all = new Float64Array(degrees.rows.length + degrees.columns.length)
  all.set(degrees.rows)
  all.set(degrees.columns, degrees.rows.length)
  return all
}

/** Mean label of the seeds of each component. */
interface SeedMeans {
  readonly width: number
  /** Shape (components x classes), row-major; each row sums to 1, or is 0 without a seed. */
  readonly shares: Float64Array
}

function seedMeans({ classes, indptr, nodes, weights }: SeedColumns, { count, of }: Components): SeedMeans {
  const width = classes.length
  const shares = new Float64Array(count * width)
  for (let c = 0; c < width; c++) {
    for (let entry = indptr[c]; entry < indptr[c + 1]; entry++) shares[of[nodes[entry]] * width + c] += weights[entry]
  }
  for (let at = 0; at < shares.length; at += width) {
    const row = shares.subarray(at, at + width)
    const total = row.reduce((sum, weight) => sum + weight, 0)
    if (total > 0) row.forEach((weight, c) => (row[c] = weight / total))
  }
  return { width, shares }
}

/** Sources over degrees, D^-1 (y - ybar), as columns; nothing at isolated nodes, nor in components whose seeds agree. */
function centredSources(
  seeds: SeedColumns,
  { of }: Components,
  { width, shares }: SeedMeans,
  degrees: Float64Array,
): SeedColumns {
  const labels = new Map<number, Float64Array>()
  for (let c = 0; c < width; c++) {
    for (let entry = seeds.indptr[c]; entry < seeds.indptr[c + 1]; entry++) {
      const label = labels.get(seeds.nodes[entry]) ?? new Float64Array(width)
      label[c] += seeds.weights[entry]
      labels.set(seeds.nodes[entry], label)
    }
  }
  const places = [...labels.keys()].filter((node) => degrees[node] > 0).sort((a, b) => a - b)
  const indptr = new Int32Array(width + 1)
  const [nodes, weights]: [number[], number[]] = [[], []]
  for (let c = 0; c < width; c++) {
    for (const node of places) {
      const label = labels.get(node) as Float64Array
      const total = label.reduce((sum, weight) => sum + weight, 0)
      const source = label[c] - total * shares[of[node] * width + c]
      // What is left of equal numbers is rounding.
      if (Math.abs(source) < 1e-12) continue
      nodes.push(node)
      weights.push(source / degrees[node])
    }
    indptr[c + 1] = nodes.length
  }
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  return {
    classes: seeds.classes,
    indptr,
    nodes: Int32Array.from(nodes),
    weights: Float32Array.from(weights),
    largest,
  }
}

/**
 * Potentials, centred on each component, as shares of the classes that have a seed there; the mean of the seeds where potentials are all alike.
 */
function toShares(
  potentials: Float32Array,
  components: Components,
  means: SeedMeans,
  degrees: Float64Array,
): Float32Array {
  const { count, of } = components
  const { width, shares } = means
  const centres = new Float64Array(count * width)
  const [mass, sizes, spreads] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  degrees.forEach((degree, node) => {
    mass[of[node]] += degree
    sizes[of[node]]++
    for (let c = 0; c < width; c++) centres[of[node] * width + c] += degree * potentials[node * width + c]
  })
  const potentialOf = (node: number, c: number): number =>
    potentials[node * width + c] - centres[of[node] * width + c] / (mass[of[node]] || 1)
  for (let node = 0; node < of.length; node++) {
    for (let c = 0; c < width; c++) spreads[of[node]] += Math.abs(potentialOf(node, c)) / (width * sizes[of[node]])
  }
  const result = new Float32Array(potentials.length)
  const row = new Float64Array(width)
  for (let node = 0; node < of.length; node++) {
    const own = shares.subarray(of[node] * width, (of[node] + 1) * width)
    const scale = spreads[of[node]]
    row.forEach((_, c) => (row[c] = own[c] > 0 ? potentialOf(node, c) / (scale || 1) : -Infinity))
    const highest = row.reduce((most, value) => Math.max(most, value), -Infinity)
    if (highest === -Infinity) continue
    row.forEach((value, c) => (row[c] = scale > 0 ? Math.exp(value - highest) : own[c]))
    const total = row.reduce((sum, value) => sum + value, 0)
    row.forEach((value, c) => (result[node * width + c] = value / total))
  }
  return result
}
