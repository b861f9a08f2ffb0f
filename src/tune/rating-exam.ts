import { splitFingerprint } from '../evaluate/fingerprint.ts'
import { pairedBootstrap } from '../evaluate/significance.ts'
import { checkInteractions, isTable, type Interactions } from '../data/interactions.ts'
import { rowsWhere, takeRows } from '../data/take-rows.ts'
import { ratingsOn, tableOf, type RatingPredictions } from '../learn/predict-ratings.ts'
import { readRatings } from '../learn/rating-data.ts'
import { RATING_DEFAULTS, resolveRatings, type PredictRatingsOptions } from '../learn/rating-options.ts'
import type { Source } from '../propagate/network.ts'
import { RivuletError } from '../support/errors.ts'
import { contentHash } from '../support/content-hash.ts'
import type { Exam, Judging, Validation } from './exam.ts'
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

/** What the exam of a predictor of ratings is made of. */
export interface RatingExamOptions {
  /** Options that are not searched. */
  readonly fixed: PredictRatingsOptions
  readonly metric: RatingMetricName
  readonly validation: ValidationChoice
  readonly heldOutShare: number
  readonly seed: number
  readonly memoryLimitBytes: number
}

/** `predictRatings`, judged by ratings that it is not shown; all evidence stays. Examples are users: ratings of one user hang together. */
export class RatingExam implements Exam {
  readonly metric: Metric
  readonly examples: number
  /** A fit costs the same whoever judges it. */
  readonly leastExamples: number
  readonly validation: Validation
  readonly space: SearchSpace
  readonly defaults: Point
  readonly facts: SearchFacts
  readonly #who: string
  readonly #options: RatingExamOptions
  readonly #train: Interactions
  readonly #test: Interactions
  /** Without evidence there is no balance to find, and no fit to spend on it. */
  readonly #unasked: PredictRatingsOptions
  readonly #pairs: readonly (readonly [string, string])[]

  /** @throws {RivuletError} EMPTY_DATA without ratings or nothing to judge by, INVALID_OPTION, UNKNOWN_OPTION */
  constructor(who: string, source: Source, options: RatingExamOptions) {
    this.#who = who
    this.#options = options
    const { fixed, metric, validation } = options
    const { signals } = resolveRatings(who, fixed)
    this.metric = errorMetric(metric)
    const table = checkInteractions(who, tableOf(source))
    const { label, labels, evidence } = readRatings(who, table, signals)
    const held = isTable(validation)
      ? { by: 'table' as const, ...unseenRows(labels, knownRows(table, readRatings(who, validation, signals).labels)) }
      : heldOutLabels(labels, heldOutBy(validation, labels), options)
    this.#test = held.test
    this.#train = held.by === 'table' ? table : without(table, held.test, label)
    const { users, items, user, item, value, length } = this.#test
    this.#pairs = Array.from(user, (row, at) => [users.keyOf(row), items.keyOf(item[at])] as const)
    this.examples = new Set(user).size
    if (length === 0) throw nothingKnown(who, held.seenPairs)
    this.leastExamples = this.examples
    this.validation = { by: held.by, examples: this.examples, heldOut: length, seenPairs: held.seenPairs }
    this.#unasked = evidence === null ? { balance: 0 } : {}
    this.space = evidence === null ? RATING_SPACE : { ...RATING_SPACE, ...BALANCE_SPACE }
    const { pairs: _, seed: __, ...defaults } = { ...RATING_DEFAULTS, ...fixed }
    this.defaults = defaults
    this.facts = {
      metric,
      options: { ...fixed, pairs: null },
      data: { ...splitFingerprint(this.#train, this.#test), values: [this.#train.value, value].map(contentHash) },
    }
  }

  optionsAt(point: Point): PredictRatingsOptions {
    const options = { ...this.#options.fixed, ...point }
    resolveRatings(this.#who, options)
    return options
  }

  *judge(point: Point): Judging {
    const { memoryLimitBytes } = this.#options
    const options = { memoryLimitBytes, ...this.#unasked, ...this.optionsAt(point), pairs: this.#pairs }
    const { rating }: RatingPredictions = yield* ratingsOn(this.#train, options)
    const { user, value, length, users } = this.#test
    const lossOf = this.#options.metric === 'rmse' ? (error: number) => error * error : Math.abs
    const sums = new Float64Array(users.size)
    rating.forEach((predicted, at) => (sums[user[at]] += lossOf(predicted - (value?.[at] ?? 1))))
    const judged = [...new Set(user)].sort((a, b) => a - b)
    // Scaled so that their mean is that of all ratings.
    return judged.map((row) => (sums[row] * judged.length) / length)
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

function heldOutLabels(labels: Interactions, by: HeldOutBy, { heldOutShare, seed }: RatingExamOptions): HeldOutRatings {
  return { by, test: cutTable(labels, by, heldOutShare, seed).test, seenPairs: 0 }
}

interface HeldOutRatings {
  readonly by: HeldOutBy
  readonly test: Interactions
  readonly seenPairs: number
}

/** A table without the labels of some pairs. */
function without(table: Interactions, test: Interactions, label: string): Interactions {
  const { user, item, signal, signals, items, length } = table
  const number = signals.indexOf(label)
  const held = new Set(Array.from(test.user, (row, at) => row * items.size + test.item[at]))
  const stays = (row: number): boolean =>
    (signal?.[row] ?? 0) !== number || !held.has(user[row] * items.size + item[row])
  return takeRows(table, rowsWhere(length, stays))
}

/** The rows of another table whose user and item a table knows, by its numbers. */
function knownRows(table: Interactions, other: Interactions): Interactions {
  const { users, items } = table
  const user = other.user.map((row) => users.rowOf(other.users.keyOf(row)))
  const item = other.item.map((row) => items.rowOf(other.items.keyOf(row)))
  const known = rowsWhere(other.length, (row) => user[row] >= 0 && item[row] >= 0)
  return takeRows({ ...other, users, items, user, item }, known)
}

/** Of rows over the same keys those whose pair has no label: what is known already is no prediction. */
function unseenRows(
  labels: Interactions,
  rows: Interactions,
): { readonly test: Interactions; readonly seenPairs: number } {
  const { size } = labels.items
  const seen = new Set(Array.from(labels.user, (row, at) => row * size + labels.item[at]))
  const unseen = rowsWhere(rows.length, (row) => !seen.has(rows.user[row] * size + rows.item[row]))
  return { test: takeRows(rows, unseen), seenPairs: rows.length - unseen.length }
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
