/**
 * Degrees as a recipe divides by them: d + a for every node with edges, a = `degreeOffset`. Where most degrees are small, one edge more or less is weak evidence, and
 * it changes d + a less. Popularity is not a divisor: it has no offset.
 *
 * SGFCF: Peng et al. 2024, arXiv:2406.08827, which adds a to the degrees of both sides.
 */
import { powers } from '../../matrix/normalize.ts'
import type { Network } from '../../network/network.ts'
import type { Recipe } from './recipe.ts'

/** The network with these degrees, as used by everything that divides by them. */
export function withDegreeOffset(network: Network, { degreeOffset }: Pick<Recipe, 'degreeOffset'>): Network {
  if (degreeOffset === 0) return network
  const offset = degreeOffset * network.scale
  const add = (degrees: Float64Array): Float64Array => degrees.map((degree) => (degree > 0 ? degree + offset : 0))
  const { rows, columns } = network.degrees
  return { ...network, degrees: { rows: add(rows), columns: add(columns) } }
}

/**
 * d^popularity (d + a)^item, shape (items): factor of a recommended item's score.
 *
 * @param degrees d of some items, and `divisors` d + a of the same
 * @param item exponent of `divisors`
 */
export function popularityPowers(
  degrees: Float64Array,
  divisors: Float64Array,
  { popularityExponent, degreeOffset }: Pick<Recipe, 'popularityExponent' | 'degreeOffset'>,
  item: number,
): Float32Array {
  if (degreeOffset === 0) return powers(degrees, popularityExponent + item)
  const divided = powers(divisors, item)
  return powers(degrees, popularityExponent).map((factor, at) => factor * divided[at])
}
