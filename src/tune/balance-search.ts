/** The search of how much evidence (views, plays) may weigh beside labels (purchases, likes), and whether it helps at all. */
import type { Detached } from '../request/request.ts'
import type { ResolvedRule } from '../data/signal-rules.ts'
import { findBalance, type Balance } from '../calibrate/balance.ts'
import type { Interactions } from '../data/interactions.ts'
import type { Source } from '../network/open.ts'
import type { RecommenderOptions } from '../recommend/request.ts'
import { resolveRecommender } from '../recommend/request.ts'
import type { MethodName, MethodOptions } from '../recommend/methods/methods.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { Run, Validation } from './objective.ts'
import { bestFirst, type Search } from './search.ts'
import type { FullRules } from './signal-moves.ts'
import { SignalObjective } from './signal-objective.ts'
import { readLog } from './trial-log.ts'
import { isRefusal, Trials } from './trials.ts'
import type { ResolvedTune } from './tune-options.ts'
import { mean } from './validation-bench.ts'

/** What the search of a balance found. Evidence of weight 0 is seen and says nothing else. */
export interface BalanceTuning extends Search<
  RecommenderOptions & { readonly signals: FullRules },
  { readonly lambda: number }
> {
  readonly search: 'balance'
  readonly method: MethodName
  readonly defaultScore: number
  /** The curve over all weights, and what was decided. The loss of a user is 1 - NDCG. */
  readonly balance: Balance
  readonly validation: Validation
  /** Signals that say what is to be found: label signals that weigh more than 0. */
  readonly labels: readonly string[]
  readonly evidence: readonly string[]
}

/** The weights of all evidence signals are multiplied by lambda; the defaults are lambda 0. */
export function* searchBalance(source: Source, options: ResolvedTune<'balance'>, run: Run): Detached<BalanceTuning> {
  const { setting, memoryLimitBytes } = run
  const { who } = setting
  const fixed: MethodOptions = options.options
  const method = options.method as MethodName
  resolveRecommender(who, { method, ...fixed })
  const asked = { ...options, signals: options.signals ?? 'auto', memoryLimitBytes } as const
  const objective = yield* SignalObjective.open(who, source, asked, (rules) => labelsOf(who, rules))
  const { rules, labels, held } = objective
  const rows = takeBoth(held.search, held.validate)
  const { log, lambdas, level, fewestExamples, resamples, seed, validationUsers, k } = options
  const facts = { search: 'balance', method, options: fixed, ...objective.facts, validationUsers }
  const memory = log && readLog(who, log, facts)<{ readonly lambda: number }>('')
  const isOfTrial = (error: unknown): boolean => trials.all.length > 0 && isRefusal(error)
  const trials = new Trials<{ readonly lambda: number }>({ ...setting, isOfTrial }, memory)
  const losses = new Map<number, readonly number[]>()
  const candidates = [0, ...new Set(lambdas.filter((lambda) => lambda > 0))].sort((a, b) => a - b)
  let stopped: BalanceTuning['stopped'] = 'trials'
  for (const [number, lambda] of candidates.entries()) {
    if (number > 0 && (losses.get(0) ?? []).length < fewestExamples) break
    if (number > 0 && !setting.goOn(number, candidates.length)) {
      stopped = 'budget'
      break
    }
    const question = { trial: number, options: { lambda }, resource: validationUsers }
    const { trial, state } = yield* trials.run(question, function* () {
      const signals = weighEvidence(rules, lambda)
      const { ndcg } = yield* objective.ask(signals, rows, validationUsers, (bench) => bench.ask(method, fixed))
      return { score: mean(ndcg), state: Array.from(ndcg, (value) => 1 - value) }
    })
    if (trial.score !== null) losses.set(lambda, state as readonly number[])
  }
  if (stopped === 'trials') setting.goOn(candidates.length, candidates.length)
  const balance = findBalance((lambda) => losses.get(lambda) ?? [], {
    ...{ lambdas: [...losses.keys()], level, fewestExamples, resamples, seed },
  })
  const scoreAt = (lambda: number): number => 1 - mean(Float64Array.from(losses.get(lambda) ?? []))
  return {
    search: 'balance',
    method,
    best: { method, ...fixed, signals: weighEvidence(rules, balance.lambda) },
    decision: balance.decision === 'supervised' ? 'default' : 'tuned',
    metric: `ndcg@${k}`,
    score: scoreAt(balance.lambda),
    defaultScore: scoreAt(0),
    gain: balance.gain,
    balance,
    validation: objective.validation(rows, balance.examples),
    trials: [...trials.all].sort(bestFirst({ better: 'higher' })),
    stopped,
    labels,
    evidence: evidenceOf(rules),
  }
}

/** One table of both: nothing is chosen on one half here. */
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

function weighEvidence(rules: FullRules, lambda: number): FullRules {
  const weighed = (rule: ResolvedRule): ResolvedRule =>
    rule.role === 'evidence' ? { ...rule, weight: lambda * rule.weight } : rule
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, weighed(rule)]))
}

const evidenceOf = (rules: FullRules): string[] => Object.keys(rules).filter((name) => rules[name].role === 'evidence')

/** @throws {RivuletError} INVALID_OPTION without a label or without evidence */
function labelsOf(who: string, rules: FullRules): readonly string[] {
  const labels = Object.keys(rules).filter((name) => rules[name].role === 'label' && rules[name].weight > 0)
  if (labels.length > 0 && evidenceOf(rules).length > 0) return labels
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, option 'signals'`,
    expected: "at least one signal with role 'label' and a weight above 0, and one with role 'evidence'",
    got: Object.entries(rules)
      .map(([name, { role }]) => `${show(name)}: ${role}`)
      .join(', '),
    todo: "Say it: signals: { buy: { role: 'label' }, view: { role: 'evidence' } }.",
  })
}
