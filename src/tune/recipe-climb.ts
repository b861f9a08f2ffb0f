/**
 * A seeded hill climb over the recipes of one low-pass operator.
 *
 * The exponents inside the operator, and the leave-one-out ridge, cost sweeps; the response and the popularity exponent cost nothing once the
 * users are probed (see probed-users.ts). So every step moves the costly ones, then climbs over the free ones.
 */
import type { Algorithm } from '../request/request.ts'
import { lowPass, type LowPass } from '../recommend/methods/operators.ts'
import { DEFAULT_RECIPE, mix, type Recipe } from '../recommend/methods/recipe.ts'
import type { Random } from '../support/random.ts'
import { RECIPE_SPACE, recipeAt, type RecipePoint } from './method-spaces.ts'
import { digits, type Point } from './search-space.ts'

/** A point of the search: numbers that may be moved a little, those that range over logarithms as log2. */
export type ClimbPoint = RecipePoint

type Axis = keyof ClimbPoint

/** Steps along some axes. */
type Move = readonly (readonly [axis: Axis, step: number])[]

/** Standard deviations of a first move. */
const MOVES: Readonly<Record<Axis, number>> = {
  userExponent: 0.1,
  itemExponent: 0.08,
  profileExponent: 0.15,
  leaveOneOut: 1,
  popularityExponent: 0.08,
  cut: 0.5,
  order: 0.4,
}

const COSTLY: readonly Axis[] = ['userExponent', 'itemExponent', 'profileExponent', 'leaveOneOut']
const FREE: readonly Axis[] = ['popularityExponent', 'cut', 'order']
const FREE_MOVES = 20

/** Where a climb may start: the default, ridge regression (EASE's corner), and symmetric normalisation (GF-CF's). */
export const STARTS: readonly Recipe[] = [
  DEFAULT_RECIPE,
  mix([lowPass({ cut: 1.5, order: 1 })], {
    userExponent: 0,
    itemExponent: 0,
    profileExponent: 0,
    popularityExponent: 0,
    leaveOneOut: 1.5,
  }),
  mix([lowPass({ cut: 1.5, order: 4 })], {
    userExponent: 0.5,
    itemExponent: 0.5,
    profileExponent: 0,
    popularityExponent: 0,
  }),
]

/** Prepares the scores of all recipes that share a recipe's user, item and profile exponents: higher is better. */
export type RecipeObjective = (recipe: Recipe) => Algorithm<(recipe: Recipe) => Algorithm<number>>

/** One trial: a point, and the moves of the free numbers that are tried from there. Drawn before anything is scored: a trial that is recalled draws the same. */
export interface Climb {
  readonly from: ClimbPoint
  readonly moves: readonly Move[]
}

/** Where a climb ended. */
export interface Standing {
  readonly point: ClimbPoint
  readonly value: number
}

/** How far to search. */
export interface ClimbRequest {
  /** Recipes of one low-pass operator that are tried first. */
  readonly starts: readonly Recipe[]
  /** Choices of the costly numbers, the starts included. */
  readonly trials: number
  readonly random: Random
  /** Length of the moves: 1 at first, less when the best is near. */
  readonly stride: number
  /** Asked before every trial but the first. */
  readonly goOn: () => boolean
}

/** @param attempt makes a climb, or recalls it; null where it failed. @returns null when every climb failed */
export function* searchRecipes<Asked>(
  attempt: (climb: Climb) => Generator<Asked, Standing | null, unknown>,
  { starts, trials, random, stride, goOn }: ClimbRequest,
): Generator<Asked, Standing | null, unknown> {
  let best: Standing | null = null
  for (let trial = 0; trial < trials && (trial === 0 || goOn()); trial++) {
    const from: ClimbPoint =
      best === null || trial < starts.length
        ? pointOf(starts[trial % starts.length])
        : moved(best.point, drawMove(COSTLY, random, stride))
    const standing: Standing | null = yield* attempt(climbFrom(from, random, stride))
    if (standing !== null && (best === null || standing.value > best.value)) best = standing
  }
  return best
}

/** A climb from a point, its moves ever shorter. */
export const climbFrom = (from: ClimbPoint, random: Random, stride: number): Climb => ({
  from,
  moves: Array.from({ length: FREE_MOVES }, (_, move) => drawMove(FREE, random, stride * 0.9 ** move)),
})

export function* climb(objective: RecipeObjective, { from, moves }: Climb): Algorithm<Standing> {
  const valueOf = yield* objective(recipeOf(from))
  let point = from
  let value = yield* valueOf(recipeOf(point))
  for (const move of moves) {
    const next = moved(point, move)
    const nextValue = yield* valueOf(recipeOf(next))
    if (nextValue > value) [point, value] = [next, nextValue]
  }
  return { point, value }
}

/** The recipe half-way between two of one low-pass operator each; ratios count, not differences, for cut, order and ridge. */
export function halfway(a: Recipe, b: Recipe): Recipe {
  const [from, to] = [pointOf(a), pointOf(b)]
  const axes = Object.keys(RECIPE_SPACE) as Axis[]
  return recipeOf(Object.fromEntries(axes.map((axis) => [axis, (from[axis] + to[axis]) / 2])) as unknown as ClimbPoint)
}

/** A move along one or two axes. */
function drawMove(axes: readonly Axis[], random: Random, scale: number): Move {
  const chosen = random.shuffle([...axes]).slice(0, 1 + random.below(2))
  return chosen.map((axis) => [axis, scale * MOVES[axis] * gaussian(random)])
}

/** A point after a move, within the space. */
function moved(point: ClimbPoint, move: Move): ClimbPoint {
  const entries = move.map(([axis, step]): [Axis, number] => {
    const [low, high] = endsOf(axis)
    return [axis, Math.min(high, Math.max(low, point[axis] + step))]
  })
  return { ...point, ...Object.fromEntries(entries) }
}

/** Box and Muller's standard normal. */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

function endsOf(axis: Axis): readonly number[] {
  const range = RECIPE_SPACE[axis]
  return 'uniform' in range ? range.uniform : range.logUniform.map(Math.log2)
}

export function pointOf(recipe: Recipe): ClimbPoint {
  const { cut, order } = recipe.operators[0] as LowPass
  return {
    userExponent: recipe.userExponent,
    itemExponent: recipe.itemExponent,
    profileExponent: recipe.profileExponent,
    leaveOneOut: recipe.leaveOneOut === null ? endsOf('leaveOneOut')[1] : Math.log2(recipe.leaveOneOut),
    popularityExponent: recipe.popularityExponent,
    cut: Math.log2(cut),
    order: Math.log2(order),
  }
}

/** Rounded to three digits, so that a recipe can be read and copied. */
export function recipeOf(point: ClimbPoint): Recipe {
  const numbers = Object.entries(point).map(([axis, value]) => [
    axis,
    digits('logUniform' in RECIPE_SPACE[axis as Axis] ? 2 ** value : value),
  ])
  return recipeAt('tune', DEFAULT_RECIPE, Object.fromEntries(numbers) as Point)
}
