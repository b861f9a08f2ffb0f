import { RivuletError } from '../support/errors.ts'
import { finiteNumber, isBoolean, numberBetween, oneOf, resolveOptions } from '../support/options.ts'
import { seededRandom, type Random } from '../support/random.ts'
import { checkInteractions, type Interactions } from './interactions.ts'

/** Two tables over the key indexes of the original, so that a row number means the same user or item in both. Rows keep their order. */
export interface Split {
  readonly train: Interactions
  readonly test: Interactions
  /** Number of rows in neither: repeats of a training pair that `splitByTime` would have had to test. */
  readonly dropped: number
}

/**
 * Holds out the last new item of every user who has at least two.
 *
 * A pair is as old as its first row, and all rows of a pair (repeats, other signals) stay together. Order is by time, ties and tables without
 * time by row; a row of unknown time comes before all others. Users with one item stay in training.
 *
 * @throws {RivuletError} EMPTY_DATA when the table is empty or no user has two items; INVALID_DATA
 */
export function splitLeaveLastOut(table: Interactions): Split {
  const who = 'splitLeaveLastOut'
  checkInteractions(who, table)
  const { pairOf, owner } = numberPairs(table)
  const pairs = new Int32Array(table.users.size)
  for (const user of owner) pairs[user]++
  const last = new Int32Array(table.users.size)
  const met = new Uint8Array(owner.length)
  for (const row of rowsByTime(table)) {
    const pair = pairOf[row]
    if (met[pair] === 0) last[owner[pair]] = pair
    met[pair] = 1
  }
  const tested = Uint8Array.from(owner, (user, pair) => Number(pairs[user] > 1 && last[user] === pair))
  return divide(who, table, (row) => tested[pairOf[row]])
}

export interface SplitByTimeOptions {
  /** Share of the rows that is tested: the latest ones. In (0, 1). Default 0.2. Ignored when `cutoff` is given. */
  readonly testFraction?: number | undefined
  /** Rows at or after this time are tested, in the unit of the table's time column. Default: none, `testFraction` decides. */
  readonly cutoff?: number | undefined
  /**
   * What of a user who appears only after the cut: `false` trains on her first row, so that nobody is without training; `true` trains on
   * nothing from after the cut and leaves her in the test as a cold user. Default `false`.
   */
  readonly strict?: boolean | undefined
}

/**
 * Trains on the past and tests on the future, with one cut for all users.
 *
 * Ties in time are broken by row; rows of unknown time belong to the past. A future row that repeats a training pair is dropped: it is neither
 * new to the user nor known at the cut.
 *
 * @throws {RivuletError} INVALID_DATA when there is no time column, EMPTY_DATA when one side would be empty, INVALID_OPTION, UNKNOWN_OPTION
 */
export function splitByTime(table: Interactions, options?: SplitByTimeOptions): Split {
  const who = 'splitByTime'
  const { testFraction, cutoff, strict } = resolveOptions(
    who,
    options,
    { testFraction: 0.2, cutoff: undefined as number | undefined, strict: false },
    { testFraction: numberBetween(0, 1, '()'), cutoff: finiteNumber, strict: isBoolean },
  )
  checkInteractions(who, table)
  const { time, length } = table
  if (time === undefined) throw withoutTime(who)

  const order = rowsByTime(table)
  const firstTested =
    cutoff === undefined
      ? length - clamp(Math.round(length * testFraction), 1, length - 1)
      : order.findIndex((row) => time[row] >= cutoff)
  const tested = new Uint8Array(length)
  if (firstTested >= 0) for (const row of order.subarray(firstTested)) tested[row] = TEST
  if (!strict) trainEverybody(table.users.size, table.user, order, tested)
  dropRepeats(table, tested)
  return divide(who, table, (row) => tested[row])
}

export interface SplitRandomOptions {
  /** Share of the pairs that is tested, in (0, 1). Default 0.2. */
  readonly testFraction?: number | undefined
  /** Seed of the draw. Default 1. */
  readonly seed?: number | undefined
  /**
   * 'user' draws the same share from every user (rounded up or down at random, so that users of few items are tested too, as often as the share
   * says); 'all' draws from all pairs alike. Default 'user'.
   */
  readonly per?: 'user' | 'all' | undefined
}

/**
 * Holds out pairs at random; all rows of a pair stay together, and every user keeps at least one pair in training.
 *
 * @throws {RivuletError} EMPTY_DATA when one side would be empty, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION
 */
export function splitRandom(table: Interactions, options?: SplitRandomOptions): Split {
  const who = 'splitRandom'
  const { testFraction, seed, per } = resolveOptions(
    who,
    options,
    { testFraction: 0.2, seed: 1, per: 'user' },
    { testFraction: numberBetween(0, 1, '()'), seed: finiteNumber, per: oneOf('user', 'all') },
  )
  checkInteractions(who, table)
  const { pairOf, owner } = numberPairs(table)
  const random = seededRandom(seed)
  const pairs = Int32Array.from(owner, (_, pair) => pair)
  const quota = per === 'user' ? quotas(owner, table.users.size, testFraction, random) : undefined
  let left = clamp(Math.round(owner.length * testFraction), 1, owner.length - 1)
  const tested = new Uint8Array(owner.length)
  for (const pair of random.shuffle(pairs.slice())) {
    if (quota !== undefined ? quota[owner[pair]]-- > 0 : left-- > 0) tested[pair] = TEST
  }
  trainEverybody(table.users.size, owner, pairs, tested)
  return divide(who, table, (row) => tested[pairOf[row]])
}

const TRAIN = 0
const TEST = 1
const DROPPED = 2

/** The share of each user's pairs, rounded up with the probability of the fraction that is cut off. */
function quotas(owner: Int32Array, users: number, share: number, random: Random): Int32Array {
  const pairs = new Int32Array(users)
  for (const user of owner) pairs[user]++
  return pairs.map((count) => Math.floor(count * share + random.next()))
}

/** Numbers the distinct user-item pairs: the pair of each row, and the user of each pair. A user's pairs ascend with their first rows. */
function numberPairs({ user, item, users, items, length }: Interactions): { pairOf: Int32Array; owner: Int32Array } {
  const next = new Int32Array(users.size + 1)
  for (const row of user) next[row + 1]++
  for (let row = 0; row < users.size; row++) next[row + 1] += next[row]
  const byUser = new Int32Array(length)
  for (let row = 0; row < length; row++) byUser[next[user[row]]++] = row

  const pairOf = new Int32Array(length)
  const owner = new Int32Array(length)
  const pairOfItem = new Int32Array(items.size)
  const userOfItem = new Int32Array(items.size).fill(-1)
  let pairs = 0
  for (const row of byUser) {
    if (userOfItem[item[row]] !== user[row]) {
      userOfItem[item[row]] = user[row]
      pairOfItem[item[row]] = pairs
      owner[pairs++] = user[row]
    }
    pairOf[row] = pairOfItem[item[row]]
  }
  return { pairOf, owner: owner.slice(0, pairs) }
}

/** Row numbers, earliest first; a row of unknown time first of all, ties by row. */
function rowsByTime({ time, length }: Interactions): Int32Array {
  const rows = Int32Array.from({ length }, (_, row) => row)
  if (time === undefined) return rows
  const known = time.map((at) => (Number.isNaN(at) ? -Infinity : at))
  const ascending = known.every((at, row) => row === 0 || known[row - 1] <= at)
  // Infinite times subtract to NaN, so they are compared, not subtracted.
  return ascending ? rows : rows.sort((a, b) => (known[a] < known[b] ? -1 : known[a] > known[b] ? 1 : a - b))
}

/** Gives every user without training her first unit (in `order`) back. */
function trainEverybody(users: number, owner: Int32Array, order: Int32Array, tested: Uint8Array): void {
  const trained = new Uint8Array(users)
  for (const unit of order) if (tested[unit] === TRAIN) trained[owner[unit]] = 1
  for (const unit of order) {
    if (trained[owner[unit]] === 1) continue
    trained[owner[unit]] = 1
    tested[unit] = TRAIN
  }
}

/** Drops the tested rows whose pair is trained too. */
function dropRepeats(table: Interactions, tested: Uint8Array): void {
  const { pairOf, owner } = numberPairs(table)
  const trained = new Uint8Array(owner.length)
  for (let row = 0; row < table.length; row++) if (tested[row] === TRAIN) trained[pairOf[row]] = 1
  for (let row = 0; row < table.length; row++)
    if (tested[row] === TEST && trained[pairOf[row]] === 1) tested[row] = DROPPED
}

function divide(who: string, table: Interactions, sideOf: (row: number) => number): Split {
  const side = Uint8Array.from(table.user, (_, row) => sideOf(row))
  const train = rowsOn(TRAIN, side)
  const test = rowsOn(TEST, side)
  if (train.length === 0) throw emptySide(who, 'training', table.length)
  if (test.length === 0) throw emptySide(who, 'test', table.length)
  return {
    train: takeRows(table, train),
    test: takeRows(table, test),
    dropped: table.length - train.length - test.length,
  }
}

function rowsOn(wanted: number, side: Uint8Array): Int32Array {
  const rows = new Int32Array(side.length)
  let count = 0
  for (let row = 0; row < side.length; row++) if (side[row] === wanted) rows[count++] = row
  return rows.subarray(0, count)
}

function takeRows(table: Interactions, rows: Int32Array): Interactions {
  const { users, items, signals, user, item, value, signal, time } = table
  return {
    users,
    items,
    signals,
    length: rows.length,
    user: rows.map((row) => user[row]),
    item: rows.map((row) => item[row]),
    ...(value && { value: Float32Array.from(rows, (row) => value[row]) }),
    ...(signal && { signal: Uint8Array.from(rows, (row) => signal[row]) }),
    ...(time && { time: Float64Array.from(rows, (row) => time[row]) }),
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}

function withoutTime(who: string): RivuletError {
  return new RivuletError(
    'INVALID_DATA',
    {
      who,
      expected: "a table with a 'time' column",
      got: 'none',
      todo: 'Name the time column when reading, or use splitRandom or splitLeaveLastOut.',
    },
    { column: 'time' },
  )
}

function emptySide(who: string, side: string, rows: number): RivuletError {
  return new RivuletError(
    'EMPTY_DATA',
    {
      who,
      expected: `at least one ${side} row`,
      got: `none of ${rows}`,
      todo: 'Move the cut, or bring users with at least two items.',
    },
    { side, rows },
  )
}
