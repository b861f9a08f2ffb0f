import type { MethodName, MethodOptions } from '../recommend/methods.ts'
import { SEARCH_SPACES } from '../recommend/search-space.ts'
import type { Algorithm } from '../run/drive.ts'

/** A method with options, and what the objective said. */
export interface TunedMethod {
  readonly method: MethodName
  readonly options: MethodOptions
  readonly value: number
  readonly trials: number
}

/** Higher is better. */
export type MethodObjective = (method: MethodName, options: MethodOptions) => Algorithm<number>

/** Tries the values of a method's search space one option at a time, each with the best of those before: from its defaults, until nothing changes or `most` trials are spent. */
export function* tuneBaseline(method: MethodName, objective: MethodObjective, most: number): Algorithm<TunedMethod> {
  const values = Object.entries(SEARCH_SPACES[method]?.values ?? {}) as [keyof MethodOptions, readonly unknown[]][]
  let options: MethodOptions = {}
  let value = yield* objective(method, options)
  let trials = 1
  for (let changed = true; changed && trials < most;) {
    changed = false
    for (const [option, choices] of values) {
      for (const choice of choices) {
        if (trials >= most || options[option] === choice) continue
        const next = { ...options, [option]: choice }
        const nextValue = yield* objective(method, next)
        trials++
        if (nextValue > value) [options, value, changed] = [next, nextValue, true]
      }
    }
  }
  return { method, options, value, trials }
}
