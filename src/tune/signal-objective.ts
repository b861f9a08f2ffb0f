/** Labels that are held out of a table of several signals, and how graphs rank them in which signals weigh this or that. */
import { on, type Algorithm, type Detached } from '../request/request.ts'
import { resolveInSlices } from '../data/infer-signals.ts'
import { checkInSlices, type Interactions } from '../data/interactions.ts'
import { readRule, type Signals } from '../data/signal-rules.ts'
import { splitFingerprintInSlices } from '../evaluate/fingerprint.ts'
import { openInSlices, type Source } from '../network/open.ts'
import { tableInSlices } from '../ratings/predict-ratings.ts'
import { hashInSlices } from '../support/content-hash.ts'
import { show } from '../support/errors.ts'
import type { Sliced } from '../support/pause.ts'
import { heldOutRows } from './hold-out.ts'
import { holdOutLabels, type LabelHoldOut, type LabelHoldOutOptions } from './label-hold-out.ts'
import type { Validation } from './objective.ts'
import type { FullRules } from './signal-moves.ts'
import type { SearchFacts } from './trial-log.ts'
import { ValidationBench } from './validation-bench.ts'

export interface SignalObjectiveOptions extends LabelHoldOutOptions {
  readonly k: number
  readonly signals: Signals
  readonly memoryLimitBytes: number
}

export class SignalObjective {
  readonly table: Interactions
  /** What the signals mean before anything is searched. */
  readonly rules: FullRules
  /** Signals that say what is to be found. */
  readonly labels: readonly string[]
  readonly held: LabelHoldOut
  readonly facts: SearchFacts
  readonly #who: string
  readonly #options: SignalObjectiveOptions

  private constructor(who: string, options: SignalObjectiveOptions, opened: Opened) {
    this.#who = who
    this.#options = options
    this.table = opened.table
    this.rules = opened.rules
    this.labels = opened.labels
    this.held = opened.held
    this.facts = opened.facts
  }

  /**
   * @param labelsOf the labels among the signals, or what is thrown where there is none
   * @throws {RivuletError} EMPTY_DATA, UNKNOWN_KEY for a signal, INVALID_OPTION, and what the source is refused for
   */
  static *open(
    who: string,
    source: Source,
    options: SignalObjectiveOptions,
    labelsOf: (rules: FullRules) => readonly string[],
  ): Sliced<SignalObjective> {
    const { k, seed, heldOutShare } = options
    const table = yield* checkInSlices(who, yield* tableInSlices(source))
    const rules = yield* fullRules(who, table, options.signals)
    const labels = labelsOf(rules)
    const held = yield* holdOutLabels(who, table, labels, options)
    const facts = { by: held.by, heldOutShare, k, seed, signals: rules, labels, data: yield* factsOf(held) }
    return new SignalObjective(who, options, { table, rules, labels, held, facts })
  }

  /** @param rows those that are held out of it */
  validation(rows: Interactions, examples: number): Validation {
    const { by, seenPairs } = this.held
    return { by, examples, heldOut: rows.length, seenPairs }
  }

  /** Asks the users of held-out rows, on a graph of its own. */
  *ask<Result>(
    signals: FullRules | null,
    rows: Interactions,
    validationUsers: number,
    question: (bench: ValidationBench) => Algorithm<Result>,
  ): Detached<Result> {
    const { train } = this.held
    const { k, seed, memoryLimitBytes } = this.#options
    const reading = { weighted: false, signals, direction: 'both', memoryLimitBytes } as const
    const network = yield* openInSlices(this.#who, train, reading)
    const held = yield* heldOutRows(network, train.users, train.items, rows)
    const bench = new ValidationBench(this.#who, held, { k, validationUsers, seed })
    return yield* on(network, question(bench))
  }
}

type Opened = Pick<SignalObjective, 'table' | 'rules' | 'labels' | 'held' | 'facts'>

function* fullRules(who: string, table: Interactions, signals: Signals): Sliced<FullRules> {
  const rules = (yield* resolveInSlices(who, table, signals)) ?? {}
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [
      name,
      readRule(`${who}, option 'signals', ${show(name)}`, rule, false),
    ]),
  )
}

/** What tells these data from others. */
function* factsOf({ train, search, validate }: LabelHoldOut): Sliced<object> {
  const fingerprint = yield* splitFingerprintInSlices(train, validate)
  const hashes: (string | null)[] = []
  for (const part of [search.user, search.item, train.signal, train.value, train.time])
    hashes.push(yield* hashInSlices(part))
  return { ...fingerprint, hashes }
}
