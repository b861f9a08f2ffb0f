/**
 * Poisson learning: labelled nodes are sources and sinks of each class, and a node takes the class whose potential is highest there.
 *
 *   L u_c = sum_j (y_jc - ybar_c) delta_j,   sum_i d_i u_ic = 0,   F_ic = exp(u_ic / m) / sum_c' exp(u_ic' / m)
 *
 * L = D - W graph Laplacian (n x n), D degrees, y seeds (c), ybar their mean, u potentials (n x c), m mean of |u|. Where few nodes are labelled, label
 * propagation is nearly constant with spikes at the seeds; sources that sum to 0 take the constant away, and what is left tells the classes apart.
 * Calder, Cook, Thorpe & Slepcev: Poisson Learning: Graph Based Semi-Supervised Learning at Very Low Label Rates, ICML 2020 (arXiv:2006.11184).
 * Differs from the paper: solved by conjugate gradients to a bound on the error instead of walking until it mixes; each component is a problem of its own, with
 * the mean of its own seeds (the paper's graph is connected); and potentials become shares, which the paper only compares.
 * Cost: two passes over the edges a step of conjugate gradients, in double precision on the calling thread; one step on a tree.
 */
import { connectedComponents, type Components } from '../matrix/components.ts'
import { potentialBytes } from '../plan/outside-bytes.ts'
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
import { PAUSE, type Sliced } from '../support/pause.ts'
import { onAdjacency, type Adjacency, type TakeSystem } from './adjacency.ts'
import { solveGrounded } from './harmonic.ts'
import { nodesByHops } from './reach.ts'
import { inOwnUnits, rowsOf, type Spread } from './spread-labels.ts'
import type { System } from './system.ts'

/** As `labelPropagation`, without a normalisation. `tolerance` is of potentials, relative to their mean size in the component, and 1e-5 by default. */
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

type SolveOptions = Pick<System, 'tolerance' | 'maxIterations'>

function* solvePoisson(network: Network, seeds: SeedColumns, options: SolveOptions): Algorithm<Spread> {
  requireUnsigned(WHO, network, 'Use labelSpreading, which takes weights below 0, or weighted: false.')
  const { nodes, prepared, sides } = network
  const components = connectedComponents(prepared.matrix, sides === null)
  const width = seeds.classes.length
  const release = prepared.budget.take({
    who: WHO,
    what: `potentials of ${nodes.size} nodes in ${width} classes`,
    parts: { potentials: potentialBytes(nodes.size, components.count, width) },
    todo: 'Raise memoryLimitBytes, or label fewer classes at a time.',
  })
  try {
    return yield* onAdjacency(WHO, network, width, (adjacency, take) =>
      solveOn(adjacency, take, components, seeds, options),
    )
  } finally {
    release()
  }
}

function* solveOn(
  adjacency: Adjacency,
  take: TakeSystem,
  components: Components,
  seeds: SeedColumns,
  options: SolveOptions,
): Sliced<Spread> {
  const { tolerance, maxIterations } = options
  const { degrees, nodeCount } = adjacency
  yield PAUSE
  const means = seedMeans(seeds, components)
  const { width } = means
  const sources = centredSources(
    rowsOf(seeds, () => 1),
    components,
    means,
  )
  // Potentials are known up to a constant on each component: one source of each is ground, and the mean is taken away afterwards.
  const ground = groundOf(sources.keys(), components, degrees)
  const nodes = (yield* nodesByHops(adjacency, ground)).filter((node) => !ground.has(node))
  const rhs = new Float64Array(nodes.length * width)
  nodes.forEach((node, at) => rhs.set(sources.get(node) ?? [], at * width))
  const potentialsOf = (x: Float64Array): Centred => {
    const potentials = new Float64Array(nodeCount * width)
    nodes.forEach((node, at) => potentials.set(x.subarray(at * width, (at + 1) * width), node * width))
    return centre(potentials, components, width, degrees)
  }
  const sizes = (x: Float64Array): Float64Array => {
    const { spreads } = potentialsOf(x)
    return Float64Array.from(nodes, (node) => spreads[components.of[node]])
  }
  const problem = { nodes, rhs, width, sizes, tolerance, maxIterations }
  const { x, iterations, error } = yield* solveGrounded(adjacency, problem, take)
  const rows = toShares(potentialsOf(x), components, means)
  const reached = Uint8Array.from(components.of, (component) => {
    return means.shares.subarray(component * width, (component + 1) * width).some((share) => share > 0) ? 1 : 0
  })
  const settled = { rows, exponents: null, reached, iterations, error, converged: error <= tolerance }
  yield PAUSE
  return yield* inOwnUnits(settled, new Float64Array(degrees.length).fill(1), seeds)
}

/** Of each component that has sources, the source of the largest degree. */
function groundOf(sources: Iterable<number>, { of }: Components, degrees: Float64Array): Set<number> {
  const ground = new Map<number, number>()
  for (const node of sources) {
    const best = ground.get(of[node])
    if (best === undefined || degrees[node] > degrees[best] || (degrees[node] === degrees[best] && node < best)) {
      ground.set(of[node], node)
    }
  }
  return new Set(ground.values())
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

/** Sources y - ybar of the seeds; none in components whose seeds agree, as at an isolated seed. */
function centredSources(
  labels: ReadonlyMap<number, Float64Array>,
  { of }: Components,
  { width, shares }: SeedMeans,
): Map<number, Float64Array> {
  const sources = new Map<number, Float64Array>()
  for (const [node, label] of labels) {
    const total = label.reduce((sum, weight) => sum + weight, 0)
    const source = label.map((weight, c) => {
      const value = weight - total * shares[of[node] * width + c]
      // What is left of equal numbers is rounding.
      return Math.abs(value) < 1e-12 ? 0 : value
    })
    if (source.some((value) => value !== 0)) sources.set(node, source)
  }
  return sources
}

/** Potentials less their mean by degrees on each component. */
interface Centred {
  /** Shape (nodes x classes), row-major. */
  readonly potentials: Float64Array
  /** Mean of |u| of each component, shape (components). */
  readonly spreads: Float64Array
}

function centre(potentials: Float64Array, { count, of }: Components, width: number, degrees: Float64Array): Centred {
  const centres = new Float64Array(count * width)
  const [mass, sizes, spreads] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  degrees.forEach((degree, node) => {
    mass[of[node]] += degree
    sizes[of[node]]++
    for (let c = 0; c < width; c++) centres[of[node] * width + c] += degree * potentials[node * width + c]
  })
  const centred = potentials.map((value, at) => {
    const component = of[Math.floor(at / width)]
    return value - centres[component * width + (at % width)] / (mass[component] || 1)
  })
  centred.forEach((value, at) => {
    const component = of[Math.floor(at / width)]
    spreads[component] += Math.abs(value) / (width * sizes[component])
  })
  return { potentials: centred, spreads }
}

/** Shares of the classes that have a seed in a node's component; the mean of the seeds where potentials are all alike. */
function toShares({ potentials, spreads }: Centred, { of }: Components, { width, shares }: SeedMeans): Float64Array {
  const result = new Float64Array(potentials.length)
  const row = new Float64Array(width)
  for (let node = 0; node < of.length; node++) {
    const own = shares.subarray(of[node] * width, (of[node] + 1) * width)
    const scale = spreads[of[node]]
    row.forEach((_, c) => (row[c] = own[c] > 0 ? potentials[node * width + c] / (scale || 1) : -Infinity))
    const highest = row.reduce((most, value) => Math.max(most, value), -Infinity)
    if (highest === -Infinity) continue
    row.forEach((value, c) => (row[c] = scale > 0 ? Math.exp(value - highest) : own[c]))
    const total = row.reduce((sum, value) => sum + value, 0)
    row.forEach((value, c) => (result[node * width + c] = value / total))
  }
  return result
}
