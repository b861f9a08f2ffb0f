/**
 * How far to go from the default recipe to the best one that a search found.
 *
 *   share = g^2 / (g^2 + s^2 + t^2),   in quarters;   0 where g <= 0
 *
 * g is the mean gain in NDCG of the recipe found over the default, paired by user; s its standard error, what other users would make of it; t what another
 * way of holding out would make of it: half the difference between its relative gains where popular items are held out more often and where they are less
 * often, times the default's NDCG. The form is that of the linear estimate of least squared error, signal over signal and noise (James and Stein 1961).
 * All three are measured by users that took no part in the search: the best of many tries is flattered by those that it was best for.
 */
import type { Detached } from '../request/request.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import type { Validation } from './hold-out.ts'
import { partWay } from './recipe-climb.ts'
import { decide, type Decision } from './decision.ts'
import type { RollingBench } from './rolling-bench.ts'
import { mean, varianceOfMean, type TiltedScores, type UserScores } from './user-scores.ts'
import type { BenchOptions } from './validation-bench.ts'

/** What was decided, and about which recipe. */
export interface Shrunk extends Decision {
  readonly recipe: Recipe
  /** Of the way from the default to what was found: 0, 0.25, 0.5, 0.75 or 1. */
  readonly share: number
  /** User by user: of the recipe, and of the default. */
  readonly perUser: { readonly best: UserScores; readonly byDefault: UserScores }
}

/**
 * Goes as far as the users of a bench let tell; the default stays unless what that gains is more than chance.
 *
 * @param options `by`: what is held out otherwise than as a random share is meant to be drawn as the test, and t is 0
 */
export function* shrink(
  found: Recipe,
  bench: RollingBench,
  { by, ...options }: Pick<BenchOptions, 'k' | 'seed'> & Pick<Validation, 'by'>,
): Detached<Shrunk> {
  const byDefault = yield* bench.askTilted('graph-filter', { recipe: DEFAULT_RECIPE })
  const byFound = yield* bench.askTilted('graph-filter', { recipe: found })
  const gains = byFound.ndcg.map((value, user) => value - byDefault.ndcg[user])
  const share = shareOf(gains, by === 'random' ? tiltOf(byFound, byDefault) : 0)
  // Where nothing is to be gained, what was found is what is judged.
  const isBetween = share > 0 && share < 1
  const judged = isBetween ? partWay(DEFAULT_RECIPE, found, share) : found
  const scores = isBetween ? yield* bench.ask('graph-filter', { recipe: judged }) : byFound
  const decided = yield* decide(scores, byDefault, { ...options, mayBeTuned: share > 0 })
  const isTaken = decided.decision === 'tuned'
  return {
    ...decided,
    recipe: isTaken ? judged : DEFAULT_RECIPE,
    share: isTaken ? share : 0,
    perUser: { best: isTaken ? scores : byDefault, byDefault },
  }
}

/** How far a gain hangs on which items are held out, in the unit of NDCG. */
function tiltOf(found: TiltedScores, byDefault: TiltedScores): number {
  const [more, less] = byDefault.tilted.map((scores, at) =>
    // Where the default hits nothing there is nothing to be relative to.
    mean(scores) > 0 ? mean(found.tilted[at]) / mean(scores) - 1 : 0,
  )
  return (mean(byDefault.ndcg) * (more - less)) / 2
}

const STEPS = 4

/** The share of the way that gains are worth. @param gains of each user. @param tilt how far the mean gain hangs on what is held out */
export function shareOf(gains: Float64Array, tilt: number): number {
  const gain = mean(gains)
  const noise = varianceOfMean(gains) + tilt ** 2
  // Of a single user nothing is known of others.
  return gain > 0 && noise < Infinity ? Math.round((STEPS * gain ** 2) / (gain ** 2 + noise)) / STEPS : 0
}
