/**
 * Share of the average user in profiles, estimated from the past: the latest WINDOW of the rows is predicted from the rows before.
 *
 *   P(next item of a user is i) = (q_i + s a_i) / sum over unseen items of (q + s a)
 *
 * q_i the score of item i for the user's profile, a_i its score for as many items of the average user, each times its recency factor at that moment, and s the average
 * user's share, chosen by maximum likelihood: once for long profiles and once for short ones, some of which are long ones that were cut. Each user counts once. A share is drawn
 * towards 1, equal parts, by a prior with the weight of PRIOR users: without evidence, this loses least. Cost: DEGREE products with at most ROWS rows for each panel of profiles.
 */
import { whereInSlices } from '../data/take-rows.ts'
import { buildInSlices } from '../matrix/build.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import { orderStatistic } from '../support/order-statistic.ts'
import { PAUSE, type Sliced } from '../support/pause.ts'
import { seededRandom, type Random } from '../support/random.ts'
import { LEAST_ROWS, type TimedRows } from '../data/timed-rows.ts'
import { LONG, type AverageShares } from './methods/recipe.ts'
import { ITEM_BYTES, PANEL, PastFilter } from './past-filter.ts'
import type { Past } from './recency.ts'

/** Part of the rows that is predicted. */
const WINDOW = 1 / 10
/** Maximum number of rows, those of randomly drawn users. */
const ROWS = 2 ** 17
/** Maximum number of profiles of either kind. */
const USERS = 64
/** Lengths to which long profiles are cut, in turn. */
const CUTS = [1, 2, 3, 5] as const
/** Weight of the prior: this many users for whom both parts are equal. */
const PRIOR = 8
/** Candidate shares, far enough apart that rounding errors cannot change the choice. */
const SHARES = Array.from({ length: 17 }, (_, at) => 2 ** (at / 2 - 3))
/** The likelihood of an item without evidence. */
const UNLIKELY = 1e-9
const SEED = 1812

/** The time from which rows are predicted, and the rows on either side of it. */
interface Replay {
  /** A pattern, users x items, with separate numbers. */
  readonly past: CsrMatrix
  /** Row of the table for each of these items. */
  readonly items: Int32Array
  /** The time before the predicted rows. */
  readonly now: number
  readonly profiles: readonly PastProfile[]
}

interface PastProfile {
  readonly items: readonly number[]
  /** The next items of the user that occur before; at least one. */
  readonly next: readonly number[]
}

/** Text for notes. */
export const describeShares = ({ long, short }: AverageShares): string =>
  `the average user: ${long.toFixed(2)} for each item of a profile, ${short.toFixed(2)} where it has fewer than ${LONG}`

/** Memory of the search. */
export const bytesOfShares = ({ itemCount, userCount, time: { length } }: TimedRows): number =>
  ITEM_BYTES * Math.min(itemCount, ROWS) + 4 * (itemCount + userCount + 2 * length) + 64 * Math.min(length, ROWS)

/** @returns `null` without evidence: no returning users, and no recent rows */
export function* averageShares(rows: TimedRows, { until, factors }: Past): Sliced<AverageShares | null> {
  const { past, items, now, profiles } = yield* replayOf(rows, until)
  if (profiles.length === 0 && factors === null) return null
  const recent = factors && (yield* factors(now, now))
  const foretold = yield* foretell(
    past,
    Float32Array.from(items, (item) => recent?.[item] ?? 1),
    profiles,
  )
  const [long, short] = [true, false].map((isLong) => foretold.filter(({ length }) => length >= LONG === isLong))
  return { long: likeliestShare(long), short: likeliestShare(short) }
}

function* replayOf({ user, item, time, counts, userCount, itemCount }: TimedRows, until: number): Sliced<Replay> {
  const random = seededRandom(SEED)
  const isKnown = (row: number): boolean => !(time[row] > until) && counts(row)
  let rows = yield* whereInSlices(time.length, isKnown)
  if (rows.length > ROWS) {
    const share = ROWS / rows.length
    const drawn = Uint8Array.from({ length: userCount }, () => (random.next() < share ? 1 : 0))
    rows = yield* whereInSlices(time.length, (row) => drawn[user[row]] === 1 && isKnown(row))
  }
  const times = Float64Array.from(rows, (row) => time[row]).filter((at) => !Number.isNaN(at))
  const place = Math.floor(times.length * (1 - WINDOW)) - 1
  const now = times.length < LEAST_ROWS ? Infinity : yield* orderStatistic(times, place)
  const [users, items] = [new Numbers(userCount), new Numbers(itemCount)]
  const [before, after] = [rows.filter((row) => !(time[row] > now)), rows.filter((row) => time[row] > now)]
  const [row, column] = [before.map((at) => users.of(user[at])), before.map((at) => items.of(item[at]))]
  yield PAUSE
  const past = yield* buildInSlices({ rowCount: users.count, columnCount: items.count, row, column })
  const isTested = after.filter((at) => users.has(user[at]) && items.has(item[at]))
  const next = setsBy(Array.from(isTested, (at) => [users.of(user[at]), items.of(item[at])] as const))
  const own = setsBy(Array.from(row, (by, at) => [by, column[at]] as const).filter(([by]) => next.has(by)))
  yield PAUSE
  return { past, items: items.known(), now, profiles: profilesOf(own, next, random) }
}

/** Numbers in the order of their first use. */
class Numbers {
  readonly #numbers: Int32Array
  readonly #known: number[] = []

  constructor(size: number) {
    this.#numbers = new Int32Array(size).fill(-1)
  }

  get count(): number {
    return this.#known.length
  }

  of(at: number): number {
    if (this.#numbers[at] < 0) this.#numbers[at] = this.#known.push(at) - 1
    return this.#numbers[at]
  }

  has(at: number): boolean {
    return this.#numbers[at] >= 0
  }

  known(): Int32Array {
    return Int32Array.from(this.#known)
  }
}

function setsBy(pairs: readonly (readonly [key: number, value: number])[]): Map<number, Set<number>> {
  const sets = new Map<number, Set<number>>()
  for (const [key, value] of pairs) {
    const set = sets.get(key)
    if (set === undefined) sets.set(key, new Set([value]))
    else set.add(value)
  }
  return sets
}

/** Long profiles, and as many short ones, some of which are long ones that were cut. */
function profilesOf(
  own: ReadonlyMap<number, ReadonlySet<number>>,
  next: ReadonlyMap<number, ReadonlySet<number>>,
  random: Random,
): PastProfile[] {
  const back = Array.from(next, ([user, taken]) => {
    const items = own.get(user) ?? new Set()
    return { items: [...items], next: [...taken].filter((item) => !items.has(item)) }
  }).filter((profile) => profile.next.length > 0)
  random.shuffle(back)
  const isLong = ({ items }: PastProfile): boolean => items.length >= LONG
  const short = back.slice(0, USERS).map((profile, at) => {
    const items = random.shuffle(profile.items.slice()).slice(0, CUTS[at % CUTS.length])
    return isLong(profile) ? { ...profile, items } : profile
  })
  return [...back.filter(isLong).slice(0, USERS), ...short]
}

/** Scores of both parts for the next items, shape (next) each, and their sums over all unseen items. */
interface Foretold {
  /** Number of items of the profile. */
  readonly length: number
  readonly own: readonly number[]
  readonly average: readonly number[]
  readonly sums: readonly [own: number, average: number]
}

function* foretell(past: CsrMatrix, recent: Float32Array, profiles: readonly PastProfile[]): Sliced<Foretold[]> {
  if (profiles.length === 0) return []
  const filter = yield* PastFilter.of(past)
  const items = past.columnCount
  const positive = (scores: Float32Array): Float32Array => {
    for (let at = 0; at < scores.length; at++) scores[at] = Math.max(0, scores[at] * recent[Math.floor(at / PANEL)])
    return scores
  }
  const lengths = Array.from({ length: LONG }, (_, at) => at + 1)
  const shares = new Float32Array(items * PANEL)
  for (const item of past.indices) for (let at = 0; at < lengths.length; at++) shares[item * PANEL + at] += 1 / past.nnz
  const averages = positive(yield* filter.scores(shares, lengths))
  const totals = lengths.map((_, at) => sumOf(averages, at))
  const foretold: Foretold[] = []
  for (let from = 0; from < profiles.length; from += PANEL) {
    const part = profiles.slice(from, from + PANEL)
    const seeds = new Float32Array(items * PANEL)
    part.forEach((profile, column) => profile.items.forEach((item) => (seeds[item * PANEL + column] = 1)))
    const lengthsOfPart = part.map((profile) => Math.min(LONG, profile.items.length))
    const scores = positive(yield* filter.scores(seeds, lengthsOfPart))
    for (const [column, profile] of part.entries()) {
      const at = lengthsOfPart[column] - 1
      const { length } = profile.items
      const ownOf = (item: number): number => scores[item * PANEL + column]
      const averageOf = (item: number): number => length * averages[item * PANEL + at]
      const seen = (of: (item: number) => number): number => profile.items.reduce((sum, item) => sum + of(item), 0)
      const sums = [sumOf(scores, column) - seen(ownOf), length * totals[at] - seen(averageOf)] as const
      foretold.push({ length, own: profile.next.map(ownOf), average: profile.next.map(averageOf), sums })
      yield PAUSE
    }
  }
  return foretold
}

function sumOf(panel: Float32Array, column: number): number {
  let sum = 0
  for (let at = column; at < panel.length; at += PANEL) sum += panel[at]
  return sum
}

function likeliestShare(foretold: readonly Foretold[]): number {
  const evidence = SHARES.map((share) => {
    const part = share / (1 + share)
    const said = foretold.map(({ own, average, sums }) => {
      const all = sums[0] + share * sums[1]
      const logs = own.map((score, at) => Math.log(UNLIKELY + (all > 0 ? (score + share * average[at]) / all : 0)))
      return logs.reduce((sum, log) => sum + log, 0) / logs.length
    })
    return said.reduce((sum, log) => sum + log, (PRIOR / 2) * Math.log(part * (1 - part)))
  })
  return SHARES[evidence.indexOf(evidence.reduce((most, one) => Math.max(most, one)))]
}
