import { rowsWhere } from '../../data/take-rows.ts'
import { beforeLastSweep, filterSchedule, type Response } from '../../plan/filter.ts'
import type { SparseRows, RowWindow } from '../../matrix/csr.ts'
import type { Algorithm } from '../../request/request.ts'
import { columnCount, type Operator, type TopLists } from '../../request/sweep.ts'
import { type Sliced } from '../../support/pause.ts'
import { powers } from '../../matrix/normalize.ts'
import { heldRows } from './arrivals.ts'
import { AverageSpreader } from './average-user.ts'
import { broughtToValues } from './brought-to-values.ts'
import { popularityPowers } from './degree-offset.ts'
import { dividedBy } from './divisors.ts'
import { embeddingScale, productsAlone, requireBoth } from '../embedding-mix.ts'
import type { ModelCall } from './item-vectors.ts'
import { leverages } from './leverage.ts'
import { profileLength, type Model, type Profiles, type Query } from './model.ts'
import { emptyLists, putLists, takeProfiles, takeQuery } from '../profile-parts.ts'
import {
  asksForAverage,
  embeddingWeight,
  LONG,
  refuseAverage,
  responseOfRecipe,
  spreads,
  type Recipe,
} from './recipe.ts'
import { contributions, rank, spreadingModel, type SpreadingRecipe, type VectorProducts } from './spreading.ts'
import type { Network } from '../../network/network.ts'
import { itemsAmong } from '../../network/relations.ts'
import { largestEigenvalue, operatorOf } from '../../solve/mixed-relations.ts'

/** The estimate is a lower bound of the largest eigenvalue, and a polynomial is bounded only in the range of its fit. */
export const ABOVE_ESTIMATE = 1.005

/**
 * A recipe on a network as a polynomial, by sweeps. The largest eigenvalue, and the scale of the embedding's scores, are computed at first use.
 */
export function polynomialModel(
  network: Network,
  recipe: Recipe,
  { who, vectors, factors, shares = null }: ModelCall,
): Model {
  requireBoth(who, recipe, vectors)
  const weight = embeddingWeight(recipe)
  if (vectors !== null && weight !== 0 && !spreads(recipe)) {
    if (asksForAverage(recipe)) throw refuseAverage(who, 'without spreading')
    return spreadingModel({ ...productsAlone(network, vectors, weight), factors })
  }
  let found: Diagonals | null = null
  let products: VectorProducts | null = null
  const average = new AverageSpreader(who, network, recipe, shares)
  const open = function* (n: number, alone = false): Algorithm<SpreadingRecipe> {
    const divided = yield* dividedBy(who, network, recipe)
    const diagonals = function* (): Algorithm<Diagonals> {
      return found ?? (yield* findDiagonals(who, { network, divided }, recipe))
    }
    found = alone ? yield* diagonals() : yield* average.before(n, diagonals)
    const own = recipeFor(n, divided, recipe, found)
    const spreading = alone ? own : { ...own, average: yield* average.spread(n, own) }
    if (vectors === null || weight === 0) return { ...spreading, factors }
    products ??= {
      vectors,
      divided: vectors.over(found.finish),
      factors: vectors.alike(
        weight * (yield* embeddingScale(network, recipeFor(LONG, divided, recipe, found), vectors)),
      ),
    }
    return { ...spreading, products, factors }
  }
  return {
    rank: (profiles, query) =>
      rankByLength(network, profiles, query, function* (n, part, asked) {
        return yield* rank(yield* open(n, asked.alone), part, asked)
      }),
    *contributions(profile, item) {
      const n = Math.min(LONG, itemsAmong(profile.items, network))
      const spreading = yield* open(n)
      const held = heldRows(network, item)
      if (held === null || found === null) return yield* contributions(spreading, profile, item)
      const before = beforeLastSweep(stretched(recipe, found.noise, n), recipe.sweeps)
      return yield* contributions(spreading, profile, item, { held, before })
    },
    *arrivals(profiles, alone) {
      const spreading = yield* open(LONG, alone)
      const before = beforeLastSweep(stretched(recipe, found?.noise ?? 1, LONG), recipe.sweeps)
      return yield* broughtToValues(network, spreading, before, profiles)
    },
  }
}

/** Lists of profiles, grouped by profile length. @param rankLength for profiles of n items, LONG for all longer profiles */
export function* rankByLength(
  network: Network,
  profiles: Profiles,
  query: Query,
  rankLength: (n: number, profiles: Profiles, query: Query) => Algorithm<TopLists>,
): Algorithm<TopLists> {
  const lengths = profileLengths(network, profiles)
  const distinct = new Set(lengths)
  if (distinct.size === 1) return yield* rankLength(lengths[0], profiles, query)
  const lists = emptyLists(lengths.length, query.k)
  for (const n of distinct) {
    const places = Int32Array.from(lengths.keys()).filter((place) => lengths[place] === n)
    putLists(lists, yield* rankLength(n, takeProfiles(profiles, places), takeQuery(query, places)), places)
  }
  return lists
}

/** The parts of a recipe on a network that do not depend on the profile. */
interface Diagonals extends UnitOperator {
  readonly finish: Float32Array
}

function* findDiagonals(
  who: string,
  { network, divided }: Readonly<Record<'network' | 'divided', Network>>,
  recipe: Recipe,
): Algorithm<Diagonals> {
  const unit = yield* unitOperator(divided, recipe)
  const finish = popularityPowers(network.degrees.columns, divided.degrees.columns, recipe, recipe.itemExponent)
  if (recipe.leaveOneOut !== null) {
    const owed = yield* itemLeverages(who, divided, recipe, unit, recipe.leaveOneOut)
    finish.forEach((factor, item) => (finish[item] = factor / (1 - owed[item])))
  }
  return { ...unit, finish }
}

function recipeFor(n: number, network: Network, recipe: Recipe, found: Diagonals): SpreadingRecipe {
  const { operator, noise, finish } = found
  const { columns } = network.degrees
  const { schedule, gain } = filterSchedule(stretched(recipe, noise, n), recipe.sweeps)
  const start = powers(columns, recipe.profileExponent - recipe.itemExponent, gain)
  return { name: 'recommend', operator, schedule, start, finish }
}

/** A recipe's response for profiles of n items, of the operator over ABOVE_ESTIMATE times its largest eigenvalue. */
function stretched(recipe: Recipe, noise: number, n: number): Response {
  const response = responseOfRecipe(recipe, noise, n)
  return (x) => response(x * ABOVE_ESTIMATE)
}

/** Bytes per item while leverages are estimated: a sum and the leverage, its root, its code and sign, its place by popularity. */
const LEVERAGE_BYTES = 26

export function* itemLeverages(
  who: string,
  { degrees: { columns }, budget }: Network,
  { itemExponent, sweeps }: Pick<Recipe, 'itemExponent' | 'sweeps'>,
  { operator, noise }: UnitOperator,
  ridge: number,
): Algorithm<Float64Array> {
  const release = budget.take({
    who,
    what: `leverages of ${columns.length} items`,
    parts: { leverages: LEVERAGE_BYTES * columns.length },
    todo: 'Raise memoryLimitBytes, or give a recipe with leaveOneOut: null.',
  })
  const order = rowsWhere(columns.length, (item) => columns[item] > 0).sort((a, b) => columns[b] - columns[a] || a - b)
  const root = powers(columns, -itemExponent)
  try {
    return yield* leverages({ operator, order, root, lambda: ridge * noise, sweeps, stretch: ABOVE_ESTIMATE })
  } finally {
    release()
  }
}

export interface UnitOperator {
  /** T = D_i^-2item W' D_u^-2user W over ABOVE_ESTIMATE times its largest eigenvalue: similar to P, so with its eigenvalues, in [0, 1]. */
  readonly operator: Operator
  /** The noise edge over the largest eigenvalue, > 0: `cut` and `lambda` are multiples of it. */
  readonly noise: number
}

export function* unitOperator(network: Network, { userExponent, itemExponent }: Exponents): Algorithm<UnitOperator> {
  const { degrees, signed } = network
  const operator = operatorOf(degrees, userExponent, itemExponent)
  const largest = yield* largestEigenvalue('recommend', operator, degrees.columns, signed)
  if (largest === 0) return { operator, noise: 1 }
  const factor = 1 / (largest * ABOVE_ESTIMATE)
  return {
    operator: { ...operator, scale: operator.scale.map((value) => value * factor) },
    noise: (yield* noiseOf(network, operator.middle, operator.scale)) / largest,
  }
}

type Exponents = Pick<Recipe, 'userExponent' | 'itemExponent'>

/** The noise edge of interactions only, because relations are not random. */
export function noiseOf({ rows, relations }: Network, middle: Float32Array, scale: Float32Array): Sliced<number> {
  if (relations === undefined) return noiseEdge(rows, middle, scale)
  const { counted } = relations
  const ownOf = (side: Float32Array, degrees: Float64Array) => side.map((value, at) => (degrees[at] > 0 ? value : 0))
  return noiseEdge(rows, ownOf(middle, counted.rows), ownOf(scale, counted.columns))
}

/**
 * The upper edge of the eigenvalues of X'X if X were random, with the same size and weight: (sqrt(t / users) + sqrt(t / items))^2, t = tr X'X.
 *
 * Marchenko and Pastur 1967, 10.1070/SM1967v001n04ABEH001994. Users and items without interactions are ignored.
 */
export function* noiseEdge(rows: SparseRows, middle: Float32Array, scale: Float32Array): Sliced<number> {
  let trace = 0
  const add = (window: RowWindow, from: number, to: number): void => {
    const { indices, data } = window
    for (let user = from; user < to; user++) {
      let sum = 0
      for (let at = window.start(user), end = window.end(user); at < end; at++) {
        const weight = data === null ? 1 : data[at]
        sum += weight * weight * scale[indices[at]]
      }
      trace += middle[user] * sum
    }
  }
  yield* rows.inSlices(add, 1)
  const active = (side: Float32Array): number => side.reduce((count, value) => (value > 0 ? count + 1 : count), 0)
  return (Math.sqrt(trace / active(middle)) + Math.sqrt(trace / active(scale))) ** 2
}

/** Number of items of each profile, LONG for longer profiles. */
export const profileLengths = (network: Network, profiles: Profiles): Int32Array =>
  Int32Array.from({ length: columnCount(profiles) }, (_, at) => Math.min(LONG, profileLength(profiles, at, network)))
