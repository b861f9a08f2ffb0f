import { splitFingerprintInSlices } from '../evaluate/fingerprint.ts'
import { RANKING_METRIC_NAMES, type RankingMetricName } from '../evaluate/ranking.ts'
import { checkInSlices, isTable, type Interactions } from '../data/interactions.ts'
import type { Signals } from '../data/signal-rules.ts'
import { tableInSlices } from '../ratings/predict-ratings.ts'
import { openInSlices, type Network, type Source } from '../network/network.ts'
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import { DEFAULT_RECIPE } from '../recommend/methods/recipe.ts'
import { resolveRecommender, type RecommenderOptions } from '../recommend/request.ts'
import { LEAST_USERS } from './baselines.ts'
import type { Sliced } from '../support/pause.ts'
import { defaultsOf } from '../support/spec.ts'
import { hashInSlices } from '../support/content-hash.ts'
import { on } from '../request/request.ts'
import type { Exam, Judging, Validation } from './exam.ts'
import { holdOutFor, type HoldOut } from './hold-out.ts'
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

  private constructor(who: string, options: RankingExamOptions, { by, network, held, data }: Opened) {
    const { method, fixed, metric, k, validationUsers, seed, weighted, signals } = options
    this.#who = who
    this.#options = options
    this.metric = meanMetric(`${metric}@${k}`)
    this.space = METHOD_SPACES[method].space
    const defaults = defaultsOf(methodOf(who, method).options)
    this.defaults =
      method === 'graph-filter' ? pointOfRecipe(fixed.recipe ?? DEFAULT_RECIPE) : { ...defaults, ...fixed }
    this.#network = network
    this.#bench = new ValidationBench(held, { k, validationUsers, seed }, who)
    this.examples = this.#bench.users.length
    this.validation = { by, examples: this.examples, heldOut: held.indices.length, seenPairs: held.seenPairs }
    this.facts = { options: fixed, metric, k, validationUsers, weighted, signals, data }
  }

  /** @throws {RivuletError} EMPTY_DATA when nothing is left to judge by, INVALID_OPTION, UNKNOWN_OPTION, and what the source is refused for. */
  static *open(who: string, source: Source, options: RankingExamOptions): Sliced<RankingExam> {
    const { method, fixed } = options
    resolveRecommender(who, { method, ...fixed })
    return new RankingExam(who, options, yield* openHeldOut(who, source, options))
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
    const scores = yield* on(this.#network.prepared, algorithm)
    return scores[metric]
  }
}

export const isRankingMetric = (name: string): name is RankingMetricName =>
  RANKING_METRIC_NAMES.includes(name as RankingMetricName)

/** A network of what may be learnt from, and what should be found. */
interface Opened {
  readonly by: Validation['by']
  readonly network: Network
  readonly held: HoldOut
  /** What tells these data from others. */
  readonly data: object
}

function* openHeldOut(who: string, source: Source, options: RankingExamOptions): Sliced<Opened> {
  const { weighted, signals, memoryLimitBytes } = options
  const { train, test, by } = yield* cutSource(who, source, options)
  const network = yield* openInSlices(who, train, { weighted, signals, direction: 'both', memoryLimitBytes })
  const wanted = yield* wantedRows(test, network.weighing.signals, weighted)
  const held = yield* holdOutFor(who, network, { ...options, validation: wanted })
  const { matrix } = network.prepared
  const fingerprint = yield* splitFingerprintInSlices(yield* tableInSlices(train), wanted)
  return { by, network, held, data: { ...fingerprint, weights: yield* hashInSlices(matrix.data) } }
}

function* cutSource(
  who: string,
  source: Source,
  { validation, heldOutShare, seed }: RankingExamOptions,
): Sliced<{ readonly train: Source; readonly test: Interactions; readonly by: Validation['by'] }> {
  if (isTable(validation)) return { train: source, test: validation, by: 'table' }
  const table = yield* checkInSlices(who, yield* tableInSlices(source))
  const by = heldOutBy(validation, table)
  return { by, ...(yield* cutTable(table, by, heldOutShare, seed)) }
}
