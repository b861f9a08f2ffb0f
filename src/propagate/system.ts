/**
 * Propagation on a network as a linear system, and its answer as one score per node and label column.
 *
 *   F = alpha S F + base,   S = into o W (out o .),   base = (1 - alpha) Y, or the labels themselves where they are clamped
 *
 * W adjacency (n x n; bipartite: users x items and its transpose), Y seeds (n x c), F scores (n x c). Solved for z = out o F, so that one diagonal
 * serves: z = scale o (W z) + rhs. On a bipartite network the users are eliminated: z lives on the items, T = alpha^2 S' S, and the users'
 * scores follow by one half-step. That is the Gauss-Seidel form of the iteration: the same fixed point in half the sweeps.
 */
import type { Components } from '../matrix/components.ts'
import { degreePower, sideScales, type Normalization, type SideScales } from '../matrix/normalize.ts'
import { adaptiveSchedule, type Schedule, type SolveRequest } from '../plan/schedule.ts'
import type { Algorithm } from '../run/drive.ts'
import type { Operator, Problem, SparseSeeds } from '../run/problem.ts'
import type { Network } from './network.ts'
import { largestEigenvalueBeyond, spectralRadius } from './spectral-radius.ts'
import type { SeedColumns } from './seeds.ts'

/** A propagation to carry out. */
export interface System {
  readonly who: string
  readonly normalization: Normalization
  /** Share of a node's score that comes from its neighbours, in [0, 1]. */
  readonly alpha: number
  readonly seeds: SeedColumns
  /** Seeds keep exactly their labels; alpha is then 1. */
  readonly clamped: boolean
  /**
   * Set where alpha is 1 and nothing is clamped: on each of these components the base, weighted by degrees, sums to 0, and scores are determined
   * up to a constant.
   */
  readonly floating?: Components | undefined
  readonly tolerance: number
  readonly maxIterations: number
  readonly solver: SolveRequest['solver']
}

/** Scores of every node for every label column, and how the solve went. */
export interface Spread {
  /** Shape (nodes x columns), row-major. */
  readonly scores: Float32Array
  readonly iterations: number
  /** max |S F + base - F| over the largest seed. */
  readonly residual: number
  readonly converged: boolean
}

/** Solves the system: one propagation problem. */
export function* spread(network: Network, system: System): Algorithm<Spread> {
  const prepared = prepareSystem(network, system)
  const schedule = yield* chooseSchedule(network, system, prepared.problem)
  const solution = yield { ...prepared.problem, schedule }
  const { columnScores, rowScores, residuals, iterations } = solution
  if (columnScores === null) throw new TypeError('a solver left the scores out')
  const { largest } = system.seeds
  const residual = residuals.reduce((worst, value) => Math.max(worst, value), 0) / (largest || 1)
  const scores = rowScores === null ? columnScores : joinSides(rowScores, columnScores, prepared.userBase)
  if (system.clamped) restoreSeeds(scores, system.seeds)
  return {
    scores,
    iterations: iterations.reduce((most, value) => Math.max(most, value), 0),
    residual,
    converged: residual <= system.tolerance,
  }
}

interface PreparedSystem {
  readonly problem: Omit<Problem, 'schedule' | 'seeds'> & { readonly seeds: SparseSeeds }
  /** Base of the user side, shape (users x columns); `null` on a square network. */
  readonly userBase: Float32Array | null
}

function prepareSystem(network: Network, system: System): PreparedSystem {
  const { rows, columns } = network.prepared.degrees
  const userCount = network.sides === null ? 0 : network.sides.users.size
  const receivers = sideScales(columns, system.normalization)
  // Along arrows a node sends by its column and receives by its row: it shares itself out over what it points to.
  if (!network.undirected) receivers.into.set(degreePower(rows, 0, 0))
  const senders = network.sides === null ? null : sideScales(rows, system.normalization)
  if (system.clamped) freezeSeeds(system.seeds, userCount, receivers, senders)
  const { alpha } = system
  const operator = operatorOf(alpha, receivers, senders)
  const base = { userCount, share: system.clamped || system.floating ? 1 : 1 - system.alpha }
  return {
    problem: {
      name: system.who,
      operator,
      seeds: rightHandSides(network, system.seeds, base, alpha, receivers, senders),
      output: {
        kind: 'scores',
        finish: operator.weight,
        rowScale: senders === null ? null : new Float32Array(senders.into.map((into) => alpha * into)),
      },
    },
    userBase: senders === null ? null : userBase(system.seeds, base),
  }
}

/** A clamped node receives nothing: what it sends is its label alone. */
function freezeSeeds(seeds: SeedColumns, userCount: number, receivers: SideScales, senders: SideScales | null): void {
  for (const node of seeds.nodes) {
    if (node < userCount) senders!.into[node] = 0
    else receivers.into[node - userCount] = 0
  }
}

function operatorOf(alpha: number, receivers: SideScales, senders: SideScales | null): Operator {
  const factor = senders === null ? alpha : alpha * alpha
  return {
    middle: senders === null ? null : new Float32Array(senders.out.map((out, row) => out * senders.into[row])),
    scale: new Float32Array(receivers.out.map((out, column) => factor * out * receivers.into[column])),
    weight: new Float32Array(receivers.out.map((out) => 1 / out)),
  }
}

function* chooseSchedule(
  network: Network,
  system: System,
  { operator, seeds: rhs }: PreparedSystem['problem'],
): Algorithm<Schedule> {
  const { tolerance, maxIterations, alpha, seeds } = system
  const solver = network.undirected ? system.solver : 'power'
  if (system.floating) {
    const spectrum = yield* floatingSpectrum(network, system.who, operator, rhs, system.floating)
    return adaptiveSchedule({ spectrum, tolerance, maxIterations, solver }, seeds.largest)
  }
  // A clamped system shrinks by an amount that only its graph knows; it is below 1 wherever a label can be reached.
  const most = Math.min(
    system.clamped && solver !== 'power' ? yield* spectralRadius(system.who, operator, rhs) : 1,
    LARGEST_RADIUS,
  )
  const spectrum =
    network.sides === null ? ([-alpha * most, alpha * most] as const) : ([0, alpha * alpha * most] as const)
  return adaptiveSchedule({ spectrum, tolerance, maxIterations, solver }, seeds.largest)
}

/** A label far away is reached so slowly that rounding may say 1; the solver's bounds need a number below. */
const LARGEST_RADIUS = 1 - 1e-5

/** Enough Lanczos steps to tell apart what a walk forgets slowest: an estimate too low costs several times these sweeps. */
const FLOATING_STEPS = 48

/** Constants have eigenvalue 1 and no part in the answer; the next eigenvalue says how slowly the rest dies away. */
function* floatingSpectrum(
  network: Network,
  who: string,
  operator: Operator,
  rhs: SparseSeeds,
  { count, of }: Components,
): Algorithm<readonly [number, number]> {
  const { scale } = operator
  const firstColumn = of.length - scale.length
  const project = (vector: Float64Array): void => {
    const [sums, degrees] = [new Float64Array(count), new Float64Array(count)]
    vector.forEach((value, column) => {
      if (scale[column] === 0) return
      sums[of[firstColumn + column]] += value / scale[column]
      degrees[of[firstColumn + column]] += 1 / scale[column]
    })
    vector.forEach((_, column) => {
      const component = of[firstColumn + column]
      if (degrees[component] > 0) vector[column] -= sums[component] / degrees[component]
    })
  }
  const largest = yield* largestEigenvalueBeyond(who, operator, numberedColumns(rhs), project, FLOATING_STEPS)
  return [network.sides === null ? -1 : 0, Math.min(largest, LARGEST_RADIUS)]
}

/** The bases of a node's classes sum to 0: their sum, which a Lanczos iteration starts from, has to weigh them apart. */
function numberedColumns(rhs: SparseSeeds): SparseSeeds {
  const data = rhs.data.slice()
  for (let column = 0; column + 1 < rhs.indptr.length; column++) {
    for (let at = rhs.indptr[column]; at < rhs.indptr[column + 1]; at++) data[at] *= column + 1
  }
  return { ...rhs, data }
}

interface Base {
  readonly userCount: number
  /** What part of a seed enters directly. */
  readonly share: number
}

/** rhs = out o (base_items + alpha into o W' (out_users o base_users)), summed in float64, kept sparse. */
function rightHandSides(
  network: Network,
  seeds: SeedColumns,
  { userCount, share }: Base,
  alpha: number,
  receivers: SideScales,
  senders: SideScales | null,
): SparseSeeds {
  const { matrix } = network.prepared
  const columnCount = seeds.indptr.length - 1
  const dense = new Float64Array(matrix.columnCount)
  const indptr = new Int32Array(columnCount + 1)
  const indices: number[] = []
  const data: number[] = []
  for (let column = 0; column < columnCount; column++) {
    dense.fill(0)
    for (let entry = seeds.indptr[column]; entry < seeds.indptr[column + 1]; entry++) {
      const node = seeds.nodes[entry]
      const weight = seeds.weights[entry] * share
      if (node >= userCount) dense[node - userCount] += weight
      if (node >= userCount || senders === null) continue
      const sent = alpha * senders.out[node] * weight
      for (let edge = matrix.indptr[node]; edge < matrix.indptr[node + 1]; edge++) {
        const item = matrix.indices[edge]
        dense[item] += sent * (matrix.data?.[edge] ?? 1) * receivers.into[item]
      }
    }
    for (let item = 0; item < dense.length; item++) {
      if (dense[item] === 0) continue
      indices.push(item)
      data.push(dense[item] * receivers.out[item])
    }
    indptr[column + 1] = indices.length
  }
  return { kind: 'sparse', indptr, indices: Int32Array.from(indices), data: Float32Array.from(data) }
}

function userBase(seeds: SeedColumns, { userCount, share }: Base): Float32Array {
  const columnCount = seeds.indptr.length - 1
  const base = new Float32Array(userCount * columnCount)
  for (let column = 0; column < columnCount; column++) {
    for (let entry = seeds.indptr[column]; entry < seeds.indptr[column + 1]; entry++) {
      const node = seeds.nodes[entry]
      if (node < userCount) base[node * columnCount + column] += seeds.weights[entry] * share
    }
  }
  return base
}

/** Rounding over hundreds of Chebyshev steps moves even what receives nothing; the promise is that seeds stay exactly as given. */
function restoreSeeds(scores: Float32Array, { indptr, nodes, weights }: SeedColumns): void {
  const columnCount = indptr.length - 1
  for (const node of nodes) scores.fill(0, node * columnCount, (node + 1) * columnCount)
  for (let column = 0; column < columnCount; column++) {
    for (let entry = indptr[column]; entry < indptr[column + 1]; entry++) {
      scores[nodes[entry] * columnCount + column] = weights[entry]
    }
  }
}

function joinSides(users: Float32Array, items: Float32Array, base: Float32Array | null): Float32Array {
  const scores = new Float32Array(users.length + items.length)
  for (let at = 0; at < users.length; at++) scores[at] = users[at] + (base?.[at] ?? 0)
  scores.set(items, users.length)
  return scores
}
