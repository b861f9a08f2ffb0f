/**
 * Conformal prediction: intervals and sets that contain the truth with a given probability, whatever the model.
 *
 *   s_v = |actual_v - predicted_v| / expectedError_v (a rating),   or a score that grows as the actual class is less likely (a label)
 *   q   = the ceil((n + 1) level)-th smallest of the n scores; an interval or set has all values that would score at most q
 *
 * Split conformal prediction: Papadopoulos, Proedrou, Vovk & Gammerman 2002, 10.1007/3-540-36755-1_29; Lei, G'Sell, Rinaldo, Tibshirani & Wasserman
 * 2018, 10.1080/01621459.2017.1307116. If the held-out labels and the new ones come from the same distribution (exchangeable) and the model has not seen
 * them, the truth is inside with probability >= level over both draws: for all predictions together, not for each user. Time O(n log n).
 */
import { checkEqualLengths, checkFinite, checkPaired, checkShares } from '../evaluate/paired.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { Check } from '../support/options.ts'
import { choice, number, option, optional, resolve, type Given } from '../support/spec.ts'
import { checkActualColumns, checkScoreRows, scoreRow, type ScoreRows } from './score-rows.ts'

const isColumn: Check = (value) =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value) ? null : 'a column of numbers'

const isRange: Check = (value) =>
  Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === 'number') && value[0] < value[1]
    ? null
    : 'the lowest and the highest value'

export const intervalOptions = {
  /** Share of truths that the intervals hold, in (0, 1). Default 0.9. */
  level: number(0.9, 0, 1, '()'),
  /** Expected error of every held-out prediction, > 0 and finite: intervals become wide where it is large. Default: the same everywhere. */
  expectedError: optional<ArrayLike<number>>(isColumn),
  /** Lowest and highest possible value, which cut the intervals off. Default none. */
  range: option<readonly [number, number]>(Object.freeze([-Infinity, Infinity] as const), isRange),
}

/** Options of `conformalIntervals`. */
export interface IntervalOptions extends Given<typeof intervalOptions> {}

/** Intervals around predictions. */
export interface ConformalIntervals {
  readonly level: number
  /** Half the width in units of the expected error (of the value if none is given); Infinity if there are fewer labels than the level needs. */
  readonly quantile: number
  /** Number of held-out labels. */
  readonly count: number
  /** The interval around a prediction; `expectedError` on the scale of those given, 1 if none were. @throws {RivuletError} INVALID_DATA */
  around(prediction: number, expectedError?: number): Interval
}

/** A closed interval. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * Learns the width of intervals from held-out ratings.
 *
 * @param predicted of ratings that the model has not seen
 * @param actual the same ratings
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * import { conformalIntervals } from 'rivulet'
 *
 * const actual = Array.from({ length: 99 }, (_, v) => 3 + ((v % 9) - 4) / 4)
 * const intervals = conformalIntervals(actual.map(() => 3), actual, { level: 0.9, range: [1, 5] })
 * console.log(intervals.around(4.5)) // { low: 3.5, high: 5 }
 * ```
 */
export function conformalIntervals(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  options?: IntervalOptions,
): ConformalIntervals {
  const who = 'conformalIntervals'
  const { level, expectedError, range } = resolve(who, intervalOptions, options)
  checkPaired(who, predicted, actual)
  checkFinite(who, 'predicted', predicted)
  checkFinite(who, 'actual', actual)
  if (expectedError !== undefined) checkPaired(`${who}, option 'expectedError'`, predicted, expectedError)
  const scores = Float64Array.from(predicted, (value, row) => {
    const unit =
      expectedError === undefined ? 1 : checkExpected(`${who}, option 'expectedError', row ${row}`, expectedError[row])
    return Math.abs(actual[row] - value) / unit
  })
  const quantile = conformalQuantile(scores, level)
  const [lowest, highest] = range
  const around = (prediction: number, unit = 1): Interval => {
    checkFinite('around', 'prediction', [prediction])
    const reach = quantile * checkExpected("around, 'expectedError'", unit)
    return { low: Math.max(lowest, prediction - reach), high: Math.min(highest, prediction + reach) }
  }
  return { level, quantile, count: scores.length, around }
}

export const setOptions = {
  /** Share of truths that the sets hold, in (0, 1). Default 0.9. */
  level: number(0.9, 0, 1, '()'),
  /**
   * 'least-ambiguous': all classes of at least a certain share (LAC, Sadinle, Lei & Wasserman 2019, 10.1080/01621459.2017.1395341): the smallest sets,
   * which may be empty for a hard row. 'adaptive': the best classes up to a certain sum of shares (APS, Romano, Sesia & Candes 2020,
   * arXiv:2006.02544, without its randomisation): never empty, larger for hard rows, and holds rather more than the level. Default 'least-ambiguous'.
   */
  method: choice<'least-ambiguous' | 'adaptive'>('least-ambiguous', ['least-ambiguous', 'adaptive']),
}

/** Options of `conformalSets`. */
export interface SetOptions extends Given<typeof setOptions> {}

/** Sets of labels. */
export interface ConformalSets {
  readonly level: number
  readonly method: 'least-ambiguous' | 'adaptive'
  /** Highest score of a class in the set: 1 - share, or the sum of the shares down to it. Infinity if there are fewer labels than the level needs. */
  readonly quantile: number
  readonly count: number
  /** Columns of the classes in the set of a row of shares, likeliest first; ties: the earlier column. @throws {RivuletError} INVALID_DATA */
  setOf(shares: ArrayLike<number>): number[]
}

/**
 * Learns from held-out labels which classes belong to a set.
 *
 * @param scores shares of the classes of nodes whose labels the model has not seen, shape (rows, classes)
 * @param actual column of the actual class of every row
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION
 */
export function conformalSets(scores: ScoreRows, actual: ArrayLike<number>, options?: SetOptions): ConformalSets {
  const who = 'conformalSets'
  const { level, method } = resolve(who, setOptions, options)
  checkScoreRows(who, scores)
  checkActualColumns(who, scores, actual)
  checkPaired(who, actual, actual)
  const ownScores = Float64Array.from(actual, (column, row) => {
    const scored = classScores(scoreRow(scores, row), method)
    return scored.find((entry) => entry.column === column)?.score ?? Infinity
  })
  const quantile = conformalQuantile(ownScores, level)
  const setOf = (shares: ArrayLike<number>): number[] => {
    checkEqualLengths('setOf, shares and classes', shares, { length: scores.shape[1] })
    checkShares('setOf', 'share', shares)
    return classScores(shares, method)
      .filter(({ score }, rank) => score <= quantile || (method === 'adaptive' && rank === 0))
      .map(({ column }) => column)
  }
  return { level, method, quantile, count: ownScores.length, setOf }
}

/** The ceil((n + 1) level)-th smallest score; Infinity beyond the last. Time O(n log n). */
export function conformalQuantile(scores: Float64Array, level: number): number {
  // (n + 1) level may exceed the intended integer by a rounding error.
  const rank = Math.ceil((scores.length + 1) * level - 1e-9)
  return rank > scores.length ? Infinity : scores.toSorted()[rank - 1]
}

/** The score of every class, likeliest first. */
function classScores(shares: ArrayLike<number>, method: ConformalSets['method']): { column: number; score: number }[] {
  const columns = Array.from(shares, (_, column) => column).sort((a, b) => shares[b] - shares[a])
  let sum = 0
  return columns.map((column) => {
    sum += shares[column]
    return { column, score: method === 'adaptive' ? sum : 1 - shares[column] }
  })
}

function checkExpected(who: string, expected: number): number {
  if (expected > 0 && Number.isFinite(expected)) return expected
  throw new RivuletError('INVALID_DATA', {
    who,
    expected: 'a finite number > 0',
    got: show(expected),
    todo: 'Pass expected errors, in the unit of the values.',
  })
}
