/**
 * A seeded hill climb over the recipes of one low-pass operator.
 *
 * The exponents inside the operator, and the leave-one-out ridge, cost sweeps; the response and the popularity exponent cost nothing once the
 * users are probed (see probed-users.ts). So every step moves the costly ones, then climbs over the free ones.
 */
import { lowPass, type LowPass } from '../recommend/methods/operators.ts'
import { DEFAULT_RECIPE, mix, type Recipe } from '../recommend/methods/recipe.ts'
import type { Algorithm } from '../request/request.ts'
import type { Random } from '../support/random.ts'
import { RECIPE_SPACE, recipeAt, type RecipePoint } from './recipe-space.ts'
import { digits } from './search-space.ts'

/** A point of the search: numbers that may be moved a little, those that range over logarithms as log2. */
type Point = RecipePoint

type Axis = keyof Point

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

/** Scores any recipe that shares a recipe's user, item and profile exponents: higher is better. */
export type Objective = (recipe: Recipe) => Algorithm<(recipe: Recipe) => Algorithm<number>>

/** A recipe and what the objective said. */
export interface Found {
  readonly recipe: Recipe
  readonly value: number
}

/** How far to search. */
export interface SearchRequest {
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

export function* searchRecipes(objective: Objective, request: SearchRequest): Algorithm<Found> {
  const { starts, trials, random, stride, goOn } = request
  let best: { point: Point; value: number } | null = null
  for (let trial = 0; trial < trials && (best === null || goOn()); trial++) {
    const from: Point =
      best === null || trial < starts.length ? pointOf(starts[trial]) : moved(best.point, COSTLY, random, stride)
    const valueOf: (recipe: Recipe) => Algorithm<number> = yield* objective(recipeOf(from))
    let point = from
    let value = yield* valueOf(recipeOf(point))
    for (let move = 0; move < FREE_MOVES; move++) {
      const next = moved(point, FREE, random, stride * 0.9 ** move)
      const nextValue = yield* valueOf(recipeOf(next))
      if (nextValue > value) [point, value] = [next, nextValue]
    }
    if (best === null || value > best.value) best = { point, value }
  }
  if (best === null) throw new TypeError('a search without a trial')
  return { recipe: recipeOf(best.point), value: best.value }
}

/** The recipe half-way between two of one low-pass operator each; ratios count, not differences, for cut, order and ridge. */
export function halfway(a: Recipe, b: Recipe): Recipe {
  const [from, to] = [pointOf(a), pointOf(b)]
  const axes = Object.keys(RECIPE_SPACE) as Axis[]
  return recipeOf(Object.fromEntries(axes.map((axis) => [axis, (from[axis] + to[axis]) / 2])) as unknown as Point)
}

/** A point near another: one or two axes moved. */
function moved(point: Point, axes: readonly Axis[], random: Random, scale: number): Point {
  const chosen = random.shuffle([...axes]).slice(0, 1 + random.below(2))
  const entries = chosen.map((axis): [Axis, number] => {
    const [low, high] = endsOf(axis)
    return [axis, Math.min(high, Math.max(low, point[axis] + scale * MOVES[axis] * gaussian(random)))]
  })
  return { ...point, ...Object.fromEntries(entries) }
}

/** Box and Muller's standard normal. */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

function endsOf(axis: Axis): readonly number[] {
  const range = RECIPE_SPACE[axis]
  return 'uniform' in range ? range.uniform : range.logUniform.map(Math.log2)
}

function pointOf(recipe: Recipe): Point {
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
function recipeOf(point: Point): Recipe {
  const numbers = Object.entries(point).map(([axis, value]) => [
    axis,
    digits('logUniform' in RECIPE_SPACE[axis as Axis] ? 2 ** value : value),
  ])
  return recipeAt('fit', DEFAULT_RECIPE, Object.fromEntries(numbers) as Point)
}
