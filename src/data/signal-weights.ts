/**
 * Weights of interactions by the rules of their signals.
 *
 *   W_ui = sum over the named signals s of weight_s transform_s(v_s(u, i)) 2^(-age / halfLife_s)
 *
 * v_s the value of the pair's rows with signal s, merged as in signal-rules.ts; age counts from the newest row of the table.
 */
import { RivuletError, show } from '../support/errors.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import { spanIn } from './durations.ts'
import { requireOneUnit } from './time-units.ts'
import { mergeRows } from './clean.ts'
import { withoutColumn, type Interactions } from './interactions.ts'
import { readRule, type ResolvedRule, type SignalRules } from './signal-rules.ts'
import { transformValues } from './signal-transforms.ts'
import { takeInSlices, whereInSlices } from './take-rows.ts'

/** How the rows of a table become weights. */
export interface Weighing {
  /** Whether values are used if a rule does not say. */
  readonly weighted: boolean
  /** `null`: signals are not used. */
  readonly signals: SignalRules | null
}

/**
 * Rows with weights; the caller sums those of the same pair. `data` is `null` if every pair counts 1; values times weights of signals may be
 * outside the range of single precision.
 */
export interface WeighedRows {
  readonly user: Int32Array
  readonly item: Int32Array
  readonly data: Float32Array | Float64Array | null
}

/** With more half-lives the weight is 0: the row only counts as seen. */
const MOST_HALVINGS = 100

/**
 * The counted rows, with their weights. Rows of other signals than those named are left out; a named signal that the table lacks has no row.
 *
 * @throws {RivuletError} EMPTY_DATA when no row is left; INVALID_DATA for a value that a transform does not support, for a half-life on a table without times and for
 *   labels, seconds and centred values on one without values; INVALID_OPTION, UNKNOWN_OPTION inside a rule; INVALID_OPTION for a half-life as text if the times have no
 *   known unit.
 */
export const weighRows = (who: string, table: Interactions, weighing: Weighing): WeighedRows =>
  atOnce(weighInSlices(who, table, weighing))

/** As `weighRows`. */
export function* weighInSlices(who: string, table: Interactions, { weighted, signals }: Weighing): Sliced<WeighedRows> {
  if (signals === null) return { user: table.user, item: table.item, data: (weighted && table.value) || null }
  const valued = weighted && table.value !== undefined
  const parts: (WeighedRows & { readonly data: Float64Array })[] = []
  for (const [number, name] of table.signals.entries()) {
    if (!Object.hasOwn(signals, name)) continue
    const rule = readRule(`${who}, option 'signals', ${show(name)}`, signals[name], valued)
    parts.push(yield* weighSignal(who, table, number, rule))
  }
  const length = parts.reduce((sum, { data }) => sum + data.length, 0)
  if (length === 0) throw noRow(who, table, signals)
  const [user, item, data] = [new Int32Array(length), new Int32Array(length), new Float64Array(length)]
  let at = 0
  for (const part of parts) {
    user.set(part.user, at)
    item.set(part.item, at)
    data.set(part.data, at)
    at += part.data.length
  }
  return { user, item, data }
}

function* weighSignal(
  who: string,
  table: Interactions,
  number: number,
  rule: ResolvedRule,
): Sliced<WeighedRows & { readonly data: Float64Array }> {
  if (table.value === undefined && needsValues(rule)) throw withoutValues(who, table.signals[number], rule)
  const { signal } = table
  const rows = yield* whereInSlices(table.length, (row) => (signal?.[row] ?? 0) === number)
  const counted = yield* mergeByRole(who, yield* takeInSlices(table, rows), rule)
  const { user, item, time } = counted
  const values = yield* transformValues(who, table.signals[number], rule.transform, counted)
  const data = new Float64Array(values.length)
  const weigh = (from: number, to: number): void => {
    for (let row = from; row < to; row++) data[row] = rule.weight * values[row]
  }
  yield* inSlices(data.length, weigh)
  const { halfLife } = rule
  if (halfLife !== null) {
    if (table.time === undefined || time === undefined) throw withoutTime(who, table.signals[number])
    const times = yield* requireOneUnit(who, table.time)
    const { oldest, newest } = times
    const span =
      newest < oldest
        ? 1
        : spanIn(`${who}, option 'signals', ${show(table.signals[number])}, halfLife`, halfLife, times)
    const age = (from: number, to: number): void => {
      for (let row = from; row < to; row++) {
        const halvings = newest < oldest ? 0 : (newest - (Number.isNaN(time[row]) ? oldest : time[row])) / span
        data[row] *= halvings <= MOST_HALVINGS ? 2 ** -halvings : 0
      }
    }
    yield* inSlices(data.length, age, POWER_COST)
  }
  return { user, item, data }
}

/** Operations per power of two, without reading and writing. */
export const POWER_COST = 20

/** Without values, rows can be counted; stars and seconds cannot be replaced. */
const needsValues = ({ role, transform }: ResolvedRule): boolean =>
  transform === 'centred' || transform === 'dwell' || (transform === 'raw' && role === 'label')

/** One row per pair, except for raw evidence: its rows are summed in the matrix, each with its own age. */
function* mergeByRole(who: string, rows: Interactions, { role, transform }: ResolvedRule): Sliced<Interactions> {
  if (role === 'label' || transform === 'binary') return yield* mergeRows(who, rows, 'last')
  return transform === 'raw' ? rows : yield* mergeRows(who, rows, 'sum')
}

function noRow(who: string, { signals: known }: Interactions, rules: SignalRules): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who: `${who}, option 'signals'`,
    expected: `a row with signal ${Object.keys(rules).map(show).join(' or ')}`,
    got: 'none',
    todo: `Signals of this data: ${known.map(show).join(', ')}.`,
  })
}

function withoutValues(who: string, name: string, { role, transform }: ResolvedRule): RivuletError {
  const need = `, which transform '${transform}' of ${role === 'label' ? 'a label' : 'evidence'} needs`
  const todo = "Name the value column when reading, or use transform 'binary'."
  return withoutColumn(`${who}, option 'signals', ${show(name)}`, 'value', todo, need, { signal: name })
}

function withoutTime(who: string, name: string): RivuletError {
  const todo = 'Name the time column when reading, or leave halfLife out.'
  return withoutColumn(`${who}, option 'signals', ${show(name)}`, 'time', todo, ', which a half-life needs', {
    signal: name,
  })
}
