import { RivuletError, show } from '../support/errors.ts'
import { anything, resolveOptions } from '../support/options.ts'
import { DenseKeyIndex, GrowingKeyIndex, requireRow } from '../support/key-index.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { idOf } from './cells.ts'
import { checkInteractions } from './interactions.ts'
import type { Interactions } from './interactions.ts'
import { DEFAULT_SIGNAL } from './table-builder.ts'

/** A column of ids (any array of text or numbers) or of row numbers (a typed array). */
export type KeyColumn = Int32Array | Uint32Array | readonly (string | number | bigint)[]

/** Interactions column by column; all columns have the same length. */
export interface InteractionColumns {
  readonly user: KeyColumn
  readonly item: KeyColumn
  /** Weights, finite; a `Float32Array` is used as it is. Default none: every row weighs 1. */
  readonly value?: Float32Array | ArrayLike<number> | undefined
  /** Numbers into `signals`, or the signals' names. Default none: all rows carry the first signal. */
  readonly signal?: Uint8Array | readonly string[] | undefined
  /** Names of the signals in order of their numbers; needed with a `Uint8Array`. Default: names in order of appearance, or ['interaction']. */
  readonly signals?: readonly string[] | undefined
  /** Times in your unit, NaN where unknown; a `Float64Array` is used as it is. Default none. */
  readonly time?: Float64Array | ArrayLike<number> | undefined
  /** Index that the user column speaks of: row numbers if the column is typed, ids it must know otherwise. Default: made from the column. */
  readonly users?: KeyIndex | undefined
  /** The same for items. */
  readonly items?: KeyIndex | undefined
}

const CHECKS = {
  user: anything,
  item: anything,
  value: anything,
  signal: anything,
  signals: anything,
  time: anything,
  users: anything,
  items: anything,
} as const

/**
 * Interactions from columns, without a copy where the types allow it.
 *
 * A typed column of users or items holds row numbers: with no index given they name themselves ('0', '1' ... up to the largest).
 * A plain array holds ids (`1` and '1' are the same id), numbered in order of first appearance.
 *
 * @throws {RivuletError} INVALID_DATA naming the column and row; EMPTY_DATA without a row; UNKNOWN_KEY for an id that the given index does not know
 */
export function fromColumns(columns: InteractionColumns): Interactions {
  const who = 'fromColumns'
  const given = resolveOptions(who, columns, {} as InteractionColumns, CHECKS)
  const user = keyColumn(who, 'user', given.user, given.users)
  const item = keyColumn(who, 'item', given.item, given.items)
  const { signal, signals } = signalColumn(who, given)
  const { value, time } = given
  return checkInteractions(who, {
    users: user.index,
    items: item.index,
    user: user.rows,
    item: item.rows,
    ...(value !== undefined && { value: value instanceof Float32Array ? value : Float32Array.from(value) }),
    ...(signal !== undefined && { signal }),
    signals,
    ...(time !== undefined && { time: time instanceof Float64Array ? time : Float64Array.from(time) }),
    length: user.rows.length,
  })
}

function keyColumn(
  who: string,
  name: string,
  column: KeyColumn,
  index?: KeyIndex,
): { rows: Int32Array; index: KeyIndex } {
  if (column instanceof Int32Array || column instanceof Uint32Array) {
    // A row number above 2^31 turns negative in this view and is refused with the other rows out of range.
    const rows = column instanceof Int32Array ? column : new Int32Array(column.buffer, column.byteOffset, column.length)
    return { rows, index: index ?? new DenseKeyIndex(largest(rows) + 1) }
  }
  if (!Array.isArray(column)) {
    throw new RivuletError('INVALID_DATA', {
      who: `${who}, column '${name}'`,
      expected: 'an array of ids, or an Int32Array or Uint32Array of row numbers',
      got: show(column),
      todo: `Give the ${name}s of all rows.`,
    })
  }
  const rows = new Int32Array(column.length)
  const growing = new GrowingKeyIndex()
  for (let row = 0; row < rows.length; row++) {
    const key = idOf(column[row], () => `${who}, column '${name}', row ${row}`)
    rows[row] =
      index === undefined
        ? growing.add(key)
        : requireRow(`${who}, column '${name}', row ${row}`, `a ${name}`, index, key)
  }
  return { rows, index: index ?? growing }
}

function largest(rows: Int32Array): number {
  let most = -1
  for (let row = 0; row < rows.length; row++) if (rows[row] > most) most = rows[row]
  return most
}

function signalColumn(who: string, given: InteractionColumns): { signal?: Uint8Array; signals: readonly string[] } {
  const { signal, signals } = given
  if (signal === undefined) return { signals: signals ?? [DEFAULT_SIGNAL] }
  if (signal instanceof Uint8Array) {
    return {
      signal,
      signals: signals ?? Array.from({ length: largest(Int32Array.from(signal)) + 1 }, (_, n) => `signal-${n}`),
    }
  }
  const names = GrowingKeyIndex.from(signals ?? [])
  const numbers = Uint8Array.from(signal, (name, row) => {
    const number = names.add(idOf(name, () => `${who}, column 'signal', row ${row}`))
    if (number > 255) {
      throw new RivuletError('INVALID_DATA', {
        who: `${who}, column 'signal', row ${row}`,
        expected: 'at most 256 different signals',
        got: `one more, ${show(name)}`,
        todo: 'Check that the signal column is the right one.',
      })
    }
    return number
  })
  return { signal: numbers, signals: [...names.keys()] }
}
