import { filterSchedule } from '../plan/filter.ts'
import { spectralRadius } from '../propagate/spectral-radius.ts'
import type { Algorithm } from '../run/drive.ts'
import type { PreparedMatrix } from '../run/prepared.ts'
import type { Operator } from '../run/problem.ts'
import { powers } from './diagonals.ts'
import type { Model } from './model.ts'
import { responseOfRecipe, type Recipe } from './recipe.ts'
import { contributions, rank, type SpreadingRecipe } from './spreading-model.ts'

/** The estimate of the largest eigenvalue comes from below; a polynomial is only bounded where it was fitted. */
const ABOVE_ESTIMATE = 1.005

/** A recipe on a network. The largest eigenvalue is found when the first question comes. */
export function graphFilterModel(prepared: PreparedMatrix, recipe: Recipe): Model {
  let opened: SpreadingRecipe | null = null
  const open = function* (): Algorithm<SpreadingRecipe> {
    opened ??= yield* openRecipe(prepared, recipe)
    return opened
  }
  return {
    *rank(profiles, query) {
      return yield* rank(yield* open(), profiles, query)
    },
    *contributions(profile, item) {
      return yield* contributions(yield* open(), profile, item)
    },
  }
}

function* openRecipe(prepared: PreparedMatrix, recipe: Recipe): Algorithm<SpreadingRecipe> {
  const { columns } = prepared.degrees
  const { itemExponent, profileExponent, popularityExponent } = recipe
  const response = responseOfRecipe(recipe)
  const { schedule, gain } = filterSchedule((x) => response(x * ABOVE_ESTIMATE), recipe.sweeps)
  return {
    name: 'recommend',
    operator: yield* unitOperator(prepared, recipe),
    schedule,
    start: powers(columns, profileExponent - itemExponent, gain),
    finish: powers(columns, popularityExponent + itemExponent),
  }
}

/** T = D_i^-2item W' D_u^-2user W over ABOVE_ESTIMATE times its largest eigenvalue: similar to P, so with its eigenvalues, in [0, 1]. */
export function* unitOperator(
  { degrees: { rows, columns } }: PreparedMatrix,
  { userExponent, itemExponent }: Pick<Recipe, 'userExponent' | 'itemExponent'>,
): Algorithm<Operator> {
  const operator = {
    middle: powers(rows, -2 * userExponent),
    scale: powers(columns, -2 * itemExponent),
    weight: powers(columns, itemExponent),
  }
  const everything = {
    kind: 'sparse',
    indptr: Int32Array.of(0, columns.length),
    indices: Int32Array.from(columns.keys()),
    data: powers(columns, 0),
  } as const
  const largest = yield* spectralRadius('recommend', operator, everything)
  const factor = largest > 0 ? 1 / (largest * ABOVE_ESTIMATE) : 1
  return { ...operator, scale: operator.scale.map((value) => value * factor) }
}
