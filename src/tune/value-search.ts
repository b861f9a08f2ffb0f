/**
 * Searches two further numbers by a few values each, scored on whole lists: how much the last items of a profile count, and how much the average user counts.
 *
 * Each part of the users chooses a value, which is evaluated on the other part (cross-fitting): every user validates, but never the value that it helped to choose. With few values
 * overfitting is small, but one part of the users of a small table would be too few. The number with the larger gain is set first, then the other.
 */
import { bootstrapInSlices, type PairedBootstrap } from '../evaluate/significance.ts'
import type { Recipe } from '../recommend/methods/recipe.ts'
import type { Detached } from '../request/request.ts'
import { joinScores, type RollingBench } from './rolling-bench.ts'
import { valueOf, type UserScores } from './user-scores.ts'
import type { AskedMethod, BenchOptions, RecencyAt } from './validation-bench.ts'

const VALUES = {
  /** Items after which one of a profile counts half. */
  profileHalfLife: [3, 6, 12, 25],
  /** Items of the average user for each item of a profile, from none to far more than the profile. */
  averageShare: [0, 1, 4, 16, 64],
} as const

type Axis = keyof typeof VALUES

const AXES: readonly Axis[] = ['profileHalfLife', 'averageShare']

/** `null` where no value is significantly better. */
type BesideValues = Readonly<Record<Axis, number | null>>

/** Result for one number. Plain JSON. */
interface ValueTuning {
  /** The best value found. */
  readonly found: number
  /** Gain in NDCG over no value, paired by user; each user is scored with the value that the other part chose. */
  readonly gain: PairedBootstrap
}

/** Result for the order of profiles: `null` if all items count equally. Plain JSON. */
export interface ProfileTuning extends ValueTuning, Pick<BesideValues, 'profileHalfLife'> {}

/** Result for the share of the average user: `null` for the shares found in the past. Plain JSON. */
export interface AverageTuning extends ValueTuning, Pick<BesideValues, 'averageShare'> {}

export interface ValueQuestion {
  readonly recipe: Recipe
  readonly recencyAt: RecencyAt | undefined
  readonly searching: RollingBench
  readonly deciding: RollingBench
  /** Scores without a value, for the deciding users. */
  readonly before: UserScores
}

export interface ChosenValues {
  readonly profile: ProfileTuning
  readonly average: AverageTuning
  /** Scores with the chosen values, for the deciding users. */
  readonly scores: UserScores
}

/** Scores of both parts of the users. */
type Parts = readonly [searching: UserScores, deciding: UserScores]

export function* chooseValues(question: ValueQuestion, { seed }: Pick<BenchOptions, 'seed'>): Detached<ChosenValues> {
  const { recipe, recencyAt, searching, before } = question
  let values: BesideValues = { profileHalfLife: null, averageShare: null }
  let parts: Parts = [yield* searching.ask('graph-filter', { recipe }, recencyAt), before]
  const told: Partial<Record<Axis, ValueTuning>> = {}
  for (let open = AXES; open.length > 0;) {
    let best: Tried | null = null
    for (const axis of open) {
      const tried: Tried = yield* tryValues(question, axis, { values, parts, seed })
      const { found, gain } = tried
      told[axis] = { found, gain }
      if (gain.low > 0 && gain.difference > (best?.gain.difference ?? 0)) best = tried
    }
    if (best === null) break
    const { axis, found } = best
    values = { ...values, [axis]: found }
    parts = best.parts
    open = open.filter((other) => other !== axis)
  }
  const { profileHalfLife: profile, averageShare: average } = told as Record<Axis, ValueTuning>
  const { profileHalfLife, averageShare } = values
  return { profile: { profileHalfLife, ...profile }, average: { averageShare, ...average }, scores: parts[1] }
}

interface Tried extends ValueTuning {
  readonly axis: Axis
  /** Scores with the value found. */
  readonly parts: Parts
}

interface Beside {
  readonly values: BesideValues
  /** Scores with these values. */
  readonly parts: Parts
  readonly seed: number
}

function* tryValues(
  { recipe, recencyAt, searching, deciding }: ValueQuestion,
  axis: Axis,
  { values, parts: before, seed }: Beside,
): Detached<Tried> {
  // With weights below 0 there is no average user.
  const tried = axis === 'averageShare' && deciding.network.signed ? [0] : VALUES[axis]
  const all: Parts[] = []
  for (const value of tried) {
    const beside: BesideValues = { ...values, [axis]: value }
    const { profileHalfLife, averageShare } = beside
    const asked: AskedMethod = { recipe: { ...recipe, averageShare }, profileHalfLife }
    const own = yield* searching.ask('graph-filter', asked, recencyAt)
    all.push([own, yield* deciding.ask('graph-filter', asked, recencyAt)])
  }
  const bestBy = (scoresOf: (parts: Parts) => UserScores): number => {
    const scores = all.map((parts) => valueOf(scoresOf(parts)))
    return scores.indexOf(scores.reduce((most, score) => Math.max(most, score)))
  }
  const judged: Parts = [all[bestBy(([, deciding]) => deciding)][0], all[bestBy(([searching]) => searching)][1]]
  const place = bestBy(joinScores)
  const gain = yield* bootstrapInSlices(joinScores(judged).ndcg, joinScores(before).ndcg, { seed })
  return { axis, found: tried[place], gain, parts: all[place] }
}
