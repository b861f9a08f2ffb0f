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

/** Fewest users by whom candidates are told apart. */
export const LEAST_USERS = 100

/** Every trial of ease costs the cube of its dense matrix, see `easeSize`: no more trials than these, nor than cost so many nanoseconds of a thread together. */
const EASE = { trials: 8, cost: 3e10 }
/** Of the others: candidates cost no more nanoseconds of a thread together, but for the fewest that there are. */
const MOST_COST = 2e10
/** Of so few nothing can be said. */
const FEWEST_TRIALS = 3

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

/** Trials of ease beside the defaults that a dense matrix of so many rows is worth. */
const easeTrials = (rows: number): number => Math.min(EASE.trials, Math.floor(EASE.cost / inverseCost(rows)) - 1)

/**
 * The candidates of a method beside its defaults, all different; what is strong comes first.
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

/** The candidates of a method for so many users, as many as they are worth, and how they are scored. */
export function planBaseline(
  method: MethodName,
  { network, examples, windows }: Pick<RollingBench, 'network' | 'examples' | 'windows'>,
  { trials, seed }: Pick<BaselineRequest, 'trials' | 'seed'>,
): PlannedTrials {
  const points = candidatesOf(method, seed, trials, easeSize(network.rows))
  // Those of ease are bounded already.
  const most = method === 'ease' ? Infinity : MOST_COST
  return planTrials(network, method, { points, examples, leastExamples: LEAST_USERS, windows }, most)
}

/** A method with the best options that were found, and how it ranks with them. */
export interface TunedBaseline extends MeanScores {
  readonly method: MethodName
  readonly options: MethodOptions
  /** How many times options were scored, the defaults included. */
  readonly trials: number
}

/** A method that was not tuned, and why not. */
export interface BaselineLeftOut {
  readonly method: MethodName
  /** As people read it. */
  readonly why: string
}

/** Why a method is not tuned on this data, if it is not: a dense inverse would take minutes, or weights below 0 mean nothing to it. */
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

/** Searches the space of a method by the mean of recall and NDCG for some users, and scores what it finds by others. */
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
