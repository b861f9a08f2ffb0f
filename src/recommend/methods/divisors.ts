/** Degrees as a recipe divides by them: with its offset, and with relations mixed in. */
import type { Degrees } from '../../matrix/normalize.ts'
import type { Network } from '../../network/network.ts'
import type { Algorithm } from '../../request/request.ts'
import { mixedDegrees } from '../../solve/mixed-relations.ts'
import { withDegreeOffset } from './degree-offset.ts'
import type { Recipe } from './recipe.ts'

/** Degrees of networks, by exponents. */
const KNOWN = new WeakMap<object, Map<string, Degrees>>()

/**
 * The network with the degrees that a recipe divides by.
 *
 * @param network with the weights that are spread
 * @throws {RivuletError} INVALID_OPTION for a recipe whose exponents do not allow weighted relations
 */
export function* dividedBy(
  who: string,
  network: Network,
  recipe: Pick<Recipe, 'userExponent' | 'itemExponent' | 'degreeOffset'>,
): Algorithm<Network> {
  const divided = withDegreeOffset(network, recipe)
  const { relations } = network
  if (relations === undefined) return divided
  const { userExponent, itemExponent, degreeOffset } = recipe
  const key = JSON.stringify([userExponent, itemExponent, degreeOffset])
  const known = KNOWN.get(relations) ?? new Map<string, Degrees>()
  KNOWN.set(relations, known)
  const degrees = known.get(key) ?? (yield* mixedDegrees(who, divided, relations, recipe))
  known.set(key, degrees)
  return { ...network, degrees }
}
