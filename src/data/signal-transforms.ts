/** From what was counted or said to what it weighs: one function a transform, on the rows of one signal. */
import { RivuletError, show } from '../support/errors.ts'
import type { Interactions } from './interactions.ts'

export type SignalTransform = 'raw' | 'binary' | 'log1p' | 'bm25' | 'tf-idf' | 'rank' | 'centred' | 'dwell'

type Transform = (rows: Interactions, value: Float32Array) => Float32Array

/** Robertson and Zaragoza 2009, 10.1561/1500000019, with the constants that Ben Frederickson's `implicit` has for plays. */
const K1 = 100
const B = 0.8
/** Rows of the mean of all that a user's own mean is made with. */
const SHRINKAGE = 5
const DWELL_CUT = 0.99

const TRANSFORMS: Readonly<Record<SignalTransform, Transform>> = {
  raw: (_, value) => value,
  binary: (_, value) => value.map(() => 1),
  log1p: (_, value) => value.map(Math.log1p),
  bm25: (rows, value) => {
    const idf = inverseFrequencies(rows)
    const { sums } = totals(rows, value)
    const active = sums.filter((sum) => sum > 0)
    const mean = active.reduce((sum, length) => sum + length, 0) / Math.max(1, active.length)
    return value.map((v, row) => {
      const length = mean === 0 ? 1 : 1 - B + (B * sums[rows.user[row]]) / mean
      return ((v * (K1 + 1)) / (v + K1 * length)) * idf[rows.item[row]]
    })
  },
  'tf-idf': (rows, value) => {
    const idf = inverseFrequencies(rows)
    return value.map((v, row) => Math.sqrt(v) * idf[rows.item[row]])
  },
  rank: ranks,
  centred: (rows, value) => {
    const { sums, counts } = totals(rows, value)
    const mean = value.reduce((sum, v) => sum + v, 0) / value.length
    return value.map((v, row) => {
      const user = rows.user[row]
      // In the precision of v: where all values are equal a difference is 0, not what rounding left.
      return v - Math.fround((sums[user] + SHRINKAGE * mean) / (counts[user] + SHRINKAGE))
    })
  },
  dwell: (_, value) => {
    const most = value.slice().sort()[Math.floor(DWELL_CUT * (value.length - 1))]
    return value.map((v) => Math.log1p(Math.min(v, most)))
  },
}

const UNSIGNED: readonly SignalTransform[] = ['log1p', 'bm25', 'tf-idf', 'dwell']

export const TRANSFORM_NAMES = Object.keys(TRANSFORMS) as SignalTransform[]

/**
 * What the rows of one signal are worth, before weight and age. At most one row a pair but under 'raw'; a table without values counts 1 a row.
 *
 * @throws {RivuletError} INVALID_DATA naming the first value below 0 where the transform takes none.
 */
export function transformValues(
  who: string,
  name: string,
  transform: SignalTransform,
  rows: Interactions,
): Float32Array {
  const value = rows.value ?? new Float32Array(rows.length).fill(1)
  const row = UNSIGNED.includes(transform) ? value.findIndex((v) => v < 0) : -1
  if (row >= 0) throw negative(who, name, transform, rows, row)
  return TRANSFORMS[transform](rows, value)
}

function totals({ user, users }: Interactions, value: Float32Array): { sums: Float64Array; counts: Int32Array } {
  const sums = new Float64Array(users.size)
  const counts = new Int32Array(users.size)
  value.forEach((v, row) => {
    sums[user[row]] += v
    counts[user[row]]++
  })
  return { sums, counts }
}

/** 1 + log((1 + users) / (1 + users of the item)), at least 1. Users without a row do not count. */
function inverseFrequencies({ user, item, users, items }: Interactions): Float64Array {
  const isActive = new Uint8Array(users.size)
  const frequency = new Int32Array(items.size)
  for (const one of user) isActive[one] = 1
  for (const one of item) frequency[one]++
  const active = isActive.reduce((sum, flag) => sum + flag, 0)
  return Float64Array.from(frequency, (count) => 1 + Math.log((1 + active) / (1 + count)))
}

function ranks({ user }: Interactions, value: Float32Array): Float32Array {
  const order = Int32Array.from(user.keys()).sort((a, b) => user[a] - user[b] || value[a] - value[b])
  const rank = new Float32Array(value.length)
  const end = (from: number, same: (a: number, b: number) => boolean): number => {
    let to = from + 1
    while (to < order.length && same(order[from], order[to])) to++
    return to
  }
  for (let start = 0; start < order.length;) {
    const stop = end(start, (a, b) => user[a] === user[b])
    for (let at = start; at < stop;) {
      const next = end(at, (a, b) => user[a] === user[b] && value[a] === value[b])
      // The mean of the ranks at - start + 1 .. next - start.
      const shared = (at + next + 1) / 2 - start
      for (; at < next; at++) rank[order[at]] = shared / (stop - start)
    }
    start = stop
  }
  return rank
}

function negative(
  who: string,
  name: string,
  transform: SignalTransform,
  { users, items, user, item, value }: Interactions,
  row: number,
): RivuletError {
  return new RivuletError(
    'INVALID_DATA',
    {
      who: `${who}, signal ${show(name)}, user ${show(users.keyOf(user[row]))}, item ${show(items.keyOf(item[row]))}`,
      expected: `a value >= 0 for transform '${transform}'`,
      got: String(value?.[row]),
      todo: "Correct or drop that row, or take transform 'raw' or 'centred'.",
    },
    { signal: name, transform, value: value?.[row] },
  )
}
