/**
 * Balance: the weight of the unlabelled part beside the labelled one, found on validation labels; 0 if it does not help.
 *
 *   gain(lambda) = mean_v (loss_v(0) - loss_v(lambda)),   v validation examples
 *
 * The chosen weight is the smallest whose loss is within one standard error of the best one's (Breiman, Friedman, Olshen & Stone 1984) and whose
 * gain is above 0 by its paired bootstrap interval. The interval is widened for the number of weights tried (Bonferroni), because the best of many
 * useless ones seems to gain by chance. Without a gain, the result without the unlabelled part is kept: unlabelled data can hurt
 * (Cozman, Cohen & Cirelo 2003; Li & Zhou 2015, 10.1109/TPAMI.2014.2299812).
 */
import { checkArgument } from '../support/arguments.ts'
import { checkEqualLengths, checkFinite } from '../evaluate/paired.ts'
import { mean, pairedBootstrap, type PairedBootstrap } from '../evaluate/significance.ts'
import { atOnce } from '../support/drive.ts'
import type { Sliced } from '../support/pause.ts'
import { numberBetween, finiteNumber, isFunction, type Check } from '../support/options.ts'
import { integer, number, option, resolve, type Given } from '../support/spec.ts'

/** With a larger weight, next to nothing is left of the labels in single precision. */
const MOST = 1e6

/** Option `balance`: found on validation labels, or given. */
export type BalanceChoice = 'auto' | number

/** Check of an option `balance`. */
export const isBalanceChoice: Check = (value) =>
  value === 'auto' || isWeight(value) ? null : `'auto' or a number in [0, ${MOST}]`

const isWeight = (value: unknown): boolean => numberBetween(0, MOST)(value) === null

const isListOfWeights: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every(isWeight) ? null : `a list of numbers in [0, ${MOST}]`

export const balanceOptions = {
  /** Weights tried, in [0, 1e6]; 0 is always among them. Default [0, 0.05, 0.1, 0.2, 0.5, 1, 2]. */
  lambdas: option<readonly number[]>(Object.freeze([0, 0.05, 0.1, 0.2, 0.5, 1, 2]), isListOfWeights),
  /** Coverage of the intervals, in (0, 1); of all weights together where it decides. Default 0.95. */
  level: number(0.95, 0, 1, '()'),
  /** Minimum number of validation examples for a weight above 0; integer >= 2. Default 20. */
  fewestExamples: integer(20, 2),
  /** Resamples of the bootstrap, integer >= 100. Default 2000. */
  resamples: integer(2000, 100),
  /** Seed of the bootstrap. Default 1. */
  seed: option(1, finiteNumber),
}

/** Options of `findBalance`. */
export interface BalanceOptions extends Given<typeof balanceOptions> {}

/** The result for one weight. */
export interface BalancePoint {
  readonly lambda: number
  /** Mean loss of the validation examples. */
  readonly loss: number
  /** Mean loss without the unlabelled part minus this one, above 0 if it helps, with an interval for this weight alone. Null at 0. */
  readonly gain: PairedBootstrap | null
}

/** The result of a search. Plain JSON. */
export interface Balance {
  readonly decision: 'supervised' | 'semi-supervised'
  /** The weight to use; 0 if the decision is 'supervised'. */
  readonly lambda: number
  /** The reason of the decision, in words. */
  readonly reason: string
  /** All weights tried, ascending, 0 first. One point if there was too little to decide by. */
  readonly curve: readonly BalancePoint[]
  /** Gain of the chosen weight, or of the best one if none was chosen; its level is widened for the number of weights. Null if there was too little to decide by. */
  readonly gain: PairedBootstrap | null
  /** Number of validation examples. */
  readonly examples: number
}

/** Losses of the same validation examples, in the same order, at a weight of the unlabelled part. */
export type LossesAt = (lambda: number) => ArrayLike<number>

/**
 * Finds the weight of the unlabelled part, and whether to use it at all.
 *
 * Losses of one user are correlated: pass one loss per user (the mean, for example) if users have many validation examples and few users are measured.
 *
 * @param lossesAt the loss of every validation example at a weight; lower is better (a squared error, 1 - NDCG, 0 or 1)
 * @throws {RivuletError} INVALID_DATA (losses that are not finite, different numbers of losses), INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * import { findBalance } from 'rivulet/advanced'
 *
 * // An estimate is drawn from the wrong side by little evidence, beyond the truth by much.
 * const lossesAt = (lambda: number) => Array.from({ length: 50 }, (_, v) => (1 - lambda + (v % 5) / 10) ** 2)
 * const { decision, lambda } = findBalance(lossesAt)
 * console.log(decision, lambda) // semi-supervised 1
 * ```
 */
export function findBalance(lossesAt: LossesAt, options?: BalanceOptions): Balance {
  checkArgument('findBalance', 'lossesAt', lossesAt, isFunction)
  // eslint-disable-next-line require-yield -- the same shape as losses that propagate
  const search = searchBalance(function* (lambda): Sliced<ArrayLike<number>> {
    return lossesAt(lambda)
  }, options)
  return atOnce(search)
}

/** `findBalance` for losses that need propagations. */
export function* searchBalance<Asked>(
  lossesAt: (lambda: number) => Generator<Asked, ArrayLike<number>, unknown>,
  options?: BalanceOptions,
): Generator<Asked, Balance, unknown> {
  const who = 'findBalance'
  const { lambdas, fewestExamples, ...intervals } = resolve(who, balanceOptions, options)
  const supervised = checkLosses(0, yield* lossesAt(0))
  if (supervised.length < fewestExamples) return tooFew(supervised, fewestExamples)
  const tried: Tried[] = []
  for (const lambda of ascending(lambdas)) {
    const losses = checkLosses(lambda, yield* lossesAt(lambda))
    checkEqualLengths(`${who}, losses at 0 and at ${lambda}`, supervised, losses)
    tried.push({ lambda, losses, loss: mean(losses) })
  }
  const curve: BalancePoint[] = [
    { lambda: 0, loss: mean(supervised), gain: null },
    ...tried.map(({ lambda, losses, loss }) => ({
      lambda,
      loss,
      gain: pairedBootstrap(supervised, losses, intervals),
    })),
  ]
  return { ...decide(supervised, tried, intervals), curve, examples: supervised.length }
}

interface Tried {
  readonly lambda: number
  readonly losses: Float64Array
  readonly loss: number
}

type Intervals = Readonly<Record<'level' | 'resamples' | 'seed', number>>

function decide(
  supervised: Float64Array,
  tried: readonly Tried[],
  { level, ...resampling }: Intervals,
): Pick<Balance, 'decision' | 'lambda' | 'reason' | 'gain'> {
  if (tried.length === 0)
    return { decision: 'supervised', lambda: 0, reason: 'no weight above 0 was tried', gain: null }
  const best = tried.reduce((least, point) => (point.loss < least.loss ? point : least))
  const simultaneous = { ...resampling, level: 1 - (1 - level) / tried.length }
  const gainOf = ({ losses }: Tried): PairedBootstrap => pairedBootstrap(supervised, losses, simultaneous)
  for (const point of tried) {
    if (point.lambda > best.lambda || !withinOneError(point, best)) continue
    const gain = gainOf(point)
    if (gain.low <= 0) continue
    const atEnd = point === tried[tried.length - 1] && tried.length > 1 ? ', the largest tried,' : ''
    const reason = `weight ${point.lambda}${atEnd} lowers the mean loss from ${show(mean(supervised))} to ${show(point.loss)}: gain ${interval(gain)}`
    return { decision: 'semi-supervised', lambda: point.lambda, reason, gain }
  }
  const gain = gainOf(best)
  const reason =
    gain.difference > 0
      ? `no weight lowers the loss by more than chance: the best, ${best.lambda}, gains ${interval(gain)}`
      : `no weight lowers the loss: the best, ${best.lambda}, gains ${interval(gain)}`
  return { decision: 'supervised', lambda: 0, reason, gain }
}

/** Whether a point is worse than the best one by at most one standard error. */
function withinOneError(point: Tried, best: Tried): boolean {
  const excess = point.losses.map((loss, v) => loss - best.losses[v])
  const middle = mean(excess)
  const variance = excess.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (excess.length - 1)
  return middle <= Math.sqrt(variance / excess.length)
}

function tooFew(losses: Float64Array, fewestExamples: number): Balance {
  return {
    decision: 'supervised',
    lambda: 0,
    reason: `${losses.length} validation examples are fewer than ${fewestExamples}`,
    curve: losses.length === 0 ? [] : [{ lambda: 0, loss: mean(losses), gain: null }],
    gain: null,
    examples: losses.length,
  }
}

/** The distinct weights above 0, ascending. */
function ascending(lambdas: readonly number[]): number[] {
  return [...new Set(lambdas)].filter((lambda) => lambda > 0).sort((a, b) => a - b)
}

/** A copy: the caller may use the same array again. */
function checkLosses(lambda: number, losses: ArrayLike<number>): Float64Array {
  checkFinite(`findBalance, losses at ${lambda}`, 'loss', losses)
  return Float64Array.from(losses)
}

const show = (value: number): string => value.toPrecision(4)

const interval = ({ difference, low, high, level }: PairedBootstrap): string =>
  `${show(difference)} [${show(low)}, ${show(high)}] at ${(100 * level).toFixed(1)} %`
