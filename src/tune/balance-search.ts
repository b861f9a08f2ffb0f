/** Searches how much evidence (views, plays) should weigh relative to labels (purchases, likes), and whether it helps at all. */
import { mean } from '../evaluate/significance.ts'
import type { Detached } from '../request/request.ts'
import { findBalance, type Balance } from '../calibrate/balance.ts'
import type { Source } from '../network/open.ts'
import type { RecommenderOptions } from '../recommend/request.ts'
import { resolveRecommender } from '../recommend/request.ts'
import type { MethodName, MethodOptions } from '../recommend/methods/methods.ts'
import { show } from '../support/errors.ts'
import type { Validation } from './hold-out.ts'
import type { Search } from './search.ts'
import { openSignals, type FullRules } from './signal-objective.ts'
import { readLog } from './trial-log.ts'
import { bestFirst, Trials, type Run } from './trials.ts'
import type { ResolvedTune } from './tune-options.ts'
import { refusedOption } from '../support/options.ts'

interface Weighed {
  readonly lambda: number
}

/** Result of the search for a balance. Evidence of weight 0 only marks items as seen. */
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
  /** Signals to predict: label signals with a weight above 0. */
  readonly labels: readonly string[]
  readonly evidence: readonly string[]
}

/** The weights of all evidence signals are multiplied by lambda; the defaults are lambda 0. */
export function* searchBalance(source: Source, options: ResolvedTune<'balance'>, run: Run): Detached<BalanceTuning> {
  const fixed: MethodOptions = options.options
  const method = options.method as MethodName
  resolveRecommender(run.who, { method, ...fixed })
  const objective = yield* openSignals(source, options, run, (rules) => labelsOf(run.who, rules))
  const { rules, labels, facts } = objective
  // The weight is decided by a confidence bound, so no half of the users is set aside to search on.
  const { by, seenPairs, heldOut } = objective.held
  const { log, lambdas, level, fewestExamples, resamples, seed, validationUsers, k } = options
  const header = { search: 'balance', method, options: fixed, ...facts, validationUsers }
  const memory = log && readLog(run.who, log, header)<Weighed>('')
  const candidates = [0, ...new Set(lambdas.filter((lambda) => lambda > 0))].sort((a, b) => a - b)
  const trials = new Trials<Weighed>(run, memory, { total: candidates.length, givenFirst: true })
  const losses = new Map<number, readonly number[]>()
  const lossesAt = (lambda: number): readonly number[] => losses.get(lambda) ?? []
  for (const [number, lambda] of candidates.entries()) {
    if (number > 0 && (lossesAt(0).length < fewestExamples || !trials.goOn())) break
    const question = { trial: number, options: { lambda }, resource: validationUsers }
    const { trial, state } = yield* trials.run(question, function* () {
      const signals = weighEvidence(rules, lambda)
      const { ndcg } = yield* objective.ask(signals, heldOut, validationUsers, (bench) => bench.ask(method, fixed))
      return { score: mean(ndcg), state: Array.from(ndcg, (value) => 1 - value) }
    })
    if (trial.score !== null) losses.set(lambda, state as readonly number[])
  }
  trials.finish()
  const deciding = { lambdas: [...losses.keys()], level, fewestExamples, resamples, seed }
  const balance = findBalance(lossesAt, deciding)
  const scoreAt = (lambda: number): number => 1 - mean(Float64Array.from(lossesAt(lambda)))
  return {
    search: 'balance',
    method,
    best: { ...({ method, ...fixed } as RecommenderOptions), signals: weighEvidence(rules, balance.lambda) },
    decision: balance.decision === 'supervised' ? 'default' : 'tuned',
    metric: `ndcg@${k}`,
    score: scoreAt(balance.lambda),
    defaultScore: scoreAt(0),
    gain: balance.gain,
    balance,
    validation: { by, examples: balance.examples, heldOut: heldOut.length, seenPairs },
    trials: bestFirst(trials.all),
    stopped: trials.stopped,
    labels,
    evidence: evidenceOf(rules),
  }
}

function weighEvidence(rules: FullRules, lambda: number): FullRules {
  const weighed = evidenceOf(rules).map((name) => [name, { ...rules[name], weight: lambda * rules[name].weight }])
  return { ...rules, ...Object.fromEntries(weighed) }
}

const evidenceOf = (rules: FullRules): string[] => Object.keys(rules).filter((name) => rules[name].role === 'evidence')

/** @throws {RivuletError} INVALID_OPTION without a label or without evidence */
function labelsOf(who: string, rules: FullRules): readonly string[] {
  const labels = Object.keys(rules).filter((name) => rules[name].role === 'label' && rules[name].weight > 0)
  if (labels.length > 0 && evidenceOf(rules).length > 0) return labels
  throw refusedOption(who, 'signals', {
    expected: "at least one signal with role 'label' and a weight above 0, and one with role 'evidence'",
    got: Object.entries(rules)
      .map(([name, { role }]) => `${show(name)}: ${role}`)
      .join(', '),
    todo: "Set the roles: signals: { buy: { role: 'label' }, view: { role: 'evidence' } }.",
  })
}
