import { easeSize } from '../recommend/methods/ease.ts'
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import type { Algorithm } from '../request/request.ts'
import { defaultsOf, spaceOf } from '../support/spec.ts'
import { RECIPE_SPACE } from './recipe-climb.ts'
import { meanMetric, planRungs, search } from './search.ts'
import { drawPoints, type SearchSpace } from './search-space.ts'
import type { Memory } from './trial-log.ts'
import type { Setting } from './trials.ts'
import { meanScores, type MeanScores, type ValidationBench } from './validation-bench.ts'

/** Fewest users by whom candidates are told apart. */
export const LEAST_USERS = 100

/** Every trial of ease costs the cube of its dense matrix: no more rows than these, see `easeSize`, and no more trials. */
const MOST_EASE = { rows: 6000, trials: 8 }

/**
 * What is searched of a recommender when nothing else is asked for: as it declares its options, wide enough that no method has its best value at an end
 * on the public sets.
 */
export const spaceOfMethod = (name: MethodName): SearchSpace =>
  name === 'graph-filter' ? RECIPE_SPACE : spaceOf(methodOf('tune', name).options)

/** Baselines as they are tuned unless others are named, the strongest on the public sets first: a budget that ends leaves the weak ones out. */
export const BASELINES = [
  'rp3beta',
  'ease',
  'item-knn',
  'p3alpha',
  'label-spreading',
  'popularity',
] as const satisfies readonly MethodName[]

/** Candidates that are strong on the public sets, tried before any that are drawn. */
const STRONG: Readonly<Partial<Record<MethodName, MethodOptions>>> = {
  rp3beta: { alpha: 0.7, itemAlpha: 0.5, neighbours: null, beta: 0.4 },
  'item-knn': { neighbours: 200, neighboursOf: 'target', shrink: 20 },
}

/** The candidates of a method beside its defaults, all different; what is strong comes first. */
export function candidatesOf(method: MethodName, seed: number, trials: number): MethodOptions[] {
  const strong = STRONG[method] ? [STRONG[method]] : []
  const defaults = defaultsOf(methodOf('tune', method).options)
  const most = method === 'ease' ? Math.min(trials, MOST_EASE.trials) : trials
  const drawn = drawPoints(spaceOfMethod(method), seed, most - strong.length, [
    { ...defaults },
    ...strong.map((point) => ({ ...point })),
  ])
  return [...strong, ...(drawn as MethodOptions[])]
}

/** A method with the best options that were found, and how it ranks with them. */
export interface TunedBaseline extends MeanScores {
  readonly method: MethodName
  readonly options: MethodOptions
  /** How many times options were scored, the defaults included. */
  readonly trials: number
}

/** Whether a method can be tuned on this data: no dense inverse that takes minutes, no weights below 0 where they mean nothing. */
export function takesBaseline(
  name: MethodName,
  {
    catalogue: {
      network: { rows },
    },
  }: ValidationBench,
  signed: boolean,
): boolean {
  const isSmall = name !== 'ease' || easeSize(rows) <= MOST_EASE.rows
  return isSmall && (methodOf('tune', name).signed || !signed)
}

export interface BaselineRequest {
  readonly trials: number
  readonly seed: number
  readonly setting: Setting
  readonly memory: Memory<MethodOptions> | null
}

/** Searches the space of a method by the mean of recall and NDCG for some users, and scores what it finds by others. */
export function* tuneBaseline(
  method: MethodName,
  { searching, deciding }: { readonly searching: ValidationBench; readonly deciding: ValidationBench },
  { trials, ...request }: BaselineRequest,
): Algorithm<TunedBaseline> {
  const points = candidatesOf(method, request.seed, trials)
  const found = yield* search({
    ...request,
    options: [{}, ...points],
    rungs: planRungs('halving', points.length, LEAST_USERS, searching.users.length),
    metric: meanMetric('recall and ndcg'),
    *scores(options: MethodOptions, resource): Algorithm<Float64Array> {
      const { recall, ndcg } = yield* searching.measure(method, options, resource, ['recall', 'ndcg'])
      return recall.map((share, place) => (share + ndcg[place]) / 2)
    },
  })
  const scores = meanScores(yield* deciding.ask(method, found.best))
  return { method, options: found.best, ...scores, trials: found.trials.length }
}
