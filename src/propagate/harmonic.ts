/**
 * Systems without a restart, D x = W x + b outside some grounded nodes: harmonic functions and potentials, with a bound on their error.
 *
 *   |x_i - x*_i| <= 2 h_i max_j |r_j| / d_j   as soon as   |r^h_j| <= d_j / 2,   where (D - W) h = d
 *
 * W weights, D degrees d, r residual of x, h the expected steps of a walk from each node to ground, solved beside x, and r^h its residual: then (D - W) 2h >= d at every
 * node, and D - W has an inverse >= 0. A small residual alone says little where ties are weak or chains long: there h is large.
 */
import { PAUSE, type Sliced } from '../support/pause.ts'
import type { Adjacency } from './adjacency.ts'
import { conjugateGradients } from './conjugate-gradients.ts'
import { GroundedSystem } from './grounded-system.ts'

/** What is asked: x at some nodes, all others being ground. */
export interface GroundedProblem {
  /** Nearest to ground first. */
  readonly nodes: Int32Array
  /** Shape (nodes x width), row-major. */
  readonly rhs: Float64Array
  readonly width: number
  /** Size of each answer against which its error is measured, by the solution so far: row i begins at `x[i * stride]`; shape (nodes). */
  sizes(x: Float64Array, stride: number): Float64Array
  /** Wanted error, relative to `sizes`. */
  readonly tolerance: number
  readonly maxIterations: number
  readonly plain: boolean
}

export interface Grounded {
  /** Shape (nodes x width), row-major. */
  readonly x: Float64Array
  readonly iterations: number
  /** The largest error that x may have, relative to `sizes`; Infinity where there is no bound. */
  readonly error: number
}

/** Steps between two looks at how much a residual can be amplified. */
const LOOKS = 16

export function* solveGrounded(adjacency: Adjacency, problem: GroundedProblem): Sliced<Grounded> {
  const { nodes, width } = problem
  const placeOf = new Int32Array(adjacency.nodeCount).fill(-1)
  nodes.forEach((node, place) => (placeOf[node] = place))
  const system = yield* GroundedSystem.of(adjacency, { nodes, placeOf, alpha: 1 }, !problem.plain)
  yield PAUSE
  // The steps of a walk to ground are one column more.
  const columns = width + 1
  const b = new Float64Array(nodes.length * columns)
  for (let at = 0; at < nodes.length; at++) {
    for (let c = 0; c < width; c++) b[at * columns + c] = problem.rhs[at * width + c]
    b[at * columns + width] = system.degrees[at]
  }
  const { tolerance, maxIterations, plain } = problem
  let [calls, amplification] = [0, 0]
  const bound = (x: Float64Array, r: Float64Array): number => {
    const [residual, stepsResidual] = largestResiduals(system.degrees, r, width)
    if (residual === 0) return 0
    if (stepsResidual > 0.5) return Infinity
    // It changes little from step to step, and is only needed exactly where it decides.
    if (calls++ % LOOKS === 0 || residual * amplification <= tolerance) {
      const sizes = problem.sizes(x, columns)
      amplification = 0
      for (let at = 0; at < nodes.length; at++) {
        amplification = Math.max(amplification, (2 * x[at * columns + width]) / sizes[at])
      }
    }
    return residual * amplification
  }
  const solved = yield* conjugateGradients(system, columns, b, { bound, target: tolerance, maxIterations, plain })
  return { x: solved.x.filter((_, at) => at % columns !== width), iterations: solved.iterations, error: solved.bound }
}

/** max |r| / d over the answers, and over the steps to ground. */
function largestResiduals(degrees: Float64Array, r: Float64Array, width: number): [number, number] {
  let [answers, steps] = [0, 0]
  for (let at = 0, from = 0; at < degrees.length; at++) {
    for (let c = 0; c < width; c++) answers = Math.max(answers, Math.abs(r[from++]) / degrees[at])
    steps = Math.max(steps, Math.abs(r[from++]) / degrees[at])
  }
  return [answers, steps]
}
