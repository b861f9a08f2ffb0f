/** What the signals of a table are, by their names and values. */
import { DEFAULT_SIGNAL } from './table-builder.ts'
import { areSeconds, readSignalName } from './signal-names.ts'
import { checkInteractions, type Interactions } from './interactions.ts'
import { requireSignals, type ResolvedRule, type SignalRules, type Signals } from './signal-rules.ts'
import { weighRows } from './signal-weights.ts'
import { rowsWhere, takeRows } from './take-rows.ts'

/** A signal, what it is taken for, and the reason in a few words. */
export interface SignalDescription extends ResolvedRule {
  readonly name: string
  readonly rows: number
  /** Smallest and largest value; both 1 where there is none. */
  readonly smallest: number
  readonly largest: number
  readonly why: string
}

type Guess = Pick<ResolvedRule, 'role' | 'transform'> & { readonly sign: 1 | 0 | -1; readonly why: string }

/** The largest number on a scale of stars. */
const MOST_STARS = 10

/**
 * A rule for every signal that has rows, from the data itself. The rules are a start: print them (`describeSignals`), overrule what is wrong, and give
 * them back as option `signals`, or give 'auto' at once.
 *
 * Whole or half numbers up to 10 that mostly lie in the upper half of their range are stars, a label, unless the name says evidence. Other numbers
 * >= 0 are plays: evidence, by log1p. Missing or constant values are binary; then the name says whether it is a label (buy, like) or evidence (view,
 * cart). Names are read word by word. Weights make the mean edge of every signal weigh 1; below 0 for dislikes, 0 for
 * what is taken back or turned down (cancelled, removed, skipped, unpaid ...).
 */
export function inferSignals(table: Interactions): SignalRules {
  return Object.fromEntries(
    describeSignals(table).map(({ name, role, weight, transform, halfLife }) => [
      name,
      { role, weight, transform, halfLife },
    ]),
  )
}

/** The same with what led to it, one entry a signal with rows, in the table's order. */
export function describeSignals(table: Interactions): SignalDescription[] {
  return checkInteractions('describeSignals', table).signals.flatMap((name, number) => {
    const rows = rowsWhere(table.length, (row) => (table.signal?.[row] ?? 0) === number)
    if (rows.length === 0) return []
    const value = takeRows(table, rows).value
    const [smallest, largest] = value === undefined ? [1, 1] : rangeOf(value)
    const { sign, why, ...guess } = guessSignal(name, value, smallest, largest)
    const weight = sign === 0 ? 0 : sign * unitWeight(table, name, guess)
    return [{ name, rows: rows.length, smallest, largest, ...guess, weight, halfLife: null, why }]
  })
}

/** The rules that option `signals` means for a table. @throws {RivuletError} as `requireSignals`. */
export function resolveSignals(who: string, table: Interactions, signals: Signals | null): SignalRules | null {
  const rules = signals === 'auto' ? inferSignals(table) : signals
  requireSignals(who, table, rules)
  return rules
}

function guessSignal(name: string, value: Float32Array | undefined, smallest: number, largest: number): Guess {
  const { role: named, sign, said } = name === DEFAULT_SIGNAL ? UNNAMED : readSignalName(name)
  const role = named ?? 'evidence'
  if (value === undefined || smallest === largest)
    return { role, transform: 'binary', sign, why: `${value ? 'one value' : 'no values'}; ${said}` }
  const range = `${smallest} to ${largest}`
  if (smallest < 0) return { role: 'label', transform: 'raw', sign, why: `values ${range}: for and against` }
  if (areSeconds(name)) return { role: 'evidence', transform: 'dwell', sign, why: `${range} seconds; ${said}` }
  const hasSteps = value.every((v) => Number.isInteger(2 * v))
  if (named !== 'evidence' && hasSteps && largest <= MOST_STARS && medianOf(value) >= (smallest + largest) / 2) {
    return { role: 'label', transform: 'raw', sign, why: `stars: steps from ${range}, mostly in the upper half` }
  }
  return { role, transform: 'log1p', sign, why: `counts: ${range}; ${said}` }
}

const UNNAMED = { role: null, sign: 1, said: 'no name' } as const

/** What makes the mean edge weigh 1, to three digits. */
function unitWeight(table: Interactions, signal: string, rule: Pick<ResolvedRule, 'role' | 'transform'>): number {
  const { data } = weighRows('inferSignals', table, { weighted: false, signals: { [signal]: rule } })
  const edges = Float64Array.from(data ?? [1], Math.abs)
  const mean = edges.reduce((sum, weight) => sum + weight, 0) / edges.length
  return mean > 0 ? Number((1 / mean).toPrecision(3)) : 1
}

function rangeOf(value: Float32Array): [smallest: number, largest: number] {
  let [smallest, largest] = [Infinity, -Infinity]
  for (const v of value) {
    smallest = Math.min(smallest, v)
    largest = Math.max(largest, v)
  }
  return [smallest, largest]
}

const medianOf = (value: Float32Array): number => value.slice().sort()[Math.floor(value.length / 2)]
