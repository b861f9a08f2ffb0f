/**
 * Systems without a restart, D x = W x + b outside some grounded nodes: harmonic functions and potentials, with a bound on their error.
 *
 *   (x_i - x*_i)^2 <= R_i r'M^-1 r
 *
 * W weights, D degrees, r residual of x, M <= D - W the preconditioner, R_i the resistance of a path from node i to ground, at least the i-th entry on the diagonal of the
 * inverse. A small residual alone does not bound the error if ties are weak or chains long, because R is then large.
 */
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import type { Adjacency } from '../network/adjacency.ts'
import type { TakeSystem } from './on-adjacency.ts'
import { conjugateGradients, type Estimate } from './conjugate-gradients.ts'
import { GroundedSystem } from './grounded-system.ts'

/** The problem: x at some nodes, all others grounded. Weights are >= 0. */
export interface GroundedProblem {
  /** Nearest to ground first. */
  readonly nodes: Int32Array
  /** Shape (nodes x width), row-major. */
  readonly rhs: Float64Array
  readonly width: number
  /** Size of each answer against which its error is measured, by the solution so far, shape (nodes x width); shape (nodes). */
  sizes(x: Float64Array): Sliced<Float64Array>
  /** Wanted error, relative to `sizes`. */
  readonly tolerance: number
  readonly maxIterations: number
}

export interface Grounded {
  /** Shape (nodes x width), row-major. */
  readonly x: Float64Array
  readonly iterations: number
  /** The largest error that x may have, relative to `sizes`. */
  readonly error: number
}

/** Steps between two looks at the sizes of the answers. */
const LOOKS = 16

/** @throws {RivuletError} MEMORY_LIMIT of `take` */
export function* solveGrounded(adjacency: Adjacency, problem: GroundedProblem, take: TakeSystem): Sliced<Grounded> {
  const release = take(problem.nodes)
  try {
    return yield* solveWithin(adjacency, problem)
  } finally {
    release()
  }
}

function* solveWithin(adjacency: Adjacency, problem: GroundedProblem): Sliced<Grounded> {
  const { nodes, rhs, width, tolerance, maxIterations } = problem
  const placeOf = new Int32Array(adjacency.nodeCount).fill(-1)
  const placeSome = (from: number, to: number): void => {
    for (let place = from; place < to; place++) placeOf[nodes[place]] = place
  }
  yield* inSlices(nodes.length, placeSome, SCATTERED)
  const system = yield* GroundedSystem.of(adjacency, { nodes, placeOf, alpha: 1 })
  const resistances = yield* system.resistances()
  let [calls, amplification] = [0, 0]
  const bound = function* ({ x, squares }: Estimate): Sliced<number> {
    const energy = Math.sqrt(squares.reduce((most, square) => Math.max(most, square), 0))
    if (energy === 0) return 0
    // Sizes change little from step to step, and are only needed exactly where they decide.
    if (calls++ % LOOKS === 0 || energy * amplification <= tolerance) {
      amplification = yield* largestAmplification(resistances, yield* problem.sizes(x))
    }
    return energy * amplification
  }
  const {
    x,
    iterations,
    bound: error,
  } = yield* conjugateGradients(system, width, rhs, { bound, target: tolerance, maxIterations })
  return { x, iterations, error }
}

function* largestAmplification(resistances: Float64Array, sizes: Float64Array): Sliced<number> {
  let largest = 0
  const compareSome = (from: number, to: number): void => {
    for (let at = from; at < to; at++) largest = Math.max(largest, Math.sqrt(resistances[at]) / sizes[at])
  }
  yield* inSlices(sizes.length, compareSome)
  return largest
}
