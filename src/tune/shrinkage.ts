/**
 * How far to go from the default recipe to the best one that a search found.
 *
 *   share = g^2 / (g^2 + s^2 + t^2),   in quarters;   0 where g <= 0
 *
 * g is the mean gain in NDCG of the recipe found over the default, paired by user; s its standard error, the uncertainty over users; t the uncertainty over
 * ways of holding out: half the difference between its relative gains with popular items held out more often and less often, times the default's NDCG.
 * The form is that of the linear estimate of least squared error, signal over signal and noise (James and Stein 1961).
 * All three are measured on users that took no part in the search, because the best of many trials is overfitted to the users of the search.
 */
import { mean } from '../evaluate/significance.ts'
import type { Detached } from '../request/request.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import type { Validation } from './hold-out.ts'
import { partWay } from './recipe-climb.ts'
import { decide, type Decision } from './decision.ts'
import type { RollingBench } from './rolling-bench.ts'
import { varianceOfMean, type TiltedScores, type UserScores } from './user-scores.ts'
import type { BenchOptions } from './validation-bench.ts'

/** A decision, and the recipe it is about. */
export interface Shrunk extends Decision {
  readonly recipe: Recipe
  /** Share of the way from the default to the recipe found: 0, 0.25, 0.5, 0.75 or 1. */
  readonly share: number
  /** Scores of each user, of the recipe and of the default. */
  readonly perUser: { readonly best: UserScores; readonly byDefault: UserScores }
}

/**
 * Goes from the default towards the recipe found as far as the users of a bench support it; keeps the default unless the gain is significant.
 *
 * @param options `by`: unless validation is a random share it is taken to be drawn as the test is, and t is 0
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
  // With a share of 0 the recipe found is evaluated, for the report.
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

/** How much a gain depends on which items are held out, in units of NDCG. */
function tiltOf(found: TiltedScores, byDefault: TiltedScores): number {
  const [more, less] = byDefault.tilted.map((scores, at) =>
    // A relative gain is undefined if the default has no hit.
    mean(scores) > 0 ? mean(found.tilted[at]) / mean(scores) - 1 : 0,
  )
  return (mean(byDefault.ndcg) * (more - less)) / 2
}

const STEPS = 4

/** The share of the way that gains support. @param gains of each user. @param tilt how much the mean gain depends on which items are held out */
export function shareOf(gains: Float64Array, tilt: number): number {
  const gain = mean(gains)
  const noise = varianceOfMean(gains) + tilt ** 2
  // The noise of a single user is unknown (Infinity).
  return gain > 0 && noise < Infinity ? Math.round((STEPS * gain ** 2) / (gain ** 2 + noise)) / STEPS : 0
}
