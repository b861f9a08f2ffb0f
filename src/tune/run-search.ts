import { nextTask } from '../run/drive.ts'
import { RivuletError } from '../support/errors.ts'
import type { Answer, Question, Searching } from './search.ts'

/** Runs a search with trials that answer at once. A trial that throws has failed, and the search goes on. */
export function runSearch<Options, Result>(
  searching: Searching<Options, Result>,
  evaluate: (question: Question<Options>) => ArrayLike<number>,
): Result {
  let step = searching.next()
  while (step.done !== true) {
    let answer: Answer
    try {
      answer = { scores: evaluate(step.value) }
    } catch (error) {
      answer = { error }
    }
    step = searching.next(answer)
  }
  return step.value
}

/**
 * Runs a search with trials that answer later.
 *
 * @throws the signal's reason, as soon as the trial under way has ended or heard of it; CLOSED of an engine
 */
export async function runSearchAsync<Options, Result>(
  searching: Searching<Options, Result>,
  evaluate: (question: Question<Options>) => ArrayLike<number> | Promise<ArrayLike<number>>,
  signal?: AbortSignal,
): Promise<Result> {
  let step = searching.next()
  while (step.done !== true) {
    // A trial on this thread lets nobody speak who would cancel.
    await nextTask()
    signal?.throwIfAborted()
    let answer: Answer
    try {
      answer = { scores: await evaluate(step.value) }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof RivuletError && error.code === 'CLOSED') throw error
      answer = { error }
    }
    step = searching.next(answer)
  }
  return step.value
}
