import { on, type Detached } from '../request/request.ts'
import { RANKING_METRIC_NAMES, type RankingMetricName } from '../evaluate/ranking.ts'
import type { Signals } from '../data/signal-rules.ts'
import type { Source } from '../network/open.ts'
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import { DEFAULT_RECIPE } from '../recommend/methods/recipe.ts'
import { resolveRecommender, type RecommenderOptions } from '../recommend/request.ts'
import { LEAST_USERS } from './baselines.ts'
import type { Sliced } from '../support/pause.ts'
import { defaultsOf } from '../support/spec.ts'
import { METHOD_SPACES, pointOfRecipe, recipeAt } from './method-spaces.ts'
import type { Objective, Validation } from './objective.ts'
import type { Point, SearchSpace } from './search-space.ts'
import { meanMetric, type Metric } from './search.ts'
import type { SearchFacts } from './trial-log.ts'
import { openHeldOut, type HeldOut, type ValidationChoice } from './validation-choice.ts'
import { ValidationBench } from './validation-bench.ts'
import type { NamedNetwork } from '../network/network.ts'

/** What the objective of a recommender is made of. */
export interface RankingObjectiveOptions {
  readonly method: MethodName
  /** Options that are not searched. */
  readonly fixed: MethodOptions
  readonly metric: RankingMetricName
  readonly k: number
  readonly validation: ValidationChoice
  readonly heldOutShare: number
  readonly validationUsers: number
  readonly seed: number
  readonly weighted: boolean
  readonly signals: Signals | null
  readonly memoryLimitBytes: number
}

/** How recommenders rank what users did that the matrix does not hold. Examples are users. */
export class RankingObjective implements Objective {
  readonly metric: Metric
  readonly examples: number
  readonly leastExamples = LEAST_USERS
  readonly validation: Validation
  readonly space: SearchSpace
  readonly defaults: Point
  readonly facts: SearchFacts
  readonly #who: string
  readonly #options: RankingObjectiveOptions
  readonly #network: NamedNetwork
  readonly #bench: ValidationBench

  private constructor(who: string, options: RankingObjectiveOptions, { by, held, data }: HeldOut) {
    const { method, fixed, metric, k, validationUsers, seed, weighted, signals } = options
    this.#who = who
    this.#options = options
    this.metric = meanMetric(`${metric}@${k}`)
    this.space = METHOD_SPACES[method].space
    const defaults = defaultsOf(methodOf(who, method).options)
    this.defaults =
      method === 'graph-filter' ? pointOfRecipe(fixed.recipe ?? DEFAULT_RECIPE) : { ...defaults, ...fixed }
    this.#network = held.network
    this.#bench = new ValidationBench(who, held, { k, validationUsers, seed })
    this.examples = this.#bench.users.length
    this.validation = { by, examples: this.examples, heldOut: held.indices.length, seenPairs: held.seenPairs }
    this.facts = { options: fixed, metric, k, validationUsers, weighted, signals, data }
  }

  /** @throws {RivuletError} EMPTY_DATA when nothing is held out, INVALID_OPTION, UNKNOWN_OPTION, and what the source is refused for. */
  static *open(who: string, source: Source, options: RankingObjectiveOptions): Sliced<RankingObjective> {
    const { method, fixed } = options
    resolveRecommender(who, { method, ...fixed })
    return new RankingObjective(who, options, yield* openHeldOut(who, source, options))
  }

  optionsAt(point: Point): RecommenderOptions {
    const { method, fixed } = this.#options
    const options: RecommenderOptions =
      method === 'graph-filter'
        ? { method, recipe: recipeAt(this.#who, fixed.recipe ?? DEFAULT_RECIPE, point) }
        : { method, ...fixed, ...point }
    resolveRecommender(this.#who, options)
    return options
  }

  *scores(point: Point, examples: number): Detached<Float64Array> {
    const { method, ...options } = this.optionsAt(point)
    const { metric } = this.#options
    const algorithm = this.#bench.measure(method ?? this.#options.method, options, examples, [metric])
    return (yield* on(this.#network, algorithm))[metric]
  }
}

export const isRankingMetric = (name: string): name is RankingMetricName =>
  RANKING_METRIC_NAMES.includes(name as RankingMetricName)
