import type { Problem, Solution } from './problem.ts'

/** An algorithm: yields propagation problems, is sent their solutions, returns its result. Written once, driven in-thread or on the pool. */
export type Algorithm<Result> = Generator<Problem, Result, Solution>

/** Runs an algorithm with a solver that answers at once. */
export function drive<Asked, Answer, Result>(
  algorithm: Generator<Asked, Result, Answer>,
  solve: (asked: Asked) => Answer,
): Result {
  let step = algorithm.next()
  while (step.done !== true) step = algorithm.next(solve(step.value))
  return step.value
}

/** Runs an algorithm with a solver that answers later. */
export async function driveAsync<Asked, Answer, Result>(
  algorithm: Generator<Asked, Result, Answer>,
  solve: (asked: Asked) => Promise<Answer>,
): Promise<Result> {
  let step = algorithm.next()
  while (step.done !== true) step = algorithm.next(await solve(step.value))
  return step.value
}

/** Lets timers speak, and so everybody who would cancel: work on one thread keeps them silent. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
