import { sweepingBytes } from '../memory/outside-bytes.ts'
import { chooseSolver } from '../plan/schedule.ts'
import { aboutEdges, type Algorithm } from '../request/request.ts'
import { inSlices, PAUSE, ranges, SCATTERED, type Sliced } from '../support/pause.ts'
import { nodeDegrees, type Adjacency } from '../network/adjacency.ts'
import { onAdjacency, type TakeSystem } from '../solve/on-adjacency.ts'
import { spreadOutwards } from '../solve/far-field.ts'
import { nodeScales, solveNear, type NearSolution } from '../solve/near-field.ts'
import { nodesByHops } from '../network/reach.ts'
import { prepareSystem, spectrumOf, type PreparedSystem, type System, type SeedColumns } from '../solve/system.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Scores of every node, before classes are chosen. */
export interface Spread {
  /** Scores of the classes, scaled per node, because they would underflow far from all seeds; shape (nodes x classes), row-major. */
  readonly scores: Float32Array
  /** Sums of the unscaled scores over all nodes, shape (classes). */
  readonly masses: Float64Array
  /** 1 where a path of edges with a weight leads to a seed, shape (nodes). */
  readonly reached: Uint8Array
  readonly iterations: number
  /** Bound on the error of shares at reached nodes; Infinity if there is none. */
  readonly residual: number
  readonly converged: boolean
}

/** If more sweeps than this are expected, conjugate gradients are faster from the start. */
const MOST_SWEEPS = 400

/** Label spreading on an undirected network, solved at every node that a seed reaches. */
export function* spreadLabels(network: NamedNetwork, asked: System): Algorithm<Spread> {
  const seeds = inUnit(asked.seeds)
  const system = { ...asked, seeds }
  const prepared = yield* prepareSystem(network, system)
  const out = nodeScales(prepared)
  const sweeping = sweepingBytes(network.nodes.size, seeds.classes.length)
  const near = yield* nearWithin(sweeping, network, system, prepared)
  if (hasSettled(near, seeds) && !(yield* leadsOn(system.who, near.settled))) {
    return yield* inOwnUnits({ ...near, reached: near.settled, exponents: null, converged: true }, out, seeds)
  }
  const further = (adjacency: Adjacency, take: TakeSystem): Sliced<Settled> =>
    spreadFurther(adjacency, take, system, near, out)
  const settled = yield* onAdjacency(system.who, network, seeds.classes.length, further, {
    known: near.settled,
    left: sweeping,
  })
  return yield* inOwnUnits(settled, out, seeds)
}

/** Scales seeds by a power of two such that the largest is in [1, 2): shares do not depend on it, and small scores far away have room in single precision. */
function inUnit(seeds: SeedColumns): SeedColumns {
  const unit = 2 ** -Math.floor(Math.log2(seeds.largest))
  return { ...seeds, weights: seeds.weights.map((weight) => weight * unit), largest: seeds.largest * unit }
}

/** As `nearSeeds`. @throws {RivuletError} MEMORY_LIMIT before any sweep */
function* nearWithin(
  bytes: number,
  network: NamedNetwork,
  system: System,
  prepared: PreparedSystem,
): Algorithm<NearSolution> {
  const { who, seeds } = system
  const release = network.budget.take({
    ...{ who, what: `sweeps over ${network.nodes.size} nodes in ${seeds.classes.length} classes` },
    parts: { sweeping: bytes },
    todo: 'Raise memoryLimitBytes, or label fewer classes at a time.',
  })
  try {
    return yield* nearSeeds(network, system, prepared)
  } finally {
    release()
  }
}

const hasSettled = ({ settled }: NearSolution, { nodes }: SeedColumns): boolean =>
  nodes.every((node) => settled[node] === 1)

/** Whether an edge with a weight leads from a marked node to one that is not marked. */
function* leadsOn(name: string, marked: Uint8Array): Algorithm<boolean> {
  return marked.includes(0) && (yield* aboutEdges({ kind: 'crossing', name, marked }))
}

/** Continues from the settled nodes to all reached ones. */
function* spreadFurther(
  adjacency: Adjacency,
  take: TakeSystem,
  system: System,
  near: NearSolution,
  out: Float64Array,
): Sliced<Settled> {
  const { seeds, tolerance, maxIterations, alpha } = system
  const order = yield* nodesByHops(adjacency, seeds.nodes, near.settled)
  const reached = new Uint8Array(adjacency.nodeCount)
  for (const node of order) reached[node] = 1
  const field = {
    ...{ alpha, width: seeds.classes.length, rows: near.rows, settled: near.settled, reached: order },
    // The term of a seed in the equation of its own node: degree times z of the seed alone.
    sources: rowsOf(seeds, (node) => (1 - alpha) * adjacency.degrees[node] * out[node]),
    ...{ tolerance, maxIterations: maxIterations - near.iterations },
  }
  const far = yield* spreadOutwards(adjacency, field, take)
  const error = Math.max(near.error, far.error)
  return {
    ...{ rows: near.rows, exponents: far.exponents, reached, error, iterations: near.iterations + far.iterations },
    converged: far.complete && error <= tolerance,
  }
}

/**
 * Solves by sweeps with at most half of the iterations. If they do not suffice, or would be too many, only seeds without neighbours count as
 * settled, and the other rows are approximate.
 */
function* nearSeeds(network: NamedNetwork, system: System, prepared: PreparedSystem): Algorithm<NearSolution> {
  const { alpha, seeds, solver, tolerance } = system
  const nodeCount = network.nodes.size
  const request = { spectrum: spectrumOf(network, alpha), tolerance, solver, maxIterations: Infinity }
  const maxIterations = Math.ceil(system.maxIterations / 2)
  const isTooLong = solver === 'auto' && chooseSolver(request).sweeps > MOST_SWEEPS
  const near = isTooLong ? null : yield* solveNear(network, { ...system, maxIterations }, prepared)
  if (near !== null && near.error <= tolerance) return near
  const degrees = nodeDegrees(network)
  const rows = near?.rows ?? new Float64Array(nodeCount * seeds.classes.length)
  const settled = new Uint8Array(nodeCount)
  for (const [node, row] of rowsOf(seeds, () => 1 - alpha)) {
    if (degrees[node] > 0) continue
    rows.set(row, node * row.length)
    settled[node] = 1
  }
  return { rows, settled, iterations: near?.iterations ?? 0, error: 0 }
}

/** Seeds by node, multiplied by a factor. */
export function rowsOf(
  { classes, indptr, nodes, weights }: SeedColumns,
  factor: (node: number) => number,
): Map<number, Float64Array> {
  const rows = new Map<number, Float64Array>()
  for (let c = 0; c < classes.length; c++) {
    for (let entry = indptr[c]; entry < indptr[c + 1]; entry++) {
      const row = rows.get(nodes[entry]) ?? new Float64Array(classes.length)
      row[c] += weights[entry] * factor(nodes[entry])
      rows.set(nodes[entry], row)
    }
  }
  return rows
}

/** Writes rows of some nodes to their places among all nodes. */
export function scatterRows(from: Float64Array, nodes: Int32Array, width: number, to: Float64Array): Sliced<void> {
  const scatterSome = (start: number, end: number): void => {
    for (let at = start; at < end; at++) {
      const own = nodes[at] * width
      for (let c = 0; c < width; c++) to[own + c] = from[at * width + c]
    }
  }
  return inSlices(nodes.length, scatterSome, SCATTERED + width)
}

/** The solution z = rows 2^exponents, with details. */
interface Settled {
  readonly rows: Float64Array
  /** `null` where all are 0. */
  readonly exponents: Int32Array | null
  readonly reached: Uint8Array
  readonly iterations: number
  readonly error: number
  readonly converged: boolean
}

/** Sums masses, and scales every row to single precision. @param out scales of the nodes: z = out o F */
export function* inOwnUnits(
  { rows, exponents, reached, iterations, error, converged }: Settled,
  out: Float64Array,
  { classes }: SeedColumns,
): Sliced<Spread> {
  const width = classes.length
  const scores = new Float32Array(rows.length)
  const masses = new Float64Array(width)
  const units = out.map((value, node) => 2 ** (exponents?.[node] ?? 0) / value)
  for (const [from, to] of ranges(0, out.length, 4 * width)) {
    scaleRows(from, to, width, rows, units, scores, masses)
    yield PAUSE
  }
  return { scores, masses, reached, iterations, residual: error, converged }
}

function scaleRows(
  start: number,
  end: number,
  width: number,
  rows: Float64Array,
  units: Float64Array,
  scores: Float32Array,
  masses: Float64Array,
): void {
  for (let node = start; node < end; node++) {
    const from = node * width
    let size = 0
    for (let c = 0; c < width; c++) {
      masses[c] += rows[from + c] * units[node]
      size += Math.abs(rows[from + c])
    }
    if (size > 0) for (let c = 0; c < width; c++) scores[from + c] = rows[from + c] / size
  }
}
