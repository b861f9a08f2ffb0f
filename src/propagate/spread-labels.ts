import { sideScales, type Normalization } from '../matrix/normalize.ts'
import { chooseSolver } from '../plan/schedule.ts'
import type { Algorithm } from '../run/drive.ts'
import { PAUSE, ranges, type Sliced } from '../support/pause.ts'
import { nodeDegrees, onAdjacency, type Adjacency } from './adjacency.ts'
import { spreadOutwards } from './far-field.ts'
import { solveNear, type NearSolution } from './near-field.ts'
import type { Network } from './network.ts'
import { nodesByHops } from './reach.ts'
import type { SeedColumns } from './seeds.ts'
import { spectrumOf, type System } from './system.ts'

/** What spreading says about every node, before a class is decided. */
export interface Spread {
  /** Scores of the classes, each node's in a unit of its own: far from every seed they are small beyond any number; shape (nodes x classes), row-major. */
  readonly scores: Float32Array
  /** Sums of the scores over all nodes in one unit, shape (classes). */
  readonly masses: Float64Array
  /** 1 where a path of edges with a weight leads to a seed, shape (nodes). */
  readonly reached: Uint8Array
  readonly iterations: number
  /** How far a share may be from the exact solution at any reached node; Infinity where nothing bounds it. */
  readonly residual: number
  readonly converged: boolean
}

/** More sweeps than this and conjugate gradients are faster from the start. */
const MOST_SWEEPS = 400

/** Label spreading on an undirected network, settled at every node that a seed reaches. */
export function* spreadLabels(network: Network, system: System): Algorithm<Spread> {
  const { seeds } = system
  const degrees = nodeDegrees(network)
  const near = yield* nearSeeds(network, system, degrees)
  const reached = near.settled.slice()
  for (const node of seeds.nodes) reached[node] = 1
  const missing = degrees.some((degree, node) => degree > 0 && near.settled[node] === 0)
  if (!missing) return yield* inOwnUnits({ ...near, reached, exponents: null, converged: true }, degrees, system)
  return yield* onAdjacency(system.who, network, seeds.classes.length, (adjacency) =>
    spreadFurther(adjacency, system, near, reached),
  )
}

/** Goes on from what is settled to all that is reached. */
function* spreadFurther(adjacency: Adjacency, system: System, near: NearSolution, reached: Uint8Array): Sliced<Spread> {
  const { seeds, tolerance, maxIterations, alpha } = system
  const { degrees } = adjacency
  const order = yield* nodesByHops(adjacency, seeds.nodes)
  for (const node of order) reached[node] = 1
  const far = yield* spreadOutwards(adjacency, {
    ...{ alpha, width: seeds.classes.length, rows: near.rows, settled: near.settled, reached: order },
    ...{ sources: sourcesOf(system, degrees), tolerance, maxIterations: maxIterations - near.iterations },
  })
  const error = Math.max(near.error, far.error)
  const settled = {
    ...{ rows: near.rows, exponents: far.exponents, reached, error, iterations: near.iterations + far.iterations },
    converged: far.complete && error <= tolerance,
  }
  return yield* inOwnUnits(settled, degrees, system)
}

/**
 * What sweeps settle with at most half of the iterations. Where they do not suffice, or would take too many, only seeds without a neighbour count as
 * settled, and rows are what there is.
 */
function* nearSeeds(network: Network, system: System, degrees: Float64Array): Algorithm<NearSolution> {
  const { alpha, seeds, solver, tolerance } = system
  const request = { spectrum: spectrumOf(network, alpha), tolerance, solver, maxIterations: Infinity }
  const maxIterations = Math.ceil(system.maxIterations / 2)
  const near =
    solver === 'auto' && chooseSolver(request).sweeps > MOST_SWEEPS
      ? { rows: new Float64Array(degrees.length * seeds.classes.length), iterations: 0, error: Infinity }
      : yield* solveNear(network, { ...system, maxIterations })
  if ('settled' in near && near.error <= tolerance) return near
  const settled = new Uint8Array(degrees.length)
  for (const [node, row] of rowsOf(seeds, () => 1 - alpha)) {
    if (degrees[node] > 0) continue
    near.rows.set(row, node * row.length)
    settled[node] = 1
  }
  return { ...near, settled, error: 0 }
}

/** What seeds add to the equation of their own node: degree times z of the seed alone. */
function sourcesOf({ seeds, alpha, normalization }: System, degrees: Float64Array): Map<number, Float64Array> {
  const { out } = sideScales(degrees, normalization)
  return rowsOf(seeds, (node) => (1 - alpha) * degrees[node] * out[node])
}

/** Seeds by node, times a factor. */
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

/** z = rows 2^exponents with all that is known of it. */
interface Settled {
  readonly rows: Float64Array
  /** `null` where all are 0. */
  readonly exponents: Int32Array | null
  readonly reached: Uint8Array
  readonly iterations: number
  readonly error: number
  readonly converged: boolean
}

/** Sums up masses, and brings every row to a size that single precision holds. */
export function* inOwnUnits(
  { rows, exponents, reached, iterations, error, converged }: Settled,
  degrees: Float64Array,
  { normalization, seeds }: { readonly normalization: Normalization; readonly seeds: SeedColumns },
): Sliced<Spread> {
  const width = seeds.classes.length
  const { out } = sideScales(degrees, normalization)
  const scores = new Float32Array(rows.length)
  const masses = new Float64Array(width)
  const units = out.map((value, node) => 2 ** (exponents?.[node] ?? 0) / value)
  for (const [from, to] of ranges(0, degrees.length, 4 * width)) {
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
