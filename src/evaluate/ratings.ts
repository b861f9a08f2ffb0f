import { checkFinite, checkPaired } from './paired.ts'

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
