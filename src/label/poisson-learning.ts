/**
 * Poisson learning: labelled nodes are sources and sinks of each class, and a node gets the class with the highest potential.
 *
 *   L u_c = sum_j (y_jc - ybar_c) delta_j,   sum_i d_i u_ic = 0,   F_ic = exp(u_ic / m) / sum_c' exp(u_ic' / m)
 *
 * L = D - W graph Laplacian (n x n), D degrees, y seeds (c), ybar their mean, u potentials (n x c), m mean of |u|. If few nodes are labelled, label
 * propagation is nearly constant with spikes at the seeds; sources that sum to 0 remove the constant, and the rest separates the classes.
 * Calder, Cook, Thorpe & Slepcev: Poisson Learning: Graph Based Semi-Supervised Learning at Very Low Label Rates, ICML 2020 (arXiv:2006.11184).
 * Differs from the paper: solved by conjugate gradients to a bound on the error instead of walking until it mixes; each component is a separate problem with
 * the mean of its own seeds (the paper's graph is connected); and potentials are turned into shares, while the paper only compares them.
 * Cost: two passes over the edges per step of conjugate gradients, in double precision on the calling thread; one step on a tree.
 */
import { componentsInSlices, type Components } from '../matrix/components.ts'
import { mboBytes, potentialBytes } from '../memory/outside-bytes.ts'
import type { Algorithm } from '../request/request.ts'
import { labellerOptions, defineLabeller, type Labeller, type LabellerOptions } from './labeller.ts'
import { requireUnsigned } from '../network/open.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { integer, number, type Given, type Resolved } from '../support/spec.ts'
import type { Adjacency } from '../network/adjacency.ts'
import { onAdjacency, type TakeSystem } from '../solve/on-adjacency.ts'
import { solveGrounded } from '../solve/harmonic.ts'
import { nodesByHops } from '../network/reach.ts'
import { mboSpread } from './poisson-mbo.ts'
import { inOwnUnits, rowsOf, scatterRows, type Spread } from './spread-labels.ts'
import type { SeedColumns } from '../solve/system.ts'
import type { NamedNetwork } from '../network/network.ts'

const ownOptions = {
  /** Maximum error of potentials, relative to their mean size in the component; in (0, 1]. Default 1e-5. */
  tolerance: number(1e-5, 0, 1, '(]'),
}

/** Options of Poisson learning and of methods that may use it. */
export const mboOptions = {
  /**
   * Steps of PoissonMBO: how often classes are decided, spread along the edges and decided again; stops when nothing changes. Integer >= 0; 5 are enough. Useful for one
   * to three labels per class if the class sizes are known, together with `decisionRule: 'volume'` and a `classPrior`. Default 0.
   */
  mboSteps: integer(0, 0),
}

export const poissonLearningOptions = { ...labellerOptions, ...ownOptions, ...mboOptions }

export interface PoissonLearningOptions extends Given<typeof ownOptions>, Given<typeof mboOptions>, LabellerOptions {}

const WHO = 'poissonLearning'

/**
 * Labels every node of a graph from few labelled ones: for one to about ten labels per class, where other methods are worse. Weights are >= 0.
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
export const poissonLearning: Labeller<PoissonLearningOptions> = defineLabeller(
  WHO,
  poissonLearningOptions,
  solvePoisson,
)

type SolveOptions = Resolved<typeof poissonLearningOptions>

function* solvePoisson(network: NamedNetwork, seeds: SeedColumns, options: SolveOptions): Algorithm<Spread> {
  requireUnsigned(WHO, network, 'Use labelSpreading, which takes weights below 0, or weighted: false.')
  const { nodes, sides } = network
  const components = yield* componentsInSlices(network.rows, sides === null)
  const width = seeds.classes.length
  const release = network.budget.take({
    who: WHO,
    what: `potentials of ${nodes.size} nodes in ${width} classes`,
    parts: {
      potentials: potentialBytes(nodes.size, components.count, width),
      decisions: options.mboSteps > 0 ? mboBytes(nodes.size, width) : 0,
    },
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
  const { tolerance, maxIterations, mboSteps } = options
  const { degrees, nodeCount } = adjacency
  const means = seedMeans(seeds, components)
  const { width } = means
  const sources = centredSources(
    rowsOf(seeds, () => 1),
    components,
    means,
  )
  // Potentials are determined up to a constant per component: one source of each is set to 0, and the mean is subtracted afterwards.
  const ground = groundOf(sources.keys(), components, degrees)
  const nodes = (yield* nodesByHops(adjacency, ground)).filter((node) => !ground.has(node))
  const rhs = yield* sourcesAt(nodes, sources, width)
  const potentialsOf = function* (x: Float64Array): Sliced<Centred> {
    const potentials = new Float64Array(nodeCount * width)
    yield* scatterRows(x, nodes, width, potentials)
    return yield* centre(potentials, components, width, degrees)
  }
  const sizes = function* (x: Float64Array): Sliced<Float64Array> {
    const { spreads } = yield* potentialsOf(x)
    return yield* spreadsAt(nodes, spreads, components)
  }
  const problem = { nodes, rhs, width, sizes, tolerance, maxIterations }
  const { x, iterations, error } = yield* solveGrounded(adjacency, problem, take)
  const rows = yield* toShares(yield* potentialsOf(x), components, means)
  const reached = yield* withSeeds(components, means)
  const settled = { rows, exponents: null, reached, iterations, error, converged: error <= tolerance }
  const spread = yield* inOwnUnits(settled, new Float64Array(degrees.length).fill(1), seeds)
  return yield* mboSpread(WHO, { adjacency, seeds, sources, decision: options }, spread, mboSteps)
}

/** For each component with sources, the source of the largest degree. */
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

/** Sources y - ybar of the seeds; none in components whose seeds have equal labels, such as an isolated seed. */
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
      // The difference of equal numbers is a rounding error.
      return Math.abs(value) < 1e-12 ? 0 : value
    })
    if (source.some((value) => value !== 0)) sources.set(node, source)
  }
  return sources
}

/** Sources of some nodes, shape (nodes x width). */
function* sourcesAt(
  nodes: Int32Array,
  sources: ReadonlyMap<number, Float64Array>,
  width: number,
): Sliced<Float64Array> {
  const rows = new Float64Array(nodes.length * width)
  const writeSome = (from: number, to: number): void => {
    for (let at = from; at < to; at++) sources.get(nodes[at])?.forEach((value, c) => (rows[at * width + c] = value))
  }
  yield* inSlices(nodes.length, writeSome, 4 * SCATTERED)
  return rows
}

/** Spreads of the components of some nodes. */
function* spreadsAt(nodes: Int32Array, spreads: Float64Array, { of }: Components): Sliced<Float64Array> {
  const own = new Float64Array(nodes.length)
  const writeSome = (from: number, to: number): void => {
    for (let at = from; at < to; at++) own[at] = spreads[of[nodes[at]]]
  }
  yield* inSlices(nodes.length, writeSome, SCATTERED)
  return own
}

/** 1 where a node's component has a seed, shape (nodes). */
function* withSeeds({ count, of }: Components, { width, shares }: SeedMeans): Sliced<Uint8Array> {
  const hasSeed = new Uint8Array(count)
  for (let at = 0; at < shares.length; at++) if (shares[at] > 0) hasSeed[Math.floor(at / width)] = 1
  const reached = new Uint8Array(of.length)
  yield* inSlices(of.length, (from, to) => {
    for (let node = from; node < to; node++) reached[node] = hasSeed[of[node]]
  })
  return reached
}

/** Potentials minus their degree-weighted mean in each component. */
interface Centred {
  /** Shape (nodes x classes), row-major. */
  readonly potentials: Float64Array
  /** Mean of |u| of each component, shape (components). */
  readonly spreads: Float64Array
}

/** In place. */
function* centre(
  potentials: Float64Array,
  { count, of }: Components,
  width: number,
  degrees: Float64Array,
): Sliced<Centred> {
  const centres = new Float64Array(count * width)
  const [mass, sizes, spreads] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  const sumSome = (from: number, to: number): void => {
    for (let node = from; node < to; node++) {
      const component = of[node]
      mass[component] += degrees[node]
      sizes[component]++
      for (let c = 0; c < width; c++) centres[component * width + c] += degrees[node] * potentials[node * width + c]
    }
  }
  const centreSome = (from: number, to: number): void => {
    for (let node = from; node < to; node++) {
      const component = of[node]
      for (let c = 0; c < width; c++) {
        const value = potentials[node * width + c] - centres[component * width + c] / (mass[component] || 1)
        potentials[node * width + c] = value
        spreads[component] += Math.abs(value) / (width * sizes[component])
      }
    }
  }
  yield* inSlices(of.length, sumSome, SCATTERED + width)
  yield* inSlices(of.length, centreSome, SCATTERED * width)
  return { potentials, spreads }
}

/** Shares of the classes with a seed in a node's component; the mean of the seeds if all potentials are equal. */
function* toShares(centred: Centred, components: Components, means: SeedMeans): Sliced<Float64Array> {
  const result = new Float64Array(centred.potentials.length)
  const shareSome = (from: number, to: number): void => shareRows(from, to, centred, components, means, result)
  yield* inSlices(components.of.length, shareSome, SCATTERED * means.width)
  return result
}

function shareRows(
  start: number,
  end: number,
  { potentials, spreads }: Centred,
  { of }: Components,
  { width, shares }: SeedMeans,
  result: Float64Array,
): void {
  for (let node = start; node < end; node++) {
    const [own, seeds, scale] = [node * width, of[node] * width, spreads[of[node]]]
    let highest = -Infinity
    for (let c = 0; c < width; c++) {
      if (shares[seeds + c] > 0) highest = Math.max(highest, potentials[own + c] / (scale || 1))
    }
    if (highest === -Infinity) continue
    let total = 0
    for (let c = 0; c < width; c++) {
      const known = shares[seeds + c]
      const apart = known > 0 ? Math.exp(potentials[own + c] / (scale || 1) - highest) : 0
      total += result[own + c] = scale > 0 ? apart : known
    }
    for (let c = 0; c < width; c++) result[own + c] /= total
  }
}
