/** The rows of a table with the times of items: references to its columns, and which rows count. */
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import type { Interactions } from './interactions.ts'
import { readRule } from './signal-rules.ts'
import { POWER_COST, type Weighing } from './signal-weights.ts'
import { countUnit, noUnits, type UnitCounts } from './time-units.ts'

/** When items were taken, and by which users. */
export interface TimedRows {
  /** User row of each interaction, shape (length). */
  readonly user: Int32Array
  /** Item row of each, shape (length). */
  readonly item: Int32Array
  /** Time of each, NaN where unknown; shape (length). */
  readonly time: Float64Array
  /** Whether a row counts as its item being taken: not if its weight is 0 or less, or if it is left out. */
  readonly counts: (row: number) => boolean
  readonly userCount: number
  readonly itemCount: number
  /** Whether the rows are drawn from all times, so that none of them is current. */
  readonly fromAllTimes: boolean
}

/**
 * The timed rows of a table; `null` if no row has a known time. A row counts if its signal's weight is above 0 and, if values are used untransformed, its value is
 * above 0.
 */
export function* timedRows(table: Interactions, { weighted, signals }: Weighing): Sliced<TimedRows | null> {
  const { user, item, time, value, signal, fromAllTimes = false } = table
  if (time === undefined) return null
  let isKnown = false
  const meet = (from: number, to: number): void => {
    for (let row = from; row < to && !isKnown; row++) isKnown = !Number.isNaN(time[row])
  }
  yield* inSlices(time.length, meet)
  if (!isKnown) return null
  const rules = table.signals.map((name) => {
    if (signals === null) return { weight: 1, isRaw: weighted }
    if (!Object.hasOwn(signals, name)) return { weight: 0, isRaw: false }
    const { weight, transform } = readRule('signals', signals[name], weighted)
    return { weight, isRaw: transform === 'raw' }
  })
  const values = value !== undefined && rules.some(({ isRaw }) => isRaw) ? value : undefined
  const isPlain = values === undefined && rules.every(({ weight }) => weight > 0)
  const counts = (row: number): boolean => {
    const { weight, isRaw } = rules[signal?.[row] ?? 0]
    return weight > 0 && !(isRaw && values !== undefined && values[row] <= 0)
  }
  const [userCount, itemCount] = [table.users.size, table.items.size]
  return { user, item, time, counts: isPlain ? () => true : counts, userCount, itemCount, fromAllTimes }
}

/** Counts of items until a moment, shape (items) each. */
export interface ItemCounts {
  /** All rows; those of unknown time are old. */
  readonly rows: Float64Array
  /** Rows of known time, each 2^-(age / half-life). */
  readonly recent: Float64Array
}

/**
 * Counts items until a moment; later rows are ignored.
 *
 * @param now rows at this moment or later count fully
 * @param halfLife in the unit of the times, > 0
 */
export function* countItems(
  { item, time, counts, itemCount }: TimedRows,
  until: number,
  now: number,
  halfLife: number,
): Sliced<ItemCounts> {
  const [rows, recent] = [new Float64Array(itemCount), new Float64Array(itemCount)]
  const count = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (time[row] > until || !counts(row)) continue
      rows[item[row]]++
      if (!Number.isNaN(time[row])) recent[item[row]] += 2 ** (Math.min(0, time[row] - now) / halfLife)
    }
  }
  yield* inSlices(time.length, count, SCATTERED + POWER_COST)
  return { rows, recent }
}

/** The known times of counted rows. */
export interface TimeSpan extends UnitCounts {
  /** Earliest and latest known time until then. */
  readonly oldest: number
  readonly newest: number
  /** Numbers of counted rows until then, of known time and of unknown time, and of rows after it. */
  readonly known: number
  readonly unknown: number
  readonly later: number
}

/** @param until later rows are ignored; Infinity for all */
export function* spanOf({ time, counts }: TimedRows, until: number): Sliced<TimeSpan> {
  const span = { oldest: Infinity, newest: -Infinity, known: 0, unknown: 0, later: 0, ...noUnits() }
  const meet = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (!counts(row)) continue
      const at = time[row]
      if (Number.isNaN(at)) span.unknown++
      else if (at > until) span.later++
      else span.known++
      if (at > until || Number.isNaN(at)) continue
      if (at < span.oldest) span.oldest = at
      if (at > span.newest) span.newest = at
      countUnit(span, at)
    }
  }
  yield* inSlices(time.length, meet, SCATTERED)
  return span
}

/** Fraction of the rows at either end of time that is ignored: clocks may be wrong, and few users may be active there. */
const MISTAKEN = 1 / 200

/** The moments between which all known times lie except a fraction of MISTAKEN at either end. */
export interface UsualSpan {
  readonly from: number
  readonly to: number
}

/** Takes ten passes over the rows. */
export function* usualSpan(rows: TimedRows, span: TimeSpan): Sliced<UsualSpan> {
  const skipped = Math.floor(MISTAKEN * span.known)
  return {
    from: yield* timeOfRank(rows, span, skipped),
    to: yield* timeOfRank(rows, span, Math.max(0, span.known - 1 - skipped)),
  }
}

const BINS = 1024
/** Passes over the rows, each of which narrows the range of a moment by a factor of BINS. */
const NARROWINGS = 5

/** The time of the row of that rank, to within the span over BINS^NARROWINGS, in constant memory and in any order of rows. */
function* timeOfRank({ time, counts }: TimedRows, { oldest, newest }: TimeSpan, rank: number): Sliced<number> {
  let [low, high, left] = [oldest, newest, rank]
  for (let pass = 0; pass < NARROWINGS && low < high; pass++) {
    const bins = new Float64Array(BINS)
    const [start, width] = [low, (high - low) / BINS]
    const binOf = (at: number): number => Math.min(BINS - 1, Math.floor((at - start) / width))
    const [first, last] = [low, high]
    const meet = (from: number, to: number): void => {
      for (let row = from; row < to; row++)
        if (time[row] >= first && time[row] <= last && counts(row)) bins[binOf(time[row])]++
    }
    yield* inSlices(time.length, meet, SCATTERED)
    let bin = 0
    while (bin < BINS - 1 && left >= bins[bin]) left -= bins[bin++]
    ;[low, high] = [start + bin * width, Math.min(last, start + (bin + 1) * width)]
  }
  return high
}

/** Fewer rows of known time do not predict later ones. */
export const LEAST_ROWS = 1000

/** Factor of the mean of recent counts, for items without any. */
export const EPSILON = 0.05
