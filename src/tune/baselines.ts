import { easeSize } from '../recommend/methods/ease.ts'
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import type { MatrixShape } from '../matrix/windows.ts'
import { inverseCost } from '../plan/costs.ts'
import type { Detached } from '../request/request.ts'
import { defaultsOf, spaceOf } from '../support/spec.ts'
import { RECIPE_SPACE } from './recipe-climb.ts'
import { meanMetric, search } from './search.ts'
import { drawPoints, type SearchSpace } from './search-space.ts'
import type { Memory } from './trial-log.ts'
import type { Setting } from './trials.ts'
import type { RollingBench } from './rolling-bench.ts'
import { planTrials, type PlannedTrials } from './tuning-costs.ts'
import { meanScores, type MeanScores } from './user-scores.ts'

/** Fewest users on whom candidates can be compared. */
export const LEAST_USERS = 100

/** Limits for ease, whose trials invert a dense matrix (`easeSize`): the number of trials, and their total cost in nanoseconds of one thread. */
const EASE = { trials: 8, cost: 3e10 }
/** Limit for the other methods: the total cost of all candidates in nanoseconds of one thread, unless they are the fewest allowed. */
const MOST_COST = 2e10
/** Fewer trials, the defaults included, say nothing about a method. */
const FEWEST_TRIALS = 3

/**
 * Default search space of a recommender, from the ranges that its options declare: so wide that no method has its best value at an end on the public sets.
 */
export const spaceOfMethod = (name: MethodName): SearchSpace =>
  name === 'graph-filter' ? RECIPE_SPACE : spaceOf(methodOf('tune', name).options)

/** Baselines tuned by default, the strongest on the public sets first: a budget that runs out omits the weak ones. */
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

/** Trials of ease, besides the defaults, that fit the cost limit with a dense matrix of this size. */
const easeTrials = (rows: number): number => Math.min(EASE.trials, Math.floor(EASE.cost / inverseCost(rows)) - 1)

/**
 * The candidates of a method besides its defaults, all different, known strong ones first.
 *
 * @param rows of the matrix that ease inverts
 */
export function candidatesOf(method: MethodName, seed: number, trials: number, rows = 0): MethodOptions[] {
  const strong = STRONG[method] ? [STRONG[method]] : []
  const defaults = defaultsOf(methodOf('tune', method).options)
  const most = method === 'ease' ? Math.min(trials, easeTrials(rows)) : trials
  const drawn = drawPoints(spaceOfMethod(method), seed, most - strong.length, [
    { ...defaults },
    ...strong.map((point) => ({ ...point })),
  ])
  return [...strong, ...(drawn as MethodOptions[])]
}

/** The candidates of a method that the cost limit allows, and the schedule on which they are scored. */
export function planBaseline(
  method: MethodName,
  { network, examples, windows }: Pick<RollingBench, 'network' | 'examples' | 'windows'>,
  { trials, seed }: Pick<BaselineRequest, 'trials' | 'seed'>,
): PlannedTrials {
  const points = candidatesOf(method, seed, trials, easeSize(network.rows))
  // `candidatesOf` has limited those of ease.
  const most = method === 'ease' ? Infinity : MOST_COST
  return planTrials(network, method, { points, examples, leastExamples: LEAST_USERS, windows }, most)
}

/** A method with the best options found, and its accuracy with them. */
export interface TunedBaseline extends MeanScores {
  readonly method: MethodName
  readonly options: MethodOptions
  /** How many times options were scored, the defaults included. */
  readonly trials: number
}

/** A method that was not tuned, and why not. */
export interface BaselineLeftOut {
  readonly method: MethodName
  /** The reason, in words. */
  readonly why: string
}

/** Why a method is not tuned on this data: its dense inverse would take minutes, or it takes no weights below 0. `null` if it is tuned. */
export function whyLeftOut(
  method: MethodName,
  { rows, signed }: { readonly rows: Pick<MatrixShape, 'rowCount' | 'columnCount'>; readonly signed: boolean },
): string | null {
  if (signed && !methodOf('tune', method).signed) return 'it takes no weights below 0'
  const size = easeSize(rows)
  if (method !== 'ease' || 1 + easeTrials(size) >= FEWEST_TRIALS) return null
  return `inverting a matrix of ${size} rows takes too long to be tuned`
}

export interface BaselineRequest {
  readonly trials: number
  readonly seed: number
  readonly setting: Setting
  readonly memory: Memory<MethodOptions> | null
}

/** Searches the space of a method by the mean of recall and NDCG for the users of one bench, and scores the best on those of the other. */
export function* tuneBaseline(
  method: MethodName,
  { searching, deciding }: { readonly searching: RollingBench; readonly deciding: RollingBench },
  { trials, ...request }: BaselineRequest,
): Detached<TunedBaseline> {
  const { points, rungs } = planBaseline(method, searching, { trials, seed: request.seed })
  const found = yield* search({
    ...{ ...request, rungs, options: [{}, ...points] },
    metric: meanMetric('recall and ndcg'),
    *scores(options: MethodOptions, resource): Detached<Float64Array> {
      const { recall, ndcg } = yield* searching.measure(method, options, resource, ['recall', 'ndcg'])
      return recall.map((share, place) => (share + ndcg[place]) / 2)
    },
  })
  const scores = meanScores(yield* deciding.ask(method, found.best))
  return { method, options: found.best, ...scores, trials: found.trials.length }
}
