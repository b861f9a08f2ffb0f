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
      step = asked === PAUSE ? algorithm.next(...NOTHING) : answered(algorithm, () => solve(asked))
    }
    return step.value
  } finally {
    end(algorithm)
  }
}

/** What a question failed with is thrown where it was asked: an algorithm that tries candidates goes on with the next one. */
function answered<Question, Answer, Result>(
  algorithm: Generator<Question, Result, Answer>,
  solve: () => Answer,
): IteratorResult<Question, Result> {
  let answer: Answer
  try {
    answer = solve()
  } catch (error) {
    return algorithm.throw(error)
  }
  return algorithm.next(answer)
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
      step = asked === PAUSE ? algorithm.next(...NOTHING) : await answeredLater(algorithm, () => solve(asked), goOn)
    }
    return step.value
  } finally {
    end(algorithm)
  }
}

/** As `answered`, unless it is time to end: that is nothing for the algorithm to go on after. */
async function answeredLater<Question, Answer, Result>(
  algorithm: Generator<Question, Result, Answer>,
  solve: () => Promise<Answer>,
  goOn: () => void,
): Promise<IteratorResult<Question, Result>> {
  let answer: Answer
  try {
    answer = await solve()
  } catch (error) {
    goOn()
    return algorithm.throw(error)
  }
  return algorithm.next(answer)
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
