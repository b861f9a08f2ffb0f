import { RivuletError, show } from '../support/errors.ts'
import { requireRow, GrowingKeyIndex } from '../support/key-index.ts'
import { checkOption, isIterable, isString } from '../support/options.ts'
import { anyFields } from '../support/shape.ts'
import { asTable, checkInteractions, type Interactions } from './interactions.ts'
import { rowsWhere, takeRows } from './take-rows.ts'

/**
 * The rows with one of the named signals, over the same users and items; the signals are then numbered in the given order.
 *
 * @throws {RivuletError} UNKNOWN_KEY for an unknown signal, EMPTY_DATA when no row is left
 */
export function selectSignals(table: Interactions, names: readonly string[]): Interactions {
  const who = 'selectSignals'
  const known = GrowingKeyIndex.from(checkInteractions(who, table).signals)
  checkOption(who, 'names', names, isIterable)
  const numbers = new Int32Array(table.signals.length).fill(-1)
  const wanted = [...new Set(names)]
  wanted.forEach((name, number) => (numbers[requireRow(who, 'a signal', known, name)] = number))
  const { signal } = table
  const rows = rowsWhere(table.length, (row) => numbers[signal?.[row] ?? 0] >= 0)
  if (rows.length === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who,
      expected: `a row with signal ${wanted.map(show).join(' or ')}`,
      got: 'none',
      todo: `Signals of this table: ${table.signals.map(show).join(', ')}.`,
    })
  }
  const taken = takeRows(table, rows)
  const renumbered = taken.signal?.map((number) => numbers[number]) ?? new Uint8Array(rows.length).fill(numbers[0])
  return asTable({ ...taken, signals: wanted, signal: renumbered })
}

/**
 * The table with renamed signals; those not mentioned keep their names.
 *
 * @throws {RivuletError} UNKNOWN_KEY for an unknown signal, INVALID_OPTION when two would have the same name
 */
export function renameSignals(table: Interactions, names: Readonly<Record<string, string>>): Interactions {
  const who = 'renameSignals'
  const known = GrowingKeyIndex.from(checkInteractions(who, table).signals)
  checkOption(who, 'names', names, anyFields)
  const signals = [...table.signals]
  for (const [name, called] of Object.entries(names)) {
    checkOption(who, name, called, isString)
    signals[requireRow(who, 'a signal', known, name)] = called
  }
  if (new Set(signals).size === signals.length) return asTable({ ...table, signals })
  throw new RivuletError('INVALID_OPTION', {
    who,
    expected: 'different names for different signals',
    got: signals.map(show).join(', '),
    todo: 'Give them different names, or select one of them.',
  })
}
