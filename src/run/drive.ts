import { PAUSE, type Pause } from '../support/pause.ts'
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
  let step = algorithm.next()
  while (step.done !== true) {
    const asked = step.value
    step = asked === PAUSE ? algorithm.next(...NOTHING) : algorithm.next(solve(asked))
  }
  return step.value
}

/**
 * Runs an algorithm with a solver that answers later. Timers, input and signals are served in between: every 15 ms, as far as the algorithm yields.
 *
 * @param goOn called whenever they were served; what it throws ends the algorithm
 */
export async function driveAsync<Question, Answer, Result>(
  algorithm: Generator<Question | Pause, Result, Answer>,
  solve: (asked: Question) => Promise<Answer>,
  goOn: () => void = () => undefined,
): Promise<Result> {
  await takeTurns(goOn)
  let step = algorithm.next()
  while (step.done !== true) {
    if (isOverdue()) await takeTurns(goOn)
    const asked = step.value
    step = asked === PAUSE ? algorithm.next(...NOTHING) : algorithm.next(await solve(asked))
  }
  return step.value
}

/** What is sent for a pause. */
const NOTHING = [] as unknown as [never]

/** How long work keeps this thread before others are served, in milliseconds. */
const TURN_MS = 15

/** When others were last served; one for all algorithms, as they share the thread. */
let served = 0

const isOverdue = (): boolean => performance.now() - served > TURN_MS

async function takeTurns(goOn: () => void): Promise<void> {
  if (isOverdue()) {
    await new Promise<void>((resolve) => {
      // A browser has no setImmediate; a timer of 0 ms costs one.
      if (typeof setImmediate === 'function') setImmediate(resolve)
      else setTimeout(resolve, 0)
    })
    served = performance.now()
  }
  goOn()
}
