import { METHOD_NAMES, methodOf, type MethodName } from '../recommend/methods/methods.ts'
import { lowPassOptions } from '../recommend/methods/operators.ts'
import { readRecipe, recipeOptions, type Recipe } from '../recommend/methods/recipe.ts'
import { spaceOf, type NumberRange } from '../support/spec.ts'
import type { Point, SearchSpace } from './search-space.ts'

const { userExponent, itemExponent, profileExponent, leaveOneOut, popularityExponent } = recipeOptions
const { cut, order } = lowPassOptions
const searchedOptions = { userExponent, itemExponent, profileExponent, leaveOneOut, popularityExponent, cut, order }

type RecipeNumber = keyof typeof searchedOptions

/** The numbers of a recipe that are searched: `cut` and `order` of its low-pass, its exponents, the ridge of its correction. */
export const RECIPE_SPACE = spaceOf(searchedOptions) as Readonly<
  Record<RecipeNumber, { readonly uniform: NumberRange } | { readonly logUniform: NumberRange }>
>

export type RecipePoint = Readonly<Record<RecipeNumber, number>>

/** What is searched of a recommender when nothing else is asked for. */
export interface MethodSpace {
  readonly space: SearchSpace
  /** As a baseline only where its dense matrix has at most so many rows, see `easeSize`: every trial costs their cube. */
  readonly mostRows?: number
  /** As a baseline. */
  readonly mostTrials?: number
}

const LIMITS: Partial<Record<MethodName, Omit<MethodSpace, 'space'>>> = { ease: { mostRows: 6000, mostTrials: 8 } }

const spaceOfMethod = (name: MethodName): SearchSpace =>
  name === 'graph-filter' ? RECIPE_SPACE : spaceOf(methodOf('tune', name).options)

/** Wide enough that no method has its best value at an end on the public sets: as the methods declare their options. */
export const METHOD_SPACES = Object.fromEntries(
  METHOD_NAMES.map((name) => [name, { space: spaceOfMethod(name), ...LIMITS[name] }]),
) as Readonly<Record<MethodName, MethodSpace>>

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
