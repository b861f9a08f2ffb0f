const WHO = 'joinInteractions'

/** Tables of the same users and items, with different numberings, as one table. */
import { RivuletError, show } from '../support/errors.ts'
import { GrowingKeyIndex, type KeyIndex } from '../support/key-index.ts'
import { asTable, checkInteractions, isTable, type Interactions } from './interactions.ts'
import { SIGNAL_LIMIT } from './table-builder.ts'

/**
 * The rows of all tables, one table after the other: ratings in one file and views in another, for example.
 *
 * Users and items are matched by their ids, signals by their names: tables without a signal column all have the signal 'interaction',
 * so give them different names first (`signalName` when reading, or `renameSignals`). Keys without a row are kept. If only some tables have values, the
 * rows of the others weigh 1; if only some have times, those of the others are unknown. If one is drawn from all times, so is the result.
 *
 * Cost: one look-up per key, O(rows) time and memory.
 *
 * @throws {RivuletError} INVALID_DATA for a value that is not a table, or for more than 256 signals; EMPTY_DATA when there is no row
 * @example
 * ```ts
 * import { fromRows, joinInteractions, renameSignals } from 'rivulet'
 *
 * const stars = fromRows([{ user: 'ann', item: 'tea', stars: 5 }], { user: 'user', item: 'item', value: 'stars' })
 * const views = fromRows([{ user: 'ann', item: 'jam' }], { user: 'user', item: 'item' })
 * const both = joinInteractions(renameSignals(stars, { interaction: 'stars' }), renameSignals(views, { interaction: 'view' }))
 * console.log(both.length, both.users.size, both.signals) // 2 1 [ 'stars', 'view' ]
 * ```
 */
export function joinInteractions(...tables: readonly Interactions[]): Interactions {
  for (const table of tables) {
    if (!isTable(table)) throw noTable(table)
    if (table.length > 0) checkInteractions(WHO, table)
  }
  const signals = GrowingKeyIndex.from(tables.flatMap((table) => table.signals))
  if (signals.size > SIGNAL_LIMIT) throw tooManySignals(signals.size)
  const users = new GrowingKeyIndex(tables.every((table) => table.users.numeric))
  const items = new GrowingKeyIndex(tables.every((table) => table.items.numeric))
  const length = tables.reduce((sum, table) => sum + table.length, 0)
  const [user, item] = [new Int32Array(length), new Int32Array(length)]
  const value = tables.some((table) => table.value !== undefined) ? new Float32Array(length).fill(1) : undefined
  const signal = signals.size > 1 ? new Uint8Array(length) : undefined
  const time = tables.some((table) => table.time !== undefined) ? new Float64Array(length).fill(NaN) : undefined
  let start = 0
  for (const table of tables) {
    const numbers = table.signals.map((name) => signals.rowOf(name))
    user.set(renumbered(table.user, numbersIn(users, table.users)), start)
    item.set(renumbered(table.item, numbersIn(items, table.items)), start)
    if (table.value !== undefined) value?.set(table.value, start)
    if (table.time !== undefined) time?.set(table.time, start)
    for (let row = 0; signal !== undefined && row < table.length; row++)
      signal[start + row] = numbers[table.signal?.[row] ?? 0]
    start += table.length
  }
  const joined = {
    users,
    items,
    user,
    item,
    signals: [...signals.keys()],
    length,
    ...drawnAsAny(tables),
    ...notesOf(tables),
  }
  const whole = asTable({
    ...joined,
    ...(value && { value }),
    ...(signal && { signal }),
    ...(time && { time }),
  })
  return checkInteractions(WHO, whole)
}

const drawnAsAny = (tables: readonly Interactions[]): Pick<Interactions, 'fromAllTimes'> =>
  tables.some(({ fromAllTimes }) => fromAllTimes) ? { fromAllTimes: true } : {}

function notesOf(tables: readonly Interactions[]): Pick<Interactions, 'notes'> {
  const notes = tables.flatMap((table) => table.notes ?? [])
  return notes.length > 0 ? { notes } : {}
}

/** Numbers of another index's keys in an index, to which they are added. */
const numbersIn = (index: GrowingKeyIndex, other: KeyIndex): Int32Array =>
  Int32Array.from(other.keys(), (key) => index.add(key))

/** Row numbers outside the table's own index become -1, to be refused as such. */
const renumbered = (rows: Int32Array, numbers: Int32Array): Int32Array => rows.map((row) => numbers[row] ?? -1)

function noTable(got: unknown): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: WHO,
    expected: 'tables of interactions, one per argument',
    got: show(got),
    todo: 'Make them with fromRows, fromColumns, readInteractions or toInteractions.',
  })
}

function tooManySignals(count: number): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: WHO,
    expected: `at most ${SIGNAL_LIMIT} different signals in all tables together`,
    got: String(count),
    todo: 'Leave some out with selectSignals.',
  })
}
