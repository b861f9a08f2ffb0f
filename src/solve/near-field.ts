/**
 * Scores near the seeds: the kernel solves in single precision; the residual is computed in double precision and solved for in turn.
 *
 *   z <- z + e,   e = T e + r,   r = rhs + T z - z       (iterative refinement)
 *
 * z scores (columns of the matrix x classes), T the propagation, r the residual. From the second solve on, the residual is relative to s, each node's own scores, instead
 * of the largest seed, because shares are ratios within a row. It also solves (I - T) y = s: as |r| <= epsilon s, and T has no negative entries, the error is at most epsilon y.
 * On a signed graph this is an estimate.
 * Wilkinson, Rounding Errors in Algebraic Processes, 1963. Cost: about the sweeps of one solve to the same accuracy, and one pass over the edges in double
 * precision per solve.
 */
import { adaptiveSchedule, chooseSolver } from '../plan/schedule.ts'
import { sweep, type Algorithm } from '../request/request.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import type { DenseSeeds, ScoresWanted, Seeds, Sweep, SweepAnswer } from '../request/sweep.ts'
import { addColumns, largestWeighted, restOf } from './exact-product.ts'
import { singlePrecision, spectrumOf, type PreparedSystem, type System } from './system.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Scores in the variable z = out o F, of both sides of a bipartite network. */
type Solved = SweepAnswer<ScoresWanted>

export interface NearSolution {
  /** Shape (nodes x classes), row-major. */
  readonly rows: Float64Array
  /** 1 where a row is large enough to be known by the error, shape (nodes). */
  readonly settled: Uint8Array
  readonly iterations: number
  /** Bound on the error of a settled row's scores, relative to the row. */
  readonly error: number
}

/** Limit of single precision, relative to the largest seed. */
const SINGLE_PRECISION = 1e-6
/** Share of the tolerance that a solve aims for, so that it need not be repeated for a small excess. */
const SHARE_OF_TOLERANCE = 0.8
/** Minimum reduction that is worth starting a solve for. */
const WEAKEST_REDUCTION = 0.01
/** Maximum reduction before rounding stalls a solve. */
const STRONGEST_REDUCTION = 1e-5
/** Length of walks from the seeds to the smallest rows, relative to the mean length 1 / (1 - alpha): 4 to 5 on citation networks. */
const LIKELY_LENGTH = 5
/** Size of the right-hand side of y relative to the residual that a solve should leave: y need only be known to a tenth. */
const PART_OF_Y = 10
/** Solves after the first; each gains several digits. */
const MOST_REFINEMENTS = 6

export function* solveNear(network: NamedNetwork, system: System, prepared: PreparedSystem): Algorithm<NearSolution> {
  const { tolerance, alpha, seeds } = system
  const { operator, rhs } = prepared
  const solve = new Refinement(network, system, prepared)
  const first = { weight: operator.weight, size: seeds.largest, reduction: Math.max(tolerance, SINGLE_PRECISION) }
  yield* solve.add(yield* solve.ask(singlePrecision(rhs), first))
  let error = Infinity
  // Ratio of error to residual: an estimate until a solve has measured it.
  let amplification = LIKELY_LENGTH * (1 + 1 / (1 - alpha))
  for (let round = 0; round < MOST_REFINEMENTS && error > tolerance && !solve.isTired; round++) {
    const { rest, weight, size } = yield* solve.residual()
    if (size === 0) {
      error = 0
      break
    }
    const wanted = (SHARE_OF_TOLERANCE * tolerance) / (amplification * size)
    const reduction = Math.min(WEAKEST_REDUCTION, Math.max(STRONGEST_REDUCTION, wanted))
    const part = PART_OF_Y * reduction * size
    const solution = yield* solve.ask(yield* withSizes(rest, weight, part), { weight, size, reduction })
    const left = solution.residuals.reduce((worst, value) => Math.max(worst, value), 0)
    amplification = yield* solve.refine(solution, part, left)
    error = left * amplification
  }
  return { ...(yield* solve.nodes()), iterations: solve.iterations, error }
}

/** out of all nodes, users first: z = out o F. */
export function nodeScales({ receivers, senders }: PreparedSystem): Float64Array {
  if (senders === null) return receivers.out
  const out = new Float64Array(senders.out.length + receivers.out.length)
  out.set(senders.out)
  out.set(receivers.out, senders.out.length)
  return out
}

/** Target of a solve. */
interface Goal {
  /** Weights by which residuals are measured, shape (columns of the matrix). */
  readonly weight: Float32Array
  /** Size of the right-hand side by these weights. */
  readonly size: number
  readonly reduction: number
}

/** A solution in double precision that solves in single precision add to. */
class Refinement {
  iterations = 0
  readonly #prepared: PreparedSystem
  /** The size below which a row is left to the far field, as in the last residual. */
  #smallest = 0
  readonly #deepest: number
  readonly #network: NamedNetwork
  readonly #system: System
  readonly #width: number
  /** z on the columns of the matrix, shape (columns x classes). */
  readonly #scores: Float64Array
  /** into o (W z), shape (rows x classes); `null` on a square network. */
  readonly #users: Float64Array | null

  constructor(network: NamedNetwork, system: System, prepared: PreparedSystem) {
    const { rowCount, columnCount } = network.shape
    this.#network = network
    this.#system = system
    this.#width = system.seeds.classes.length
    this.#deepest = deepestFor(system.alpha)
    this.#prepared = prepared
    this.#scores = new Float64Array(columnCount * this.#width)
    this.#users = network.sides === null ? null : new Float64Array(rowCount * this.#width)
  }

  get isTired(): boolean {
    return this.iterations >= this.#system.maxIterations
  }

  ask(seeds: Seeds, { weight, size, reduction }: Goal): Generator<Sweep<ScoresWanted>, Solved, unknown> {
    const { alpha, solver, who, maxIterations } = this.#system
    const { operator, senders, rowScale } = this.#prepared
    const request = { spectrum: spectrumOf(this.#network, alpha), tolerance: reduction, solver, maxIterations }
    // Twice the sweeps of the bound: a solve stalled by rounding leaves the rest to the next one.
    const most = Math.min(2 * chooseSolver(request).sweeps, maxIterations - this.iterations)
    return sweep({
      name: who,
      operator: { ...operator, weight },
      schedule: adaptiveSchedule({ ...request, maxIterations: Math.max(1, most) }, size),
      seeds,
      output: {
        kind: 'scores',
        finish: new Float32Array(operator.scale.length).fill(1),
        rowScale: senders && rowScale && new Float32Array(rowScale.map((scale, row) => scale * senders.out[row])),
      },
    })
  }

  /** Adds the first solution. */
  *add(solution: Solved): Sliced<void> {
    yield* this.#add(solution, this.#width)
  }

  /**
   * Adds a correction that was solved for together with (I - T) y = part s.
   *
   * @param left what is left of both residuals, relative to s
   * @returns max y / (part z) among the rows that are not left to the far field: the error of z, relative to z, is at most that many times `left`
   */
  *refine(solution: Solved, part: number, left: number): Sliced<number> {
    const corrections = yield* this.#add(solution, this.#width + 1)
    const sizes = yield* rowSizes(this.#scores, this.#width)
    // y itself is known up to the part that is left of its own residual.
    const known = part - left
    if (!(known > 0)) return Infinity
    return (yield* largestRelative(corrections, sizes, this.#smallest, this.#width)) / known
  }

  *#add({ columnScores, rowScores, iterations }: Solved, stride: number): Sliced<Float32Array> {
    yield* addColumns(this.#scores, columnScores, this.#width, stride)
    if (rowScores !== null && this.#users !== null) yield* addColumns(this.#users, rowScores, this.#width, stride)
    this.iterations += iterations.reduce((most, value) => Math.max(most, value), 0)
    return columnScores
  }

  /** r, 1 / s, and max |r| / s. */
  *residual(): Algorithm<{ rest: Float64Array; weight: Float32Array; size: number }> {
    const width = this.#width
    const rest = yield* restOf(this.#system, this.#prepared, width, this.#scores)
    const sizes = yield* rowSizes(this.#scores, width)
    this.#smallest = yield* smallestOf(sizes, this.#deepest)
    const weight = yield* inverseSizes(sizes, this.#smallest)
    const size = yield* largestWeighted(rest, weight, width)
    return { rest, weight, size }
  }

  *nodes(): Sliced<{ rows: Float64Array; settled: Uint8Array }> {
    const rows = this.#users === null ? this.#scores : yield* this.#joined(this.#users)
    return { rows, settled: yield* settledRows(yield* rowSizes(rows, this.#width), this.#smallest) }
  }

  /** Scores of the users, with the contributions of their own seeds, and those of the items. */
  *#joined(users: Float64Array): Sliced<Float64Array> {
    const { senders, userBase } = this.#prepared
    const rows = new Float64Array(users.length + this.#scores.length)
    const width = this.#width
    yield* inSlices(users.length, (start, end) => {
      for (let at = start; at < end; at++) {
        rows[at] = users[at] + (userBase?.[at] ?? 0) * (senders?.out[Math.floor(at / width)] ?? 0)
      }
    })
    rows.set(this.#scores, users.length)
    return rows
  }
}

/** r and one more column, part s. */
function* withSizes(rest: Float64Array, weight: Float32Array, part: number): Sliced<DenseSeeds> {
  const width = rest.length / weight.length
  const data = new Float32Array(weight.length * (width + 1))
  const copyRows = (start: number, end: number): void => {
    for (let row = start, from = start * width, to = start * (width + 1); row < end; row++) {
      for (let c = 0; c < width; c++) data[to++] = rest[from++]
      data[to++] = weight[row] > 0 ? part / weight[row] : 0
    }
  }
  yield* inSlices(weight.length, copyRows, width + 1)
  return { kind: 'dense', columns: width + 1, data, coefficients: null, scale: new Float32Array(weight.length).fill(1) }
}

/** max |last entry| / size among rows that are not left to the far field; rows have one entry more than `width`. */
function* largestRelative(rows: Float32Array, sizes: Float64Array, smallest: number, width: number): Sliced<number> {
  let largest = 0
  const compareRows = (start: number, end: number): void => {
    let most = largest
    for (let row = start, at = start * (width + 1) + width; row < end; row++, at += width + 1) {
      if (sizes[row] > 0 && sizes[row] >= smallest) most = Math.max(most, Math.abs(rows[at]) / sizes[row])
    }
    largest = most
  }
  yield* inSlices(sizes.length, compareRows)
  return largest
}

/** Sum of the sizes of each row. */
function* rowSizes(rows: Float64Array, width: number): Sliced<Float64Array> {
  const sizes = new Float64Array(rows.length / width)
  const sumRows = (start: number, end: number): void => {
    for (let row = start, at = start * width; row < end; row++) {
      let size = 0
      for (let c = 0; c < width; c++) size += Math.abs(rows[at++])
      sizes[row] = size
    }
  }
  yield* inSlices(sizes.length, sumRows, width)
  return sizes
}

function* inverseSizes(sizes: Float64Array, smallest: number): Sliced<Float32Array> {
  const inverse = new Float32Array(sizes.length)
  if (!(smallest > 0)) return inverse
  yield* inSlices(sizes.length, (start, end) => {
    for (let row = start; row < end; row++) inverse[row] = 1 / Math.max(sizes[row], smallest)
  })
  return inverse
}

function* settledRows(sizes: Float64Array, smallest: number): Sliced<Uint8Array> {
  const settled = new Uint8Array(sizes.length)
  yield* inSlices(sizes.length, (start, end) => {
    for (let row = start; row < end; row++) settled[row] = sizes[row] > 0 && sizes[row] >= smallest ? 1 : 0
  })
  return settled
}

/** Rows at most this many powers of ten below the largest are all settled by sweeps. */
const SHALLOW = 5
/** If rows fall further, at most this share of them is left to the far field. */
const FEW = 1 / 16
/** Sweeps over the whole network that small rows may cost. */
const SWEEPS_FOR_SMALL_ROWS = 60
const DEEPEST = 12
/** Cost of a logarithm, in simple operations. */
const LOGARITHM = 16

/** Powers of ten below the largest row that sweeps can settle, by the Chebyshev rate. */
function deepestFor(alpha: number): number {
  const decadesPerSweep = Math.log10(alpha / (1 - Math.sqrt(1 - alpha * alpha)))
  return Math.min(DEEPEST, Math.max(2, Math.floor(SWEEPS_FOR_SMALL_ROWS * decadesPerSweep)))
}

/** The size below which a row is left to the far field: a power of ten below the largest. */
function* smallestOf(sizes: Float64Array, deepest: number): Sliced<number> {
  let [largest, smallest, count] = [0, Infinity, 0]
  yield* inSlices(sizes.length, (start, end) => {
    for (let row = start; row < end; row++) {
      if (sizes[row] === 0) continue
      largest = Math.max(largest, sizes[row])
      smallest = Math.min(smallest, sizes[row])
      count++
    }
  })
  if (count === 0) return 0
  const shallow = Math.min(SHALLOW, deepest)
  if (smallest > largest / 10 ** shallow) return largest / 10 ** shallow
  const decades = new Int32Array(deepest + 1)
  const countRows = (start: number, end: number): void => {
    for (let row = start; row < end; row++) {
      if (sizes[row] > 0) decades[Math.max(0, Math.min(deepest, Math.floor(Math.log10(largest / sizes[row]))))]++
    }
  }
  yield* inSlices(sizes.length, countRows, LOGARITHM)
  let depth = deepest
  for (let below = decades[depth]; depth > 1 && below + decades[depth - 1] <= count * FEW; depth--) {
    below += decades[depth - 1]
  }
  return largest / 10 ** depth
}
