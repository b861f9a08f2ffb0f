/** Recipes as points of a space of numbers: those of one low-pass, as `fit` climbs over them and `tune` draws them. */
import { readRecipe, type Recipe } from '../recommend/methods/recipe.ts'
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
 * A recipe with some of its numbers changed: those that its first operator has are that one's, `cut` and `order` for example.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION for a number that it cannot have.
 */
export function recipeAt(who: string, recipe: Recipe, point: Point): Recipe {
  const [first, ...rest] = recipe.operators
  const isOwn = ([name]: [string, unknown]): boolean => name !== 'operator' && Object.hasOwn(first, name)
  const numbers = Object.entries(point)
  const own = Object.fromEntries(numbers.filter(isOwn))
  const others = Object.fromEntries(numbers.filter((entry) => !isOwn(entry)))
  return readRecipe(who, { ...recipe, ...others, operators: [{ ...first, ...own }, ...rest] })
}

/** The numbers of a recipe by the names of a space. */
export function pointOfRecipe({ operators, ...exponents }: Recipe): Point {
  return { ...exponents, ...operators[0] }
}
