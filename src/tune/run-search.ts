import { nextTask } from '../support/drive.ts'
import type { Answer, Question, Searching } from './search.ts'

/** Whether a trial failed by what was thrown, and the search goes on. What is not the trial's ends the search, and leaves no line in its log. */
type IsOfTrial = (error: unknown) => boolean

/** Runs a search with trials that answer at once. @throws what a trial threw that is not its own */
export function runSearch<Options, Result>(
  searching: Searching<Options, Result>,
  evaluate: (question: Question<Options>) => ArrayLike<number>,
  isOfTrial: IsOfTrial,
): Result {
  let step = searching.next()
  while (step.done !== true) {
    let answer: Answer
    try {
      answer = { scores: evaluate(step.value) }
    } catch (error) {
      if (!isOfTrial(error)) throw error
      answer = { error }
    }
    step = searching.next(answer)
  }
  return step.value
}

/**
 * Runs a search with trials that answer later.
 *
 * @throws what a trial threw that is not its own; the signal's reason, as soon as the trial under way has ended or was cancelled
 */
export async function runSearchAsync<Options, Result>(
  searching: Searching<Options, Result>,
  evaluate: (question: Question<Options>) => ArrayLike<number> | Promise<ArrayLike<number>>,
  isOfTrial: IsOfTrial,
  signal?: AbortSignal,
): Promise<Result> {
  let step = searching.next()
  while (step.done !== true) {
    await nextTask()
    signal?.throwIfAborted()
    let answer: Answer
    try {
      answer = { scores: await evaluate(step.value) }
    } catch (error) {
      signal?.throwIfAborted()
      if (!isOfTrial(error)) throw error
      answer = { error }
    }
    step = searching.next(answer)
  }
  return step.value
}
