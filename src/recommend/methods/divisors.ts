/**
 * Degrees as a recipe divides by them: with its offset, and with relations mixed in.
 *
 *   P = (1 - sum w) P_0 / l_0 + w_1 P_1 / l_1 + ...
 *
 * P_0 what interactions alone make of P, P_r what relation r alone makes of it, l their largest eigenvalues: so each part lies in [0, 1], and a relation weighs w_r however many rows it has. The parts of relations of
 * users lie between users, P = X'X and XX' being alike. What is held is divided by degrees that make its part that large; interactions stay what they are, and P is only known up to a factor anyway.
 * Cost: 24 sweeps of one column for interactions and for each relation, once for the exponents of a recipe.
 */
import { powers, type Degrees } from '../../matrix/normalize.ts'
import type { Network, RelationPart } from '../../network/network.ts'
import type { Algorithm } from '../../request/request.ts'
import type { Operator } from '../../request/sweep.ts'
import { spectralRadius } from '../../solve/spectral-radius.ts'
import { RivuletError } from '../../support/errors.ts'
import { seededRandom } from '../../support/random.ts'
import { withDegreeOffset } from './degree-offset.ts'
import type { Recipe } from './recipe.ts'

type Exponents = Pick<Recipe, 'userExponent' | 'itemExponent' | 'degreeOffset'>

/** The network as it spreads: those without interactions have degrees too, where they have relations. */
export const asSpread = (network: Network): Network =>
  network.relations === undefined ? network : { ...network, degrees: network.relations.degrees }

/** Those of a network, by exponents. */
const KNOWN = new WeakMap<object, Map<string, Degrees>>()

/**
 * The network with the degrees that a recipe divides by.
 *
 * @param network as it spreads
 * @throws {RivuletError} INVALID_OPTION for a recipe by whose exponents relations cannot be weighed
 */
export function* dividedBy(who: string, network: Network, recipe: Exponents): Algorithm<Network> {
  const divided = withDegreeOffset(network, recipe)
  const { relations } = network
  if (relations === undefined) return divided
  const { userExponent, itemExponent, degreeOffset } = recipe
  const key = JSON.stringify([userExponent, itemExponent, degreeOffset])
  const known = KNOWN.get(relations) ?? new Map<string, Degrees>()
  KNOWN.set(relations, known)
  const degrees = known.get(key) ?? (yield* mixedDegrees(who, divided, relations.parts, recipe))
  known.set(key, degrees)
  return { ...network, degrees }
}

/** Below it a degree could not change what it divides. */
const LEAST_EXPONENT = 0.05

type Range = readonly [start: number, end: number]

function* mixedDegrees(
  who: string,
  network: Network,
  parts: readonly RelationPart[],
  { userExponent, itemExponent }: Exponents,
): Algorithm<Degrees> {
  const { degrees, relations, signed } = network
  const { userCount, itemCount } = relations ?? { userCount: 0, itemCount: 0 }
  const [rows, columns] = [degrees.rows.slice(), degrees.columns.slice()]
  const largestWithin = (rowRange: Range, columnRange: Range) => {
    const [within, across] = [only(degrees.rows, rowRange), only(degrees.columns, columnRange)]
    const operator = operatorOf({ rows: within, columns: across }, userExponent, itemExponent)
    return largestEigenvalue(operator, across, signed)
  }
  const [users, items]: readonly Range[] = [
    [0, userCount],
    [0, itemCount],
  ]
  const interactions = yield* largestWithin(users, items)
  const rest = 1 - parts.reduce((sum, { weight }) => sum + weight, 0)
  for (const { name, side, weight, start, end } of parts) {
    const exponent = side === 'item' ? userExponent : itemExponent
    if (weight === 0) {
      ;(side === 'item' ? rows : columns).fill(0, start, end)
      continue
    }
    if (exponent < LEAST_EXPONENT)
      throw noExponent(who, name, side === 'item' ? 'userExponent' : 'itemExponent', exponent)
    const own = yield* side === 'item' ? largestWithin([start, end], items) : largestWithin(users, [start, end])
    if (own === 0 || interactions === 0) continue
    const factor = ((weight / own) * interactions) / rest
    const held = side === 'item' ? rows : columns
    for (let at = start; at < end; at++) held[at] *= factor ** (-1 / (2 * exponent))
  }
  return { rows, columns }
}

const only = (degrees: Float64Array, [start, end]: Range): Float64Array =>
  degrees.map((degree, at) => (at >= start && at < end ? degree : 0))

function noExponent(who: string, name: string, exponent: string, got: number): RivuletError {
  return new RivuletError('INVALID_OPTION', {
    who: `${who}, relation '${name}'`,
    expected: `a recipe whose ${exponent} is at least ${LEAST_EXPONENT}`,
    got: String(got),
    todo: 'Raise the exponent, or leave the relation out.',
    details: { option: 'recipe' },
  })
}

/** T = D_i^-2item W' D_u^-2user W, which is similar to P. */
export const operatorOf = ({ rows, columns }: Degrees, userExponent: number, itemExponent: number) => ({
  middle: powers(rows, -2 * userExponent),
  scale: powers(columns, -2 * itemExponent),
  weight: powers(columns, itemExponent),
})

/** Signs that are all over the place leave eigenvalues closer together: on 0.8 million random signs 24 steps missed by 0.4 %, 48 by nothing. */
const SIGNED_STEPS = 48

const SEED = 19500401

/** Of an operator on columns with these degrees, from below. */
export function largestEigenvalue(operator: Operator, columns: Float64Array, signed: boolean): Algorithm<number> {
  const everything = {
    kind: 'sparse',
    indptr: Int32Array.of(0, columns.length),
    indices: Int32Array.from(columns.keys()),
    data: powers(columns, 0).map(randomised(signed)),
  } as const
  return spectralRadius('recommend', operator, everything, signed ? SIGNED_STEPS : undefined)
}

/**
 * Turns ones into a direction that hardly any eigenvector is orthogonal to. Where all weights are above 0 the largest eigenvector is too, and
 * numbers above 0 cannot miss it.
 */
function randomised(signed: boolean): (one: number) => number {
  const random = seededRandom(SEED)
  return (one) => one * (random.next() + (signed ? -0.5 : 0.5))
}
