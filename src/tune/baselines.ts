import { easeSize } from '../recommend/methods/ease.ts'
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import type { Algorithm } from '../request/request.ts'
import { defaultsOf } from '../support/spec.ts'
import { METHOD_SPACES } from './method-spaces.ts'
import { drawPoints } from './search-space.ts'
import { meanMetric, planRungs, search } from './search.ts'
import type { Memory } from './trial-log.ts'
import type { Setting } from './trials.ts'
import { meanScores, type MeanScores, type ValidationBench } from './validation-bench.ts'

/** Fewest users by whom candidates are told apart. */
export const LEAST_USERS = 100

/** A method with the best options that were found, and how it ranks with them. */
export interface TunedBaseline extends MeanScores {
  readonly method: MethodName
  readonly options: MethodOptions
  /** How many times options were scored, the defaults included. */
  readonly trials: number
}

/** Whether a method can be tuned on this data: no dense inverse that takes minutes, no weights below 0 where they mean nothing. */
export function takesBaseline(name: MethodName, { catalogue: { rows } }: ValidationBench, signed: boolean): boolean {
  const { mostRows = Infinity } = METHOD_SPACES[name]
  return easeSize(rows) <= mostRows && (methodOf('tune', name).signed || !signed)
}

export interface BaselineRequest {
  readonly trials: number
  readonly seed: number
  readonly setting: Setting
  readonly memory: Memory<MethodOptions> | null
}

/** Searches the space of a method by the mean of recall and NDCG at the users of a bench. */
export function* tuneBaseline(
  method: MethodName,
  bench: ValidationBench,
  { trials, ...request }: BaselineRequest,
): Algorithm<TunedBaseline> {
  const { space, mostTrials = Infinity } = METHOD_SPACES[method]
  const defaults = defaultsOf(methodOf('tune', method).options)
  const points = drawPoints(space, request.seed, Math.min(trials, mostTrials), [{ ...defaults }]) as MethodOptions[]
  const found = yield* search({
    ...request,
    options: [{}, ...points],
    rungs: planRungs('halving', points.length, LEAST_USERS, bench.users.length),
    metric: meanMetric('recall and ndcg'),
    *scores(options: MethodOptions, resource): Algorithm<Float64Array> {
      const { recall, ndcg } = yield* bench.measure(method, options, resource, ['recall', 'ndcg'])
      return recall.map((share, place) => (share + ndcg[place]) / 2)
    },
  })
  return {
    method,
    options: found.best,
    ...meanScores(yield* bench.ask(method, found.best)),
    trials: found.trials.length,
  }
}
