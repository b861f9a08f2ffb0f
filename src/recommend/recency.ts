/**
 * Recency: items that are popular now rank before those that were popular earlier.
 *
 *   factor of item i = (r_i + e)^recency (d_i + 1/2)^popularity,   r_i = sum over the item's rows of 2^-((now - t) / halfLife)
 *
 * d_i rows of the item until `now`, e EPSILON times the mean r. Scores are multiplied by it, whatever the method: they stay linear in the profile. The factor is divided by the
 * mean of its logarithm over all rows, so that scores keep their size.
 */
import { findDrift, type Drift } from '../data/drift.ts'
import {
  countItems,
  EPSILON,
  spanOf,
  timedRows,
  usualSpan,
  type ItemCounts,
  type TimedRows,
  type TimeSpan,
} from '../data/timed-rows.ts'
import { areTwoUnits, describeUnits, twoUnits } from '../data/time-units.ts'
import { resolveSignals } from '../data/infer-signals.ts'
import { checkInteractions, withoutColumn, type Interactions } from '../data/interactions.ts'
import { sourceOptions } from '../method/source-options.ts'
import { atOnce } from '../support/drive.ts'
import { isDuration, isMoment, momentIn, spanIn, spanText, type Duration, type Moment } from '../data/durations.ts'
import { show, type RivuletError } from '../support/errors.ts'
import { either, oneOf, refusedOption, type Check } from '../support/options.ts'
import type { Sliced } from '../support/pause.ts'
import { needed, number, option, optional, resolve, type Given } from '../support/spec.ts'

const ruleOptions = {
  /** Span after which a row counts half, > 0: a number in the unit of the table's times, or '7d', '12h'. */
  halfLife: needed<Duration>(isDuration, "Give one, '7d' for example."),
  /** Exponent of recent rows, >= 0. Default 1. */
  recency: number(1, 0, 10),
  /** Exponent of all rows: below 0, what was popular once counts less. In [-10, 10]. Default -1: recent rows replace all rows. */
  popularity: number(-1, -10, 10),
}

/** A rule of recency. Plain JSON. */
export interface RecencyRule extends Given<typeof ruleOptions> {}

/** 'auto': from the drift of the data; `null`: none. */
export type Recency = 'auto' | null | RecencyRule

const isRule: Check = (value, who = 'recency') => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return "a rule such as { halfLife: '7d' }"
  resolve(who, ruleOptions, value)
  return null
}

export const recencyOptions = {
  /**
   * How much more recently popular items count. 'auto': as much as the past of the data suggests, and not at all without drift or without times;
   * `{ halfLife, recency, popularity }`: scores times (recent rows)^recency (all rows)^popularity, where the weight of a row halves with every half-life; null:
   * ignores times. Default 'auto'.
   */
  recency: option<Recency>('auto', either(oneOf('auto', null), isRule)),
  /**
   * The moment from which `recency` looks back, a number in the unit of the table's times, or a date such as '2013-09-01'; later rows are ignored for recency.
   * Default: the time after which the newest
   * 0.5 % of the rows lie; these count fully, so that a few wrong clocks do no harm.
   */
  now: optional<Moment>(isMoment),
}

/** Options of recency. */
export interface RecencyOptions extends Given<typeof recencyOptions> {}

/** Checked options of recency. */
export interface RecencyRequest {
  readonly recency: Recency
  readonly now: Moment | null
}

/** The recency of the items of a catalogue. */
export interface ItemRecency {
  /** Factors of scores and of popularity, shape (items); `null` for none. */
  readonly factors: Float32Array | null
  readonly drift: Drift | null
  /** `null` if times are not used. */
  readonly past: Past | null
  /** Notes for users; may be empty. */
  readonly notes: readonly string[]
}

/** The counted rows, and the factors at other moments. */
export interface Past {
  /** Later rows are ignored. */
  readonly until: number
  /** Factors, shape (items), of the rows until a moment, seen from another; `null` for no factors. */
  readonly factors: ((until: number, now: number) => Sliced<Float32Array>) | null
}

export const NO_RECENCY: ItemRecency = { factors: null, drift: null, past: null, notes: [] }

/**
 * Recency by the timed rows of a network, `null` for one without.
 *
 * @throws {RivuletError} INVALID_DATA for a rule, or a moment, without times, and for a rule on times of two units; INVALID_OPTION for a moment before all rows,
 *   or one beside recency null.
 */
export function* itemRecency(
  who: string,
  rows: TimedRows | null,
  { recency, now: asked }: RecencyRequest,
): Sliced<ItemRecency> {
  if (recency === null) {
    if (asked !== null) throw nothingLooksBack(who, asked)
    return NO_RECENCY
  }
  if (rows === null) {
    if (recency === 'auto' && asked === null) return NO_RECENCY
    const todo = `Name the time column when reading, or leave '${asked === null ? 'recency' : 'now'}' out.`
    throw withoutColumn(who, 'time', todo, `, which option '${asked === null ? 'recency' : 'now'}' needs`)
  }
  if (rows.fromAllTimes && recency === 'auto' && asked === null)
    return { ...NO_RECENCY, notes: ['recency: none, because rows were sampled from all times'] }
  return yield* lookBack(who, rows, recency, asked)
}

function* lookBack(
  who: string,
  rows: TimedRows,
  recency: Exclude<Recency, null>,
  asked: Moment | null,
): Sliced<ItemRecency> {
  const whole = yield* spanOf(rows, Infinity)
  const moment = asked === null ? null : momentIn(`${who}, option 'now'`, asked, whole)
  const span = moment === null ? whole : yield* spanOf(rows, moment)
  if (asked !== null && span.known === 0) throw beforeAll(who, asked)
  if (areTwoUnits(span)) {
    if (recency !== 'auto') throw twoUnits(who, span, ", for option 'recency'")
    return { ...NO_RECENCY, notes: [`recency: none, because times look like ${describeUnits(span)}`] }
  }
  if (span.known === 0) return NO_RECENCY
  const until = moment ?? span.newest
  // After the newest row, all rows decay alike, which changes no factor until they underflow.
  const soonest = moment === null ? null : Math.min(moment, span.newest)
  const about = aboutSpan(span)
  if (recency !== 'auto') {
    const now = soonest ?? (yield* usualSpan(rows, span)).to
    const { halfLife, ...exponents } = resolve(who, ruleOptions, recency)
    const factors = factorsBy(rows, spanIn(`${who}, option 'recency'`, halfLife, whole), exponents)
    const notes = [`recency: as it was given${about}`]
    return { factors: yield* factors(until, now), drift: null, past: { until, factors }, notes }
  }
  const usual = yield* usualSpan(rows, span)
  const drift = yield* findDrift(rows, until, span, usual)
  if (drift === null) {
    const notes = [`recency: no drift found in the times${about}`]
    return { ...NO_RECENCY, past: { until, factors: null }, notes }
  }
  const exponents = exponentsOf(drift)
  const factors = factorsBy(rows, drift.halfLife, exponents)
  const notes = [`recency: ${describe(drift, exponents, span)}${about}`]
  return { factors: yield* factors(until, soonest ?? usual.to), drift, past: { until, factors }, notes }
}

const factorsBy = (rows: TimedRows, halfLife: number, exponents: Exponents) =>
  function* (until: number, now: number): Sliced<Float32Array> {
    return factorsOf(yield* countItems(rows, until, now, halfLife), exponents)
  }

interface Exponents {
  readonly recency: number
  readonly popularity: number
}

/** Lower bound of the exponent of popularity, which is used as a unit below. */
const LEAST_STATIC = 0.5

/** Exponents relative to that of popularity without recency: then the factors are 1 without drift. */
function exponentsOf({ recency, popularity, static: still }: Drift): Exponents {
  const unit = Math.max(LEAST_STATIC, still)
  return { recency: recency / unit, popularity: (popularity - still) / unit }
}

/** A rule with numbers for all fields. */
export interface KnownRule extends Readonly<Record<'halfLife' | 'recency' | 'popularity', number>> {}

/** The rule found by 'auto'; `null` if it finds no drift. */
export const ruleOf = ({ drift }: Pick<ItemRecency, 'drift'>): KnownRule | null =>
  drift && { halfLife: drift.halfLife, ...exponentsOf(drift) }

const WHO = 'describeDrift'

export const driftOptions = {
  /** Rows after this moment are ignored; in the unit of the table's times. Default: all count. */
  now: recencyOptions.now,
  /** Weights of signals, as in `recommend`: rows with a weight of 0 or less are ignored. Default null: all count. */
  signals: sourceOptions.signals,
}

/** Options of `describeDrift`. */
export interface DriftOptions extends Given<typeof driftOptions> {}

/**
 * The drift of a catalogue that `recency: 'auto'` finds in a table, `null` for none.
 *
 * @throws {RivuletError} INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION, UNKNOWN_KEY
 */
export function describeDrift(table: Interactions, options?: DriftOptions): Drift | null {
  const { now, signals } = resolve(WHO, driftOptions, options)
  const weighing = { weighted: false, signals: resolveSignals(WHO, checkInteractions(WHO, table), signals) }
  const rows = atOnce(timedRows(table, weighing))
  return atOnce(itemRecency(WHO, rows, { recency: 'auto', now: now ?? null })).drift
}

const describe = (
  { halfLife, gain, error, windows }: Drift,
  { recency, popularity }: Exponents,
  span: TimeSpan,
): string =>
  `half-life ${spanText(halfLife, span)}, exponents ${recency.toFixed(2)} of recent and ${popularity.toFixed(2)} of all rows, found in ${windows} windows, gain ${gain.toFixed(3)} +- ${error.toFixed(3)} nats a row`

const aboutSpan = ({ unknown, later }: TimeSpan): string =>
  [
    ...(later > 0 ? [`${later} rows after 'now' do not count`] : []),
    ...(unknown > 0 ? [`${unknown} rows of unknown time count as old`] : []),
  ]
    .map((part) => `; ${part}`)
    .join('')

/** Limit of the logarithm of a factor, so that factors stay in the range of single precision. */
const MOST_LOG = 40

function factorsOf({ rows, recent }: ItemCounts, { recency, popularity }: Exponents): Float32Array {
  let [items, total, sum] = [0, 0, 0]
  for (let at = 0; at < rows.length; at++) {
    if (rows[at] === 0) continue
    items++
    total += rows[at]
    sum += recent[at]
  }
  const least = (EPSILON * sum) / Math.max(1, items)
  const logs = rows.map((count, at) => recency * Math.log(recent[at] + least) + popularity * Math.log(count + 0.5))
  const mean = logs.reduce((all, log, at) => (rows[at] === 0 ? all : all + (rows[at] / total) * log), 0)
  return Float32Array.from(logs, (log) => Math.exp(Math.min(MOST_LOG, Math.max(-MOST_LOG, log - mean))))
}

function nothingLooksBack(who: string, now: Moment): RivuletError {
  return refusedOption(who, 'now', {
    expected: 'no value beside recency: null, which uses no times',
    got: show(now),
    todo: 'Leave one of the two out.',
    details: { value: now },
  })
}

function beforeAll(who: string, now: Moment): RivuletError {
  return refusedOption(who, 'now', {
    expected: 'a moment not before the first row with a known time, in the unit of the times',
    got: show(now),
    todo: 'Give a later one, or leave it out; the default is about the newest row.',
    details: { value: now },
  })
}
