/** Transforms from counts or ratings to weights, on the rows of one signal. */
import { RivuletError, show } from '../support/errors.ts'
import { orderStatistic } from '../support/order-statistic.ts'
import { inSlices, PAUSE, SCATTERED, Slices, type Sliced } from '../support/pause.ts'
import { rowNumbers, sortedByKey } from './counting-sort.ts'
import type { Interactions } from './interactions.ts'

export type SignalTransform = 'raw' | 'binary' | 'log1p' | 'bm25' | 'tf-idf' | 'rank' | 'centred' | 'dwell'

type Transform = (rows: Interactions, value: Float32Array) => Sliced<Float32Array>

/** Robertson and Zaragoza 2009, 10.1561/1500000019, with the constants of Ben Frederickson's `implicit` for plays. */
const K1 = 100
const B = 0.8
/** A user's mean is taken together with so many rows of the global mean. */
const SHRINKAGE = 5
const DWELL_CUT = 0.99

const TRANSFORMS: Readonly<Record<SignalTransform, Transform>> = {
  *raw(_, value) {
    yield PAUSE
    return value
  },
  binary: (_, value) => mapped(value, () => 1),
  log1p: (_, value) => mapped(value, Math.log1p),
  *bm25(rows, value) {
    const { user, item } = rows
    const idf = yield* inverseFrequencies(rows)
    const { sums } = yield* totals(rows, value)
    const active = sums.filter((sum) => sum > 0)
    const mean = active.reduce((sum, length) => sum + length, 0) / Math.max(1, active.length)
    return yield* mapped(value, (v, row) => {
      const length = mean === 0 ? 1 : 1 - B + (B * sums[user[row]]) / mean
      return ((v * (K1 + 1)) / (v + K1 * length)) * idf[item[row]]
    })
  },
  *'tf-idf'(rows, value) {
    const { item } = rows
    const idf = yield* inverseFrequencies(rows)
    return yield* mapped(value, (v, row) => Math.sqrt(v) * idf[item[row]])
  },
  rank: ranks,
  *centred(rows, value) {
    const { sums, counts } = yield* totals(rows, value)
    const mean = (yield* sumOf(value)) / value.length
    return yield* mapped(value, (v, row) => {
      const user = rows.user[row]
      // In the precision of v, so that a difference of equal values is 0, without a rounding error.
      return v - Math.fround((sums[user] + SHRINKAGE * mean) / (counts[user] + SHRINKAGE))
    })
  },
  *dwell(_, value) {
    const most = yield* orderStatistic(value.slice(), Math.floor(DWELL_CUT * (value.length - 1)))
    return yield* mapped(value, (v) => Math.log1p(Math.min(v, most)))
  },
}

const UNSIGNED: readonly SignalTransform[] = ['log1p', 'bm25', 'tf-idf', 'dwell']

export const TRANSFORM_NAMES = Object.keys(TRANSFORMS) as SignalTransform[]

/**
 * Weights of the rows of one signal, without the rule's weight and age. At most one row per pair except for 'raw'; a table without values counts 1 per row.
 *
 * @throws {RivuletError} INVALID_DATA naming the first value below 0 if the transform does not support it.
 */
export function* transformValues(
  who: string,
  name: string,
  transform: SignalTransform,
  rows: Interactions,
): Sliced<Float32Array> {
  const value = rows.value ?? new Float32Array(rows.length).fill(1)
  const row = UNSIGNED.includes(transform) ? value.findIndex((v) => v < 0) : -1
  if (row >= 0) throw negative(who, name, transform, rows, row)
  return yield* TRANSFORMS[transform](rows, value)
}

function* mapped(value: Float32Array, of: (v: number, row: number) => number): Sliced<Float32Array> {
  const result = new Float32Array(value.length)
  const mapRange = (from: number, to: number): void => {
    for (let row = from; row < to; row++) result[row] = of(value[row], row)
  }
  yield* inSlices(value.length, mapRange, SCATTERED)
  return result
}

function* sumOf(value: Float32Array): Sliced<number> {
  let sum = 0
  const add = (from: number, to: number): void => {
    for (let row = from; row < to; row++) sum += value[row]
  }
  yield* inSlices(value.length, add)
  return sum
}

function* totals(
  { user, users }: Interactions,
  value: Float32Array,
): Sliced<{ sums: Float64Array; counts: Int32Array }> {
  const sums = new Float64Array(users.size)
  const counts = new Int32Array(users.size)
  const add = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      sums[user[row]] += value[row]
      counts[user[row]]++
    }
  }
  yield* inSlices(value.length, add, SCATTERED)
  return { sums, counts }
}

/** 1 + log((1 + users) / (1 + users of the item)), at least 1. Users without a row are ignored. */
function* inverseFrequencies({ user, item, users, items, length }: Interactions): Sliced<Float64Array> {
  const isActive = new Uint8Array(users.size)
  const frequency = new Int32Array(items.size)
  const count = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      isActive[user[row]] = 1
      frequency[item[row]]++
    }
  }
  yield* inSlices(length, count, SCATTERED)
  const active = isActive.reduce((sum, flag) => sum + flag, 0)
  return Float64Array.from(frequency, (users) => 1 + Math.log((1 + active) / (1 + users)))
}

/** Operations to compare two rows in a sort. */
const SORT_COST = 20

function* ranks({ user, users }: Interactions, value: Float32Array): Sliced<Float32Array> {
  const order = yield* sortedByKey(user, users.size, yield* rowNumbers(value.length))
  const rank = new Float32Array(value.length)
  const slices = new Slices()
  for (let start = 0; start < order.length;) {
    const end = endOfRun(order, start, user)
    rankRows(order.subarray(start, end), value, rank)
    if (slices.full(SORT_COST * (end - start) * Math.log2(1 + end - start))) yield PAUSE
    start = end
  }
  return rank
}

/** Ranks of one user's rows, as shares of their number; equal values share the mean of their ranks. */
function rankRows(rows: Int32Array, value: Float32Array, rank: Float32Array): void {
  rows.sort((a, b) => value[a] - value[b])
  for (let at = 0; at < rows.length;) {
    const next = endOfRun(rows, at, value)
    // The mean of the ranks at + 1 .. next.
    const shared = (at + next + 1) / 2
    for (; at < next; at++) rank[rows[at]] = shared / rows.length
  }
}

/** End of the run of rows with the same key as the row at `from`. */
function endOfRun(rows: Int32Array, from: number, key: Int32Array | Float32Array): number {
  let to = from + 1
  while (to < rows.length && key[rows[to]] === key[rows[from]]) to++
  return to
}

function negative(
  who: string,
  name: string,
  transform: SignalTransform,
  { users, items, user, item, value }: Interactions,
  row: number,
): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `${who}, signal ${show(name)}, user ${show(users.keyOf(user[row]))}, item ${show(items.keyOf(item[row]))}`,
    expected: `a value >= 0 for transform '${transform}'`,
    got: String(value?.[row]),
    todo: "Correct or drop that row, or use transform 'raw' or 'centred'.",
    details: { signal: name, transform, value: value?.[row] },
  })
}
