/** Holds labels out of a table of several signals, and scores graphs with given signal weights on them. */
import { on, type Algorithm, type Detached } from '../request/request.ts'
import { resolveInSlices } from '../data/infer-signals.ts'
import { checkInSlices, type Interactions } from '../data/interactions.ts'
import { readRule, type ResolvedRule, type Signals } from '../data/signal-rules.ts'
import { splitFingerprintInSlices } from '../evaluate/fingerprint.ts'
import { openInSlices, type Source } from '../network/open.ts'
import { tableInSlices } from '../ratings/predict-ratings.ts'
import { hashesInSlices } from '../support/content-hash.ts'
import { show } from '../support/errors.ts'
import type { Sliced } from '../support/pause.ts'
import { heldOutRows, type HoldOutOptions } from './hold-out.ts'
import { holdOutLabels, type LabelHoldOut } from './label-hold-out.ts'
import type { SearchFacts } from './trial-log.ts'
import type { Run } from './trials.ts'
import { ValidationBench } from './validation-bench.ts'

/** Rules by signal, with every field. */
export type FullRules = Readonly<Record<string, ResolvedRule>>

export interface SignalObjectiveOptions extends HoldOutOptions {
  readonly k: number
  readonly signals: Signals | null | undefined
}

export interface SignalObjective {
  readonly table: Interactions
  /** The rules from which the search starts. */
  readonly rules: FullRules
  /** Signals to predict. */
  readonly labels: readonly string[]
  readonly held: LabelHoldOut
  readonly facts: SearchFacts
  /** Opens the graph with these rules and evaluates it on the users of held-out rows. */
  ask<Result>(
    signals: FullRules | null,
    rows: Interactions,
    validationUsers: number,
    question: (bench: ValidationBench) => Algorithm<Result>,
  ): Detached<Result>
}

/**
 * @param labelsOf selects the labels among the signals, and throws if there are none
 * @throws {RivuletError} EMPTY_DATA, UNKNOWN_KEY for a signal, INVALID_OPTION, and what the source is refused for
 */
export function* openSignals(
  source: Source,
  options: SignalObjectiveOptions,
  { who, memoryLimitBytes }: Run,
  labelsOf: (rules: FullRules) => readonly string[],
): Sliced<SignalObjective> {
  const { k, seed, heldOutShare } = options
  const table = yield* checkInSlices(who, yield* tableInSlices(source, who))
  const rules = yield* fullRules(who, table, options.signals ?? 'auto')
  const labels = labelsOf(rules)
  const held = yield* holdOutLabels(who, table, labels, options)
  const { by, train } = held
  return {
    ...{ table, rules, labels, held },
    facts: { by, heldOutShare, k, seed, signals: rules, labels, data: yield* factsOf(held) },
    *ask(signals, rows, validationUsers, question) {
      const reading = { weighted: false, signals, direction: 'both', memoryLimitBytes } as const
      const network = yield* openInSlices(who, train, reading)
      const bench = new ValidationBench(who, yield* heldOutRows(network, train, rows), { k, validationUsers, seed })
      return yield* on(network, question(bench))
    },
  }
}

function* fullRules(who: string, table: Interactions, signals: Signals): Sliced<FullRules> {
  const rules = Object.entries((yield* resolveInSlices(who, table, signals)) ?? {})
  return Object.fromEntries(
    rules.map(([name, rule]) => [name, readRule(`${who}, option 'signals', ${show(name)}`, rule, false)]),
  )
}

/** Identifies these data in the log. */
function* factsOf({ train, search, validate }: LabelHoldOut): Sliced<object> {
  const fingerprint = yield* splitFingerprintInSlices(train, validate)
  const hashes = yield* hashesInSlices([search.user, search.item, train.signal, train.value, train.time])
  return { ...fingerprint, hashes }
}
