import { anything } from '../support/options.ts'
import { option, optional, resolve, type Given } from '../support/spec.ts'
import { bucketsByEdges, DEFAULT_ACTIVITY_EDGES, isAscendingEdges } from './activity.ts'
import { checkEqualLengths, checkFinite, checkPaired } from './paired.ts'

export const scoreOptions = {
  /** How many training ratings the user of each rating has, integers >= 0, shape (ratings). Default: not reported by activity. */
  activity: optional<ArrayLike<number>>(anything),
  /** Lower edges of the groups of activity, ascending integers >= 0. Default [0, 1, 5, 10, 20, 50]. */
  buckets: option(DEFAULT_ACTIVITY_EDGES, isAscendingEdges),
}

export interface ScoreRatingsOptions extends Given<typeof scoreOptions> {}

/** Errors of predicted ratings, in the unit of the ratings. */
export interface RatingScores {
  /** Number of ratings. */
  readonly ratings: number
  /** Root mean squared error, >= 0. */
  readonly rmse: number
  /** Mean absolute error, in [0, rmse]. */
  readonly mae: number
  /** Errors by the activity of users, sparsest first; groups without a rating are left out. */
  readonly byActivity: readonly ActivityErrors[]
}

/** Errors for users with `from` to `to` training ratings (inclusive; `null`: no upper limit). */
export interface ActivityErrors extends Omit<RatingScores, 'byActivity'> {
  readonly from: number
  readonly to: number | null
}

/**
 * Errors of predicted ratings, overall and by the activity of users.
 *
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA (different lengths, a value that is not finite), INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * import { scoreRatings } from 'rivulet'
 *
 * const { rmse, byActivity } = scoreRatings([4, 3, 5], [5, 3, 4], { activity: [2, 0, 0] })
 * console.log(rmse.toFixed(3), byActivity.map(({ from, to, mae }) => `${from}-${to}: ${mae}`)) // 0.816 [ '0-0: 0.5', '1-4: 1' ]
 * ```
 */
export function scoreRatings(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  options?: ScoreRatingsOptions,
): RatingScores {
  const who = 'scoreRatings'
  const { activity, buckets } = resolve(who, scoreOptions, options)
  const scores = errorsOf(predicted, actual)
  if (activity === undefined) return { ...scores, byActivity: [] }
  checkEqualLengths(`${who}, ratings and option 'activity'`, actual, activity)
  checkFinite(who, 'activity', activity)
  const byActivity = bucketsByEdges(Int32Array.from(activity), buckets).map(({ from, to, members }) => {
    const part = (values: ArrayLike<number>): Float64Array => Float64Array.from(members, (at) => values[at])
    return { from, to, ...errorsOf(part(predicted), part(actual)) }
  })
  return { ...scores, byActivity }
}

const errorsOf = (predicted: ArrayLike<number>, actual: ArrayLike<number>): Omit<RatingScores, 'byActivity'> => ({
  rmse: rmse(predicted, actual),
  mae: mae(predicted, actual),
  ratings: actual.length,
})

/**
 * Root mean squared error: sqrt(mean (predicted - actual)^2), in the unit of the ratings, >= 0.
 *
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA (different lengths, a value that is not finite)
 */
export function rmse(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  return Math.sqrt(meanError('rmse', predicted, actual, (error) => error * error))
}

/**
 * Mean absolute error: mean |predicted - actual|, in the unit of the ratings, >= 0 and never above the RMSE.
 *
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA (different lengths, a value that is not finite)
 */
export function mae(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  return meanError('mae', predicted, actual, Math.abs)
}

function meanError(
  who: string,
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  loss: (error: number) => number,
): number {
  checkPaired(who, predicted, actual)
  checkFinite(who, 'predicted', predicted)
  checkFinite(who, 'actual', actual)
  let sum = 0
  for (let row = 0; row < actual.length; row++) sum += loss(predicted[row] - actual[row])
  return sum / actual.length
}
