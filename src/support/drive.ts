/** The two drivers of generators that ask: one answers at once, one later. Nothing else in the library steps a generator that asks or pauses. */
import { PAUSE, type Pause, type Sliced } from './pause.ts'

/**
 * Runs a generator whose questions are answered at once.
 *
 * @param answer what it throws is thrown into the generator, where the question was asked
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
 * Runs a generator whose questions are answered later. Timers, input and signals are served in between: every 20 ms, as far as it pauses or asks.
 *
 * @param answer what it rejects with is thrown into the generator, where the question was asked
 * @param goOn called whenever others were served, and after a failure; what it throws ends the generator, which gives back in its own `finally` what it has taken
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
          // A call that is to end does, whatever the generator would have made of the failure.
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

/** Does work that only pauses, in one go. */
export const atOnce = <Result>(work: Sliced<Result>): Result => drive<never, Result>(work, (asked) => asked)

/** Does work that only pauses, as `driveAsync`. */
export const workAsync = <Result>(work: Sliced<Result>, goOn?: () => void): Promise<Result> =>
  driveAsync<never, Result>(work, (asked) => Promise.resolve(asked), goOn)

/** How long work keeps its thread before others are served, in milliseconds. */
const TURN_MS = 20

/** Resolves when timers, input and signals have been served: for callers of many short generators. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
