import { edgeWeightOptions, graphOptions } from '../graph/mapping.ts'
import { memoryLimit } from '../method/source-options.ts'
import { balanceOptions } from '../calibrate/balance.ts'
import { isSignals, type Signals } from '../data/signal-rules.ts'
import type { RankingMetricName } from '../evaluate/ranking.ts'
import { RANKING_METRIC_NAMES } from '../evaluate/ranking.ts'
import type { PredictRatingsOptions } from '../ratings/options.ts'
import { METHOD_NAMES, type MethodName, type OwnMethodOptions } from '../recommend/methods/methods.ts'
import type { OrderOptions } from '../recommend/profile-order.ts'
import type { RecencyOptions } from '../recommend/recency.ts'
import type { RecommenderOptions } from '../recommend/request.ts'
import { RivuletError, show } from '../support/errors.ts'
import {
  checkOption,
  finiteNumber,
  isAbortSignal,
  isBoolean,
  isFunction,
  nearestOf,
  oneOf,
  type Check,
} from '../support/options.ts'
import {
  choice,
  integer,
  needed,
  number,
  option,
  optional,
  resolve,
  type Given,
  type Resolved,
  type Spec,
} from '../support/spec.ts'
import { BASELINES } from './baselines.ts'
import { isValidationChoice, type ValidationChoice } from './hold-out.ts'
import { LABELLERS, type LabellerName, type LabellerOptionsByName } from './label-objective.ts'
import type { RatingMetricName } from './rating-objective.ts'
import type { SearchSpace } from './search-space.ts'
import type { Strategy } from './search.ts'
import { isLog, type TrialLog } from './trial-log.ts'

/** What can be tuned: the recommenders, `predictRatings`, and the functions that label nodes. */
export type TunableName = MethodName | 'predictRatings' | LabellerName

/** Options of a tunable method that are not searched: its own, and of a recommender also those of order and recency. */
export type FixedOptions<Name extends TunableName> = Name extends LabellerName
  ? LabellerOptionsByName[Name]
  : Name extends 'predictRatings'
    ? PredictRatingsOptions
    : Name extends MethodName
      ? OwnMethodOptions<Name> & OrderOptions & RecencyOptions
      : never

/** Tuned options in the form the method takes; for a recommender including its name. */
export type TunedOptions<Name extends TunableName> = Name extends MethodName
  ? RecommenderOptions<Name>
  : FixedOptions<Name>

export type MetricName = RankingMetricName | RatingMetricName | 'accuracy'

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

export const isObject: Check = (value) => (value !== null && typeof value === 'object' ? null : 'an object')

const isListOf =
  (names: readonly string[] | null, least: number, expected: string): Check =>
  (value) =>
    Array.isArray(value) &&
    value.length >= least &&
    value.every((name) => (names === null ? typeof name === 'string' : names.includes(name as string)))
      ? null
      : expected

/** Budget, cancelling and progress of a search. */
export const effortOptions = {
  /** Start no new trial after this many milliseconds, >= 0; the result is the best so far, and then depends on the machine. Default: no limit. */
  budgetMs: number(Infinity, 0, Infinity),
  /** Seed of all random choices: held-out data, the sample of users, the candidates. Default 1. */
  seed: option(1, finiteNumber),
  /** Log of trials; an interrupted run resumes from it. Default: none. */
  log: option<TrialLog | null>(null, isLog),
  /** Cancels between two trials; on an `Engine` also within one. Logged trials are kept. */
  signal: optional<AbortSignal>(isAbortSignal),
  /** Called with the number of finished trials. */
  onProgress: optional<(progress: { readonly done: number; readonly total: number }) => void>(isFunction),
}

/** Candidates, where they are not a list. */
export const trialOptions = {
  /** Number of candidates, in addition to the defaults; integer >= 1. Default 40. */
  trials: integer(40, 1),
}

/** How candidates of 'options' and of a custom objective are scored. */
export const strategyOptions = {
  /**
   * 'halving' scores all candidates on few examples, keeps the better third for three times as many, and so on; 'random' scores every candidate on all examples.
   * Default 'halving'.
   */
  strategy: choice<Strategy>('halving', ['halving', 'random']),
}

/** Held-out data on which recommenders are scored. */
export const heldOutOptions = {
  /**
   * Held-out data on which candidates are scored: the latest rows ('time', for all users from one time on), the last row of each user ('leave-last-out'), a
   * share at 'random', or a table of rows that are not in the source; pairs in the source are left out and counted. Choose what resembles the final test.
   * Default 'auto': for 'options' and 'recipe' 'time' if times are known and rows are not sampled from all times, otherwise 'random'; for 'signals'
   * and 'balance' each user's last label if there are times, otherwise a share of the labels at 'random'. Labels of nodes are always held out at random.
   * With 'time', recommenders are scored on up to three consecutive windows, each trained on everything before it.
   */
  validation: option<ValidationChoice>('auto', isValidationChoice),
  /** Share held out by 'time' and at 'random', also of labels; in (0, 1). Default 0.2. */
  heldOutShare: number(0.2, 0, 1, '()'),
  /** Maximum number of users on which candidates are scored, integer >= 1; for 'recipe' the users of the final decision, half as many for the search; for 'signals' half to search and half to validate, >= 2. Default 2,000. */
  validationUsers: integer(2000, 1),
  /** Length of the scored lists; integer >= 1. Default 20. */
  k: integer(20, 1),
}

/** Options of every search on a source. */
const sourceOptions = {
  ...effortOptions,
  ...heldOutOptions,
  /** Weights of signals, as in the method. Default as there; for 'signals' and 'balance' 'auto', the start of the search. */
  signals: optional<Signals | null>(isSignals),
  /** Memory limit in bytes for the matrix and one trial. Default: what the machine has free. */
  memoryLimitBytes: memoryLimit,
}

const readingOptions = {
  /** Whether interaction values are used as weights, as in `recommend`. Default false; for functions that label nodes, their own default. */
  weighted: optional<boolean>(isBoolean),
}

const methodOptions = {
  /** Method whose options are tuned: the name of a recommender; for 'options' also 'predictRatings' and the functions that label nodes. Default 'graph-filter'. */
  method: option<TunableName>('graph-filter', isTunable),
  /** Fixed options of the method, including the required seeds of a function that labels nodes. Default none. */
  options: option<object>(Object.freeze({}), isObject),
}

const candidateOptions = {
  /** Search space, by option name; for 'graph-filter' the numbers of its recipe. Default: a space for each method. */
  space: optional<SearchSpace>(isObject),
  /**
   * Objective: for a recommender 'ndcg', 'recall', 'precision', 'map', 'mrr' or 'hit-rate', averaged over users; for ratings 'rmse' or 'mae', lower is better;
   * for labels 'accuracy'. Default 'ndcg', 'rmse', 'accuracy'.
   */
  metric: optional<MetricName>(oneOf(...RANKING_METRIC_NAMES, 'rmse', 'mae', 'accuracy')),
}

const recipeOptions = {
  /** Baselines that are tuned next to the recipe, in this order. Default all but 'graph-filter', the strongest first; ease only if its trials take less than half a minute of a thread (up to 4,200 items, or users), walks only without weights below 0. */
  baselines: option<readonly MethodName[]>(
    BASELINES,
    isListOf(BASELINES, 0, `a list of methods among ${BASELINES.join(', ')}`),
  ),
  /** Maximum number of candidates per baseline, poor ones scored on few users; integer >= 1; limited to about 20 seconds of a thread in total, but at least three. Default 24; for ease, which has only one number, at most 8. */
  baselineTrials: integer(24, 1),
}

const signalsOptions = {
  /** Maximum number of users, half to search and half to validate; integer >= 2. Default 2,000. */
  validationUsers: integer(2000, 2),
  /** The signals to predict. Default those with role 'label', or all if there are none. */
  labels: optional<readonly string[]>(isListOf(null, 1, 'names of signals, at least one')),
}

const anyOptions = {
  /** What to search: 'options', 'recipe', 'signals' or 'balance'. Default 'options'. */
  search: choice<'options'>('options', ['options']),
}

const named = <const Name extends string>(name: Name) => ({
  /** What to search, by name. Required. */
  search: needed<Name>(oneOf(name), 'Name the search.'),
})

/** What to search, and the options of that search. */
export const SEARCHES = {
  options: {
    ...anyOptions,
    ...sourceOptions,
    ...graphOptions,
    ...trialOptions,
    ...strategyOptions,
    ...readingOptions,
    ...edgeWeightOptions,
    ...methodOptions,
    ...candidateOptions,
  },
  recipe: {
    ...named('recipe'),
    ...sourceOptions,
    ...graphOptions,
    ...trialOptions,
    ...readingOptions,
    ...edgeWeightOptions,
    ...recipeOptions,
  },
  signals: {
    ...named('signals'),
    ...sourceOptions,
    ...graphOptions,
    ...trialOptions,
    ...signalsOptions,
  },
  balance: { ...named('balance'), ...balanceOptions, ...sourceOptions, ...graphOptions, ...methodOptions },
}

export type SearchName = keyof typeof SEARCHES
export const SEARCH_NAMES = Object.keys(SEARCHES) as SearchName[]

/** Options of the search over options of any method: `tune(source, { method: 'rp3beta' })`. */
export interface OptionsSearch<Name extends TunableName = TunableName>
  extends
    Given<typeof sourceOptions>,
    Given<typeof graphOptions>,
    Given<typeof trialOptions>,
    Given<typeof strategyOptions>,
    Given<typeof readingOptions>,
    Given<typeof edgeWeightOptions>,
    Given<typeof candidateOptions> {
  readonly search?: 'options' | undefined
  /** The method to tune: the name of a recommender, 'predictRatings', or a function that labels nodes. Default 'graph-filter'. */
  readonly method?: Name | undefined
  /** Fixed options, including the seeds of a function that labels nodes. Default none. */
  readonly options?: FixedOptions<Name> | undefined
}

/** Options of the search for a recipe: `tune(source, { search: 'recipe' })`. */
export interface RecipeSearch
  extends
    Given<typeof sourceOptions>,
    Given<typeof graphOptions>,
    Given<typeof trialOptions>,
    Given<typeof readingOptions>,
    Given<typeof edgeWeightOptions>,
    Given<typeof recipeOptions> {
  readonly search: 'recipe'
}

/** Options of the search for signal weights: `tune(table, { search: 'signals' })`. */
export interface SignalsSearch
  extends
    Given<typeof sourceOptions>,
    Given<typeof graphOptions>,
    Given<typeof trialOptions>,
    Given<typeof signalsOptions> {
  readonly search: 'signals'
}

/** Options of the search for the weight of evidence relative to labels: `tune(table, { search: 'balance' })`. */
export interface BalanceSearch<Name extends MethodName = MethodName>
  extends Given<typeof sourceOptions>, Given<typeof graphOptions>, Given<typeof balanceOptions> {
  readonly search: 'balance'
  /** The recommender to validate. Default 'graph-filter'. */
  readonly method?: Name | undefined
  /** Its options. Default its own. */
  readonly options?: FixedOptions<Name> | undefined
}

/** Options of `tune` on a graph or table. */
export type TuneOptions<Name extends TunableName = TunableName> =
  OptionsSearch<Name> | RecipeSearch | SignalsSearch | BalanceSearch

/** The options, checked; undefined where the method decides. */
export type ResolvedTune<Name extends SearchName = SearchName> = {
  readonly [Search in Name]: Resolved<(typeof SEARCHES)[Search]>
}[Name]

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION (naming the search that an option belongs to), INVALID_DATA for a validation that is no table. */
export function resolveTune(who: string, given: TuneOptions | undefined): ResolvedTune {
  const { search = 'options' } = Object(given) as TuneOptions
  checkOption(who, 'search', search, oneOf(...SEARCH_NAMES))
  requireOwnOptions(who, search, Object(given) as object)
  const resolved = resolve<Spec>(who, SEARCHES[search], given) as unknown as ResolvedTune
  if (resolved.search === 'options') requireMetric(who, resolved)
  if (resolved.search === 'balance') checkOption(who, 'method', resolved.method, oneOf(...METHOD_NAMES))
  return resolved
}

function requireMetric(who: string, { method, metric }: ResolvedTune<'options'>): void {
  // eslint-disable-next-line no-restricted-syntax -- names of metrics
  if (metric !== undefined) checkOption(who, 'metric', metric, oneOf(...metricsOf(method)))
}

function requireOwnOptions(who: string, search: SearchName, given: object): void {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(SEARCHES[search], name)) continue
    const owners = SEARCH_NAMES.filter((other) => Object.hasOwn(SEARCHES[other], name))
    if (owners.length === 0) continue
    throw new RivuletError('UNKNOWN_OPTION', {
      who: `${who}, search ${show(search)}`,
      expected: `options among ${Object.keys(SEARCHES[search]).join(', ')}`,
      got: show(name),
      todo: `'${name}' belongs to search ${owners.map(show).join(' and ')}.`,
      details: { option: name, search, owners },
    })
  }
}
