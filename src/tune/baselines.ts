import { easeSize } from '../recommend/methods/ease.ts'
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import type { Algorithm } from '../request/request.ts'
import { defaultsOf } from '../support/spec.ts'
import { METHOD_SPACES } from './method-spaces.ts'
import { drawPoints } from './search-space.ts'
import { meanMetric, planRungs, search } from './search.ts'
import type { ValidationBench } from './validation-bench.ts'
import { mean, type UserScores } from './validation.ts'

/** Fewest users by whom candidates are told apart. */
export const LEAST_USERS = 100

/** A method with the best options that were found, and how it ranks with them. */
export interface TunedBaseline {
  readonly method: MethodName
  readonly options: MethodOptions
  readonly recall: number
  readonly ndcg: number
  /** How many times options were judged, the defaults included. */
  readonly trials: number
}

/** Whether a method can be tuned on this data: no dense inverse that takes minutes, no weights below 0 where they mean nothing. */
export function takesBaseline(name: MethodName, { catalogue: { matrix } }: ValidationBench, signed: boolean): boolean {
  const { mostRows = Infinity } = METHOD_SPACES[name]
  return easeSize(matrix) <= mostRows && (methodOf('fit', name).signed || !signed)
}

/** Searches the space of a method by the mean of recall and NDCG at the users of a bench. @param goOn asked before every trial but the defaults */
export function* tuneBaseline(
  method: MethodName,
  bench: ValidationBench,
  { trials, seed }: { readonly trials: number; readonly seed: number },
  goOn: () => boolean,
): Algorithm<TunedBaseline> {
  const { space, mostTrials = Infinity } = METHOD_SPACES[method]
  const defaults = defaultsOf(methodOf('fit', method).options)
  const points = drawPoints(space, seed, Math.min(trials, mostTrials), [{ ...defaults }]) as MethodOptions[]
  const searching = search<MethodOptions>({
    who: 'fit',
    options: [{}, ...points],
    rungs: planRungs('halving', points.length, LEAST_USERS, bench.users.length),
    metric: meanMetric('recall and ndcg'),
    seed,
    watch: goOn,
  })
  let step = searching.next()
  while (step.done !== true) {
    const { options, resource } = step.value
    const { recall, ndcg } = yield* bench.measure(method, options, resource, ['recall', 'ndcg'])
    step = searching.next({ scores: recall.map((share, place) => (share + ndcg[place]) / 2) })
  }
  const { best, trials: judged } = step.value
  return { method, options: best, ...meanScore(yield* bench.ask(method, best)), trials: judged.length }
}

export const meanScore = ({ recall, ndcg }: UserScores): { recall: number; ndcg: number } => ({
  recall: mean(recall),
  ndcg: mean(ndcg),
})
