/**
 * Profiles in which recent items count more.
 *
 *   weight of a profile's item = its weight x 2^-(p / profileHalfLife)
 *
 * p its place: how many other items of the profile were taken later. Places, not times: users keep their tastes while they are away, and differ in
 * pace. The map from weights to scores stays linear, so lists are explained and compiled as before.
 * Cost: a pass over the table and a sort of every user's items, once; 4 bytes per pair.
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

/** Options of the order of a profile. */
export interface OrderOptions extends Given<typeof orderOptions> {}

/** With more halvings an item has no visible effect; the limit keeps its weight above 0. */
const MOST_HALVINGS = 64

/** Weight of an item by its place. @param halfLife `null` if the order does not matter */
export const placeFactor = (place: number, halfLife: number | null): number =>
  halfLife === null ? 1 : 2 ** -Math.min(MOST_HALVINGS, place / halfLife)

/** Times of pairs of a user and an item: columns of a table, in rows of the matrix. */
type TimedPairs = Pick<TimedRows, 'user' | 'item' | 'time' | 'counts'>

/** The times that determine the order of profiles. @throws {RivuletError} INVALID_DATA for none, and for times in two units */
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

/** Bytes per entry while places are computed, and afterwards. */
export const PLACING_BYTES = 13
export const PLACE_BYTES = 4

/**
 * The place of every entry of a matrix of profiles: how many of the row's other items were taken later, by the newest counted time of each.
 *
 * @param timed with items below 0 if they are not in the matrix
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

/** Operations per sorted entry of a row. */
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

/** -Infinity if no time is known. Rows with negative weights do not count: their times are used only in a second pass, for entries without others. */
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

/** Operations to search for an entry in its row. */
const SEARCHED = 4 * SCATTERED

/** Index of an entry among all, -1 if there is none. */
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
