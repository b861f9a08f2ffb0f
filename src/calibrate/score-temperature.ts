/**
 * Temperature for shares of many classes: one number that sharpens or flattens all rows.
 *
 *   q_c = p_c^(1/T) / sum_k p_k^(1/T),   T minimizes the log loss of the actual classes
 *
 * p shares (n x c), q calibrated shares. Guo, Pleiss, Sun & Weinberger 2017, arXiv:1706.04599: softmax of logits / T, and log p are the logits of p.
 * The best class of a row does not change. Spreading gives flat shares if there are few labels, so T is often far below 1. The log loss is convex in 1 / T:
 * bisection of its slope. Time O(n c) per step, 40 steps.
 */
import ndarray from 'ndarray'
import { integer, resolve, type Given } from '../support/spec.ts'
import { checkActualColumns, checkScoreRows, scoreRow, type ScoreRows } from './score-rows.ts'

export const temperatureOptions = {
  /** Fewest labels that a temperature is learnt from; integer >= 1. Default 20. */
  fewestLabels: integer(20, 1),
}

/** Options of `fitTemperature`. */
export interface TemperatureOptions extends Given<typeof temperatureOptions> {}

/** A fitted temperature. */
export interface Temperature {
  /** T, in [0.01, Infinity]; Infinity makes all classes equal. 1 if there was too little to learn from. */
  readonly temperature: number
  /** Mean log loss of the labels in nats at T = 1 and at T. Null if nothing was learnt. */
  readonly logLoss: { readonly before: number; readonly after: number } | null
  /** The reason why nothing was learnt, or null. */
  readonly reason: string | null
  /** Calibrated shares: a new array of the same shape. @throws {RivuletError} INVALID_DATA */
  calibrate(scores: ScoreRows): ScoreRows
}

/** Upper bound of 1 / T. */
const STEEPEST = 100
const STEPS = 40
/** Smaller shares count as this: a class that is not reached has a share of 0, but may be correct. */
const SMALLEST = 1e-6

/**
 * Learns a temperature from held-out labels.
 *
 * @param scores shares of the classes, shape (rows, classes), each in [0, 1]
 * @param actual column of the actual class of every row
 * @throws {RivuletError} INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION
 */
export function fitTemperature(
  scores: ScoreRows,
  actual: ArrayLike<number>,
  options?: TemperatureOptions,
): Temperature {
  const who = 'fitTemperature'
  const { fewestLabels } = resolve(who, temperatureOptions, options)
  checkScoreRows(who, scores)
  checkActualColumns(who, scores, actual)
  if (actual.length < fewestLabels) {
    const reason = `${actual.length} held-out labels are fewer than ${fewestLabels}`
    return { temperature: 1, logLoss: null, reason, calibrate: (rows) => sharpen(rows, 1) }
  }
  const logits = Array.from(actual, (_, row) => logShares(scoreRow(scores, row)))
  const steepness = leastLossSteepness(logits, actual)
  return {
    temperature: 1 / steepness,
    logLoss: { before: lossAt(1, logits, actual).loss, after: lossAt(steepness, logits, actual).loss },
    reason: null,
    calibrate: (rows) => sharpen(rows, steepness),
  }
}

/** The loss falls with 1 / T as long as the mean logit of the actual class is above the expected one. */
function leastLossSteepness(logits: readonly Float64Array[], actual: ArrayLike<number>): number {
  let [low, high] = [0, STEEPEST]
  if (lossAt(high, logits, actual).slope < 0) return high
  if (lossAt(low, logits, actual).slope >= 0) return low
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2
    if (lossAt(middle, logits, actual).slope < 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Mean log loss at 1 / T, and its derivative: the mean logit minus that of the actual class. */
function lossAt(
  steepness: number,
  logits: readonly Float64Array[],
  actual: ArrayLike<number>,
): { loss: number; slope: number } {
  let [loss, slope] = [0, 0]
  logits.forEach((row, at) => {
    const shares = softmax(row, steepness)
    loss -= Math.log(Math.max(Number.MIN_VALUE, shares[actual[at]]))
    slope += shares.reduce((sum, share, c) => sum + share * row[c], 0) - row[actual[at]]
  })
  return { loss: loss / logits.length, slope: slope / logits.length }
}

const logShares = (shares: Float64Array): Float64Array => shares.map((share) => Math.log(Math.max(SMALLEST, share)))

function softmax(logits: Float64Array, steepness: number): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b))
  const powers = logits.map((logit) => Math.exp(steepness * (logit - largest)))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / total)
}

function sharpen(scores: ScoreRows, steepness: number): ScoreRows {
  checkScoreRows('calibrate', scores)
  const [rows, classes] = scores.shape
  const data = new Float32Array(rows * classes)
  for (let row = 0; row < rows; row++) {
    const shares = scoreRow(scores, row)
    data.set(steepness === 1 ? shares : softmax(logShares(shares), steepness), row * classes)
  }
  return ndarray(data, [rows, classes])
}
