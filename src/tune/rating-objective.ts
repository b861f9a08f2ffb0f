import type { Detached } from '../request/request.ts'
import { splitFingerprintInSlices } from '../evaluate/fingerprint.ts'
import { mean, pairedBootstrap } from '../evaluate/significance.ts'
import { checkInSlices, isTable, type Interactions } from '../data/interactions.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import { ratingsOn, tableInSlices } from '../ratings/predict-ratings.ts'
import { readRatings } from '../ratings/data.ts'
import { ratingOptions, resolveRatings, type PredictRatingsOptions } from '../ratings/options.ts'
import type { Source } from '../network/open.ts'
import { refusedOption } from '../support/options.ts'
import { defaultsOf } from '../support/spec.ts'
import { hashesInSlices } from '../support/content-hash.ts'
import type { Sliced } from '../support/pause.ts'
import {
  cutTable,
  KEY_COST,
  nothingHeldOut,
  pairsOf,
  unseenRows,
  type HoldOutOptions,
  type Validation,
} from './hold-out.ts'
import type { Metric, Objective, ObjectiveOptions } from './search.ts'
import type { Point, SearchSpace } from './search-space.ts'

const VARIANCE = { logUniform: [0.03, 0.5] } as const

/** Default search space of `predictRatings`, with the balance if there is evidence. */
const RATING_SPACE: SearchSpace = {
  ...{ userBias: VARIANCE, itemBias: VARIANCE, itemLevel: VARIANCE },
  ...{ userTaste: VARIANCE, itemAudience: VARIANCE, sharedTaste: VARIANCE },
  rank: { logInteger: [16, 128] },
}
const BALANCE_SPACE: SearchSpace = { balance: [0, 0.1, 0.3, 1] }

export type RatingMetricName = 'rmse' | 'mae'

/**
 * Scores `predictRatings` on held-out ratings; all evidence stays. Examples are users, because errors of one user are correlated.
 *
 * @throws {RivuletError} EMPTY_DATA without ratings, or with none held out, INVALID_OPTION, also for relations, UNKNOWN_OPTION
 */
export function* openRatings(who: string, source: Source, options: ObjectiveOptions): Sliced<Objective> {
  const fixed: PredictRatingsOptions = options.fixed
  const metric = options.metric as RatingMetricName
  const { signals, relations } = resolveRatings(who, fixed)
  if (relations !== undefined) {
    const todo = 'Tune without them; what is found is for ratings with relations too.'
    throw refusedOption(who, 'options', { expected: 'options other than relations', got: 'relations', todo })
  }
  const table = yield* checkInSlices(who, yield* tableInSlices(source, who))
  const { label, labels, evidence } = yield* readRatings(who, table, signals)
  const { validation } = options
  const given = isTable(validation) ? (yield* readRatings(who, validation, signals)).labels : null
  const { by, test, seenPairs } = yield* holdOutRatings(who, labels, given, options)
  if (test.length === 0) throw nothingHeldOut(who, 'ratings', seenPairs)
  const train = by === 'table' ? table : yield* withoutLabels(table, label, test)
  const data = {
    ...(yield* splitFingerprintInSlices(train, test)),
    values: yield* hashesInSlices([train.value, test.value]),
  }
  const scored = [...new Set(test.user)].sort((a, b) => a - b)
  const pairs = Array.from(test.user, (user, at) => [test.users.keyOf(user), test.items.keyOf(test.item[at])] as const)
  // Without evidence there is no balance to fit.
  const shared = { memoryLimitBytes: options.memoryLimitBytes, ...(evidence === null && { balance: 0 }) }
  const { pairs: _, seed: __, ...defaults } = { ...defaultsOf(ratingOptions), ...fixed }
  const optionsAt = (point: Point): PredictRatingsOptions => {
    const asked = { ...fixed, ...point }
    resolveRatings(who, asked)
    return asked
  }
  return {
    metric: errorMetric(metric),
    examples: scored.length,
    // A fit costs the same, however few ratings it is scored on.
    leastExamples: scored.length,
    validation: { by, examples: scored.length, heldOut: test.length, seenPairs },
    space: evidence === null ? RATING_SPACE : { ...RATING_SPACE, ...BALANCE_SPACE },
    defaults,
    facts: { metric, options: { ...fixed, pairs: null }, data },
    optionsAt,
    *scores(point): Detached<number[]> {
      const { rating } = yield* ratingsOn(train, { ...shared, ...optionsAt(point), pairs })
      const sums = new Float64Array(test.users.size)
      rating.forEach((predicted, at) => {
        const error = predicted - (test.value?.[at] ?? 1)
        sums[test.user[at]] += metric === 'rmse' ? error * error : Math.abs(error)
      })
      // Scaled so that the mean over users equals the mean over ratings.
      return scored.map((user) => (sums[user] * scored.length) / test.length)
    },
  }
}

/** Mean over ratings of absolute errors, or root of the mean of squared errors. */
function errorMetric(name: RatingMetricName): Metric {
  const score = name === 'rmse' ? (losses: ArrayLike<number>): number => Math.sqrt(mean(losses)) : mean
  return {
    name,
    better: 'lower',
    score,
    gain(a, b, seed) {
      const gain = pairedBootstrap(b, a, { seed })
      if (name === 'mae') return gain
      // a^2 - b^2 = (a + b) (a - b) turns the difference of squares into one of roots.
      const scale = 1 / Math.max(score(a) + score(b), Number.MIN_VALUE)
      return { ...gain, difference: gain.difference * scale, low: gain.low * scale, high: gain.high * scale }
    },
  }
}

interface HeldOutRatings extends Pick<Validation, 'by' | 'seenPairs'> {
  readonly test: Interactions
}

/** @param given the ratings of a validation table; `null` without one */
function* holdOutRatings(
  who: string,
  labels: Interactions,
  given: Interactions | null,
  options: HoldOutOptions,
): Sliced<HeldOutRatings> {
  if (given === null) return { ...(yield* cutTable(who, labels, options)), seenPairs: 0 }
  const { known, rows, seenPairs } = yield* unseenRows(yield* pairsOf(labels), labels, given)
  return { by: 'table', test: yield* takeInSlices(known, rows), seenPairs }
}

/** A table without the labels of some of its pairs. */
function* withoutLabels(table: Interactions, label: string, test: Interactions): Sliced<Interactions> {
  const { user, item, signal, signals, length } = table
  const number = signals.indexOf(label)
  const held = yield* pairsOf(test)
  const stays = (row: number): boolean => (signal?.[row] ?? 0) !== number || !held.has(user[row], item[row])
  return yield* takeInSlices(table, yield* whereInSlices(length, stays, KEY_COST))
}
