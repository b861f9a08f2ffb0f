/** A spreading recipe with relations, dense and in float64: all users' scores of all items. */
import { product, scaled, symmetricEigenvalues, transposed, zeros, type Dense, type Vector } from './linear-algebra.ts'
import { noiseEdge, type FilterExponents } from './recommenders.ts'

/** What users or items hold: rows are the nodes of the side, columns the values. */
export interface DenseRelation {
  readonly side: 'user' | 'item'
  readonly weight: number
  readonly holds: Dense
}

const sums = (a: Dense): Vector => a.map((row) => row.reduce((total, value) => total + Math.abs(value), 0))
const power = (degrees: Vector, exponent: number): Vector => degrees.map((one) => (one > 0 ? one ** exponent : 0))
const largestOf = (x: Dense): number => Math.max(...symmetricEigenvalues(product(transposed(x), x)))
const times = (x: Dense, factor: number): Dense => x.map((row) => row.map((value) => value * factor))

/** Those without interactions count as the average of the others, where they hold something. */
function filled(degrees: Vector, held: readonly Dense[]): Vector {
  const active = degrees.filter((degree) => degree > 0)
  const mean = active.reduce((sum, degree) => sum + degree, 0) / active.length
  return degrees.map((degree, at) => (degree === 0 && held.some((holds) => sums(holds)[at] > 0) ? mean : degree))
}

/** What is told P over its largest eigenvalue, and its noise edge. */
type DenseFilter = (x: Dense, noise: number) => Dense

/** All scores, shape (users x items). @param f the filter */
export function relatedScores(
  w: Dense,
  relations: readonly DenseRelation[],
  exponents: FilterExponents,
  f: DenseFilter,
): Dense {
  const { profiles, spread } = related(w, relations, exponents, f)
  return product(profiles, spread)
    .slice(0, w.length)
    .map((row) => row.slice(0, w[0].length))
}

/** What one item, and what a user holds, sends to each item; rows and columns are items, and what users hold behind them. */
export const relatedSpread = (
  w: Dense,
  relations: readonly DenseRelation[],
  exponents: FilterExponents,
  f: DenseFilter,
): Dense => related(w, relations, exponents, f).spread

/**
 * One score in parts: what arrives at the item by each value of the relations of items, in their order, and what else each column of the matrix sends: items, then what users hold.
 *
 * @param before q where the filter is f(P) = f(0) + P q(P)
 */
export function scoreParts(
  w: Dense,
  relations: readonly DenseRelation[],
  exponents: FilterExponents,
  { f, before, user, item }: { f: DenseFilter; before: DenseFilter; user: number; item: number },
): { readonly sent: Vector; readonly arrived: Vector } {
  const partsOf = (filter: RelatedFilter): Vector => {
    const { profiles, spread } = related(w, relations, exponents, filter)
    return profiles[user].map((weight, column) => weight * spread[column][item])
  }
  const { blocks } = related(w, relations, exponents, f)
  const byValue = blocks.map((block) =>
    partsOf((x, noise, largest) =>
      product(before(x, noise), times(product(transposed([block]), [block]), 1 / largest)),
    ),
  )
  const sum = (vector: Vector): number => vector.reduce((total, part) => total + part, 0)
  const sent = partsOf(f).map((part, column) => part - sum(byValue.map((parts) => parts[column])))
  return { sent, arrived: byValue.map(sum) }
}

/** X as methods are given it, interactions as they are: rows are users and then what items hold, columns are items and then what users hold. */
export function mixedMatrix(
  w: Dense,
  relations: readonly DenseRelation[],
  exponents: Pick<FilterExponents, 'userExponent' | 'itemExponent'>,
): Dense {
  const plain = { ...exponents, profileExponent: 0, popularityExponent: 0 }
  const { rows, unit } = related(w, relations, plain, (x) => x)
  return times(rows, 1 / unit)
}

/** @param largest eigenvalue of P before it was divided by it */
type RelatedFilter = (x: Dense, noise: number, largest: number) => Dense

function related(
  w: Dense,
  relations: readonly DenseRelation[],
  { userExponent: a, itemExponent: e, profileExponent, popularityExponent }: FilterExponents,
  f: RelatedFilter,
): {
  readonly profiles: Dense
  readonly spread: Dense
  readonly blocks: Dense
  readonly rows: Dense
  readonly unit: number
} {
  const items = w[0].length
  const of = (wanted: DenseRelation['side']): DenseRelation[] => relations.filter(({ side }) => side === wanted)
  const user = filled(
    sums(w),
    of('user').map(({ holds }) => holds),
  )
  const item = filled(
    sums(transposed(w)),
    of('item').map(({ holds }) => holds),
  )
  const x0 = scaled(power(sums(w), -a), w, power(sums(transposed(w)), -e))
  const l0 = largestOf(x0)
  const rest = 1 - relations.reduce((sum, { weight }) => sum + weight, 0)
  // X, without the blocks of relations; then a block of rows for each relation of items, one of columns for each of users.
  const factor = Math.sqrt(rest / l0)
  const interactions = times(x0, factor)
  const rows = interactions.map((row) => [...row])
  const profiles = w.map((row) => [...row])
  const columnDegrees = [...item]
  for (const { weight, holds } of of('user')) {
    const block = scaled(
      user,
      holds.map(unit),
      holds[0].map(() => 1),
    )
    const degrees = sums(transposed(block))
    const own = scaled(power(user, -a), block, power(degrees, -e))
    const part = weight / largestOf(own)
    rows.forEach((row, at) => row.push(...times(own, Math.sqrt(part))[at]))
    profiles.forEach((row, at) => row.push(...block[at]))
    // By which its columns would have to be divided to weigh that much beside interactions as they are.
    columnDegrees.push(...degrees.map((degree) => degree * ((part * l0) / rest) ** (-1 / (2 * e))))
  }
  const width = rows[0].length
  const userRows = rows.length
  for (const { weight, holds } of of('item')) {
    const block = transposed(
      scaled(
        item,
        holds.map(unit),
        holds[0].map(() => 1),
      ),
    )
    const own = scaled(power(sums(block), -a), block, power(item, -e))
    const part = times(own, Math.sqrt(weight / largestOf(own)))
    rows.push(...part.map((row) => [...row, ...zeros(1, width - items)[0]]))
  }
  const p = product(transposed(rows), rows)
  const largest = Math.max(...symmetricEigenvalues(p))
  const noise = noiseEdge(w, product(transposed(interactions), interactions)) / largest
  const spread = scaled(
    power(columnDegrees, profileExponent),
    f(times(p, 1 / largest), noise, largest),
    power(columnDegrees, popularityExponent),
  )
  return { profiles, spread, blocks: rows.slice(userRows), rows, unit: factor }
}

/** Of length 1. */
function unit(row: Vector): Vector {
  const length = Math.hypot(...row)
  return row.map((value) => (length === 0 ? 0 : value / length))
}
