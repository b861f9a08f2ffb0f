import type { RecurrenceStep } from '../kernel/kernel.ts'

/** How the linear system (I - T) z = rhs is solved. */
export type Solver = 'power' | 'chebyshev'

/** The steps of a solve, known before it starts: the result is a fixed polynomial in T, so it is linear in the seeds. */
export interface Schedule {
  readonly solver: Solver | 'filter'
  readonly steps: readonly RecurrenceStep[]
  /** Stop once max |T z + rhs - z| o weight is below this; 0 runs every step. */
  readonly stopBelow: number
  /** Largest number of steps actually taken, if it is known. Default: all. */
  readonly enough?: number
}

/** Bounds on T, and the tolerance of the answer. */
export interface SolveRequest {
  /** The eigenvalues of T lie in [low, high], high < 1 for convergence. */
  readonly spectrum: readonly [low: number, high: number]
  /** Required residual, relative to the largest seed. */
  readonly tolerance: number
  readonly maxIterations: number
  readonly solver: Solver | 'auto'
}

/** Plain iteration z' = T z + rhs. On a bipartite graph this is the Gauss-Seidel sweep. */
const POWER_STEP: RecurrenceStep = { a: 1, b: 0, c: 0, d: 1 }

/**
 * Chooses the solver that provably needs fewer sweeps for the tolerance and writes its steps down.
 *
 * Power iteration shrinks the error by max |lambda| a sweep; Chebyshev by (1 - sqrt(1 - s^2)) / s with
 * s = (high - low) / (2 - high - low): about the square root of the sweeps (Hageman & Young, Applied Iterative Methods, 1981, chapter 4).
 */
export function chooseSolver({ spectrum, tolerance, maxIterations, solver }: SolveRequest): {
  solver: Solver
  sweeps: number
} {
  const needed = { power: powerSweeps(spectrum, tolerance), chebyshev: chebyshevSweeps(spectrum, tolerance) }
  const chosen = solver === 'auto' ? (needed.chebyshev < needed.power ? 'chebyshev' : 'power') : solver
  return { solver: chosen, sweeps: Math.min(maxIterations, needed[chosen]) }
}

/** A schedule that runs exactly the provably sufficient number of sweeps: linear in the seeds, the same for every block. */
export function fixedSchedule(request: SolveRequest): Schedule {
  const { solver, sweeps } = chooseSolver(request)
  return { solver, steps: solverSteps(solver, request.spectrum, sweeps), stopBelow: 0 }
}

/** A schedule that stops at the tolerance, or after maxIterations. `largestSeed` makes the tolerance absolute. */
export function adaptiveSchedule(request: SolveRequest, largestSeed: number): Schedule {
  const { solver, sweeps } = chooseSolver(request)
  const steps = solverSteps(solver, request.spectrum, request.maxIterations)
  return { solver, steps, stopBelow: request.tolerance * largestSeed, enough: sweeps }
}

function solverSteps(solver: Solver, spectrum: readonly [number, number], count: number): RecurrenceStep[] {
  return solver === 'power' ? Array<RecurrenceStep>(count).fill(POWER_STEP) : chebyshevSteps(spectrum, count)
}

/** The Chebyshev semi-iteration as coefficients of one three-term recurrence. */
function chebyshevSteps([low, high]: readonly [number, number], count: number): RecurrenceStep[] {
  const gamma = 2 / (2 - low - high)
  const sigmaSquared = ((high - low) / (2 - low - high)) ** 2
  const steps: RecurrenceStep[] = []
  let rho = 1
  for (let k = 1; k <= count; k++) {
    if (k === 2) rho = 1 / (1 - sigmaSquared / 2)
    else if (k > 2) rho = 1 / (1 - (sigmaSquared * rho) / 4)
    steps.push({ a: rho * gamma, b: rho * (1 - gamma), c: 1 - rho, d: rho * gamma })
  }
  return steps
}

function powerSweeps([low, high]: readonly [number, number], tolerance: number): number {
  const rate = Math.max(Math.abs(low), Math.abs(high))
  if (rate === 0) return 1
  return rate >= 1 ? Infinity : Math.max(1, Math.ceil(Math.log(tolerance) / Math.log(rate)))
}

function chebyshevSweeps([low, high]: readonly [number, number], tolerance: number): number {
  const sigma = (high - low) / (2 - low - high)
  if (sigma === 0) return 1
  const rate = (1 - Math.sqrt(1 - sigma * sigma)) / sigma
  return rate >= 1 ? Infinity : Math.max(1, Math.ceil(Math.log(tolerance / 2) / Math.log(rate)))
}
