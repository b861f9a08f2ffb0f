import { isSignals, type Signals } from '../data/signal-rules.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { Id } from '../support/key-index.ts'
import {
  either,
  finiteNumber,
  integerAtLeast,
  isIterable,
  isString,
  numberBetween,
  oneOf,
  resolveOptions,
  type Check,
} from '../support/options.ts'
import { isBalanceChoice, type BalanceChoice } from './balance.ts'

/** Options of `predictRatings`. Variances are over that of the noise, so they do not depend on the scale of the ratings. */
export interface PredictRatingsOptions {
  /** Pairs of user and item to predict, by id. Default 'unlabelled': every pair with evidence and without a rating. */
  readonly pairs?: 'unlabelled' | Iterable<readonly [user: Id, item: Id]> | undefined
  /**
   * What the signals of the data mean, as in `recommend`. The signal of role 'label' holds the ratings, the others are evidence: `transform`,
   * `weight` and `halfLife` say what their edges weigh. Default 'auto': the rules that `inferSignals` finds.
   */
  readonly signals?: Signals | undefined
  /**
   * What a pair with evidence alone weighs beside a labelled one in the graph that ratings spread over, >= 0; 0 is the supervised answer.
   * Default 'auto': found on labels that are held out, and 0 where evidence does not help.
   */
  readonly balance?: BalanceChoice | undefined
  /** Share of the labels that is held out while the balance is sought, in (0, 1). Default 0.2. */
  readonly validationFraction?: number | undefined
  /** Lowest and highest rating; predictions stay within. Default `null`: those of the labels, so give it where labels are few or all equal. */
  readonly scale?: readonly [lowest: number, highest: number] | null | undefined
  /** Coordinates of users and items in the graph; integer >= 1. Default 48. */
  readonly rank?: number | undefined
  /** How generous users are; >= 0. Default 0.25. */
  readonly userBias?: number | undefined
  /** How good items are, each by itself; >= 0. Default 0.13. */
  readonly itemBias?: number | undefined
  /** How good items are, as far as the graph knows; >= 0. Default 0.1. */
  readonly itemLevel?: number | undefined
  /** How far a user's residuals spread over similar items; >= 0. Default 0.2. */
  readonly userTaste?: number | undefined
  /** How far an item's residuals spread over similar users; >= 0. Default 0.06. */
  readonly itemAudience?: number | undefined
  /** How far residuals spread over similar users and similar items at once; >= 0. Default 0.13. */
  readonly sharedTaste?: number | undefined
  /** Wanted residual of the linear system over its right-hand side, in (0, 1). Default 0.02. */
  readonly tolerance?: number | undefined
  /** Most steps of conjugate gradients; integer >= 1. Not converging is a result, not an error. Default 300. */
  readonly maxIterations?: number | undefined
  /** Of the first vectors and of the labels held out. Default 1. */
  readonly seed?: number | undefined
  /** Most bytes that a graph and its decomposition may take. Default: what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
  /** Edge attribute that `.assign` writes the prediction to. Default 'predictedRating'. */
  readonly edgeRatingAttribute?: string | undefined
  /** Edge attribute that `.assign` writes the expected error to; `null` writes none. Default `null`. */
  readonly edgeErrorAttribute?: string | null | undefined
}

/** Every option with a value. */
export type RatingOptions = {
  readonly [Name in keyof PredictRatingsOptions]-?: Exclude<PredictRatingsOptions[Name], undefined>
}

export const RATING_DEFAULTS: RatingOptions = Object.freeze({
  pairs: 'unlabelled',
  signals: 'auto',
  balance: 'auto',
  validationFraction: 0.2,
  scale: null,
  rank: 48,
  userBias: 0.25,
  itemBias: 0.13,
  itemLevel: 0.1,
  userTaste: 0.2,
  itemAudience: 0.06,
  sharedTaste: 0.13,
  tolerance: 0.02,
  maxIterations: 300,
  seed: 1,
  memoryLimitBytes: Infinity,
  edgeRatingAttribute: 'predictedRating',
  edgeErrorAttribute: null,
})

const variance = numberBetween(0, Infinity, '[)')

const isScale: Check = (value) =>
  value === null || (Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1])
    ? null
    : 'the lowest and the highest rating, or null'

const CHECKS = {
  pairs: either(oneOf('unlabelled'), isIterable),
  signals: (value: unknown): string | null => (value === null ? "rules by signal, or 'auto'" : isSignals(value)),
  balance: isBalanceChoice,
  validationFraction: numberBetween(0, 1, '()'),
  scale: isScale,
  rank: integerAtLeast(1),
  userBias: variance,
  itemBias: variance,
  itemLevel: variance,
  userTaste: variance,
  itemAudience: variance,
  sharedTaste: variance,
  tolerance: numberBetween(0, 1, '()'),
  maxIterations: integerAtLeast(1),
  seed: finiteNumber,
  memoryLimitBytes: numberBetween(0, Infinity, '(]'),
  edgeRatingAttribute: isString,
  edgeErrorAttribute: either(isString, oneOf(null)),
} satisfies Record<keyof RatingOptions, Check>

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
export function resolveRatings(who: string, given: PredictRatingsOptions | undefined): RatingOptions {
  return resolveOptions(who, given, RATING_DEFAULTS, CHECKS)
}

/**
 * Lowest and highest rating.
 *
 * @throws {RivuletError} INVALID_DATA naming the first rating outside the scale that was given
 */
export function ratingScale(
  who: string,
  scale: RatingOptions['scale'],
  ratings: Float32Array,
  nameOf: (row: number) => string,
): readonly [number, number] {
  if (scale === null) {
    return ratings.reduce<[number, number]>(
      ([low, high], r) => [Math.min(low, r), Math.max(high, r)],
      [Infinity, -Infinity],
    )
  }
  const outside = ratings.findIndex((rating) => rating < scale[0] || rating > scale[1])
  if (outside < 0) return scale
  throw new RivuletError('INVALID_DATA', {
    who: `${who}, ${nameOf(outside)}`,
    expected: `a rating from ${scale[0]} to ${scale[1]}`,
    got: show(ratings[outside]),
    todo: "Correct it, or widen option 'scale'.",
  })
}
