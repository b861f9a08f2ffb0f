import { RivuletError } from '../support/errors.ts'
import { choice, integer, resolve, type Given } from '../support/spec.ts'
import { atOnce } from '../support/drive.ts'
import { PAUSE, SCATTERED, SLICE, type Sliced } from '../support/pause.ts'
import { rowNumbers, sortedByKey } from './counting-sort.ts'
import { checkInteractions, type Interactions } from './interactions.ts'
import { dropUnused, rowsWhere, takeInSlices, takeRows, whereInSlices } from './take-rows.ts'

export type DuplicateRule = 'last' | 'first' | 'sum' | 'max' | 'error'

export const mergeOptions = {
  /**
   * What happens to rows with the same user, item and signal. Default 'last'.
   *
   * - 'last': the latest time stays; unknown times are older than any known; among equals, and without times, the later row.
   * - 'first': the earliest time stays; unknown times are younger than any known; among equals, and without times, the earlier row.
   * - 'sum': values are added (a row without value counts 1), at the latest time.
   * - 'max': the largest value, at the latest time.
   * - 'error': refused.
   */
  rule: choice<DuplicateRule>('last', ['last', 'first', 'sum', 'max', 'error']),
}

export interface MergeDuplicatesOptions extends Given<typeof mergeOptions> {}

/**
 * One row for each user, item and signal. The remaining rows keep their order (a merged one replaces the first of its rows,
 * under 'last' and 'first' the chosen row). A table without duplicates is returned unchanged.
 *
 * Cost: three stable counting sorts, O(rows + users + items) time, 8 bytes per row.
 *
 * @throws {RivuletError} INVALID_DATA under 'error', naming the first pair, and when a sum leaves the range of single precision; EMPTY_DATA
 */
export function mergeDuplicates(table: Interactions, options?: MergeDuplicatesOptions): Interactions {
  const who = 'mergeDuplicates'
  const { rule } = resolve(who, mergeOptions, options)
  return atOnce(mergeRows(who, checkInteractions(who, table), rule))
}

/** The same for the rows of a checked table, which may be empty. */
export function* mergeRows(who: string, table: Interactions, rule: DuplicateRule): Sliced<Interactions> {
  const order = yield* groupedOrder(table)
  const survives = new Uint8Array(table.length)
  const merged = rule === 'sum' || rule === 'max' ? mergedColumns(who, table, rule) : undefined
  let groups = 0
  /** Merges the groups that start in [from, to). @returns the end of the last of them */
  const mergeGroups = (from: number, to: number): number => {
    let start = from
    for (; start < to; groups++) {
      let end = start + 1
      while (end < order.length && sameKey(table, order[start], order[end])) end++
      if (end - start > 1 && rule === 'error') throw duplicate(who, table, order[start], order[start + 1])
      const kept = merged === undefined ? chosenRow(table, order, start, end, rule) : order[start]
      if (end - start > 1) merged?.merge(order.subarray(start, end))
      survives[kept] = 1
      start = end
    }
    return start
  }
  for (let at = 0; at < order.length;) {
    at = mergeGroups(at, Math.min(at + SLICE / SCATTERED, order.length))
    yield PAUSE
  }
  if (groups === table.length) return table
  const rows = yield* whereInSlices(table.length, (row) => survives[row] === 1)
  return yield* takeInSlices({ ...table, ...merged?.columns }, rows)
}

/** Row numbers sorted by user, then item, then signal; rows with the same key keep their order. */
function* groupedOrder({ length, signal, signals, item, items, user, users }: Interactions): Sliced<Int32Array> {
  let order = yield* rowNumbers(length)
  if (signal !== undefined) order = yield* sortedByKey(signal, signals.length, order)
  order = yield* sortedByKey(item, items.size, order)
  return yield* sortedByKey(user, users.size, order)
}

function sameKey({ user, item, signal }: Interactions, a: number, b: number): boolean {
  return user[a] === user[b] && item[a] === item[b] && signal?.[a] === signal?.[b]
}

function chosenRow({ time }: Interactions, order: Int32Array, start: number, end: number, rule: DuplicateRule): number {
  const last = rule === 'last'
  if (end - start === 1) return order[start]
  if (time === undefined) return last ? order[end - 1] : order[start]
  const age = (row: number): number => (Number.isNaN(time[row]) ? (last ? -Infinity : Infinity) : time[row])
  let chosen = order[start]
  for (let at = start + 1; at < end; at++) {
    if (last ? age(order[at]) >= age(chosen) : age(order[at]) < age(chosen)) chosen = order[at]
  }
  return chosen
}

interface MergedColumns {
  readonly columns: { value?: Float32Array; time?: Float64Array }
  /** Writes the merged value and time of these rows to the first of them. */
  merge(rows: Int32Array): void
}

function mergedColumns(who: string, table: Interactions, rule: 'sum' | 'max'): MergedColumns {
  const value = table.value?.slice() ?? (rule === 'sum' ? new Float32Array(table.length).fill(1) : undefined)
  const time = table.time?.slice()
  return {
    columns: { ...(value && { value }), ...(time && { time }) },
    merge(rows) {
      const first = rows[0]
      if (value !== undefined) {
        let whole = value[first]
        for (const row of rows.subarray(1)) whole = rule === 'sum' ? whole + value[row] : Math.max(whole, value[row])
        value[first] = whole
        if (!Number.isFinite(value[first])) throw overflow(who, table, first, whole)
      }
      if (time !== undefined) {
        for (const row of rows)
          if (!(time[first] >= time[row])) time[first] = Number.isNaN(time[row]) ? time[first] : time[row]
      }
    },
  }
}

function duplicate(who: string, table: Interactions, first: number, second: number): RivuletError {
  const user = table.users.keyOf(table.user[first])
  const item = table.items.keyOf(table.item[first])
  return new RivuletError('INVALID_DATA', {
    who,
    expected: 'one row for each user, item and signal',
    got: `user '${user}', item '${item}' in rows ${first} and ${second}`,
    todo: "Drop one, or choose a rule: 'last', 'first', 'sum', 'max'.",
    details: { user, item, rows: [first, second] },
  })
}

function overflow(who: string, table: Interactions, row: number, sum: number): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, row ${row}`,
    expected: 'a sum in the range of single precision',
    got: String(sum),
    todo: `Scale the values of user '${table.users.keyOf(table.user[row])}' down first.`,
    details: { row },
  })
}

export const coreOptions = {
  /** Fewest interactions a user may have; integer >= 1. Default 1. */
  user: integer(1, 1),
  /** Fewest interactions an item may have; integer >= 1. Default 1. */
  item: integer(1, 1),
}

export interface KCoreOptions extends Given<typeof coreOptions> {}

/**
 * The largest part of the table in which every user has at least `user` rows and every item at least `item`.
 * Users and items without remaining rows are removed from the indexes; the others keep their order. Merge duplicates first if rows are to mean pairs.
 *
 * @throws {RivuletError} EMPTY_DATA when nothing is left, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION
 */
export function kCore(table: Interactions, options?: KCoreOptions): Interactions {
  const who = 'kCore'
  const least = resolve(who, coreOptions, options)
  const { user, item } = checkInteractions(who, table)
  let rows = rowsWhere(table.length, () => true)
  for (;;) {
    const ofUser = new Int32Array(table.users.size)
    const ofItem = new Int32Array(table.items.size)
    for (const row of rows) {
      ofUser[user[row]]++
      ofItem[item[row]]++
    }
    const left = rowsWhere(table.length, (row) => ofUser[user[row]] >= least.user && ofItem[item[row]] >= least.item)
    if (left.length === rows.length) break
    rows = left
  }
  if (rows.length === 0) {
    throw new RivuletError('EMPTY_DATA', {
      who,
      expected: `users with ${least.user} and items with ${least.item} interactions`,
      got: 'none',
      todo: 'Lower the minimum.',
    })
  }
  return dropUnused(takeRows(table, rows))
}
