/** Whether the last items of a profile should count more, beside a recipe and what is recent: a few half-lives by place, told apart and judged by other users. */
import type { PairedBootstrap } from '../evaluate/significance.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import type { Detached } from '../request/request.ts'
import { decide } from './decision.ts'
import type { RollingBench } from './rolling-bench.ts'
import { valueOf, type UserScores } from './user-scores.ts'
import type { BenchOptions, RecencyAt } from './validation-bench.ts'

/** Items after which one counts half. */
const HALF_LIVES = [3, 6, 12, 25] as const

/** What was found about the order of profiles. Plain JSON. */
export interface ProfileTuning {
  /** `null` where no order is better by more than chance. */
  readonly profileHalfLife: number | null
  /** The best one found. */
  readonly found: number
  /** NDCG of that less that of profiles whose items all count whole, paired by user, for users that the search did not see. */
  readonly gain: PairedBootstrap
}

export interface ProfileQuestion {
  readonly recipe: Recipe
  readonly recencyAt: RecencyAt | undefined
  readonly searching: RollingBench
  readonly deciding: RollingBench
  /** Where all items count whole. */
  readonly before: UserScores
}

export function* chooseProfile(
  { recipe, recencyAt, searching, deciding, before }: ProfileQuestion,
  options: Pick<BenchOptions, 'k' | 'seed'>,
): Detached<ProfileTuning & { readonly scores: UserScores }> {
  let [found, most] = [HALF_LIVES[0] as number, -Infinity]
  for (const profileHalfLife of HALF_LIVES) {
    const value = valueOf(yield* searching.ask('graph-filter', { recipe, profileHalfLife }, recencyAt))
    if (value > most) [found, most] = [profileHalfLife, value]
  }
  const after = yield* deciding.ask('graph-filter', { recipe, profileHalfLife: found }, recencyAt)
  const { decision, gain } = yield* decide(after, before, options)
  const isTaken = decision === 'tuned'
  return { profileHalfLife: isTaken ? found : null, found, gain, scores: isTaken ? after : before }
}
