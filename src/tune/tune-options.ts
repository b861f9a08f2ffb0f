import { isSignals, type Signals } from '../data/signal-rules.ts'
import type { RankingMetricName } from '../evaluate/ranking.ts'
import { RANKING_METRIC_NAMES } from '../evaluate/ranking.ts'
import type { PredictRatingsOptions } from '../ratings/options.ts'
import { METHOD_NAMES, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import type { RecommenderOptions } from '../recommend/request.ts'
import {
  checkOption,
  isBoolean,
  integerAtLeast,
  nearestOf,
  numberBetween,
  oneOf,
  resolveOptions,
  type Check,
} from '../support/options.ts'
import { LABELLERS, type LabellerName, type LabellerOptionsByName } from './label-exam.ts'
import type { RatingMetricName } from './rating-exam.ts'
import { EFFORT_CHECKS, EFFORT_DEFAULTS, type SearchEffort } from './search-options.ts'
import type { SearchSpace } from './search-space.ts'
import { isValidationChoice, type ValidationChoice } from './validation-choice.ts'

/** What can be tuned: the recommenders, `predictRatings`, and the functions that label nodes. */
export type TunableName = MethodName | 'predictRatings' | LabellerName

/** Options of a tunable method that are not searched. */
export type FixedOptions<Name extends TunableName> = Name extends LabellerName
  ? LabellerOptionsByName[Name]
  : Name extends 'predictRatings'
    ? PredictRatingsOptions
    : MethodOptions

/** What tuning gives, as the method takes it; of a recommender with its name. */
export type TunedOptions<Name extends TunableName> = Name extends MethodName ? RecommenderOptions : FixedOptions<Name>

export type MetricName = RankingMetricName | RatingMetricName | 'accuracy'

/** Options of `tune`. */
export interface TuneOptions<Name extends TunableName = TunableName> extends SearchEffort {
  /** What is tuned: a recommender by its name, 'predictRatings', or a function that labels nodes. Default 'graph-filter'. */
  readonly method?: Name | undefined
  /** Options that stay as they are; seeds of a function that labels nodes. Default none. */
  readonly options?: FixedOptions<Name> | undefined
  /** What is searched, by the names of options; of 'graph-filter' the numbers of its recipe. Default: a space for each method. */
  readonly space?: SearchSpace | undefined
  /**
   * What is best: of a recommender 'ndcg', 'recall', 'precision', 'map', 'mrr' or 'hit-rate', mean over users; of ratings 'rmse' or 'mae', lower is better;
   * of labels 'accuracy'. Default 'ndcg', 'rmse', 'accuracy'.
   */
  readonly metric?: MetricName | undefined
  /** Length of the lists that are judged; integer >= 1. Default 20. */
  readonly k?: number | undefined
  /**
   * What is held out to judge by: the latest ('time', for all users from one time on), what each user did last ('leave-last-out'), a share at 'random',
   * or a table of rows that the source does not hold. Best what resembles the final test. Default 'auto': 'time' where times are known, else 'random'.
   * Labels are always drawn at random.
   */
  readonly validation?: ValidationChoice | undefined
  /** Share that is held out by 'time' and at 'random', of labels too; in (0, 1). Default 0.2. */
  readonly heldOutShare?: number | undefined
  /** Most users that recommenders are judged by, integer >= 1. Default 1,500. */
  readonly validationUsers?: number | undefined
  /** Whether interaction values weigh, as in `recommend`. Default false; of functions that label nodes as theirs. */
  readonly weighted?: boolean | undefined
  /** What signals weigh, as the method takes it. Default as there. */
  readonly signals?: Signals | null | undefined
  /** Most bytes that the matrix and one trial may take. Default: what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
}

const LABELLER_NAMES = Object.keys(LABELLERS) as LabellerName[]
export const TUNABLE_NAMES: readonly TunableName[] = [...METHOD_NAMES, 'predictRatings', ...LABELLER_NAMES]

export const isLabeller = (name: TunableName): name is LabellerName => Object.hasOwn(LABELLERS, name)

const isTunable: Check = (value) =>
  TUNABLE_NAMES.includes(value as TunableName)
    ? null
    : `one of ${TUNABLE_NAMES.join(', ')} (did you mean '${String(nearestOf(String(value), TUNABLE_NAMES))}'?)`

/** The metrics of a task, its default first. */
export function metricsOf(method: TunableName): readonly MetricName[] {
  if (isLabeller(method)) return ['accuracy']
  return method === 'predictRatings'
    ? ['rmse', 'mae']
    : ['ndcg', ...RANKING_METRIC_NAMES.filter((name) => name !== 'ndcg')]
}

const isObject: Check = (value) => (value !== null && typeof value === 'object' ? null : 'an object')

const DEFAULTS = {
  ...EFFORT_DEFAULTS,
  method: 'graph-filter' as TunableName,
  options: {} as FixedOptions<TunableName>,
  space: null as SearchSpace | null,
  metric: null as MetricName | null,
  k: 20,
  validation: 'auto' as ValidationChoice,
  heldOutShare: 0.2,
  validationUsers: 1500,
  weighted: null as boolean | null,
  signals: undefined as Signals | null | undefined,
  memoryLimitBytes: Infinity,
}

/** The options, checked; null or undefined where the method decides. */
export type ResolvedTuneOptions = Readonly<typeof DEFAULTS> & { readonly metric: MetricName }

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, INVALID_DATA for a validation that is no table. */
export function resolveTune(who: string, options: TuneOptions | undefined): ResolvedTuneOptions {
  const method = options?.method ?? DEFAULTS.method
  checkOption(who, 'method', method, isTunable)
  const metrics = metricsOf(method)
  const resolved = resolveOptions<typeof DEFAULTS>(who, options, DEFAULTS, {
    ...EFFORT_CHECKS,
    method: isTunable,
    options: isObject,
    space: isObject,
    // eslint-disable-next-line no-restricted-syntax -- names of metrics
    metric: oneOf(...metrics),
    k: integerAtLeast(1),
    validation: isValidationChoice,
    heldOutShare: numberBetween(0, 1, '()'),
    validationUsers: integerAtLeast(1),
    weighted: isBoolean,
    signals: isSignals,
    memoryLimitBytes: numberBetween(0, Infinity, '(]'),
  })
  return { ...resolved, metric: resolved.metric ?? metrics[0] }
}
