/** Recipes as points of a space of numbers: those of one low-pass, as `fit` climbs over them and `tune` draws them. */
import type { LowPass, SpreadingOperator } from '../recommend/operators.ts'
import { readRecipe, type Recipe } from '../recommend/recipe.ts'
import type { NumberRange, Point } from './search-space.ts'

/** The numbers of a recipe that are searched: `cut` and `order` of its low-pass, its exponents, the ridge of its correction. */
export const RECIPE_SPACE = {
  userExponent: { uniform: [0, 0.7] },
  itemExponent: { uniform: [0, 0.7] },
  profileExponent: { uniform: [-1, 0.5] },
  leaveOneOut: { logUniform: [1 / 16, 32] },
  popularityExponent: { uniform: [-0.5, 0.8] },
  cut: { logUniform: [1 / 16, 16] },
  order: { logUniform: [1, 8] },
} as const satisfies Readonly<Record<string, { uniform: NumberRange } | { logUniform: NumberRange }>>

export type RecipePoint = Readonly<Record<keyof typeof RECIPE_SPACE, number>>

/**
 * A recipe with some of its numbers changed: `cut` and `order` of its first operator, and what else a recipe has.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION for a number that it cannot have.
 */
export function recipeAt(who: string, recipe: Recipe, { cut, order, ...others }: Point): Recipe {
  const own = Object.entries({ cut, order }).filter(([, value]) => value !== undefined)
  const [first, ...rest] = recipe.operators
  const operators = [{ ...first, ...Object.fromEntries(own) }, ...rest]
  return readRecipe(who, { ...recipe, ...others, operators })
}

/** The numbers of a recipe by the names of the space. */
export function pointOfRecipe({ operators, ...exponents }: Recipe): Point {
  const { cut, order } = operators[0] as LowPass
  return { ...exponents, cut, order }
}
