/** Recipes as points of a space of numbers: those of one low-pass, as `fit` climbs over them and `tune` draws them. */
import { lowPassOptions } from '../recommend/methods/operators.ts'
import { readRecipe, recipeOptions, type Recipe } from '../recommend/methods/recipe.ts'
import { spaceOf, type NumberRange } from '../support/spec.ts'
import type { Point } from './search-space.ts'

const { userExponent, itemExponent, profileExponent, leaveOneOut, popularityExponent } = recipeOptions
const { cut, order } = lowPassOptions
const searchedOptions = { userExponent, itemExponent, profileExponent, leaveOneOut, popularityExponent, cut, order }

type RecipeNumber = keyof typeof searchedOptions

/** The numbers of a recipe that are searched: `cut` and `order` of its low-pass, its exponents, the ridge of its correction. */
export const RECIPE_SPACE = spaceOf(searchedOptions) as Readonly<
  Record<RecipeNumber, { readonly uniform: NumberRange } | { readonly logUniform: NumberRange }>
>

export type RecipePoint = Readonly<Record<RecipeNumber, number>>

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
