import { PAUSE, type Pause, type Sliced } from '../support/pause.ts'
import type { Asked, Solution } from './problem.ts'

/**
 * An algorithm: yields propagation problems or lessons, is sent their solutions, returns its result. Written once, driven in-thread or on the pool.
 *
 * Between slices of work of its own it yields `PAUSE`, and nothing is sent for that.
 */
export type Algorithm<Result> = Generator<Asked | Pause, Result, Solution>

/** Runs an algorithm with a solver that answers at once. */
export function drive<Question, Answer, Result>(
  algorithm: Generator<Question | Pause, Result, Answer>,
  solve: (asked: Question) => Answer,
): Result {
  try {
    let step = algorithm.next()
    while (step.done !== true) {
      const asked = step.value
      step = asked === PAUSE ? algorithm.next(...NOTHING) : algorithm.next(solve(asked))
    }
    return step.value
  } finally {
    end(algorithm)
  }
}

/**
 * Runs an algorithm with a solver that answers later. Timers, input and signals are served in between: every 20 ms, as far as the algorithm yields.
 *
 * @param goOn called whenever they were served; what it throws ends the algorithm
 */
export async function driveAsync<Question, Answer, Result>(
  algorithm: Generator<Question | Pause, Result, Answer>,
  solve: (asked: Question) => Promise<Answer>,
  goOn: () => void = () => undefined,
): Promise<Result> {
  goOn()
  let served = performance.now()
  try {
    let step = algorithm.next()
    while (step.done !== true) {
      if (performance.now() - served > TURN_MS) {
        await nextTask()
        goOn()
        served = performance.now()
      }
      const asked = step.value
      step = asked === PAUSE ? algorithm.next(...NOTHING) : algorithm.next(await solve(asked))
    }
    return step.value
  } finally {
    end(algorithm)
  }
}

/** Does work that asks for nothing, as `driveAsync`. */
export const workAsync = <Result>(work: Sliced<Result>, goOn?: () => void): Promise<Result> =>
  driveAsync<never, never, Result>(work, (asked) => Promise.reject(new TypeError(String(asked))), goOn)

/** How long work keeps its thread before others are served, in milliseconds. */
const TURN_MS = 20

/** What is sent for a pause. */
const NOTHING = [] as unknown as [never]

/** An algorithm whose question failed is left where it stands: what it has taken it gives back in its own `finally`. One that has ended stays so. */
const end = (algorithm: Generator<unknown, unknown, never>): unknown => algorithm.return(undefined)

/** Resolves when timers, input and signals have been served: for callers of many short algorithms. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
