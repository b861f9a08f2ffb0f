/**
 * Validation users at which a whole family of recipes can be scored without another sweep.
 *
 *   score_j = L_j d_j^(g + e) sum_k c_k [T_k(2T - 1) D^(h - e) r]_j
 *
 * The vectors T_k(...) depend on the exponents of users (a), items (e) and profiles (h) alone. They are read once, at each user's candidates; every
 * response f (through its Chebyshev coefficients c), popularity exponent g and correction L is then a weighted sum over k.
 * Cost: one pass of `sweeps` sweeps per choice of (a, e, h); users x candidates x (sweeps + 1) multiplications per recipe.
 */
import { sweep, type Algorithm } from '../request/request.ts'
import { chebyshevBasis, chebyshevCoefficients } from '../plan/filter.ts'
import { powers } from '../matrix/normalize.ts'
import { ABOVE_ESTIMATE, itemLeverages, profileLengths, unitOperator } from '../recommend/methods/graph-filter.ts'
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
  factors: Float32Array | null = null,
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
    return yield* weightedSums(probes, (place) => coefficients[lengths[place]], candidates, factor)
  }
}

function* weightedSums(
  probes: Float32Array,
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
