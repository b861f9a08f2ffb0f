/**
 * Degrees as a recipe divides by them: d + a for every node with edges, a = `degreeOffset`. Where most degrees are small, one edge more or less says little, and
 * d + a lets it change less. Popularity is no divisor: it counts as it is.
 *
 * SGFCF: Peng et al. 2024, arXiv:2406.08827, which adds a to the degrees of both sides.
 */
import { powers } from '../../matrix/normalize.ts'
import type { Network } from '../../network/network.ts'
import type { Recipe } from './recipe.ts'

/** The network with these degrees: whatever is divided by them is asked of it. */
export function withDegreeOffset(network: Network, { degreeOffset }: Pick<Recipe, 'degreeOffset'>): Network {
  if (degreeOffset === 0) return network
  const offset = degreeOffset * network.scale
  const add = (degrees: Float64Array): Float64Array => degrees.map((degree) => (degree > 0 ? degree + offset : 0))
  const { rows, columns } = network.degrees
  return { ...network, degrees: { rows: add(rows), columns: add(columns) } }
}

/**
 * d^popularity (d + a)^item, shape (items): what a recommended item's score is multiplied by.
 *
 * @param degrees d of some items, and `divisors` d + a of the same
 * @param item exponent of these
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
