/**
 * Training and validation data of recommenders: several consecutive windows of time, each trained on everything before it, or one part held out in another way.
 *
 * A single window shows one period, whose demand may not recur; several show what holds in general.
 */
import { checkInSlices, isTable, type Interactions } from '../data/interactions.ts'
import { splitRollingInSlices } from '../data/rolling.ts'
import { readRule, type SignalRules, type Signals } from '../data/signal-rules.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import { splitFingerprintInSlices } from '../evaluate/fingerprint.ts'
import { openInSlices, type Source } from '../network/open.ts'
import { tableInSlices } from '../ratings/predict-ratings.ts'
import { Catalogue } from '../recommend/catalogue.ts'
import { hashInSlices } from '../support/content-hash.ts'
import type { Sliced } from '../support/pause.ts'
import {
  cutTable,
  heldOutRows,
  nothingHeldOut,
  wayToCut,
  type HoldOut,
  type HoldOutOptions,
  type Validation,
} from './hold-out.ts'

/** Most windows of time. */
const WINDOWS = 3
/** Fewest held-out rows of a window, and most training rows of all windows together: each window has its own matrix. */
const [LEAST_TESTED, MOST_LEARNT] = [500, 6e6]

/** Windows of training and held-out data. */
export interface HeldOut {
  readonly by: Validation['by']
  /** At least one; the earliest first. */
  readonly windows: readonly Window[]
  /** Pairs of a validation table that the source holds. */
  readonly seenPairs: number
  /** Identifies these data in the log. */
  readonly data: object
}

export interface Window extends HoldOut {
  /** Earliest and latest time of the held-out rows; `null` if they are not cut by time. */
  readonly span: { readonly from: number; readonly to: number } | null
}

/** The parts of `HeldOut` that `validationOf` describes. */
interface ToldHeldOut extends Pick<HeldOut, 'by' | 'seenPairs'> {
  readonly windows: readonly { readonly span: Window['span']; readonly indices: ArrayLike<number> }[]
}

/** @param examples number of examples in each window */
export function validationOf({ by, windows, seenPairs }: ToldHeldOut, examples: readonly number[]): Validation {
  const all = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
  const heldOut = all(windows.map(({ indices }) => indices.length))
  const told = windows.flatMap(({ span, indices }, at) =>
    span === null ? [] : [{ ...span, examples: examples[at], heldOut: indices.length }],
  )
  return { by, examples: all(examples), heldOut, seenPairs, ...(told.length > 0 && { windows: told }) }
}

/** How training rows become a network. */
export interface ReadingOptions {
  readonly weighted: boolean
  readonly signals: Signals | null
  readonly memoryLimitBytes: number
}

/** @throws {RivuletError} EMPTY_DATA when nothing is held out, and what the source is refused for. */
export function* openHeldOut(
  who: string,
  source: Source,
  { memoryLimitBytes, ...options }: HoldOutOptions & ReadingOptions,
): Sliced<HeldOut> {
  const table = yield* checkInSlices(who, yield* tableInSlices(source, who))
  const { by, parts } = yield* cutWindows(who, table, options)
  const windows: Window[] = []
  const data: object[] = []
  let seenPairs = 0
  for (const part of parts) {
    // All windows are in memory at once.
    const reading = { ...options, memoryLimitBytes: memoryLimitBytes / parts.length }
    const { window, facts } = yield* openWindow(who, part, by, reading)
    seenPairs += window.seenPairs
    if (window.indices.length === 0) continue
    windows.push(window)
    data.push(facts)
  }
  if (windows.length === 0) throw nothingHeldOut(who, 'interactions', seenPairs)
  return { by, windows, seenPairs, data: data.length === 1 ? data[0] : { windows: data } }
}

export interface TrainAndTest {
  readonly train: Interactions
  readonly test: Interactions
}

/** Several windows of time if there are enough rows, otherwise one part. */
export function* cutWindows(
  who: string,
  table: Interactions,
  options: HoldOutOptions,
): Sliced<{ readonly by: Validation['by']; readonly parts: readonly TrainAndTest[] }> {
  const { validation, heldOutShare } = options
  const folds = windowsOf(table.length, heldOutShare)
  if (!isTable(validation) && folds > 1 && (yield* wayToCut(table, validation)) === 'time')
    return { by: 'time', parts: yield* splitRollingInSlices(table, { folds, testFraction: heldOutShare }, who) }
  const { by, train, test } = yield* cutTable(who, table, options)
  return { by, parts: [{ train, test }] }
}

/** Number of windows of time: enough rows to test in each, few enough in all to train on. */
export const windowsOf = (rows: number, heldOutShare: number): number =>
  Math.max(1, Math.min(WINDOWS, Math.floor((heldOutShare * rows) / LEAST_TESTED), Math.floor(MOST_LEARNT / rows)))

function* openWindow(
  who: string,
  { train, test }: TrainAndTest,
  by: Validation['by'],
  { weighted, signals, memoryLimitBytes }: ReadingOptions,
): Sliced<{ readonly window: Window; readonly facts: object }> {
  const network = yield* openInSlices(who, train, { weighted, signals, direction: 'both', memoryLimitBytes })
  const wanted = yield* wantedRows(test, network.weighing.signals, weighted)
  const held = yield* heldOutRows(network, Catalogue.of(who, network), wanted)
  const { data } = yield* network.rows.whole()
  const fingerprint = yield* splitFingerprintInSlices(train, wanted)
  return {
    window: { ...held, span: by === 'time' ? spanOf(wanted) : null },
    facts: { ...fingerprint, weights: yield* hashInSlices(data) },
  }
}

/** Earliest and latest known time; `null` if none is known. */
export function spanOf({ time }: Interactions): Window['span'] {
  let [from, to] = [Infinity, -Infinity]
  time?.forEach((at) => {
    if (at < from) from = at
    if (at > to) to = at
  })
  return from <= to ? { from, to } : null
}

/**
 * The rows that a recommender should predict: those of signals with role 'label' (of all signals if there is none) and a weight above 0; with a value above 0 if
 * values are weights. Without rules all rows.
 */
function* wantedRows(table: Interactions, signals: SignalRules | null, weighted: boolean): Sliced<Interactions> {
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
