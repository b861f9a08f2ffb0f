/**
 * What an interaction weighs by the name of its signal.
 *
 *   W_ui = sum over the named signals s of weights[s] n_s(u, i)
 *
 * n_s the sum of the values of the pair's rows with signal s where values weigh, and otherwise 1 if there is such a row.
 */
import { RivuletError, show } from '../support/errors.ts'
import { nearestOf, type Check } from '../support/options.ts'
import { mergeDuplicates } from './clean.ts'
import type { Interactions } from './interactions.ts'
import { rowsWhere, takeRows } from './take-rows.ts'

/** Weights by the names of signals, finite; below 0 for what speaks against an item. */
export type SignalWeights = Readonly<Record<string, number>>

/** How the rows of a table become weights. */
export interface Weighing {
  /** Whether values weigh. */
  readonly weighted: boolean
  /** `null`: signals do not matter. */
  readonly signals: SignalWeights | null
}

/** Rows with weights; those of the same pair are to be summed. `data` is `null` where every pair counts 1. */
export interface WeighedRows {
  readonly user: Int32Array
  readonly item: Int32Array
  readonly data: Float32Array | null
}

/** Option `signals`; `null` is "not given". */
export const isSignalWeights: Check = (value) => {
  const expected = 'finite weights by the names of signals, at least one'
  if (value === null) return null
  if (typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length === 0) return expected
  return Object.values(value).every((weight) => typeof weight === 'number' && isFinite32(weight)) ? null : expected
}

/**
 * Checks that a table knows the signals that weights are given for.
 *
 * @throws {RivuletError} UNKNOWN_KEY naming those that it knows.
 */
export function requireSignals(who: string, { signals: known }: Interactions, weights: SignalWeights | null): void {
  for (const name of Object.keys(weights ?? {})) {
    if (known.includes(name)) continue
    const nearest = nearestOf(name, known)
    throw new RivuletError(
      'UNKNOWN_KEY',
      {
        who: `${who}, option 'signals'`,
        expected: `signals of this data: ${known.map(show).join(', ')}`,
        got: show(name),
        todo: `Did you mean ${show(nearest)}?`,
      },
      { key: name, nearest },
    )
  }
}

/**
 * The rows that count, with their weights. Rows whose signal is not named are left out; a named signal that the table lacks has no row.
 *
 * @throws {RivuletError} EMPTY_DATA when no row is left, INVALID_DATA for a weight beyond single precision.
 */
export function weighRows(who: string, table: Interactions, { weighted, signals }: Weighing): WeighedRows {
  if (signals === null) return { user: table.user, item: table.item, data: (weighted && table.value) || null }
  const weightOf = table.signals.map((name) => (Object.hasOwn(signals, name) ? signals[name] : undefined))
  const rows = rowsWhere(table.length, (row) => weightOf[table.signal?.[row] ?? 0] !== undefined)
  if (rows.length === 0) throw noRow(who, table, signals)
  const named = takeRows(table, rows)
  const counted = weighted && table.value !== undefined ? named : mergeDuplicates(named, { rule: 'first' })
  const { user, item, signal, value } = counted
  const data = Float32Array.from(
    user,
    (_, row) => (weightOf[signal?.[row] ?? 0] ?? 0) * (weighted && value !== undefined ? value[row] : 1),
  )
  const row = data.findIndex((weight) => !Number.isFinite(weight))
  if (row >= 0) throw tooLarge(who, counted, row)
  return { user, item, data }
}

const isFinite32 = (value: number): boolean => Number.isFinite(Math.fround(value))

function noRow(who: string, { signals: known }: Interactions, weights: SignalWeights): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who: `${who}, option 'signals'`,
    expected: `a row with signal ${Object.keys(weights).map(show).join(' or ')}`,
    got: 'none',
    todo: `Signals of this data: ${known.map(show).join(', ')}.`,
  })
}

function tooLarge(who: string, { users, items, user, item }: Interactions, row: number): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, user ${show(users.keyOf(user[row]))}, item ${show(items.keyOf(item[row]))}`,
    expected: 'value times weight of the signal within single precision',
    got: 'more',
    todo: "Lower the weights of option 'signals'.",
  })
}
