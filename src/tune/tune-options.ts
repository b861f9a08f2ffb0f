import { edgeWeightOptions, graphOptions } from '../graph/mapping.ts'
import { memoryLimit } from '../method/source-options.ts'
import { balanceOptions } from '../calibrate/balance.ts'
import { isSignals, type Signals } from '../data/signal-rules.ts'
import type { RankingMetricName } from '../evaluate/ranking.ts'
import { RANKING_METRIC_NAMES } from '../evaluate/ranking.ts'
import type { PredictRatingsOptions } from '../ratings/options.ts'
import { METHOD_NAMES, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
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

/** Options of a tunable method that are not searched. */
export type FixedOptions<Name extends TunableName> = Name extends LabellerName
  ? LabellerOptionsByName[Name]
  : Name extends 'predictRatings'
    ? PredictRatingsOptions
    : MethodOptions

/** What tuning gives, as the method takes it; of a recommender with its name. */
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

/** How long every search goes, and how it is watched. */
export const effortOptions = {
  /** Start nothing new after so many milliseconds, >= 0; the best so far is the answer. What is found then depends on the machine. Default: no limit. */
  budgetMs: number(Infinity, 0, Infinity),
  /** Seed of all that is drawn: what is held out, the sample of users, the candidates. Default 1. */
  seed: option(1, finiteNumber),
  /** Keeps every trial, and recalls those of a run that was interrupted. Default: none. */
  log: option<TrialLog | null>(null, isLog),
  /** Cancels, between two trials; on an `Engine` within one, too. What was logged stays. */
  signal: optional<AbortSignal>(isAbortSignal),
  /** Called with how many of the trials are done. */
  onProgress: optional<(progress: { readonly done: number; readonly total: number }) => void>(isFunction),
}

/** Candidates, where they are not a list. */
export const trialOptions = {
  /** Candidates; the defaults come beside them. Integer >= 1. Default 40. */
  trials: integer(40, 1),
}

/** How candidates of 'options' and of an objective of one's own are scored. */
export const strategyOptions = {
  /**
   * 'halving' scores all candidates on few examples and goes on with the better third on three times as many, and so on; 'random' scores every one on all.
   * Default 'halving'.
   */
  strategy: choice<Strategy>('halving', ['halving', 'random']),
}

/** What is held out to score recommenders on. */
export const heldOutOptions = {
  /**
   * What is held out to score candidates on: the latest ('time', for all users from one time on), what each user did last ('leave-last-out'), a share at
   * 'random', or a table of rows that the source does not hold; pairs that it holds are left out and counted. Best what resembles the final test.
   * Default 'auto': of 'options' and 'recipe' by 'time' where times are known and rows are not drawn from all of them, else at 'random'; of 'signals'
   * and 'balance' each user's last label where there are times, else a share of her labels at 'random'. Labels of nodes are always drawn at random.
   * By 'time' recommenders have up to three windows, one after the other, each after training on all before it.
   */
  validation: option<ValidationChoice>('auto', isValidationChoice),
  /** Share that is held out by 'time' and at 'random', of labels too; in (0, 1). Default 0.2. */
  heldOutShare: number(0.2, 0, 1, '()'),
  /** Most users that candidates are scored on, integer >= 1; of 'recipe' those who decide, half as many search; of 'signals' half to search and half to validate, >= 2. Default 2,000. */
  validationUsers: integer(2000, 1),
  /** Length of the lists that are scored; integer >= 1. Default 20. */
  k: integer(20, 1),
}

/** What every search of a source takes. */
const sourceOptions = {
  ...effortOptions,
  ...heldOutOptions,
  /** What signals weigh, as the method takes it. Default as there; of 'signals' and 'balance' 'auto': where the search starts. */
  signals: optional<Signals | null>(isSignals),
  /** Most bytes that the matrix and one trial may take. Default: what the machine has free. */
  memoryLimitBytes: memoryLimit,
}

const readingOptions = {
  /** Whether interaction values weigh, as in `recommend`. Default false; of functions that label nodes as theirs. */
  weighted: optional<boolean>(isBoolean),
}

const methodOptions = {
  /** Whose options: a recommender by its name; of 'options' also 'predictRatings' and the functions that label nodes. Default 'graph-filter'. */
  method: option<TunableName>('graph-filter', isTunable),
  /** Options of the method that stay as they are; seeds of a function that labels nodes, which it needs. Default none. */
  options: option<object>(Object.freeze({}), isObject),
}

const candidateOptions = {
  /** What is searched, by the names of options; of 'graph-filter' the numbers of its recipe. Default: a space for each method. */
  space: optional<SearchSpace>(isObject),
  /**
   * What is best: of a recommender 'ndcg', 'recall', 'precision', 'map', 'mrr' or 'hit-rate', mean over users; of ratings 'rmse' or 'mae', lower is better;
   * of labels 'accuracy'. Default 'ndcg', 'rmse', 'accuracy'.
   */
  metric: optional<MetricName>(oneOf(...RANKING_METRIC_NAMES, 'rmse', 'mae', 'accuracy')),
}

const recipeOptions = {
  /** Methods that are tuned beside the recipe, in this order. Default all but 'graph-filter', the strongest first; ease where its trials take less than half a minute of a thread (up to 4,200 items, or users), walks only without weights below 0. */
  baselines: option<readonly MethodName[]>(
    BASELINES,
    isListOf(BASELINES, 0, `a list of methods among ${BASELINES.join(', ')}`),
  ),
  /** Most candidates of each of them, the poor ones on few users; integer >= 1; no more than cost some 20 seconds of a thread together, but at least three. Default 24; of ease, which has one number only, at most 8. */
  baselineTrials: integer(24, 1),
}

const signalsOptions = {
  /** Most users, half to search on and half to validate; integer >= 2. Default 2,000. */
  validationUsers: integer(2000, 2),
  /** The signals that say what is to be found. Default those with role 'label', or all when there is none. */
  labels: optional<readonly string[]>(isListOf(null, 1, 'names of signals, at least one')),
}

const anyOptions = {
  /** What is searched: 'options', 'recipe', 'signals' or 'balance'. Default 'options'. */
  search: choice<'options'>('options', ['options']),
}

const named = <const Name extends string>(name: Name) => ({
  /** What is searched, by its name. Needed. */
  search: needed<Name>(oneOf(name), 'Name the search.'),
})

/** What is searched, and the options that go with it. */
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

/** Options of the search of any options of any method: `tune(source, { method: 'rp3beta' })`. */
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
  /** What is tuned: a recommender by its name, 'predictRatings', or a function that labels nodes. Default 'graph-filter'. */
  readonly method?: Name | undefined
  /** Options that stay as they are; seeds of a function that labels nodes. Default none. */
  readonly options?: FixedOptions<Name> | undefined
}

/** Options of the search of a recipe: `tune(source, { search: 'recipe' })`. */
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

/** Options of the search of what signals weigh: `tune(table, { search: 'signals' })`. */
export interface SignalsSearch
  extends
    Given<typeof sourceOptions>,
    Given<typeof graphOptions>,
    Given<typeof trialOptions>,
    Given<typeof signalsOptions> {
  readonly search: 'signals'
}

/** Options of the search of how much evidence may weigh beside labels: `tune(table, { search: 'balance' })`. */
export interface BalanceSearch
  extends Given<typeof sourceOptions>, Given<typeof graphOptions>, Given<typeof balanceOptions> {
  readonly search: 'balance'
  /** The recommender that is validated. Default 'graph-filter'. */
  readonly method?: MethodName | undefined
  /** Its options. Default its own. */
  readonly options?: MethodOptions | undefined
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
