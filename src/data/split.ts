import { RivuletError } from '../support/errors.ts'
import { finiteNumber } from '../support/options.ts'
import { choice, flag, number, option, optional, resolve, type Given } from '../support/spec.ts'
import { orderStatistic } from '../support/order-statistic.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { seededRandom, type Random } from '../support/random.ts'
import { numberPairs, rowNumbers } from './counting-sort.ts'
import { isMoment, momentIn, type Moment } from './durations.ts'
import { asTable, checkInSlices, withoutColumn, type Interactions } from './interactions.ts'
import { takeInSlices, whereInSlices } from './take-rows.ts'
import { requireOneUnit, requireTimes } from './time-units.ts'

/** Two tables over the key indexes of the original, so that a row number means the same user or item in both. Rows keep their order. */
export interface Split {
  readonly train: Interactions
  readonly test: Interactions
  /** Number of rows in neither: repeats of training pairs in the test part of `splitByTime`. */
  readonly dropped: number
}

/**
 * Holds out the last new item of every user who has at least two.
 *
 * The time of a pair is that of its first row, and all rows of a pair (repeats, other signals) stay together. Order is by time, ties and tables without
 * time by row; rows of unknown time come before all others. Users with one item stay in training.
 *
 * @throws {RivuletError} EMPTY_DATA when the table is empty or no user has two items; INVALID_DATA, for times in two units too
 */
export const splitLeaveLastOut = (table: Interactions): Split => atOnce(leaveLastOutInSlices(table))

/** As `splitLeaveLastOut`, with the caller's name. */
export function* leaveLastOutInSlices(table: Interactions, who = 'splitLeaveLastOut'): Sliced<Split> {
  yield* checkInSlices(who, table)
  if (table.time !== undefined) yield* requireOneUnit(who, table.time)
  const { pairOf, owner } = yield* numberPairs(table)
  const isEarlier = timeOrder(table)
  const firstRow = yield* earliest(pairOf, owner.length, isEarlier)
  const firstPair = yield* earliest(owner, table.users.size, (a, b) => isEarlier(firstRow[a], firstRow[b]))
  const lastPair = yield* earliest(owner, table.users.size, (a, b) => isEarlier(firstRow[b], firstRow[a]))
  const tested = new Uint8Array(owner.length)
  for (let user = 0; user < lastPair.length; user++)
    if (lastPair[user] !== firstPair[user]) tested[lastPair[user]] = TEST
  return drawn(yield* divide(who, table, yield* rowsOfPairs(tested, pairOf)))
}

export const timeOptions = {
  /** Share of the rows that is tested: the latest ones. In (0, 1). Default 0.2. Ignored when `cutoff` is given. */
  testFraction: number(0.2, 0, 1, '()'),
  /** Rows at or after this time are tested: a number in the unit of the table's times, or a date such as '2013-09-01'. Default: none, `testFraction` decides. */
  cutoff: optional<Moment>(isMoment),
  /**
   * How users who appear only after the cut are treated: `true` trains on nothing from after the cut and leaves them in the test as cold users, whom an
   * evaluation reports apart; `false` trains on their first row, which shows a method what is popular after the cut. Default `true`.
   */
  strict: flag(true),
}

export interface SplitByTimeOptions extends Given<typeof timeOptions> {}

/**
 * Trains on the past and tests on the future, with one cut for all users.
 *
 * Ties in time are broken by row; rows of unknown time belong to the past. A future row that repeats a training pair is dropped, because it is neither
 * new to the user nor known at the cut.
 *
 * @throws {RivuletError} INVALID_DATA when there is no time column, or times in two units, EMPTY_DATA when one side would be empty, INVALID_OPTION, UNKNOWN_OPTION
 */
export const splitByTime = (table: Interactions, options?: SplitByTimeOptions): Split =>
  atOnce(splitByTimeInSlices(table, options))

/** As `splitByTime`, with the caller's name. */
export function* splitByTimeInSlices(
  table: Interactions,
  options?: SplitByTimeOptions,
  who = 'splitByTime',
): Sliced<Split> {
  const { testFraction, cutoff, strict } = resolve(who, timeOptions, options)
  yield* checkInSlices(who, table)
  const { user, users } = table
  const { time, ...times } = yield* requireTimes(who, table.time, () => timeless(who))
  const cut = cutoff === undefined ? null : momentIn(`${who}, option 'cutoff'`, cutoff, times)
  const tested = yield* cut === null ? latestRows(time, testFraction) : rowsFrom(time, cut)
  if (!strict) yield* trainEverybody(user, yield* earliest(user, users.size, timeOrder(table)), tested)
  yield* dropRepeats(table, tested)
  return yield* divide(who, table, tested)
}

export const randomOptions = {
  /** Share of the pairs that is tested, in (0, 1). Default 0.2. */
  testFraction: number(0.2, 0, 1, '()'),
  /** Seed of the draw. Default 1. */
  seed: option(1, finiteNumber),
  /**
   * 'user' draws the same share from every user (rounded up or down at random, so that users with few items are tested too, in proportion to the
   * share); 'all' draws from all pairs alike. Default 'user'.
   */
  per: choice<'user' | 'all'>('user', ['user', 'all']),
}

export interface SplitRandomOptions extends Given<typeof randomOptions> {}

/**
 * Holds out pairs at random, at least one; all rows of a pair stay together, and every user keeps at least one pair in training.
 *
 * @throws {RivuletError} EMPTY_DATA when no user has two items, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION
 */
export const splitRandom = (table: Interactions, options?: SplitRandomOptions): Split =>
  atOnce(splitRandomInSlices(table, options))

/** As `splitRandom`, with the caller's name. */
export function* splitRandomInSlices(
  table: Interactions,
  options?: SplitRandomOptions,
  who = 'splitRandom',
): Sliced<Split> {
  const { testFraction, seed, per } = resolve(who, randomOptions, options)
  yield* checkInSlices(who, table)
  const { pairOf, owner } = yield* numberPairs(table)
  const random = seededRandom(seed)
  const pairs = yield* rowNumbers(owner.length)
  const quota = per === 'user' ? quotas(owner, table.users.size, testFraction, random) : undefined
  let left = clamp(Math.round(owner.length * testFraction), 1, owner.length - 1)
  const tested = new Uint8Array(owner.length)
  yield* random.shuffleInSlices(pairs)
  const draw = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      if (quota !== undefined ? quota[owner[pairs[at]]]-- > 0 : left-- > 0) tested[pairs[at]] = TEST
    }
  }
  yield* inSlices(pairs.length, draw, SCATTERED)
  const firstPair = yield* earliest(owner, table.users.size, (a, b) => a < b)
  yield* trainEverybody(owner, firstPair, tested)
  if (!tested.includes(TEST)) testOne(pairs, owner, tested)
  return drawn(yield* divide(who, table, yield* rowsOfPairs(tested, pairOf)))
}

/** The error for a split by time without times. */
export const timeless = (who: string): RivuletError =>
  withoutColumn(who, 'time', 'Name the time column when reading, or use splitRandom or splitLeaveLastOut.')

const TRAIN = 0
export const TEST = 1
export const DROPPED = 2

/** If the draw chose none of a few pairs: the first of them, in shuffled order, whose user has another. */
function testOne(pairs: Int32Array, owner: Int32Array, tested: Uint8Array): void {
  const hasAnother = (pair: number): boolean => owner[pair - 1] === owner[pair] || owner[pair + 1] === owner[pair]
  const one = pairs.find(hasAnother)
  if (one !== undefined) tested[one] = TEST
}

/** The share of each user's pairs, rounded up with the probability of its fractional part. */
function quotas(owner: Int32Array, users: number, share: number, random: Random): Int32Array {
  const pairs = new Int32Array(users)
  for (const user of owner) pairs[user]++
  return pairs.map((count) => Math.floor(count * share + random.next()))
}

/** Whether row a comes before row b: by time, unknown times first, ties by row. */
function timeOrder({ time }: Interactions): (a: number, b: number) => boolean {
  if (time === undefined) return (a, b) => a < b
  return (a, b) => {
    const ofA = knownTime(time[a])
    const ofB = knownTime(time[b])
    return ofA === ofB ? a < b : ofA < ofB
  }
}

function knownTime(time: number): number {
  return Number.isNaN(time) ? -Infinity : time
}

/** Marks the rows at or after a time. */
export function* rowsFrom(time: Float64Array, cutoff: number): Sliced<Uint8Array> {
  const tested = new Uint8Array(time.length)
  const mark = (from: number, to: number): void => {
    for (let row = from; row < to; row++) if (time[row] >= cutoff) tested[row] = TEST
  }
  yield* inSlices(time.length, mark)
  return tested
}

/** Marks the given share of the rows, the latest ones: at least one, and not all unless there is only one. */
export function* latestRows(time: Float64Array, share: number): Sliced<Uint8Array> {
  const { length } = time
  if (length < 2) return new Uint8Array(length)
  const known = new Float64Array(length)
  const copyKnown = (from: number, to: number): void => {
    for (let row = from; row < to; row++) known[row] = knownTime(time[row])
  }
  yield* inSlices(length, copyKnown)
  let left = clamp(Math.round(length * share), 1, length - 1)
  const cut = yield* orderStatistic(known, length - left)
  const tested = new Uint8Array(length)
  const markLater = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (knownTime(time[row]) <= cut) continue
      tested[row] = TEST
      left--
    }
  }
  yield* inSlices(length, markLater)
  const markLast = (from: number, to: number): void => {
    for (let row = length - 1 - from; left > 0 && row > length - 1 - to; row--) {
      if (knownTime(time[row]) !== cut) continue
      tested[row] = TEST
      left--
    }
  }
  yield* inSlices(length, markLast)
  return tested
}

/** The earliest unit (row or pair) of each group, -1 for groups without any. */
function* earliest(
  groupOf: Int32Array,
  groups: number,
  isEarlier: (a: number, b: number) => boolean,
): Sliced<Int32Array> {
  const first = new Int32Array(groups).fill(-1)
  const meet = (from: number, to: number): void => {
    for (let unit = from; unit < to; unit++) {
      const held = first[groupOf[unit]]
      if (held < 0 || isEarlier(unit, held)) first[groupOf[unit]] = unit
    }
  }
  yield* inSlices(groupOf.length, meet, SCATTERED)
  return first
}

/** Returns the first unit of every user without training to training. */
function* trainEverybody(owner: Int32Array, firstUnit: Int32Array, tested: Uint8Array): Sliced<void> {
  const trained = new Uint8Array(firstUnit.length)
  const meet = (from: number, to: number): void => {
    for (let unit = from; unit < to; unit++) if (tested[unit] === TRAIN) trained[owner[unit]] = 1
  }
  yield* inSlices(owner.length, meet, SCATTERED)
  for (let user = 0; user < firstUnit.length; user++) {
    if (trained[user] === 0 && firstUnit[user] >= 0) tested[firstUnit[user]] = TRAIN
  }
}

export function* rowsOfPairs(tested: Uint8Array, pairOf: Int32Array): Sliced<Uint8Array> {
  const side = new Uint8Array(pairOf.length)
  const look = (from: number, to: number): void => {
    for (let row = from; row < to; row++) side[row] = tested[pairOf[row]]
  }
  yield* inSlices(side.length, look, SCATTERED)
  return side
}

/** Drops the tested rows whose pair is also in training. */
export function* dropRepeats(table: Interactions, tested: Uint8Array): Sliced<void> {
  const { pairOf, owner } = yield* numberPairs(table)
  const trained = new Uint8Array(owner.length)
  const meet = (from: number, to: number): void => {
    for (let row = from; row < to; row++) if (tested[row] === TRAIN) trained[pairOf[row]] = 1
  }
  yield* inSlices(table.length, meet, SCATTERED)
  const drop = (from: number, to: number): void => {
    for (let row = from; row < to; row++) if (tested[row] === TEST && trained[pairOf[row]] === 1) tested[row] = DROPPED
  }
  yield* inSlices(table.length, drop, SCATTERED)
}

/** Marks training whose test is not in the future: currently popular items do not predict it. */
export const drawn = ({ train, ...rest }: Split): Split => ({
  train: train.time === undefined ? train : asTable({ ...train, fromAllTimes: true }),
  ...rest,
})

export function* divide(who: string, table: Interactions, side: Uint8Array): Sliced<Split> {
  const train = yield* whereInSlices(table.length, (row) => side[row] === TRAIN)
  const test = yield* whereInSlices(table.length, (row) => side[row] === TEST)
  if (train.length === 0) throw emptySide(who, 'training', table.length)
  if (test.length === 0) throw emptySide(who, 'test', table.length)
  return {
    train: yield* takeInSlices(table, train),
    test: yield* takeInSlices(table, test),
    dropped: table.length - train.length - test.length,
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}

/** The error for a split with an empty side. */
export function emptySide(who: string, side: string, rows: number): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: `at least one ${side} row`,
    got: `none of ${rows}`,
    todo: 'Move the cutoff, or add users with at least two items.',
    details: { side, rows },
  })
}
