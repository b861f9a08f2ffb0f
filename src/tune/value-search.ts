/** One more number beside a recipe and what is recent: a few values of it, each by whole lists, told apart and judged by other users. */
import type { PairedBootstrap } from '../evaluate/significance.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import type { Detached } from '../request/request.ts'
import { decide } from './decision.ts'
import type { RollingBench } from './rolling-bench.ts'
import { valueOf, type UserScores } from './user-scores.ts'
import type { AskedMethod, BenchOptions, RecencyAt } from './validation-bench.ts'

/** Items of the average user for each of a profile's own, from none to next to nothing else. */
const AVERAGE_SHARES = [0, 1, 4, 16, 64] as const
/** Items after which one of a profile counts half. */
const HALF_LIVES = [3, 6, 12, 25] as const

/** What was found about how much the average user says. Plain JSON. */
export interface AverageTuning {
  /** `null` where none is better than what the past says by more than chance. */
  readonly averageShare: number | null
  /** The best one found. */
  readonly found: number
  /** NDCG of that less that of what the past says, paired by user, for users that the search did not see. */
  readonly gain: PairedBootstrap
}

/** What was found about the order of profiles. Plain JSON. */
export interface ProfileTuning {
  /** `null` where no order is better by more than chance. */
  readonly profileHalfLife: number | null
  /** The best one found. */
  readonly found: number
  /** NDCG of that less that of profiles whose items all count whole, paired by user, for users that the search did not see. */
  readonly gain: PairedBootstrap
}

/** What values are tried beside, who tells them apart, and who judges the best one. */
export interface ValueQuestion {
  readonly recipe: Recipe
  readonly recencyAt: RecencyAt | undefined
  readonly searching: RollingBench
  readonly deciding: RollingBench
  /** Without a value, for those who decide. */
  readonly before: UserScores
}

type Judged = Pick<BenchOptions, 'k' | 'seed'>

interface Scored {
  /** With what was chosen, for those who decide. */
  readonly scores: UserScores
}

export function* chooseProfile(question: ValueQuestion, options: Judged): Detached<ProfileTuning & Scored> {
  const { recipe } = question
  const askedWith = (profileHalfLife: number): AskedMethod => ({ recipe, profileHalfLife })
  const { chosen: profileHalfLife, ...found } = yield* chooseValue(HALF_LIVES, askedWith, question, options)
  return { profileHalfLife, ...found }
}

/** Of profiles whose order counts as it was chosen. Beside weights below 0 there is no average user, and nothing to choose. */
export function* chooseAverage(
  question: ValueQuestion & Pick<ProfileTuning, 'profileHalfLife'>,
  options: Judged,
): Detached<AverageTuning & Scored> {
  const { recipe, profileHalfLife, deciding } = question
  const values = deciding.network.signed ? [0] : AVERAGE_SHARES
  const askedWith = (averageShare: number): AskedMethod => ({ recipe: { ...recipe, averageShare }, profileHalfLife })
  const { chosen: averageShare, ...found } = yield* chooseValue(values, askedWith, question, options)
  return { averageShare, ...found }
}

interface ChosenValue extends Scored {
  /** `null` where the best one is no better by more than chance. */
  readonly chosen: number | null
  readonly found: number
  readonly gain: PairedBootstrap
}

/** @param askedWith how lists are asked for with a value */
function* chooseValue(
  values: readonly number[],
  askedWith: (value: number) => AskedMethod,
  { recencyAt, searching, deciding, before }: ValueQuestion,
  options: Judged,
): Detached<ChosenValue> {
  let [found, most] = [values[0], -Infinity]
  for (const value of values) {
    const score = valueOf(yield* searching.ask('graph-filter', askedWith(value), recencyAt))
    if (score > most) [found, most] = [value, score]
  }
  const after = yield* deciding.ask('graph-filter', askedWith(found), recencyAt)
  const { decision, gain } = yield* decide(after, before, options)
  const isTaken = decision === 'tuned'
  return { chosen: isTaken ? found : null, found, gain, scores: isTaken ? after : before }
}
