/**
 * Validation users at which a whole family of recipes can be scored without another sweep.
 *
 *   score_j = L_j d_j^(g + e) sum_k c_k [T_k(2T - 1) D^(h - e) r]_j
 *
 * The vectors T_k(...) depend on the exponents of users (a), items (e) and profiles (h) alone. They are read once, at each user's candidates; every
 * response f (through its Chebyshev coefficients c), popularity exponent g and correction L is then a weighted sum over k. What short profiles are lent of the
 * average user is read the same way, once for all of them.
 * Cost: one pass of `sweeps` sweeps per choice of (a, e, h); users x candidates x (sweeps + 1) multiplications per recipe.
 */
import { sweep, type Algorithm } from '../request/request.ts'
import { chebyshevBasis, chebyshevCoefficients } from '../plan/filter.ts'
import { powers } from '../matrix/normalize.ts'
import { averageUser, shareOfAverage, type AverageUser } from '../recommend/methods/average-user.ts'
import {
  ABOVE_ESTIMATE,
  itemLeverages,
  profileLengths,
  unitOperator,
  type UnitOperator,
} from '../recommend/methods/graph-filter.ts'
import type { ModelCall } from '../recommend/methods/item-vectors.ts'
import { LONG, responseOfRecipe, type Recipe } from '../recommend/methods/recipe.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { Network } from '../network/network.ts'

/** Users and the items among which their lists are ranked, shape (users x count). */
export interface Candidates {
  readonly users: Int32Array
  readonly count: number
  readonly items: Int32Array
}

/** Scores of a recipe at the candidates, shape (users x count). Answers recipes with the same user, item and profile exponents and sweeps alone. */
export type CandidateScores = (recipe: Recipe) => Algorithm<Float32Array>

export function* probeUsers(
  who: string,
  network: Network,
  candidates: Candidates,
  exponents: Recipe,
  { factors = null, share = 0 }: Pick<ModelCall, 'factors' | 'share'> = {},
): Algorithm<CandidateScores> {
  const { columns } = network.degrees
  const { itemExponent, profileExponent, sweeps } = exponents
  const unit = yield* unitOperator(network, exponents)
  const { probes } = yield* sweep({
    name: who,
    operator: unit.operator,
    schedule: chebyshevBasis(sweeps),
    seeds: { kind: 'rows', rows: candidates.users, scale: powers(columns, profileExponent - itemExponent) },
    output: { kind: 'probes', rows: candidates.items },
  })
  const lengths = profileLengths(network, { kind: 'rows', rows: candidates.users, scale: new Float32Array(0) })
  const isLent = share > 0 || lengths.some((n) => n > 0 && n < LONG)
  const average = isLent ? yield* probeAverage(who, network, exponents, unit, share) : null
  const weights = Float64Array.from(candidates.users, (user) => (average === null ? 0 : average.weightOf(user)))
  const corrections = new Map<number, Float64Array>()
  return function* scores(recipe) {
    const factor = Float64Array.from(powers(columns, recipe.popularityExponent + itemExponent))
    if (recipe.leaveOneOut !== null) {
      const owed =
        corrections.get(recipe.leaveOneOut) ?? (yield* itemLeverages(who, network, recipe, unit, recipe.leaveOneOut))
      corrections.set(recipe.leaveOneOut, owed)
      factor.forEach((value, item) => (factor[item] = value / (1 - owed[item])))
    }
    factors?.forEach((value, item) => (factor[item] *= value))
    const coefficients = Array.from({ length: LONG + 1 }, (_, n) => {
      const response = responseOfRecipe(recipe, unit.noise, n)
      return chebyshevCoefficients((x) => response(x * ABOVE_ESTIMATE), sweeps)
    })
    const ofRecipe = average && { ...average, count: recipe.shortProfiles * average.count }
    const lentAt = (place: number): number => shareOfAverage(ofRecipe, lengths[place]) * weights[place]
    const lent = average && { probes: average.probes, itemCount: columns.length, at: lentAt }
    return yield* weightedSums(probes, lent, (place) => coefficients[lengths[place]], candidates, factor)
  }
}

/** The average user where `shortProfiles` is 1, and T_k(...) of her at all items, shape (sweeps + 1, items). */
interface ProbedAverage extends AverageUser {
  readonly probes: Float32Array
  /** What a user's profile weighs in her component. */
  readonly weightOf: (user: number) => number
}

function* probeAverage(
  who: string,
  network: Network,
  exponents: Recipe,
  { operator }: UnitOperator,
  share: number,
): Algorithm<ProbedAverage | null> {
  const average = yield* averageUser(who, network, { ...exponents, shortProfiles: 1 }, share)
  if (average === null) return null
  const { columns } = network.degrees
  const start = powers(columns, exponents.profileExponent - exponents.itemExponent)
  const items = Int32Array.from(columns.keys())
  const { probes } = yield* sweep({
    ...{ name: who, operator, schedule: chebyshevBasis(exponents.sweeps), preliminary: true },
    seeds: {
      kind: 'sparse',
      indptr: Int32Array.of(0, items.length),
      indices: items,
      data: start.map((factor, item) => factor * average.items[item]),
    },
    output: { kind: 'probes', rows: items },
  })
  const weightOf = (user: number): number => {
    const own = network.rows.columnsOf(user)
    return network.rows.weightsOf(user).reduce((sum, w, at) => (average.items[own[at]] > 0 ? sum + w : sum), 0)
  }
  return { ...average, probes, weightOf }
}

/** What users are lent: probes at all items, and how much of them. */
interface Lent {
  readonly probes: Float32Array
  readonly itemCount: number
  at(place: number): number
}

function* weightedSums(
  probes: Float32Array,
  lent: Lent | null,
  coefficientsOf: (place: number) => Float64Array,
  { users, count, items }: Candidates,
  factor: Float64Array,
): Sliced<Float32Array> {
  const slices = new Slices()
  const sums = new Float32Array(items.length)
  for (let place = 0; place < users.length; place++) {
    const coefficients = coefficientsOf(place)
    for (let k = 0; k < coefficients.length; k++) {
      addMultiple(sums, coefficients[k], probes, k * items.length, place * count, (place + 1) * count)
    }
    const share = lent === null ? 0 : lent.at(place)
    if (lent !== null && share > 0) addLent(sums, share, coefficients, lent, items, place * count, count)
    if (slices.full(count * coefficients.length)) yield PAUSE
  }
  for (let at = 0; at < items.length; at++) sums[at] *= factor[items[at]]
  return sums
}

/** A loop of its own, which an engine compiles well: most of what a recipe costs. */
function addMultiple(
  sums: Float32Array,
  factor: number,
  probes: Float32Array,
  from: number,
  start: number,
  end: number,
): void {
  for (let at = start; at < end; at++) sums[at] += factor * probes[from + at]
}

function addLent(
  sums: Float32Array,
  share: number,
  coefficients: Float64Array,
  { probes, itemCount }: Lent,
  items: Int32Array,
  start: number,
  count: number,
): void {
  for (let at = start; at < start + count; at++) {
    let sum = 0
    for (let k = 0; k < coefficients.length; k++) sum += coefficients[k] * probes[k * itemCount + items[at]]
    sums[at] += share * sum
  }
}
