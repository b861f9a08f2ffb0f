/** Small seeded graphs, and the propagation problems that tests ask of them. */
import { mirrorEdges, type Coordinates } from '../src/matrix/build.ts'
import { sideScales, type Normalization } from '../src/matrix/normalize.ts'
import { fixedSchedule, type Schedule } from '../src/plan/schedule.ts'
import { prepareNetwork, type PreparedNetwork } from '../src/network/prepared.ts'
import { solveInThread, type InThreadOptions } from '../src/run/in-thread.ts'
import type { DenseSeeds, Operator, Output, Seeds, Sweep, SweepFacts, TopLists } from '../src/request/sweep.ts'
import { seededRandom } from '../src/support/random.ts'
import type { Network } from '../src/network/network.ts'

export interface GraphSize {
  readonly users: number
  readonly items: number
  readonly pairs: number
  readonly weighted?: boolean
  readonly seed?: number
}

/** Random pairs, the low item numbers popular; every user and every item has at least one, unless there are too few pairs. */
export function bipartite({ users, items, pairs, weighted = false, seed = 1 }: GraphSize): Coordinates {
  const random = seededRandom(seed)
  const row = Int32Array.from({ length: pairs }, (_, at) => (at < users + items ? at % users : random.below(users)))
  const column = Int32Array.from({ length: pairs }, (_, at) =>
    at >= users && at < users + items ? at - users : Math.floor(items * random.next() ** 2),
  )
  const data = weighted ? Float32Array.from(row, () => 0.25 + random.next()) : null
  return { rowCount: users, columnCount: items, row, column, data }
}

/** A random undirected graph: a ring, so that nobody is isolated, and chords. */
export function square({ nodes, edges, weighted = false, seed = 1 }: SquareSize): Coordinates {
  const random = seededRandom(seed)
  const source = Int32Array.from({ length: edges }, (_, edge) => (edge < nodes ? edge : random.below(nodes)))
  const target = Int32Array.from({ length: edges }, (_, edge) =>
    edge < nodes ? (edge + 1) % nodes : random.below(nodes),
  )
  return mirrorEdges(
    nodes,
    source,
    target,
    weighted ? Float32Array.from(source, () => 0.25 + random.next()) : undefined,
  )
}

export interface SquareSize {
  readonly nodes: number
  readonly edges: number
  readonly weighted?: boolean
  readonly seed?: number
}

export const prepare = (coordinates: Coordinates): PreparedNetwork => prepareNetwork('test', coordinates, false, 1e9)

export const prepareSquare = (coordinates: Coordinates): PreparedNetwork =>
  prepareNetwork('test', coordinates, true, 1e9)

const floats = (length: number, value: (index: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, i) => value(i))

/** Diagonals of a spreading operator in the variable z = out o F, and what turns z into F again. */
export interface Spreading {
  readonly operator: Operator
  /** Times F gives z, shape (columns). */
  readonly out: Float64Array
  /** Times z gives F, shape (columns). */
  readonly finish: Float32Array
}

/** Label spreading seen from the column side, with damping `alpha` a half-step (a whole step on a square matrix). */
export function spreading({ degrees, shape }: Network, alpha: number, normalization: Normalization): Spreading {
  const columns = sideScales(degrees.columns, normalization)
  const rows = sideScales(degrees.rows, normalization)
  const damping = shape.square ? alpha : alpha * alpha
  const finish = floats(shape.columnCount, (i) => 1 / columns.out[i])
  return {
    operator: {
      middle: shape.square ? null : floats(shape.rowCount, (u) => rows.out[u] * rows.into[u]),
      scale: floats(shape.columnCount, (i) => damping * columns.out[i] * columns.into[i]),
      weight: finish,
    },
    out: columns.out,
    finish,
  }
}

/** The answer to a sweep of any kind: what it was not asked for is missing. */
export interface Solution extends SweepFacts {
  readonly top?: TopLists
  readonly columnScores?: Float32Array
  readonly rowScores?: Float32Array | null
  readonly probes?: Float32Array
  readonly seedProducts?: Float64Array | null
  readonly scoreProducts?: Float64Array | null
}

export const solve = (prepared: Network, problem: Sweep, options?: InThreadOptions): Solution =>
  solveInThread(prepared, options)(problem)

export interface ProblemParts {
  readonly name?: string
  readonly alpha?: number
  readonly normalization?: Normalization
  readonly schedule?: Schedule
  readonly seeds: Seeds
  /** The finish of the spreading is filled in. */
  readonly output: { kind: 'top-k'; k: number; excludeSeeds?: boolean } | { kind: 'scores'; rowScale?: Float32Array }
}

/** A whole spreading problem. */
export function problemOn(prepared: Network, parts: ProblemParts): Sweep {
  const { name = 'test', alpha = 0.8, normalization = 'symmetric', seeds } = parts
  const { schedule = sweeps(12, alpha, prepared.shape.square) } = parts
  const { operator, finish } = spreading(prepared, alpha, normalization)
  const output: Output =
    parts.output.kind === 'top-k'
      ? { kind: 'top-k', k: parts.output.k, finish, excludeSeeds: parts.output.excludeSeeds ?? false }
      : { kind: 'scores', finish, rowScale: parts.output.rowScale ?? null }
  return { kind: 'sweep', name, operator, schedule, seeds, output }
}

/** A fixed Chebyshev schedule of `count` sweeps for damping alpha; fewer when float64 could not tell the difference. */
export function sweeps(count: number, alpha = 0.8, isSquare = false): Schedule {
  const spectrum = isSquare ? ([-alpha, alpha] as const) : ([0, alpha * alpha] as const)
  return fixedSchedule({ spectrum, tolerance: 1e-30, maxIterations: count, solver: 'chebyshev' })
}

/** Seeds: the first `count` rows of the matrix, around and around. */
export const rowSeeds = ({ shape }: Network, count: number): Seeds => ({
  kind: 'rows',
  rows: Int32Array.from({ length: count }, (_, column) => column % shape.rowCount),
  scale: floats(shape.columnCount, (i) => 1 / (1 + i)),
})

/** Seeds: one dense vector a column. */
export function denseSeeds(vectors: readonly ArrayLike<number>[]): Seeds {
  const length = vectors[0].length
  return {
    kind: 'sparse',
    indptr: Int32Array.from({ length: vectors.length + 1 }, (_, column) => column * length),
    indices: Int32Array.from({ length: vectors.length * length }, (_, at) => at % length),
    data: Float32Array.from(vectors.flatMap((vector) => Array.from(vector))),
  }
}

/** Seeds: `count` columns of random numbers, combined from `sources` others unless these are as many. */
export function randomSeeds({ shape }: Network, count: number, sources = count, seed = 5): DenseSeeds {
  const random = seededRandom(seed)
  return {
    kind: 'dense',
    columns: count,
    data: floats(sources * shape.columnCount, () => random.next() - 0.5),
    coefficients: sources === count ? null : floats(sources * count, () => random.next() - 0.5),
    scale: floats(shape.columnCount, (i) => 1 / (1 + (i % 3))),
  }
}

/** Seeds: `count` columns of three random entries each. */
export function scatteredSeeds({ shape }: Network, count: number, seed = 5): Seeds {
  const random = seededRandom(seed)
  return {
    kind: 'sparse',
    indptr: Int32Array.from({ length: count + 1 }, (_, column) => 3 * column),
    indices: Int32Array.from({ length: 3 * count }, () => random.below(shape.columnCount)),
    data: floats(3 * count, () => 0.5 + random.next()),
  }
}
