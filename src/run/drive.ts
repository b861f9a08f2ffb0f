import type { Asked, Solution } from './problem.ts'

/** An algorithm: yields propagation problems or lessons, is sent their solutions, returns its result. Written once, driven in-thread or on the pool. */
export type Algorithm<Result> = Generator<Asked, Result, Solution>

/** Runs an algorithm with a solver that answers at once. */
export function drive<Question, Answer, Result>(
  algorithm: Generator<Question, Result, Answer>,
  solve: (asked: Question) => Answer,
): Result {
  let step = algorithm.next()
  while (step.done !== true) step = algorithm.next(solve(step.value))
  return step.value
}

/** Runs an algorithm with a solver that answers later. */
export async function driveAsync<Question, Answer, Result>(
  algorithm: Generator<Question, Result, Answer>,
  solve: (asked: Question) => Promise<Answer>,
): Promise<Result> {
  let step = algorithm.next()
  while (step.done !== true) step = algorithm.next(await solve(step.value))
  return step.value
}

/** Lets timers speak, and so everybody who would cancel: work on one thread keeps them silent. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
