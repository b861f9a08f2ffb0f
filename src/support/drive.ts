/** The two drivers of generators with requests: a synchronous and an asynchronous one. No other code steps a generator that requests or pauses. */
import { PAUSE, type Pause, type Sliced } from './pause.ts'

/**
 * Runs a generator whose requests are answered synchronously.
 *
 * @param answer its errors are thrown into the generator, at the request
 */
export function drive<Question, Result>(
  asking: Generator<Question | Pause, Result, unknown>,
  answer: (question: Question) => unknown,
): Result {
  let step = asking.next()
  while (step.done !== true) {
    const asked = step.value
    if (asked === PAUSE) step = asking.next()
    else {
      let outcome: unknown
      try {
        outcome = answer(asked)
      } catch (error) {
        step = asking.throw(error)
        continue
      }
      step = asking.next(outcome)
    }
  }
  return step.value
}

/**
 * Runs a generator whose requests are answered asynchronously. Timers, input and signals are served in between: every 20 ms, if it pauses or requests often enough.
 *
 * @param answer its rejections are thrown into the generator, at the request
 * @param goOn called after the event loop was served, and after a failure; an error ends the generator, whose `finally` blocks release its resources
 */
export async function driveAsync<Question, Result>(
  asking: Generator<Question | Pause, Result, unknown>,
  answer: (question: Question) => Promise<unknown>,
  goOn: () => void = () => undefined,
): Promise<Result> {
  goOn()
  let served = performance.now()
  try {
    let step = asking.next()
    while (step.done !== true) {
      if (performance.now() - served > TURN_MS) {
        await nextTask()
        goOn()
        served = performance.now()
      }
      const asked = step.value
      if (asked === PAUSE) step = asking.next()
      else {
        let outcome: unknown
        try {
          outcome = await answer(asked)
        } catch (error) {
          // A cancelled call ends, even if the generator would handle the failure.
          goOn()
          step = asking.throw(error)
          continue
        }
        step = asking.next(outcome)
      }
    }
    return step.value
  } finally {
    asking.return(undefined as Result)
  }
}

/** Does work that only pauses, without pausing. */
export const atOnce = <Result>(work: Sliced<Result>): Result => drive<never, Result>(work, (asked) => asked)

/** Does work that only pauses, as `driveAsync`. */
export const workAsync = <Result>(work: Sliced<Result>, goOn?: () => void): Promise<Result> =>
  driveAsync<never, Result>(work, (asked) => Promise.resolve(asked), goOn)

/** How long work blocks the event loop, in milliseconds. */
const TURN_MS = 20

/** Resolves when timers, input and signals have been served: for callers of many short generators. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
