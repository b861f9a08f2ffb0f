import { splitFingerprint } from '../evaluate/fingerprint.ts'
import { RANKING_METRIC_NAMES, type RankingMetricName } from '../evaluate/ranking.ts'
import { checkInteractions, isTable, type Interactions } from '../data/interactions.ts'
import type { Signals } from '../data/signal-rules.ts'
import { tableOf } from '../learn/predict-ratings.ts'
import { openNetwork, type Network, type Source } from '../propagate/network.ts'
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods.ts'
import { DEFAULT_RECIPE } from '../recommend/recipe.ts'
import { resolveRecommender, type RecommenderOptions } from '../recommend/request.ts'
import { LEAST_USERS } from './baselines.ts'
import { atOnce } from '../support/pause.ts'
import { contentHash } from '../support/content-hash.ts'
import type { Exam, Judging, Validation } from './exam.ts'
import { holdOutFor } from './hold-out.ts'
import { METHOD_SPACES } from './method-spaces.ts'
import { pointOfRecipe, recipeAt } from './recipe-space.ts'
import type { Point, SearchSpace } from './search-space.ts'
import { meanMetric, type Metric } from './search.ts'
import type { SearchFacts } from './trial-log.ts'
import { cutTable, heldOutBy, wantedRows, type ValidationChoice } from './validation-choice.ts'
import { ValidationBench } from './validation-bench.ts'

/** What the exam of a recommender is made of. */
export interface RankingExamOptions {
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

/** Recommenders, judged by how they rank what users did that the matrix does not hold. Examples are users. */
export class RankingExam implements Exam {
  readonly metric: Metric
  readonly examples: number
  readonly leastExamples = LEAST_USERS
  readonly validation: Validation
  readonly space: SearchSpace
  readonly defaults: Point
  readonly facts: SearchFacts
  readonly #who: string
  readonly #options: RankingExamOptions
  readonly #network: Network
  readonly #bench: ValidationBench

  /** @throws {RivuletError} EMPTY_DATA when nothing is left to judge by, INVALID_OPTION, UNKNOWN_OPTION, and what the source is refused for. */
  constructor(who: string, source: Source, options: RankingExamOptions) {
    const { method, fixed, metric, k, validationUsers, seed, weighted, signals } = options
    this.#who = who
    this.#options = options
    this.metric = meanMetric(`${metric}@${k}`)
    resolveRecommender(who, { method, ...fixed })
    this.space = METHOD_SPACES[method].space
    const { defaults } = methodOf(who, method)
    this.defaults =
      method === 'graph-filter' ? pointOfRecipe(fixed.recipe ?? DEFAULT_RECIPE) : { ...defaults, ...fixed }
    const { network, train, test, by } = openHeldOut(who, source, options)
    const held = atOnce(holdOutFor(who, network, { ...options, validation: test }))
    this.#network = network
    this.#bench = new ValidationBench(held, { k, validationUsers, seed }, who)
    this.examples = this.#bench.users.length
    this.validation = { by, examples: this.examples, heldOut: held.indices.length, seenPairs: held.seenPairs }
    const data = { ...splitFingerprint(train, test), weights: contentHash(network.prepared.matrix.data) }
    this.facts = { options: fixed, metric, k, validationUsers, weighted, signals, data }
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

  *judge(point: Point, examples: number): Judging {
    const { method, ...options } = this.optionsAt(point)
    const { metric } = this.#options
    const algorithm = this.#bench.measure(method ?? this.#options.method, options, examples, [metric])
    const scores = (yield { prepared: this.#network.prepared, algorithm }) as Record<string, Float64Array>
    return scores[metric]
  }
}

export const isRankingMetric = (name: string): name is RankingMetricName =>
  RANKING_METRIC_NAMES.includes(name as RankingMetricName)

/** A network of what may be learnt from, and the rows that should be found. */
interface Opened {
  readonly network: Network
  readonly train: Interactions
  readonly test: Interactions
  readonly by: Validation['by']
}

function openHeldOut(who: string, source: Source, options: RankingExamOptions): Opened {
  const { validation, heldOutShare, seed, weighted, signals, memoryLimitBytes } = options
  const open = (from: Source): Network =>
    openNetwork(who, from, { weighted, signals, direction: 'both', memoryLimitBytes })
  if (isTable(validation)) {
    const network = open(source)
    const test = wantedRows(validation, network.weighing.signals, weighted)
    return { network, train: tableOf(source), test, by: 'table' }
  }
  const table = checkInteractions(who, tableOf(source))
  const by = heldOutBy(validation, table)
  const { train, test } = cutTable(table, by, heldOutShare, seed)
  const network = open(train)
  return { network, train, test: wantedRows(test, network.weighing.signals, weighted), by }
}
