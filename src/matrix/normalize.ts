import { RivuletError } from '../support/errors.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { columnDegreesInSlices, rowDegreesInSlices, type CsrMatrix, type SparseRows } from './csr.ts'

/**
 * How an edge's weight is divided by the degrees of its ends.
 *
 * - `symmetric`: D^-1/2 W D^-1/2 (Zhou et al. 2004)
 * - `row`: D^-1 W, every node averages its neighbours (Zhu & Ghahramani 2002)
 * - `column`: W D^-1, every node shares itself out; keeps the total mass (PageRank)
 */
export type Normalization = 'symmetric' | 'row' | 'column'

/** The diagonals of one half-step `to = into o (W (out o from))`: senders are scaled by `out`, receivers by `into`. */
export interface SideScales {
  /** Scales what a node of this side sends, shape (nodes of the side). */
  readonly out: Float64Array
  /** Scales what a node of this side receives, shape (nodes of the side). */
  readonly into: Float64Array
}

/**
 * The scales of one side. An isolated node receives nothing (`into` 0) and sends nothing (`out` 1, so that dividing by it is safe).
 */
export function sideScales(degrees: Float64Array, normalization: Normalization): SideScales {
  const [outExponent, intoExponent] = { symmetric: [0.5, 0.5], row: [0, 1], column: [1, 0] }[normalization] as [
    number,
    number,
  ]
  return { out: degreePower(degrees, -outExponent, 1), into: degreePower(degrees, -intoExponent, 0) }
}

/** degree^exponent, and `isolated` where the degree is 0. Shape of `degrees`. */
export function degreePower(degrees: Float64Array, exponent: number, isolated: number): Float64Array {
  const power = powerOf(exponent)
  const powers = new Float64Array(degrees.length)
  for (let at = 0; at < powers.length; at++) powers[at] = degrees[at] > 0 ? power(degrees[at]) : isolated
  return powers
}

/**
 * factor degree^exponent in single precision, and 0 where the degree is 0. Shape of `degrees`, without a copy in double precision.
 *
 * @throws {RivuletError} INVALID_DATA for a result beyond single precision.
 */
export function powers(degrees: Float64Array, exponent: number, factor = 1): Float32Array {
  const power = powerOf(exponent)
  const result = new Float32Array(degrees.length)
  for (let at = 0; at < result.length; at++) {
    if (degrees[at] > 0) result[at] = factor * power(degrees[at])
    if (!Number.isFinite(result[at])) throw beyondSingle(degrees[at], exponent)
  }
  return result
}

function beyondSingle(degree: number, exponent: number): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `a sum of weights to the power of ${exponent}`,
    expected: 'a number in the range of single precision',
    got: `${degree} ** ${exponent}`,
    todo: 'Use an exponent closer to 0, or weights closer to each other.',
    details: { degree, exponent },
  })
}

const powerOf = (exponent: number): ((degree: number) => number) => POWERS.get(exponent) ?? remembered(exponent)

/** Powers of whole degrees below this are cached. */
const SMALL = 1024

/** degree ** exponent, cached: most degrees are small whole numbers, and a power takes as long as ten other operations. */
function remembered(exponent: number): (degree: number) => number {
  const known = new Float64Array(SMALL).fill(NaN)
  return (degree) => {
    if (!(degree < SMALL && Number.isInteger(degree))) return degree ** exponent
    if (Number.isNaN(known[degree])) known[degree] = degree ** exponent
    return known[degree]
  }
}

/** Exponents of normalisations: roots and quotients are exact to the last bit on every platform, and several times faster than `**`. */
const POWERS: ReadonlyMap<number, (degree: number) => number> = new Map<number, (degree: number) => number>([
  [0, () => 1],
  [-1, (degree) => 1 / degree],
  [-0.5, (degree) => 1 / Math.sqrt(degree)],
  [0.5, (degree) => Math.sqrt(degree)],
])

/** Degrees of both sides: sums of |weight| by row and by column. */
export interface Degrees {
  readonly rows: Float64Array
  readonly columns: Float64Array
}

export const degreesOf = (rows: SparseRows): Degrees => atOnce(degreesInSlices(rows))

/** As `degreesOf`. */
export function* degreesInSlices(rows: SparseRows): Sliced<Degrees> {
  return { rows: yield* rowDegreesInSlices(rows), columns: yield* columnDegreesInSlices(rows) }
}

/** matrix diag(factors), its weights in single precision. */
export function* scaledColumns(matrix: CsrMatrix, factors: Float32Array): Sliced<CsrMatrix> {
  const { indices, data } = matrix
  const scaled = new Float32Array(indices.length)
  const scale = (from: number, to: number): void => {
    for (let at = from; at < to; at++) scaled[at] = (data === null ? 1 : data[at]) * factors[indices[at]]
  }
  yield* inSlices(indices.length, scale, SCATTERED)
  return matrix.weighed(scaled)
}
