/**
 * Numbers beside a recipe and what is recent, of which a few values are tried, each by whole lists: how much the last items of a profile count, and how much the average user says.
 *
 * Both parts of the users choose a value each, and are judged by the value of the other part (cross-fitting): so every user is used for validation, but never for their own choice. Few values
 * flatter little, but the users of a small table do not suffice for one part alone. The number that gains most is taken first, the other one beside it.
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
  /** Items of the average user for each of a profile's own, from none to next to nothing else. */
  averageShare: [0, 1, 4, 16, 64],
} as const

type Axis = keyof typeof VALUES

const AXES: readonly Axis[] = ['profileHalfLife', 'averageShare']

/** `null` where no value is better by more than chance. */
type BesideValues = Readonly<Record<Axis, number | null>>

/** What was found about a number. Plain JSON. */
interface ValueTuning {
  /** The best value found. */
  readonly found: number
  /** NDCG of such values less that without, paired by user, each of them judged by the value that others chose. */
  readonly gain: PairedBootstrap
}

/** What was found about the order of profiles: `null` for items that all count whole. Plain JSON. */
export interface ProfileTuning extends ValueTuning, Pick<BesideValues, 'profileHalfLife'> {}

/** What was found about how much the average user says: `null` for what the past says. Plain JSON. */
export interface AverageTuning extends ValueTuning, Pick<BesideValues, 'averageShare'> {}

export interface ValueQuestion {
  readonly recipe: Recipe
  readonly recencyAt: RecencyAt | undefined
  readonly searching: RollingBench
  readonly deciding: RollingBench
  /** Without a value, for those who decide. */
  readonly before: UserScores
}

export interface ChosenValues {
  readonly profile: ProfileTuning
  readonly average: AverageTuning
  /** With what was chosen, for those who decide. */
  readonly scores: UserScores
}

/** Of both parts of the users. */
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
  /** With the value found. */
  readonly parts: Parts
}

interface Beside {
  readonly values: BesideValues
  /** With these values. */
  readonly parts: Parts
  readonly seed: number
}

function* tryValues(
  { recipe, recencyAt, searching, deciding }: ValueQuestion,
  axis: Axis,
  { values, parts: before, seed }: Beside,
): Detached<Tried> {
  // Beside weights below 0 there is no average user.
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
