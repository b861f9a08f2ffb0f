/**
 * Temperature for shares of many classes: one number that sharpens or flattens all rows alike.
 *
 *   q_c = p_c^(1/T) / sum_k p_k^(1/T),   T of the least log loss of the actual classes
 *
 * p shares (n x c), q calibrated shares. Guo, Pleiss, Sun & Weinberger 2017, arXiv:1706.04599: softmax of logits / T, and log p are the logits of p.
 * No row changes its best class. Spreading leaves shares flat where labels are few, so T is often far below 1. The log loss is convex in 1 / T:
 * bisection of its slope. Time O(n c) a step, 40 steps.
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

/** A temperature, and what it does. */
export interface Temperature {
  /** T, in [0.01, Infinity]; Infinity makes all classes alike. 1 where there was too little to learn from. */
  readonly temperature: number
  /** Mean log loss of the labels in nats at T = 1 and at T. Null where nothing was learnt. */
  readonly logLoss: { readonly before: number; readonly after: number } | null
  /** Why, where nothing was learnt; otherwise null. */
  readonly reason: string | null
  /** Shares as the temperature makes them: a new array of the same shape. @throws {RivuletError} INVALID_DATA */
  calibrate(scores: ScoreRows): ScoreRows
}

/** 1 / T is at most this. */
const STEEPEST = 100
const STEPS = 40
/** Shares below count as this: a class that nothing reached has a share of 0, and yet may be the right one. */
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

/** The loss falls as long as the actual class is more likely than it is held to be. */
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

/** Mean log loss at 1 / T, and its derivative: the mean logit less that of the actual class. */
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
