import { checkInteractions, type Interactions } from '../data/interactions.ts'
import { resolveSignals } from '../data/infer-signals.ts'
import { isSignals, readRule, type ResolvedRule, type Signals } from '../data/signal-rules.ts'
import { checksOf, defaultsOf } from '../support/spec.ts'
import { balanceOptions, findBalance, type Balance, type BalanceOptions } from '../calibrate/balance.ts'
import { readMachine } from '../plan/machine.ts'
import { openNetwork } from '../network/network.ts'
import { DEFAULT_RECIPE, readRecipe, type Recipe } from '../recommend/methods/recipe.ts'
import { atOnce, drive } from '../support/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import { RivuletError, show } from '../support/errors.ts'
import { integerAtLeast, numberBetween, resolveOptions } from '../support/options.ts'
import { heldOutRows } from './hold-out.ts'
import { holdOutLabels } from './label-hold-out.ts'
import type { FullRules } from './signal-search.ts'
import { ValidationBench } from './validation-bench.ts'

/** Options of `balanceSignals`. */
export interface BalanceSignalsOptions extends BalanceOptions {
  /** What the signals mean; their roles say which are labels and which are evidence. Default 'auto': what `inferSignals` says. */
  readonly signals?: Signals | undefined
  /** How they spread. Default the default recipe. */
  readonly recipe?: Recipe | undefined
  /** Length of the lists that are judged; integer >= 1. Default 20. */
  readonly k?: number | undefined
  /** Most users that are validated on; integer >= 1. Default 2,000. */
  readonly validationUsers?: number | undefined
  /** Most bytes that a matrix and one round of users may take. Default: what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
}

/** A balance of signals. Plain JSON. */
export interface SignalBalance extends Balance {
  /** Give them to any recommender: weights of evidence are those given times `lambda`. Evidence of weight 0 is seen and says nothing else. */
  readonly options: { readonly signals: FullRules; readonly recipe: Recipe }
  /** Signals that say what is to be found: label signals that weigh more than 0. */
  readonly labels: readonly string[]
  readonly evidence: readonly string[]
}

const WHO = 'balanceSignals'

/**
 * Finds how much evidence (views, plays) may weigh beside labels (purchases, likes) in recommendation, and whether it helps at all.
 *
 * The last label of every user is held out, with all rows of that pair and her later ones (a random label where there is no time). The weights of all evidence signals are multiplied by
 * lambda; the loss of a user is 1 - NDCG of her held-out label, full ranking. With the same table, options and seed: the same answer.
 *
 * @throws {RivuletError} INVALID_OPTION (no label or no evidence among the signals), UNKNOWN_OPTION, UNKNOWN_KEY for a signal, EMPTY_DATA when there is nothing to hold out, MEMORY_LIMIT.
 * @example
 * ```ts
 * import { balanceSignals, fromRows, recommend } from 'rivulet'
 *
 * const events = [['ann', 'mug', 'view', 1], ['ann', 'tea', 'buy', 2], ['bob', 'tea', 'buy', 1], ['bob', 'mug', 'buy', 2], ['cleo', 'pot', 'view', 1], ['cleo', 'mug', 'buy', 2]]
 * const log = fromRows(
 *   events.map(([user, item, event, day]) => ({ user, item, event, day })),
 *   { user: 'user', item: 'item', signal: 'event', time: 'day' },
 * )
 * const { decision, reason, options } = balanceSignals(log)
 * console.log(decision, reason) // supervised 3 validation examples are fewer than 20
 * console.log(recommend(log, { ...options, k: 1 }).size) // 3
 * ```
 */
export function balanceSignals(table: Interactions, options?: BalanceSignalsOptions): SignalBalance {
  const { signals, recipe, k, validationUsers, memoryLimitBytes, ...balancing } = resolveOptions<typeof DEFAULTS>(
    WHO,
    options,
    DEFAULTS,
    CHECKS,
  )
  const rules = fullRules(checkInteractions(WHO, table), signals)
  const labels = Object.keys(rules).filter((name) => rules[name].role === 'label' && rules[name].weight > 0)
  const evidence = Object.keys(rules).filter((name) => rules[name].role === 'evidence')
  if (labels.length === 0 || evidence.length === 0) throw oneRoleOnly(rules)
  const { train, search, judge } = holdOutLabels(WHO, table, labels, balancing.seed)
  const held = takeBoth(search, judge)
  const limit = Math.min(memoryLimitBytes, readMachine().memoryBytes)
  const judging = { k, validationUsers, seed: balancing.seed }
  const lossesAt = (lambda: number): Float64Array => {
    const weighing = { weighted: false, signals: weighEvidence(rules, lambda), direction: 'both' } as const
    const network = openNetwork(WHO, train, { ...weighing, memoryLimitBytes: limit })
    const bench = new ValidationBench(atOnce(heldOutRows(network, train.users, train.items, held)), judging, WHO)
    const solve = solveInThread(network.prepared)
    return drive(bench.ask('graph-filter', { recipe }), solve).ndcg.map((ndcg) => 1 - ndcg)
  }
  const balance = findBalance(lossesAt, balancing)
  return { ...balance, options: { signals: weighEvidence(rules, balance.lambda), recipe }, labels, evidence }
}

/** One table of both: a user is judged by one row, and nothing is searched here. */
function takeBoth(a: Interactions, b: Interactions): Interactions {
  const { users, items, signals } = a
  const [user, item] = [appended(a.user, b.user), appended(a.item, b.item)]
  return { users, items, signals, user, item, length: user.length }
}

function appended(one: Int32Array, other: Int32Array): Int32Array {
  const both = new Int32Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

function fullRules(table: Interactions, signals: Signals): FullRules {
  const rules = resolveSignals(WHO, table, signals) ?? {}
  const read = (name: string): ResolvedRule => readRule(`${WHO}, option 'signals', ${show(name)}`, rules[name], false)
  return Object.fromEntries(Object.keys(rules).map((name) => [name, read(name)]))
}

function weighEvidence(rules: FullRules, lambda: number): FullRules {
  const weighed = (rule: ResolvedRule): ResolvedRule =>
    rule.role === 'evidence' ? { ...rule, weight: lambda * rule.weight } : rule
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, weighed(rule)]))
}

function oneRoleOnly(rules: FullRules): RivuletError {
  return new RivuletError('INVALID_OPTION', {
    who: `${WHO}, option 'signals'`,
    expected: "at least one signal with role 'label' and a weight above 0, and one with role 'evidence'",
    got: Object.entries(rules)
      .map(([name, { role }]) => `${show(name)}: ${role}`)
      .join(', '),
    todo: "Say it: signals: { buy: { role: 'label' }, view: { role: 'evidence' } }.",
  })
}

const DEFAULTS = {
  ...defaultsOf(balanceOptions),
  signals: 'auto' as Signals,
  recipe: DEFAULT_RECIPE,
  k: 20,
  validationUsers: 2000,
  memoryLimitBytes: Infinity,
}

const CHECKS = {
  ...checksOf(balanceOptions),
  signals: isSignals,
  recipe: (value: unknown): null => {
    readRecipe(`${WHO}, option 'recipe'`, value)
    return null
  },
  k: integerAtLeast(1),
  validationUsers: integerAtLeast(1),
  memoryLimitBytes: numberBetween(0, Infinity, '(]'),
}
