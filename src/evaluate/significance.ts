import { finiteNumber } from '../support/options.ts'
import { integer, number, option, resolve, type Given } from '../support/spec.ts'
import { atOnce } from '../support/drive.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { checkFinite, checkPaired } from './paired.ts'

export const bootstrapOptions = {
  /** Number of resamples, an integer >= 100. Default 2000: p and the interval's ends are good to about two digits. */
  resamples: integer(2000, 100),
  /** Coverage of the interval, in (0, 1). Default 0.95. */
  level: number(0.95, 0, 1, '()'),
  /** Seed of the resampling. Default 1. */
  seed: option(1, finiteNumber),
}

export interface PairedBootstrapOptions extends Given<typeof bootstrapOptions> {}

export interface PairedBootstrap {
  /** Mean over users of a - b, in the metric's unit. */
  readonly difference: number
  /** Percentile interval of the mean difference at `level`. */
  readonly low: number
  readonly high: number
  /** Two-sided p of "the mean difference is 0", in (0, 1]; never below 1 / (resamples + 1). */
  readonly p: number
  readonly level: number
  readonly resamples: number
  /** Number of users compared. */
  readonly users: number
}

/**
 * Paired bootstrap over users: is method a better than method b for users in general, not only for these?
 *
 * Users are drawn with replacement, each with both values. The interval is the percentile interval; p is the share of resamples whose
 * mean, shifted to the null hypothesis, is at least as far from 0 as the observed one, which is counted as a resample too:
 * p = (1 + #{|d* - d| >= |d|}) / (1 + B) (Efron & Tibshirani 1993, chapters 13 and 16).
 * Time O(users x resamples), memory O(users + resamples). The same seed gives the same answer.
 *
 * @param a metric of each user under the first method, for instance `perUser.metrics['ndcg@20']`
 * @param b metric of the same users, in the same order, under the second method
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA (different lengths, a value that is not finite), INVALID_OPTION, UNKNOWN_OPTION
 */
export const pairedBootstrap = (
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options?: PairedBootstrapOptions,
): PairedBootstrap => atOnce(bootstrapInSlices(a, b, options))

/** As `pairedBootstrap`. */
export function* bootstrapInSlices(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options?: PairedBootstrapOptions,
): Sliced<PairedBootstrap> {
  const { resamples, level, seed } = resolve('pairedBootstrap', bootstrapOptions, options)
  checkPaired('pairedBootstrap', a, b)
  checkFinite('pairedBootstrap', 'a', a)
  checkFinite('pairedBootstrap', 'b', b)

  const differences = Float64Array.from(a, (value, user) => value - b[user])
  const difference = mean(differences)
  const means = (yield* resampledMeans(differences, resamples, seed)).sort()
  // With a tolerance for rounding errors, so that resamples equal to the observed mean count.
  const observed = Math.abs(difference) * (1 - 1e-12)
  const extreme = means.filter((mean) => Math.abs(mean - difference) >= observed).length
  return {
    difference,
    low: quantile(means, (1 - level) / 2),
    high: quantile(means, (1 + level) / 2),
    p: (1 + extreme) / (1 + resamples),
    level,
    resamples,
    users: differences.length,
  }
}

/** Operations per draw. */
const DRAW_COST = 8

function* resampledMeans(values: Float64Array, resamples: number, seed: number): Sliced<Float64Array> {
  const slices = new Slices()
  const random = seededRandom(seed)
  const means = new Float64Array(resamples)
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0
    for (let draw = 0; draw < values.length; draw++) sum += values[random.below(values.length)]
    means[resample] = sum / values.length
    if (slices.full(DRAW_COST * values.length)) yield PAUSE
  }
  return means
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at]
  return sum / values.length
}

/** The quantile at `share` of ascending values, linear between neighbours. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (position - below) * (sorted[above] - sorted[below])
}
