/**
 * Propagation with scores in a common unit: z = T z + rhs, to a residual relative to the seeds.
 *
 * 'power' solves one problem in single precision. 'chebyshev' computes the residual in double precision and solves for it in turn, because
 * hubs accumulate far more than a single seed, and rounding there exceeds a small tolerance: a third of the sweeps at alpha .85. Scores below the tolerance are then
 * noise, whereas plain sweeps approach every score from below.
 * Wilkinson, Rounding Errors in Algebraic Processes, 1963.
 */
import type { NamedNetwork } from '../network/network.ts'
import { adaptiveSchedule, chooseSolver, type Solver, type SolveRequest } from '../plan/schedule.ts'
import { sweep, type Algorithm } from '../request/request.ts'
import type { ScoresWanted, Seeds, Sweep } from '../request/sweep.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { addColumns, largestWeighted, restOf } from './exact-product.ts'
import { prepareSystem, singlePrecision, spectrumOf, type PreparedSystem, type System } from './system.ts'

/** Scores of every node for every label column, and how the solve went. */
export interface Scores {
  /** Shape (nodes x columns), row-major. */
  readonly scores: Float32Array
  readonly iterations: number
  /** max |S F + base - F| over the largest seed. */
  readonly residual: number
  readonly converged: boolean
}

/** A system whose solver is chosen. */
interface Chosen extends System {
  readonly solver: Solver
}

/** Along arrows always by 'power': eigenvalues may lie anywhere. */
export function* spread(network: NamedNetwork, system: Chosen): Algorithm<Scores> {
  const prepared = yield* prepareSystem(network, system)
  const refines = network.undirected && system.solver === 'chebyshev'
  const { columns, rows, iterations, residual } = refines
    ? yield* refine(network, system, prepared)
    : yield* solveOnce(network, system, prepared)
  const scores = rows === null ? columns : joinSides(rows, columns, prepared.userBase)
  return { scores, iterations, residual, converged: residual <= system.tolerance }
}

/** Scores F of both sides. */
interface Sides {
  readonly columns: Float32Array
  /** `null` on a square network. */
  readonly rows: Float32Array | null
  readonly iterations: number
  readonly residual: number
}

function* solveOnce(network: NamedNetwork, system: Chosen, prepared: PreparedSystem): Algorithm<Sides> {
  const { tolerance, maxIterations, alpha, seeds } = system
  const request = { spectrum: spectrumOf(network, alpha), tolerance, maxIterations, solver: 'power' } as const
  const asked = problem(system, prepared, request, seeds.largest, singlePrecision(prepared.rhs))
  const { columnScores, rowScores, residuals, iterations } = yield* sweep(asked)
  return {
    ...{ columns: columnScores, rows: rowScores, iterations: largest(iterations) },
    residual: largest(residuals) / (seeds.largest || 1),
  }
}

/** Range of reductions of a solve in single precision: rounding stalls it beyond the maximum, and less than the minimum is not worth starting. */
const [STRONGEST, WEAKEST] = [1e-5, 0.1]
/** Share of the tolerance that a solve aims for. */
const SHARE = 0.5

function* refine(network: NamedNetwork, system: Chosen, prepared: PreparedSystem): Algorithm<Sides> {
  const { alpha, tolerance, maxIterations, seeds } = system
  const { operator, receivers } = prepared
  const { rowCount, columnCount } = network.shape
  const width = seeds.classes.length
  const z = new Float64Array(columnCount * width)
  const users = prepared.senders === null ? null : new Float64Array(rowCount * width)
  const ones = new Float32Array(columnCount).fill(1)
  const goal = tolerance * seeds.largest
  let asked: Seeds = singlePrecision(prepared.rhs)
  let [iterations, left, isFirst, gains] = [0, seeds.largest, true, true]
  do {
    const reduction = Math.min(WEAKEST, Math.max(STRONGEST, (SHARE * goal) / left))
    const request = { spectrum: spectrumOf(network, alpha), tolerance: reduction, solver: 'chebyshev' } as const
    const enough = chooseSolver({ ...request, maxIterations: maxIterations - iterations }).sweeps
    const solution = yield* sweep(problem(system, prepared, { ...request, maxIterations: enough }, left, asked, ones))
    yield* addColumns(z, solution.columnScores, width, width)
    if (users !== null && solution.rowScores !== null) yield* addColumns(users, solution.rowScores, width, width)
    iterations += largest(solution.iterations)
    const rest = yield* restOf(system, prepared, width, z)
    const before = left
    left = yield* largestWeighted(rest, operator.weight, width)
    // After the first solve the residual may exceed every seed, at hubs.
    gains = isFirst || left < before
    isFirst = false
    asked = { kind: 'dense', columns: width, data: new Float32Array(rest), coefficients: null, scale: ones }
  } while (left > goal && gains && iterations < maxIterations)
  const columns = yield* divideRows(z, receivers.out, width)
  return { columns, rows: users && new Float32Array(users), iterations, residual: left / (seeds.largest || 1) }
}

/** @param size of the seeds */
function problem(
  { who }: System,
  { operator, rowScale }: PreparedSystem,
  request: SolveRequest,
  size: number,
  seeds: Seeds,
  finish = operator.weight,
): Omit<Sweep<ScoresWanted>, 'kind'> {
  return {
    ...{ name: who, operator, seeds, schedule: adaptiveSchedule(request, size) },
    output: { kind: 'scores', finish, rowScale: rowScale && new Float32Array(rowScale) },
  }
}

const largest = (values: Int32Array | Float32Array): number =>
  Array.from(values).reduce((most, value) => Math.max(most, value), 0)

function* divideRows(z: Float64Array, by: Float64Array, width: number): Sliced<Float32Array> {
  const divided = new Float32Array(z.length)
  const divide = (start: number, end: number): void => {
    for (let row = start, at = start * width; row < end; row++) {
      for (let c = 0; c < width; c++, at++) divided[at] = z[at] / by[row]
    }
  }
  yield* inSlices(by.length, divide, width)
  return divided
}

function joinSides(users: Float32Array, items: Float32Array, base: Float64Array | null): Float32Array {
  const scores = new Float32Array(users.length + items.length)
  for (let at = 0; at < users.length; at++) scores[at] = users[at] + (base?.[at] ?? 0)
  scores.set(items, users.length)
  return scores
}
