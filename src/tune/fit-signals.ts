import { describeSignals, resolveSignals } from '../data/infer-signals.ts'
import { checkInteractions, type Interactions } from '../data/interactions.ts'
import { isSignals, readRule, type Signals } from '../data/signal-rules.ts'
import type { SignalTransform } from '../data/signal-transforms.ts'
import { pairedBootstrap, type PairedBootstrap } from '../evaluate/significance.ts'
import { readMachine } from '../plan/machine.ts'
import { openNetwork } from '../network/network.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import type { Algorithm } from '../request/request.ts'
import { atOnce, drive } from '../support/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import { RivuletError, show } from '../support/errors.ts'
import {
  finiteNumber,
  integerAtLeast,
  isFunction,
  numberBetween,
  resolveOptions,
  type Check,
} from '../support/options.ts'
import { seededRandom } from '../support/random.ts'
import type { ValidationScore } from './fit.ts'
import { heldOutRows } from './hold-out.ts'
import { holdOutLabels, holdOutTable, type LabelHoldOut } from './label-hold-out.ts'
import { searchRecipes } from './recipe-search.ts'
import { movedPoint, type FullRules, type SignalChoices, type SignalPoint } from './signal-search.ts'
import { ValidationBench } from './validation-bench.ts'
import { mean, type UserScores } from './validation.ts'

/** Options of `fitSignals`. */
export interface FitSignalsOptions {
  /** The signals that say what is to be found. Default those with role 'label', or all when there is none. */
  readonly labels?: readonly string[] | undefined
  /** What to choose by instead of labels that are held out: rows that the table does not hold, drawn as the final test is. Default: none. */
  readonly validation?: Interactions | undefined
  /** Where the search starts, and which signals there are. Default 'auto': what `inferSignals` says. */
  readonly signals?: Signals | undefined
  /** Length of the lists that are judged; integer >= 1. Default 20. */
  readonly k?: number | undefined
  /** Weighings that are tried, integer >= 1; each builds a matrix and ranks for half the validation users twice. Default 30. */
  readonly trials?: number | undefined
  /** Start no trial after so many milliseconds; what is found then depends on the machine. Default: no limit. */
  readonly budgetMs?: number | undefined
  /** Most users that are validated on, half to search by and half to judge by; integer >= 2. Default 2,000. */
  readonly validationUsers?: number | undefined
  /** Seed of the hold-out, the sample and the search. Default 1. */
  readonly seed?: number | undefined
  /** Most bytes that a matrix and one round of users may take. Default: what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
  /** Hears of every trial. Default: nobody does. */
  readonly onTrial?: ((trial: SignalTrial, number: number) => void) | undefined
}

/** What was tried, and half recall, half NDCG of it at the users searched by. */
export interface SignalTrial extends SignalPoint {
  readonly value: number
}

/** What `fitSignals` chose and what it saw. Plain JSON. */
export interface SignalFit {
  /** Give them to any recommender as they are. */
  readonly options: { readonly signals: FullRules | null; readonly recipe: Recipe }
  /** 'default' when nothing better than the graph without weights could be told from chance. */
  readonly decision: 'learnt' | 'default'
  /** Of what was chosen, at the users judged by: the search did not see them. */
  readonly validation: ValidationScore
  /** Of the graph without weights, by the default recipe, at the same users. */
  readonly defaultValidation: ValidationScore
  /** NDCG of the best weights found less that of the graph without weights, paired by user. */
  readonly gain: PairedBootstrap
  readonly trials: readonly SignalTrial[]
  readonly labels: readonly string[]
  readonly k: number
  /** Users judged by. */
  readonly users: number
  /** Pairs of a validation table that the source holds: no list can hit them, so they were left out. */
  readonly seenPairs: number
}

const WHO = 'fitSignals'

const DEFAULTS = {
  labels: null as readonly string[] | null,
  validation: null as Interactions | null,
  signals: 'auto' as Signals,
  k: 20,
  trials: 30,
  budgetMs: Infinity,
  validationUsers: 2000,
  seed: 1,
  memoryLimitBytes: Infinity,
  onTrial: (_: SignalTrial, __: number): void => undefined,
}

const isNames: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')
    ? null
    : 'names of signals, at least one'

const CHECKS = {
  labels: isNames,
  validation: (value: unknown): null => {
    checkInteractions(`${WHO}, option 'validation'`, value as Interactions)
    return null
  },
  signals: isSignals,
  k: integerAtLeast(1),
  trials: integerAtLeast(1),
  budgetMs: numberBetween(0, Infinity),
  validationUsers: integerAtLeast(2),
  seed: finiteNumber,
  memoryLimitBytes: numberBetween(0, Infinity, '(]'),
  onTrial: isFunction,
}

/**
 * Learns what the signals of a table weigh, how their values count and how they spread, by the labels that are held out of it: never by a test set.
 *
 * The last label of every user is held out, with her later rows; a random fifth of her labels where there is no time. A seeded search, on half of
 * these users, moves weights, transforms, half-lives and the recipe; what it finds is judged on the other half against the graph without weights, and kept if it
 * is better by more than chance. Same table, options and seed: same answer, unless `budgetMs` cuts it short.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, UNKNOWN_KEY for a signal, EMPTY_DATA when there is nothing to hold out, MEMORY_LIMIT.
 * @example
 * ```ts
 * import { fitSignals, fromRows, recommend } from 'rivulet'
 *
 * const events = [['ann', 'mug', 'view', 1], ['ann', 'tea', 'buy', 2], ['bob', 'tea', 'buy', 1], ['bob', 'mug', 'view', 2], ['bob', 'pot', 'buy', 3]]
 * const log = fromRows(
 *   events.map(([user, item, event, day]) => ({ user, item, event, day })),
 *   { user: 'user', item: 'item', signal: 'event', time: 'day' },
 * )
 * const { options, decision } = fitSignals(log, { trials: 2 })
 * console.log(decision, recommend(log, { ...options, k: 1 }).size) // default 2
 * ```
 */
export function fitSignals(table: Interactions, options?: FitSignalsOptions): SignalFit {
  const given = resolveOptions<typeof DEFAULTS>(WHO, options, DEFAULTS, CHECKS)
  const signals = fullRules(checkInteractions(WHO, table), given.signals)
  const labels = labelsOf(signals, given.labels)
  const { validation, seed } = given
  const held =
    validation === null ? holdOutLabels(WHO, table, labels, seed) : holdOutTable(WHO, table, validation, seed)
  const trials = searchSignals(held, signals, choicesOf(table, signals), given)
  const best = trials.reduce((a, b) => (b.value > a.value ? b : a))
  const scoresOf = (rules: FullRules | null, recipe: Recipe): UserScores =>
    ask(held.train, rules, held.judge, given, (bench) => bench.ask('graph-filter', { recipe }))
  const learnt = scoresOf(best.signals, best.recipe)
  const byDefault = scoresOf(null, DEFAULT_RECIPE)
  const gain = pairedBootstrap(learnt.ndcg, byDefault.ndcg, { seed: given.seed })
  const better = gain.low > 0
  return {
    options: better ? { signals: best.signals, recipe: best.recipe } : { signals: null, recipe: DEFAULT_RECIPE },
    decision: better ? 'learnt' : 'default',
    validation: meanScore(better ? learnt : byDefault),
    defaultValidation: meanScore(byDefault),
    gain,
    trials,
    labels,
    k: given.k,
    users: learnt.ndcg.length,
    seenPairs: held.seenPairs,
  }
}

/** Climbs from the given rules and the default recipe; moves shorten to a quarter. At least one trial. */
function searchSignals(
  { train, search }: LabelHoldOut,
  signals: FullRules,
  choices: SignalChoices,
  given: typeof DEFAULTS,
): SignalTrial[] {
  const end = performance.now() + given.budgetMs
  const random = seededRandom(given.seed)
  const trials: SignalTrial[] = []
  let best: SignalTrial | null = null
  while (trials.length < given.trials && (best === null || performance.now() < end)) {
    const stride = 0.25 ** (trials.length / given.trials)
    const from: SignalPoint =
      best === null ? { signals, recipe: DEFAULT_RECIPE } : movedPoint(best, choices, random, stride)
    const found = ask(train, from.signals, search, given, function* (bench) {
      const objective = yield* bench.objectiveNear(from.recipe)
      return yield* searchRecipes(objective, { starts: [from.recipe], trials: 1, random, stride, goOn: () => true })
    })
    const trial = { ...from, ...found }
    given.onTrial(trial, trials.length)
    trials.push(trial)
    if (best === null || trial.value > best.value) best = trial
  }
  return trials
}

/** Asks the validation users of some rows, on a graph of its own. */
function ask<Result>(
  train: Interactions,
  signals: FullRules | null,
  held: Interactions,
  { k, validationUsers, seed, memoryLimitBytes: most }: typeof DEFAULTS,
  question: (bench: ValidationBench) => Algorithm<Result>,
): Result {
  const memoryLimitBytes = Math.min(most, readMachine().memoryBytes)
  const network = openNetwork(WHO, train, { weighted: false, signals, direction: 'both', memoryLimitBytes })
  const bench = new ValidationBench(atOnce(heldOutRows(network, train.users, train.items, held)), {
    k,
    validationUsers: validationUsers >> 1,
    seed,
  })
  return drive(question(bench), solveInThread(network.prepared))
}

function fullRules(table: Interactions, signals: Signals): FullRules {
  const rules = resolveSignals(WHO, table, signals) ?? {}
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [
      name,
      readRule(`${WHO}, option 'signals', ${show(name)}`, rule, false),
    ]),
  )
}

function labelsOf(signals: FullRules, given: readonly string[] | null): readonly string[] {
  const unknown = given?.find((name) => !Object.hasOwn(signals, name))
  if (unknown !== undefined) {
    const todo = 'Name signals that take part.'
    const expected = `labels among ${Object.keys(signals).map(show).join(', ')}`
    throw new RivuletError('INVALID_OPTION', { who: `${WHO}, option 'labels'`, expected, got: show(unknown), todo })
  }
  const found = Object.keys(signals).filter((name) => signals[name].weight > 0)
  const outright = found.filter((name) => signals[name].role === 'label')
  return given ?? (outright.length > 0 ? outright : found)
}

/** Other transforms where values differ, and spans of the table's time. */
function choicesOf(table: Interactions, signals: FullRules): SignalChoices {
  const found = new Map(describeSignals(table).map((description) => [description.name, description]))
  const known = table.time?.filter((time) => !Number.isNaN(time)).sort() ?? new Float64Array(0)
  const span = known.length > 0 ? known[known.length - 1] - known[0] : 0
  const halfLives = span > 0 ? [null, span, span / 4, span / 16] : [null]
  return Object.fromEntries(
    Object.entries(signals).map(([name, { transform, role }]) => {
      const { smallest = 1, largest = 1 } = found.get(name) ?? {}
      const other: readonly SignalTransform[] = [
        ...(smallest < largest ? (['binary', 'rank'] as const) : []),
        ...(smallest < largest && smallest >= 0 ? (['log1p', 'bm25'] as const) : []),
        ...(smallest < largest && role === 'label' ? (['centred'] as const) : []),
      ]
      return [name, { transforms: [...new Set([transform, ...other])], halfLives }]
    }),
  )
}

const meanScore = ({ recall, ndcg }: UserScores): ValidationScore => ({ recall: mean(recall), ndcg: mean(ndcg) })
