import type { Detached } from '../request/request.ts'
import { splitFingerprintInSlices } from '../evaluate/fingerprint.ts'
import { pairedBootstrap } from '../evaluate/significance.ts'
import { checkInSlices, isTable, type Interactions } from '../data/interactions.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import { ratingsOn, tableInSlices } from '../ratings/predict-ratings.ts'
import { readRatings } from '../ratings/data.ts'
import { ratingOptions, resolveRatings, type PredictRatingsOptions } from '../ratings/options.ts'
import type { Source } from '../network/open.ts'
import { defaultsOf } from '../support/spec.ts'
import { RivuletError } from '../support/errors.ts'
import { hashInSlices } from '../support/content-hash.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import type { Objective, Validation } from './objective.ts'
import type { Metric } from './search.ts'
import type { Point, SearchSpace } from './search-space.ts'
import type { SearchFacts } from './trial-log.ts'
import { cutTable, heldOutBy, type HeldOutBy, type ValidationChoice } from './validation-choice.ts'

const VARIANCE = { logUniform: [0.03, 0.5] } as const

/** What is searched of `predictRatings` when nothing else is asked for; the balance where there is evidence. */
const RATING_SPACE: SearchSpace = {
  ...{ userBias: VARIANCE, itemBias: VARIANCE, itemLevel: VARIANCE },
  ...{ userTaste: VARIANCE, itemAudience: VARIANCE, sharedTaste: VARIANCE },
  rank: { logInteger: [16, 128] },
}
const BALANCE_SPACE: SearchSpace = { balance: [0, 0.1, 0.3, 1] }

export type RatingMetricName = 'rmse' | 'mae'

/** What the objective of a predictor of ratings is made of. */
export interface RatingObjectiveOptions {
  /** Options that are not searched. */
  readonly fixed: PredictRatingsOptions
  readonly metric: RatingMetricName
  readonly validation: ValidationChoice
  readonly heldOutShare: number
  readonly seed: number
  readonly memoryLimitBytes: number
}

/** How `predictRatings` predicts ratings that it is not shown; all evidence stays. Examples are users: errors of one user depend on each other. */
export class RatingObjective implements Objective {
  readonly metric: Metric
  readonly examples: number
  /** A fit costs the same, however few ratings it is scored on. */
  readonly leastExamples: number
  readonly validation: Validation
  readonly space: SearchSpace
  readonly defaults: Point
  readonly facts: SearchFacts
  readonly #who: string
  readonly #options: RatingObjectiveOptions
  readonly #train: Interactions
  readonly #test: Interactions
  /** Without evidence there is no balance to find, and no fit to spend on it. */
  readonly #unasked: PredictRatingsOptions
  readonly #pairs: readonly (readonly [string, string])[]

  private constructor(who: string, options: RatingObjectiveOptions, opened: OpenedRatings) {
    const { fixed, metric } = options
    const { by, train, test, seenPairs, hasEvidence, data } = opened
    this.#who = who
    this.#options = options
    this.metric = errorMetric(metric)
    this.#train = train
    this.#test = test
    const { users, items, user, item, length } = test
    this.#pairs = Array.from(user, (row, at) => [users.keyOf(row), items.keyOf(item[at])] as const)
    this.examples = new Set(user).size
    this.leastExamples = this.examples
    this.validation = { by, examples: this.examples, heldOut: length, seenPairs }
    this.#unasked = hasEvidence ? {} : { balance: 0 }
    this.space = hasEvidence ? { ...RATING_SPACE, ...BALANCE_SPACE } : RATING_SPACE
    const { pairs: _, seed: __, ...defaults } = { ...defaultsOf(ratingOptions), ...fixed }
    this.defaults = defaults
    this.facts = { metric, options: { ...fixed, pairs: null }, data }
  }

  /** @throws {RivuletError} EMPTY_DATA without ratings, or with none held out, INVALID_OPTION, UNKNOWN_OPTION */
  static *open(who: string, source: Source, options: RatingObjectiveOptions): Sliced<RatingObjective> {
    return new RatingObjective(who, options, yield* openRatings(who, source, options))
  }

  optionsAt(point: Point): PredictRatingsOptions {
    const options = { ...this.#options.fixed, ...point }
    resolveRatings(this.#who, options)
    return options
  }

  *scores(point: Point): Detached<number[]> {
    const { memoryLimitBytes } = this.#options
    const options = { memoryLimitBytes, ...this.#unasked, ...this.optionsAt(point), pairs: this.#pairs }
    const { rating } = yield* ratingsOn(this.#train, options)
    const { user, value, length, users } = this.#test
    const lossOf = this.#options.metric === 'rmse' ? (error: number) => error * error : Math.abs
    const sums = new Float64Array(users.size)
    rating.forEach((predicted, at) => (sums[user[at]] += lossOf(predicted - (value?.[at] ?? 1))))
    const scored = [...new Set(user)].sort((a, b) => a - b)
    // Scaled so that their mean is that of all ratings.
    return scored.map((row) => (sums[row] * scored.length) / length)
  }
}

/** Mean over ratings of squared or absolute errors; of the squared ones the root. */
export function errorMetric(name: RatingMetricName): Metric {
  const mean = (losses: ArrayLike<number>): number =>
    Array.from(losses).reduce((sum, loss) => sum + loss, 0) / losses.length
  const score = name === 'rmse' ? (losses: ArrayLike<number>): number => Math.sqrt(mean(losses)) : mean
  return {
    name,
    better: 'lower',
    score,
    gain(a, b, seed) {
      const gain = pairedBootstrap(b, a, { seed })
      if (name === 'mae') return gain
      // a^2 - b^2 = (a + b) (a - b): what is a difference of squares becomes one of roots.
      const scale = 1 / Math.max(score(a) + score(b), Number.MIN_VALUE)
      return { ...gain, difference: gain.difference * scale, low: gain.low * scale, high: gain.high * scale }
    },
  }
}

/** Ratings to learn from, and those that are held out. */
interface OpenedRatings extends HeldOutRatings {
  readonly train: Interactions
  readonly hasEvidence: boolean
  /** What tells these data from others. */
  readonly data: object
}

function* openRatings(who: string, source: Source, options: RatingObjectiveOptions): Sliced<OpenedRatings> {
  const { fixed, validation, heldOutShare, seed } = options
  const { signals } = resolveRatings(who, fixed)
  const table = yield* checkInSlices(who, yield* tableInSlices(source))
  const { label, labels, evidence } = yield* readRatings(who, table, signals)
  let held: HeldOutRatings
  if (isTable(validation)) {
    const given = yield* readRatings(who, validation, signals)
    held = { by: 'table', ...(yield* unseenRows(labels, yield* knownRows(table, given.labels))) }
  } else {
    const by = heldOutBy(validation, labels)
    held = { by, test: (yield* cutTable(labels, by, heldOutShare, seed)).test, seenPairs: 0 }
  }
  const { test, seenPairs } = held
  const train = held.by === 'table' ? table : yield* without(table, test, label)
  if (test.length === 0) throw nothingKnown(who, seenPairs)
  const values = [yield* hashInSlices(train.value), yield* hashInSlices(test.value)]
  const data = { ...(yield* splitFingerprintInSlices(train, test)), values }
  return { ...held, train, hasEvidence: evidence !== null, data }
}

interface HeldOutRatings {
  readonly by: HeldOutBy | 'table'
  readonly test: Interactions
  readonly seenPairs: number
}

/** A table without the labels of some pairs. */
function* without(table: Interactions, test: Interactions, label: string): Sliced<Interactions> {
  const { user, item, signal, signals, items, length } = table
  const number = signals.indexOf(label)
  const held = yield* pairKeys(test)
  const stays = (row: number): boolean =>
    (signal?.[row] ?? 0) !== number || !held.has(user[row] * items.size + item[row])
  return yield* takeInSlices(table, yield* whereInSlices(length, stays, KEY_COST))
}

/** Operations of looking a key up. */
const KEY_COST = 50

/** The pairs of a table, each as one number. */
function* pairKeys({ user, item, items, length }: Interactions): Sliced<Set<number>> {
  const keys = new Set<number>()
  const add = (from: number, to: number): void => {
    for (let row = from; row < to; row++) keys.add(user[row] * items.size + item[row])
  }
  yield* inSlices(length, add, KEY_COST)
  return keys
}

/** The rows of another table whose user and item a table knows, by its numbers. */
function* knownRows(table: Interactions, other: Interactions): Sliced<Interactions> {
  const { users, items } = table
  const [user, item] = [new Int32Array(other.length), new Int32Array(other.length)]
  const find = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      user[row] = users.rowOf(other.users.keyOf(other.user[row]))
      item[row] = items.rowOf(other.items.keyOf(other.item[row]))
    }
  }
  yield* inSlices(other.length, find, 2 * KEY_COST)
  const known = yield* whereInSlices(other.length, (row) => user[row] >= 0 && item[row] >= 0)
  return yield* takeInSlices({ ...other, users, items, user, item }, known)
}

/** Of rows over the same keys those whose pair has no label: what is known already is no prediction. */
function* unseenRows(
  labels: Interactions,
  rows: Interactions,
): Sliced<{ readonly test: Interactions; readonly seenPairs: number }> {
  const { size } = labels.items
  const seen = yield* pairKeys(labels)
  const isUnseen = (row: number): boolean => !seen.has(rows.user[row] * size + rows.item[row])
  const unseen = yield* whereInSlices(rows.length, isUnseen, KEY_COST)
  return { test: yield* takeInSlices(rows, unseen), seenPairs: rows.length - unseen.length }
}

function nothingKnown(who: string, seenPairs: number): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: 'ratings to choose by',
    got:
      seenPairs > 0
        ? `a validation table whose ${seenPairs} pairs all have a rating in the source`
        : 'a validation table that shares no users and items with the source',
    todo: 'Give ratings that the source does not hold.',
  })
}
