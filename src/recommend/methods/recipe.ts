import type { Response } from '../../plan/filter.ts'
import type { RivuletError } from '../../support/errors.ts'
import { either, nearestOf, numberBetween, oneOf, refusedOption, type Check } from '../../support/options.ts'
import { integerBetween } from '../../support/shape.ts'
import { defaultsOf, needed, number, option, resolve, searched, type Resolved } from '../../support/spec.ts'
import { OPERATOR_NAMES, readOperator, responseOf, type RecipeOperator } from './operators.ts'

const listOfOperators: Check = (value) => {
  if (!Array.isArray(value)) return 'a list of operators'
  for (const entry of value as readonly unknown[]) {
    const name = (entry as RecipeOperator | null)?.operator
    if (!OPERATOR_NAMES.includes(name as RecipeOperator['operator']))
      return `operators among ${OPERATOR_NAMES.join(', ')} (did you mean '${String(nearestOf(String(name), OPERATOR_NAMES))}'?)`
  }
  return value.length > 0 ? null : 'at least one operator, lowPass() for example'
}

const operatorsOption = {
  /** What is mixed, each with its weight. At least one. */
  operators: needed<readonly RecipeOperator[]>(listOfOperators, 'Give at least one, lowPass() for example.'),
}

export const recipeOptions = {
  /** Exponent that divides the interactions of active users, in [0, 1]. Default 0.3. */
  userExponent: searched(number(0.3, 0, 1), { uniform: [0, 0.7] }),
  /** Exponent that divides the interactions of popular items, in [0, 1]. Default 0.35. */
  itemExponent: searched(number(0.35, 0, 1), { uniform: [0, 0.7] }),
  /** Exponent of the popularity of a profile's items: below 0, rare items of a profile count more. In [-2, 2]. Default -0.35. */
  profileExponent: searched(number(-0.35, -2, 2), { uniform: [-1, 0.5] }),
  /** Exponent of the popularity of a recommended item: above 0, popular items rank higher. In [-2, 2]. Default 0.3. */
  popularityExponent: searched(number(0.3, -2, 2), { uniform: [-0.5, 0.8] }),
  /**
   * Added to the degrees that users', items' and profiles' exponents apply to, not to popularity: above 0, users and items with few interactions get less weight. In the unit
   * of a weight, >= 0. Default 0.
   */
  degreeOffset: searched(number(0, 0, Infinity, '[)'), { uniform: [0, 6] }),
  /**
   * L = 1 / (1 - leverage): an item's own contribution to its score is removed, as by leave-one-out in ridge regression with this ridge
   * (a multiple of the noise edge, > 0); null leaves scores unchanged. Default 2.
   */
  leaveOneOut: searched(option<number | null>(2, either(numberBetween(0, Infinity, '()'), oneOf(null))), {
    logUniform: [1 / 16, 32],
  }),
  /**
   * `cut` and `lambda` are multiplied by 1 + shortProfiles / n for a profile of n < 8 items: short profiles are noisier, as in a Wiener filter,
   * where noise falls with the number of observations. Larger values also add more of the average user to them; if times are known, as much as the past suggests. In
   * [0, 10]; 0 treats all lengths equally. Default 2.
   */
  shortProfiles: number(2, 0, 10),
  /**
   * Items of the average user that are added per item of a profile, in lists for users and profiles: at 1 both count equally, at 64 almost only the average user counts.
   * In [0, 1000]; null: as many as the past suggests if times are known, otherwise those of `shortProfiles`. Default null.
   */
  averageShare: option<number | null>(null, either(numberBetween(0, 1000), oneOf(null))),
  /** Degree of the Chebyshev polynomial that approximates f, which is the number of sweeps per list: integer in [1, 100]. Default 10. */
  sweeps: option(10, integerBetween(1, 100)),
}

/**
 * A recommender as a value: one polynomial of the graph, optionally with vectors. Plain JSON, to pass as option `recipe`.
 *
 *   scores = L D^popularity f(P / largest eigenvalue of P) D_i^profile r + weight c Y Y' r,   P = D_i^-item W' D_u^-2user W D_i^-item
 *
 * r a profile (items with weights), W (users x items) the interactions, D their absolute column sums, D_i these and D_u the row sums plus `degreeOffset`, f the sum of the spreading
 * operators; Y (items x dimensions) the embedding's vectors, of weight 0 without operator 'embedding', c: see `embeddingScale`.
 */
export interface Recipe extends Resolved<typeof operatorsOption>, Resolved<typeof recipeOptions> {}

/**
 * Mixes operators into a recipe.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION.
 * @example
 * ```ts
 * import { fromRows, recommend } from 'rivulet'
 * import { lowPass, mix, resolvent } from 'rivulet/advanced'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'bread']].map(([user, item]) => ({ user, item }))
 * const recipe = mix([resolvent({ lambda: 2 }), lowPass({ cut: 1, weight: 0.8 })], { popularityExponent: 0.2 })
 * const lists = recommend(fromRows(rows, { user: 'user', item: 'item' }), { recipe, k: 1 })
 * console.log(lists.get('ann')?.[0].item) // bread
 * ```
 */
export function mix(operators: readonly RecipeOperator[], exponents?: Partial<Omit<Recipe, 'operators'>>): Recipe {
  return readRecipe('mix', { ...exponents, operators })
}

/** Profiles with at least this many items are treated alike. */
export const LONG = 8

/** The average user's contribution per unit of weight of a profile. */
export interface AverageShares {
  /** For profiles of fewer than LONG items. */
  readonly short: number
  readonly long: number
}

/** The recipe if none is given, chosen to be good on many graphs rather than best on one. */
export const DEFAULT_RECIPE: Recipe = Object.freeze({
  operators: Object.freeze([readOperator('recipe', { operator: 'low-pass' })]),
  ...defaultsOf(recipeOptions),
})

/** Checks a recipe that may come from JSON, and fills in its defaults. */
export function readRecipe(who: string, value: unknown): Recipe {
  const { operators, ...exponents } = resolve(who, { ...recipeOptions, ...operatorsOption }, value)
  return Object.freeze({
    operators: Object.freeze(operators.map((operator, at) => readOperator(`${who}, operator ${at}`, operator))),
    ...exponents,
  })
}

/** The average user's shares in profiles: those of the recipe, otherwise those of the past; `null` if neither sets them. */
export const sharesOf = (
  { averageShare = null }: Partial<Pick<Recipe, 'averageShare'>>,
  past: AverageShares | null,
): AverageShares | null => (averageShare === null ? past : { short: averageShare, long: averageShare })

/** Whether a recipe completes profiles by the average user, regardless of the past. */
export const asksForAverage = ({ averageShare }: Partial<Pick<Recipe, 'averageShare'>>): boolean =>
  (averageShare ?? 0) > 0

/** The error if profiles cannot be completed. @param where in words */
export const refuseAverage = (who: string, where: string): RivuletError =>
  refusedOption(who, 'recipe', {
    expected: `averageShare 0 or null ${where}`,
    got: 'more',
    todo: 'Leave it out.',
  })

/** Weight of the products of vectors in a recipe, 0 without operator 'embedding'. */
export function embeddingWeight({ operators }: Recipe): number {
  return operators.reduce((sum, { operator, weight }) => (operator === 'embedding' ? sum + weight : sum), 0)
}

/** Whether a recipe spreads at all. */
export function spreads({ operators }: Recipe): boolean {
  return operators.some(({ operator, weight }) => operator !== 'embedding' && weight !== 0)
}

/** f of a recipe for profiles of n items: the sum of its operators. @param noise the noise edge over the largest eigenvalue */
export function responseOfRecipe({ operators, shortProfiles }: Recipe, noise: number, n: number): Response {
  const unit = noise * (n < LONG ? 1 + shortProfiles / Math.max(1, n) : 1)
  const responses = operators.map((operator) => responseOf(operator, unit))
  return (x) => responses.reduce((sum, response) => sum + response(x), 0)
}
