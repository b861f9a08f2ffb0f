import { findBalance, rowsWhere, seededRandom, takeRows } from '../../src/advanced.ts'
import {
  type Interactions,
  predictRatings,
  type PredictRatingsOptions,
  type RatingPredictions,
  splitRandom,
} from '../../src/index.ts'
import type { RatedFold } from '../data/rated-folds.ts'

/** RMSE of one fold, without pseudo-ratings, with them, with corrupted ones, and with a guard before those. */
export interface PseudoStudy {
  readonly pseudoLabels: number
  readonly none: number
  readonly clean: number
  readonly cleanGuarded: number
  readonly flipped: number
  readonly flippedGuarded: number
}

const FLIPPED = 0.3
const SIGNALS = { rating: { role: 'label' }, seen: { role: 'evidence' } } as const

/**
 * A round of self-training on ratings: the pairs predicted with the least expected error join the labels, as many as there are labels; once as
 * predicted, once with a share of them mirrored in the scale. The guard is `findBalance` on labels that are held out: none or all of them.
 */
export async function pseudoRatings({ train, test }: RatedFold, options: PredictRatingsOptions): Promise<PseudoStudy> {
  const judge = (table: Interactions, held: Interactions): Float64Array => squaredErrors(table, held, options)
  const rootOf = (squares: Float64Array): number =>
    Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length)
  const [isLabel, rest] = [labelRows(train, true), labelRows(train, false)]
  const { train: fewer, test: validation } = splitRandom(takeRows(train, isLabel), { testFraction: 0.2, seed: 7 })
  const part = unite(fewer, takeRows(train, rest))
  const added = (table: Interactions, share: number): Interactions => unite(table, surest(table, share, options))
  const guarded = (share: number): number => {
    const { lambda } = findBalance((weight) => judge(weight === 0 ? part : added(part, share), validation), {
      lambdas: [1],
    })
    return rootOf(judge(lambda === 0 ? train : added(train, share), test))
  }
  const none = rootOf(judge(train, test))
  const result = {
    pseudoLabels: added(train, 0).length - train.length,
    none,
    clean: rootOf(judge(added(train, 0), test)),
    cleanGuarded: guarded(0),
    flipped: rootOf(judge(added(train, FLIPPED), test)),
    flippedGuarded: guarded(FLIPPED),
  }
  return Promise.resolve(result)
}

function squaredErrors(table: Interactions, held: Interactions, options: PredictRatingsOptions): Float64Array {
  const pairs = Array.from(held.user, (row, at) => [held.users.keyOf(row), held.items.keyOf(held.item[at])] as const)
  const { rating } = predictRatings.detailed(table, { ...options, balance: 1, signals: SIGNALS, pairs })
  return Float64Array.from(rating, (one, at) => (one - (held.value?.[at] ?? 1)) ** 2)
}

/** The surest predictions as rows of signal 'rating', a share of them mirrored. */
function surest(table: Interactions, share: number, options: PredictRatingsOptions): Interactions {
  const predictions = predictRatings.detailed(table, { ...options, balance: 1, signals: SIGNALS })
  const { user, item, rating, expectedError, labels } = predictions
  const order = Array.from(user, (_, at) => at).sort((a, b) => expectedError[a] - expectedError[b])
  const chosen = Int32Array.from(order.slice(0, labels.count))
  const random = seededRandom(3)
  const [low, high] = labels.scale
  const value = Float32Array.from(chosen, (at) => (random.next() < share ? low + high - rating[at] : rating[at]))
  return rowsOf(predictions, chosen, item, value)
}

function rowsOf(
  { users, items, user }: RatingPredictions,
  chosen: Int32Array,
  item: Int32Array,
  value: Float32Array,
): Interactions {
  return {
    users,
    items,
    user: chosen.map((at) => user[at]),
    item: chosen.map((at) => item[at]),
    value,
    signals: ['rating', 'seen'],
    signal: new Uint8Array(chosen.length),
    length: chosen.length,
  }
}

const labelRows = ({ length, signal }: Interactions, wanted: boolean): Int32Array =>
  rowsWhere(length, (row) => ((signal?.[row] ?? 0) === 0) === wanted)

/** The rows of both; they are over the same users and items. */
function unite(a: Interactions, b: Interactions): Interactions {
  const join = <T extends Int32Array | Float32Array | Uint8Array>(into: T, first: T, second: T): T => {
    into.set(first)
    into.set(second, first.length)
    return into
  }
  const length = a.length + b.length
  const ones = (table: Interactions): Float32Array => table.value ?? new Float32Array(table.length).fill(1)
  const numbers = (table: Interactions): Uint8Array => table.signal ?? new Uint8Array(table.length)
  return {
    ...a,
    user: join(new Int32Array(length), a.user, b.user),
    item: join(new Int32Array(length), a.item, b.item),
    value: join(new Float32Array(length), ones(a), ones(b)),
    signal: join(new Uint8Array(length), numbers(a), numbers(b)),
    length,
  }
}
