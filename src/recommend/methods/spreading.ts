/**
 * Recommendation by spreading: a profile's items are seeds, a polynomial of sweeps spreads them over users and items, the best other items are listed.
 *
 *   scores = finish o p(T) (start o (profile + share (1' profile) a)) + Y (factors o Y' profile),   T = scale o W' (middle o W .)
 *
 * W (users x items), profile, start, scale, finish (items), middle (users); Y (items x dimensions) the vectors of an embedding, if there is one; a (items) the average
 * user, if profiles are completed. The map is linear in the profile, because the number of sweeps is fixed before it starts; a score is therefore the sum of exact
 * contributions of the profile's items. T is symmetric up to `scale`, so one solve from the recommended item gives the contributions of all items at once.
 * Cost: blocks of 16 profiles; each sweep reads the matrix once per block.
 */
import type { Filter } from '../../plan/filter.ts'
import type { Schedule } from '../../plan/schedule.ts'
import { sweep, type Algorithm } from '../../request/request.ts'
import type { SparseRows } from '../../matrix/csr.ts'
import { columnCount, type Addend, type Operator, type SparseSeeds, type TopLists } from '../../request/sweep.ts'
import { arrivals, type HeldRows } from './arrivals.ts'
import type { ItemVectors } from './item-vectors.ts'
import { profileItems, profileWeights, type Contributions, type Model, type Profiles, type Query } from './model.ts'
import type { Profile } from '../profile.ts'

/** The diagonals and the polynomial of a spreading recommender. */
export interface SpreadingRecipe {
  readonly name: string
  readonly operator: Operator
  readonly schedule: Schedule
  /** Factor of a profile's weights, shape (items). */
  readonly start: Float32Array
  /** Factor of a solution, shape (items). */
  readonly finish: Float32Array
  /** Scores added to those of spreading. */
  readonly products?: VectorProducts | undefined
  /** Further factors of scores, including those of `products`, shape (items). Default: none. */
  readonly factors?: Float32Array | null | undefined
  /** The completion of profiles. */
  readonly average?: SpreadAverage | undefined
  /** As in a problem. */
  readonly preliminary?: true
}

/** Products of vectors as they are mixed with spreading. */
export interface VectorProducts {
  readonly vectors: ItemVectors
  /** `vectors` over `finish`, because `finish` multiplies the sum of both. */
  readonly divided: Float32Array
  /** Factor of each dimension. */
  readonly factors: Float64Array
}

/** The average user as a completion of profiles of one length. */
export interface SpreadAverage {
  /** a, shape (items). */
  readonly items: Float32Array
  /** Its share per unit of weight of an item, shape (items). */
  readonly shares: Float32Array
  /** p(T) (start o a), shape (items). */
  readonly solution: Float32Array
  /** Interactions from which known users' profiles are read. */
  readonly rows: SparseRows
}

export function spreadingModel(recipe: SpreadingRecipe): Model {
  return {
    rank: (profiles, query) => rank(recipe, profiles, query),
    contributions: (profile, item) => contributions(recipe, profile, item),
  }
}

/** The best items of each profile. */
export function* rank(recipe: SpreadingRecipe, profiles: Profiles, query: Query): Algorithm<TopLists> {
  const { start, finish, products, average, factors, ...problem } = recipe
  const addend = joined(
    products && { data: products.divided, coefficients: products.vectors.sums(profiles, products.factors) },
    average && { data: average.solution, coefficients: lentTo(profiles, average) },
  )
  const seeds = profiles.kind === 'rows' ? { ...profiles, scale: start } : startSparse(profiles, start)
  const { k, allowed, excludeSeeds, excluded, notes } = query
  const masked = finish.map((factor, item) => (allowed[item] === 1 ? factor * (factors?.[item] ?? 1) : NaN))
  const { top } = yield* sweep({
    ...problem,
    seeds,
    addend,
    output: { kind: 'top-k', k, finish: masked, excludeSeeds, excluded },
    notes,
  })
  return keepPositive(top)
}

/** The average user's share in each profile, shape (profiles). */
export function lentTo(profiles: Profiles, { shares, rows }: SpreadAverage): Float32Array {
  return Float32Array.from({ length: columnCount(profiles) }, (_, place) => {
    const items = profileItems(profiles, place, rows)
    return profileWeights(profiles, place, rows).reduce((sum, weight, at) => sum + weight * shares[items[at]], 0)
  })
}

/** The concatenation of two sums of products, either of which may be missing. */
function joined(a: Addend | undefined, b: Addend | undefined): Addend | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const coefficients = new Float32Array(a.coefficients.length + b.coefficients.length)
  coefficients.set(a.coefficients)
  coefficients.set(b.coefficients, a.coefficients.length)
  const items = b.data.length
  const width = a.data.length / items
  const data = new Float32Array(a.data.length + items)
  for (let item = 0; item < items; item++) {
    data.set(a.data.subarray(item * width, (item + 1) * width), item * (width + 1))
    data[item * (width + 1) + width] = b.data[item]
  }
  return { data, coefficients }
}

export function startSparse(profiles: SparseSeeds, start: Float32Array): SparseSeeds {
  return { ...profiles, data: profiles.data.map((weight, entry) => weight * start[profiles.indices[entry]]) }
}

/** Removes scores of zero, which mean that nothing arrived. The lists are changed in place, because they are not shared. */
function keepPositive(lists: TopLists): TopLists {
  const { rows, scores } = lists
  for (let at = 0; at < rows.length; at++) if (!(scores[at] > 0)) rows[at] = -1
  return lists
}

/** The values before the last product with T, and those of an item: how a part of its score arrived. */
export interface LastStep {
  readonly held: HeldRows
  readonly before: Filter
}

/** finish_i [p(T)]_ij start_j w_j = (finish_i w_j start_j / scale_j) [p(T) scale_i e_i]_j, because T diag(scale) is symmetric. */
export function* contributions(
  recipe: SpreadingRecipe,
  profile: Profile,
  item: number,
  last: LastStep | null = null,
): Algorithm<Contributions> {
  const { start, finish, products, average, factors, ...problem } = recipe
  const { scale } = problem.operator
  const arrived = last && (yield* arrivals(recipe, last.before, startOf(profile, start, average), item, last.held))
  const { columnScores } = yield* sweep({
    ...problem,
    seeds: {
      kind: 'sparse',
      indptr: Int32Array.of(0, 1),
      indices: Int32Array.of(item),
      data: Float32Array.of(scale[item]),
    },
    output: {
      kind: 'scores',
      finish: start.map((factor, j) => (scale[j] > 0 ? factor / scale[j] : 0)),
      rowScale: null,
    },
  })
  arrived?.sent.forEach((part, j) => (columnScores[j] -= part))
  const lent = average?.items.reduce((sum, share, j) => sum + share * columnScores[j], 0) ?? 0
  const parts = Float64Array.from(
    profile.items,
    (j, at) => finish[item] * profile.weights[at] * (columnScores[j] + (average?.shares[j] ?? 0) * lent),
  )
  products?.vectors.parts(profile, item, products.factors).forEach((part, at) => (parts[at] += part))
  const all = [parts, ...(arrived ? [arrived.parts] : [])]
  if (factors) for (const some of all) some.forEach((part, at) => (some[at] = factors[item] * part))
  return { items: profile.items, parts, ...(arrived && { arrived: { rows: arrived.rows, parts: arrived.parts } }) }
}

/** start o (profile + share (1' profile) a), possibly with repeated items. */
function startOf({ items, weights }: Profile, start: Float32Array, average: SpreadAverage | undefined): Profile {
  const own = weights.map((weight, at) => weight * start[items[at]])
  if (average === undefined) return { items, weights: own }
  const lent = weights.reduce((sum, weight, at) => sum + weight * average.shares[items[at]], 0)
  const added = average.items.map((share, item) => lent * share * start[item])
  return { items: Int32Array.from([...items, ...added.keys()]), weights: Float32Array.from([...own, ...added]) }
}
