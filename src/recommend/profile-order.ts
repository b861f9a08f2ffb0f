/**
 * Profiles whose last items count more.
 *
 *   weight of a profile's item = its weight x 2^-(p / profileHalfLife)
 *
 * p its place: how many other items of the profile were taken later. Places, not time: who comes back after a year is still who she was, and a person's pace is
 * her own. The map from weights to scores stays what it is, linear, so that lists are explained and compiled as before.
 * Cost: a pass over the table and a sort of every user's items, once; 4 bytes a pair.
 */
import { withoutColumn } from '../data/interactions.ts'
import { requireTimes } from '../data/time-units.ts'
import type { TimedRows } from '../data/timed-rows.ts'
import type { RowWindow, SparseRows } from '../matrix/csr.ts'
import type { RivuletError } from '../support/errors.ts'
import { either, numberBetween, oneOf } from '../support/options.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { option, type Given } from '../support/spec.ts'

export const orderOptions = {
  /**
   * Half-life of a profile's items, counted in items, > 0: the last one counts fully, one with this many later items counts half. Items with the same time count equally,
   * and those of unknown time as the oldest; a given profile is read oldest first. null: all count fully. Default null.
   */
  profileHalfLife: option<number | null>(null, either(numberBetween(0, Infinity, '()'), oneOf(null))),
}

/** How the order of a profile counts. */
export interface OrderOptions extends Given<typeof orderOptions> {}

/** Beyond this an item counts for nothing that could be seen, and the weight of one is still a number above 0. */
const MOST_HALVINGS = 64

/** What an item counts for, by its place. @param halfLife `null` where the order does not matter */
export const placeFactor = (place: number, halfLife: number | null): number =>
  halfLife === null ? 1 : 2 ** -Math.min(MOST_HALVINGS, place / halfLife)

/** When pairs of a user and an item came about: columns of a table, in rows of the matrix. */
type TimedPairs = Pick<TimedRows, 'user' | 'item' | 'time' | 'counts'>

/** The times that say in which order profiles came about. @throws {RivuletError} INVALID_DATA for none, and for times in two units */
export function* requireOrder(who: string, times: TimedRows | null): Sliced<TimedRows> {
  const [todo, need] = [
    "Name the time column when reading, or leave 'profileHalfLife' out.",
    ", which option 'profileHalfLife' needs",
  ]
  const missing = (): RivuletError => withoutColumn(who, 'time', todo, need)
  if (times === null) throw missing()
  yield* requireTimes(who, times.time, missing)
  return times
}

/** Bytes of an entry while places are found, and afterwards. */
export const PLACING_BYTES = 13
export const PLACE_BYTES = 4

/**
 * The place of every entry of a matrix of profiles: how many of the row's other items were taken later, by the newest time of each that counts.
 *
 * @param timed an item below 0 is none of the matrix
 */
export function* placesOf(rows: SparseRows, timed: TimedPairs): Sliced<Uint32Array> {
  const newest = yield* newestTimes(rows, timed)
  const places = new Uint32Array(rows.nnz)
  const placeSome = (window: RowWindow, from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      const first = window.entryStart + window.start(row)
      placeRow(newest.subarray(first, window.entryStart + window.end(row)), places, first)
    }
  }
  yield* rows.inSlices(placeSome, SORTED)
  return places
}

/** Operations of an entry that is sorted among those of its row. */
const SORTED = 32

function placeRow(newest: Float64Array, places: Uint32Array, first: number): void {
  const order = Uint32Array.from(newest.keys()).sort((a, b) =>
    newest[a] < newest[b] ? 1 : newest[a] > newest[b] ? -1 : 0,
  )
  let place = 0
  order.forEach((at, rank) => {
    if (rank > 0 && newest[at] !== newest[order[rank - 1]]) place = rank
    places[first + at] = place
  })
}

/** -Infinity where no time is known. Negative rows have times too, but they do not count: they are found in a second pass. */
function* newestTimes(rows: SparseRows, { user, item, time, counts }: TimedPairs): Sliced<Float64Array> {
  const newest = new Float64Array(rows.nnz).fill(-Infinity)
  const isDone = new Uint8Array(rows.nnz)
  const pass = (isMet: (row: number) => boolean) => (from: number, to: number) => {
    for (let row = from; row < to; row++) {
      if (Number.isNaN(time[row]) || item[row] < 0 || !isMet(row)) continue
      const entry = entryOf(rows, user[row], item[row])
      if (entry >= 0 && isDone[entry] === 0 && time[row] > newest[entry]) newest[entry] = time[row]
    }
  }
  yield* inSlices(time.length, pass(counts), SEARCHED)
  const note = (from: number, to: number): void => {
    for (let entry = from; entry < to; entry++) if (newest[entry] > -Infinity) isDone[entry] = 1
  }
  yield* inSlices(rows.nnz, note)
  if (isDone.includes(0))
    yield* inSlices(
      time.length,
      pass(() => true),
      SEARCHED,
    )
  return newest
}

/** Operations of a look for an entry in its row. */
const SEARCHED = 4 * SCATTERED

/** Number of an entry among all, -1 where there is none. */
function entryOf(rows: SparseRows, row: number, column: number): number {
  const window = rows.windowOf(row)
  let [low, high] = [window.start(row), window.end(row)]
  const end = high
  while (low < high) {
    const middle = (low + high) >>> 1
    if (window.indices[middle] < column) low = middle + 1
    else high = middle
  }
  return low < end && window.indices[low] === column ? window.entryStart + low : -1
}
