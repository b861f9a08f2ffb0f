import { graphOptions } from '../graph/mapping.ts'
import { memoryLimit } from '../method/source-options.ts'
import { relationsOption, type RelationOptions } from '../data/relation-options.ts'
import { isSignals, type Signals } from '../data/signal-rules.ts'
import { RivuletError, show } from '../support/errors.ts'
import { unknownOptions } from '../support/unknown-ids.ts'
import type { Id } from '../support/key-index.ts'
import { either, finiteNumber, isIterable, isString, oneOf, type Check } from '../support/options.ts'
import { integer, number, option, resolve, text, type Given, type Resolved } from '../support/spec.ts'
import { isBalanceChoice, type BalanceChoice } from '../calibrate/balance.ts'

const variance = (fallback: number) => number(fallback, 0, Infinity, '[)')

const isScale: Check = (value) =>
  value === null || (Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1])
    ? null
    : 'the lowest and the highest rating, or null'

const isRules: Check = (value) => (value === null ? "rules by signal, or 'auto'" : isSignals(value))

const ownOptions = {
  /** Pairs of user and item to predict, by id. Default 'unlabelled': every pair with evidence and without a rating. */
  pairs: option<'unlabelled' | Iterable<readonly [user: Id, item: Id]>>(
    'unlabelled',
    either(oneOf('unlabelled'), isIterable),
  ),
  /**
   * Roles of the signals, as in `recommend`. The signal with role 'label' holds the ratings, the others are evidence: `transform`,
   * `weight` and `halfLife` set the weights of their edges. Default 'auto': the rules that `inferSignals` finds.
   */
  signals: option<Signals>('auto', isRules),
  /**
   * Weight of a pair with evidence only, relative to a labelled pair, in the graph that ratings spread over, >= 0; 0 uses ratings only (supervised).
   * Default 'auto': chosen on held-out labels, and 0 if evidence does not help.
   */
  balance: option<BalanceChoice>('auto', isBalanceChoice),
  /** Share of the labels held out to choose the balance, in (0, 1). Default 0.2. */
  validationFraction: number(0.2, 0, 1, '()'),
  /** Lowest and highest rating; predictions stay within. Default `null`: those of the labels; set it if labels are few or all equal. */
  scale: option<readonly [lowest: number, highest: number] | null>(null, isScale),
  /** Coordinates of users and items in the graph; integer >= 1. Default 48. */
  rank: integer(48, 1),
  /** How generous users are; >= 0. Default 0.25. */
  userBias: variance(0.25),
  /** How good items are, each by itself; >= 0. Default 0.13. */
  itemBias: variance(0.13),
  /** How good items are, as far as the graph knows; >= 0. Default 0.1. */
  itemLevel: variance(0.1),
  /** How far a user's residuals spread over similar items; >= 0. Default 0.2. */
  userTaste: variance(0.2),
  /** How far an item's residuals spread over similar users; >= 0. Default 0.06. */
  itemAudience: variance(0.06),
  /** How far residuals spread over similar users and similar items at once; >= 0. Default 0.13. */
  sharedTaste: variance(0.13),
  /** Residual of the linear system relative to its right-hand side at convergence, in (0, 1). Default 0.02. */
  tolerance: number(0.02, 0, 1, '()'),
  /** Maximum number of conjugate gradient steps; integer >= 1. Not converging is a result, not an error. Default 300. */
  maxIterations: integer(300, 1),
  /** Seed of the first vectors and of the held-out labels. Default 1. */
  seed: option(1, finiteNumber),
  /** Most bytes that a graph and its decomposition may take. Default: what the machine has free. */
  memoryLimitBytes: memoryLimit,
  /** Edge attribute that `.assign` writes the prediction to. Default 'predictedRating'. */
  edgeRatingAttribute: text('predictedRating'),
  /** Edge attribute that `.assign` writes the expected error to; `null` writes none. Default `null`. */
  edgeErrorAttribute: option<string | null>(null, either(isString, oneOf(null))),
}

export const ratingOptions = { ...ownOptions, ...unknownOptions, ...graphOptions, ...relationsOption }

/** Options of `predictRatings`. Variances are over that of the noise, so they do not depend on the scale of the ratings. */
export interface PredictRatingsOptions
  extends Given<typeof ownOptions>, Given<typeof unknownOptions>, Given<typeof graphOptions>, RelationOptions {}

/** Every option with a value. */
export type RatingOptions = Resolved<typeof ratingOptions>

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
export const resolveRatings = (who: string, given: PredictRatingsOptions | undefined): RatingOptions =>
  resolve(who, ratingOptions, given)

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
