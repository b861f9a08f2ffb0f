/** What is held out of a source to validate candidates on, when the caller does not bring it: by time where there is time. */
import { checkInSlices, checkInteractions, isTable, type Interactions } from '../data/interactions.ts'
import { readRule, type SignalRules, type Signals } from '../data/signal-rules.ts'
import { splitFingerprintInSlices } from '../evaluate/fingerprint.ts'
import { openInSlices, type Source } from '../network/open.ts'
import { tableInSlices } from '../ratings/predict-ratings.ts'
import { hashInSlices } from '../support/content-hash.ts'
import { holdOutFor, type HoldOut } from './hold-out.ts'
import type { Validation } from './objective.ts'
import { leaveLastOutInSlices, splitByTimeInSlices, splitRandomInSlices, type Split } from '../data/split.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import type { Check } from '../support/options.ts'
import type { Sliced } from '../support/pause.ts'

/** How validation is held out, or a table that is. */
export type ValidationChoice = 'auto' | HeldOutBy | Interactions

export type HeldOutBy = 'time' | 'leave-last-out' | 'random'

const WAYS: readonly unknown[] = ['auto', 'time', 'leave-last-out', 'random']

export const isValidationChoice: Check = (value) => {
  if (isTable(value)) {
    checkInteractions("option 'validation'", value)
    return null
  }
  return WAYS.includes(value) ? null : "'auto', 'time', 'leave-last-out', 'random', or a table of interactions"
}

/** 'auto': the latest where anything is known of time, and a random share otherwise. */
export function heldOutBy(choice: 'auto' | HeldOutBy, { time }: Interactions): HeldOutBy {
  if (choice !== 'auto') return choice
  return time?.some((at) => !Number.isNaN(at)) === true ? 'time' : 'random'
}

/** @throws {RivuletError} INVALID_DATA for 'time' without a time column, EMPTY_DATA */
export function cutTable(table: Interactions, by: HeldOutBy, share: number, seed: number): Sliced<Split> {
  if (by === 'time') return splitByTimeInSlices(table, { testFraction: share })
  return by === 'random' ? splitRandomInSlices(table, { testFraction: share, seed }) : leaveLastOutInSlices(table)
}

/**
 * The rows that say what should be found: those of signals of role 'label' where there are any, with a weight above 0; and a value above 0 where values
 * weigh. Without rules all are wanted.
 */
export function* wantedRows(table: Interactions, signals: SignalRules | null, weighted: boolean): Sliced<Interactions> {
  const rules = Object.entries(signals ?? {}).map(([name, rule]) => ({ name, ...readRule('tune', rule, weighted) }))
  const above = rules.filter(({ weight }) => weight > 0)
  const labels = above.filter(({ role }) => role === 'label')
  const names = (labels.length > 0 ? labels : above).map(({ name }) => name)
  const wanted = table.signals.map((name) => signals === null || names.includes(name))
  const { signal, value, length } = table
  const counts = weighted && value !== undefined ? (row: number): boolean => value[row] > 0 : (): boolean => true
  const rows = yield* whereInSlices(length, (row) => wanted[signal?.[row] ?? 0] && counts(row))
  return yield* takeInSlices(table, rows)
}

/** What a source is read by, and what is held out of it. */
export interface HeldOutOptions {
  readonly validation: ValidationChoice
  readonly heldOutShare: number
  readonly seed: number
  readonly weighted: boolean
  readonly signals: Signals | null
  readonly memoryLimitBytes: number
}

/** A network of what may be learnt from, with what should be found. */
export interface HeldOut {
  readonly by: Validation['by']
  readonly held: HoldOut
  /** What tells these data from others. */
  readonly data: object
}

/** @throws {RivuletError} EMPTY_DATA when nothing is held out, and what the source is refused for. */
export function* openHeldOut(who: string, source: Source, options: HeldOutOptions): Sliced<HeldOut> {
  const { weighted, signals, memoryLimitBytes } = options
  const { train, test, by } = yield* cutSource(who, source, options)
  const network = yield* openInSlices(who, train, { weighted, signals, direction: 'both', memoryLimitBytes })
  const wanted = yield* wantedRows(test, network.weighing.signals, weighted)
  const held = yield* holdOutFor(who, network, { ...options, validation: wanted })
  const { data } = yield* network.rows.whole()
  const fingerprint = yield* splitFingerprintInSlices(yield* tableInSlices(train), wanted)
  return { by, held, data: { ...fingerprint, weights: yield* hashInSlices(data) } }
}

function* cutSource(
  who: string,
  source: Source,
  { validation, heldOutShare, seed }: HeldOutOptions,
): Sliced<{ readonly train: Source; readonly test: Interactions; readonly by: Validation['by'] }> {
  if (isTable(validation)) return { train: source, test: validation, by: 'table' }
  const table = yield* checkInSlices(who, yield* tableInSlices(source))
  const by = heldOutBy(validation, table)
  return { by, ...(yield* cutTable(table, by, heldOutShare, seed)) }
}
