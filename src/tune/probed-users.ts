/**
 * Validation users on whom a whole family of recipes can be scored without another sweep.
 *
 *   score_j = L_j d_j^(g + e) sum_k c_k [T_k(2T - 1) D^(h - e) r]_j
 *
 * The vectors T_k(...) depend only on the exponents of users (a), items (e) and profiles (h), and on the degree offset. They are computed once, at each user's candidates; every
 * response f (through its Chebyshev coefficients c), popularity exponent g, correction L and recency rule is then a weighted sum over k. The average user, added to short
 * profiles, is probed in the same way, once for all users.
 * Cost: one pass of `sweeps` sweeps per choice of (a, e, h), one of PROBES columns per choice of (a, e) and the ridge of L; users x candidates x (sweeps + 1) multiplications per recipe.
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
import { withDegreeOffset } from '../recommend/methods/degree-offset.ts'
import type { ModelCall } from '../recommend/methods/item-vectors.ts'
import { LONG, responseOfRecipe, sharesOf, type Recipe } from '../recommend/methods/recipe.ts'
import { Catalogue } from '../recommend/catalogue.ts'
import { itemRecency, type ItemRecency, type Recency } from '../recommend/recency.ts'
import { resolveRecommender } from '../recommend/request.ts'
import { PAUSE, SCATTERED, Slices, type Sliced } from '../support/pause.ts'
import type { NamedNetwork, Network } from '../network/network.ts'

/** Users and the items among which their lists are ranked, shape (users x count). */
export interface Candidates {
  readonly users: Int32Array
  readonly count: number
  readonly items: Int32Array
}

/** Recency: factors of scores, and shares of the average user in profiles. */
export type Recent = Required<Pick<ModelCall, 'factors' | 'shares'>>

/** Scores of a recipe at the candidates, shape (users x count); the next call overwrites them. Only for recipes with the same user, item and profile exponents, degree offset and sweeps. */
export type CandidateScores = (recipe: Recipe, recent: Recent) => Algorithm<Float32Array>

/** What recipes with the same user and item exponents and degree offset share. */
interface SharedParts {
  readonly unit: UnitOperator
  /** Leverages by the ridge. */
  readonly owed: Map<number, Float64Array>
  /** By the profile exponent. */
  readonly averages: Map<number, ProbedAverage | null>
}

/** Choices of exponents whose shared parts are cached: a search stays near its best. */
const MOST_KEPT = 3

/** A network whose users are probed by one recipe after another; parts that recipes share are cached. */
export class ProbedNetwork {
  readonly #who: string
  readonly #network: NamedNetwork
  readonly #parts = new Map<string, SharedParts>()
  #auto: ItemRecency | null = null
  #autoParts: Recent | null = null

  constructor(who: string, network: NamedNetwork) {
    this.#who = who
    this.#network = network
  }

  /** The recency found in the times if no rule is given. */
  *auto(): Sliced<ItemRecency> {
    const catalogue = Catalogue.of(this.#who, this.#network)
    this.#auto ??= yield* catalogue.recency(resolveRecommender(this.#who, {}))
    return this.#auto
  }

  /** Factors by a given rule, with the shares of the average user that 'auto' finds: these are costly, and hardly depend on the rule. */
  *recent(recency: Recency): Sliced<Recent> {
    const catalogue = Catalogue.of(this.#who, this.#network)
    const auto = (this.#autoParts ??= yield* catalogue.recentParts(resolveRecommender(this.#who, {})))
    if (recency === 'auto') return auto
    const { factors } = yield* itemRecency(this.#who, this.#network.times, { recency, now: null })
    return { ...auto, factors }
  }

  *probe(candidates: Candidates, exponents: Recipe): Algorithm<CandidateScores> {
    const { columns } = this.#network.degrees
    const { columns: divided } = withDegreeOffset(this.#network, exponents).degrees
    const { itemExponent, profileExponent, sweeps } = exponents
    const shared = yield* this.#sharedOf(exponents)
    const { probes } = yield* sweep({
      name: this.#who,
      operator: shared.unit.operator,
      schedule: chebyshevBasis(sweeps),
      seeds: { kind: 'rows', rows: candidates.users, scale: powers(divided, profileExponent - itemExponent) },
      output: { kind: 'probes', rows: candidates.items },
    })
    const lengths = profileLengths(this.#network, {
      kind: 'rows',
      rows: candidates.users,
      scale: new Float32Array(0),
    })
    const ownLengths = new Set(lengths)
    const anyShort = lengths.some((n) => n > 0 && n < LONG)
    const own = distinctOf(candidates.items, columns.length)
    const degrees = Float64Array.from(own.items, (item) => columns[item])
    const divisors = powers(
      Float64Array.from(own.items, (item) => divided[item]),
      itemExponent,
    )
    const completed = new CompletedProbes(probes, candidates)
    const scores = new Float32Array(candidates.items.length)
    return function* (this: ProbedNetwork, recipe: Recipe, { factors, shares }: Recent): Algorithm<Float32Array> {
      // As `popularityPowers`; the powers of the divisors are the same for all these recipes.
      const factor = Float64Array.from(powers(degrees, recipe.popularityExponent))
      for (let slot = 0; slot < factor.length; slot++) factor[slot] *= divisors[slot]
      if (recipe.leaveOneOut !== null) {
        const owed = yield* this.#owedOf(shared, recipe, recipe.leaveOneOut)
        own.items.forEach((item, slot) => (factor[slot] /= 1 - owed[item]))
      }
      if (factors) own.items.forEach((item, slot) => (factor[slot] *= factors[item]))
      const coefficients: Float64Array[] = []
      for (const n of ownLengths) {
        const response = responseOfRecipe(recipe, shared.unit.noise, n)
        coefficients[n] = chebyshevCoefficients((x) => response(x * ABOVE_ESTIMATE), sweeps)
      }
      const found = sharesOf(recipe, shares)
      const average = found !== null || anyShort ? yield* this.#averageOf(shared, exponents) : null
      const whole = average === null ? probes : yield* completed.by({ ...average, found }, recipe, lengths)
      yield* addWeighted(scores, { probes: whole, coefficients, lengths, factor, slots: own.slots }, candidates)
      return scores
    }.bind(this)
  }

  *#sharedOf(exponents: Recipe): Algorithm<SharedParts> {
    const { userExponent, itemExponent, degreeOffset, sweeps } = exponents
    const key = [userExponent, itemExponent, degreeOffset, sweeps].join()
    const shared = this.#parts.get(key) ?? {
      unit: yield* unitOperator(withDegreeOffset(this.#network, exponents), exponents),
      owed: new Map<number, Float64Array>(),
      averages: new Map<number, ProbedAverage | null>(),
    }
    this.#parts.delete(key)
    this.#parts.set(key, shared)
    const [oldest] = this.#parts.keys()
    if (this.#parts.size > MOST_KEPT) this.#parts.delete(oldest)
    return shared
  }

  *#owedOf({ owed, unit }: SharedParts, recipe: Recipe, ridge: number): Algorithm<Float64Array> {
    const found =
      owed.get(ridge) ?? (yield* itemLeverages(this.#who, withDegreeOffset(this.#network, recipe), recipe, unit, ridge))
    owed.set(ridge, found)
    return found
  }

  *#averageOf({ averages, unit }: SharedParts, exponents: Recipe): Algorithm<ProbedAverage | null> {
    const known = averages.get(exponents.profileExponent)
    if (known !== undefined) return known
    const average = yield* probeAverage(this.#who, this.#network, exponents, unit)
    averages.set(exponents.profileExponent, average)
    return average
  }
}

/** The average user by all rows, not recent ones alone, and its T_k(...) at all items, shape (sweeps + 1, items). */
interface ProbedAverage extends AverageUser {
  readonly probes: Float32Array
  /** Weight of a user's profile within the component of the average user. */
  readonly weightOf: (user: number) => number
}

function* probeAverage(
  who: string,
  network: Network,
  exponents: Recipe,
  { operator }: UnitOperator,
): Algorithm<ProbedAverage | null> {
  const average = yield* averageUser(who, network, { ...exponents, shortProfiles: 1 }, null)
  if (average === null) return null
  const { columns } = withDegreeOffset(network, exponents).degrees
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
  const weights = new Map<number, number>()
  const weightOf = (user: number): number => {
    const own = network.rows.columnsOf(user)
    const weight =
      weights.get(user) ??
      network.rows.weightsOf(user).reduce((sum, w, at) => (average.items[own[at]] > 0 ? sum + w : sum), 0)
    weights.set(user, weight)
    return weight
  }
  return { ...average, probes, weightOf }
}

/** The items among candidates, each once, and where each candidate is among them. */
interface DistinctItems {
  readonly items: Int32Array
  readonly slots: Int32Array
}

/** @param among number of all items */
function distinctOf(candidates: Int32Array, among: number): DistinctItems {
  const slotOf = new Int32Array(among).fill(-1)
  const items: number[] = []
  const slots = candidates.map((item) => {
    if (slotOf[item] < 0) slotOf[item] = items.push(item) - 1
    return slotOf[item]
  })
  return { items: Int32Array.from(items), slots }
}

/** Probes of users whose profiles are completed by the average user. T_k is linear, so a recipe only decides how much is added. */
class CompletedProbes {
  readonly #probes: Float32Array
  readonly #candidates: Candidates
  /** The last result, and how much of the average user each user got in it. */
  #last: { readonly lent: Float64Array; readonly average: Float32Array; readonly probes: Float32Array } | null = null

  /** @param probes shape (sweeps + 1, users x count) */
  constructor(probes: Float32Array, candidates: Candidates) {
    this.#probes = probes
    this.#candidates = candidates
  }

  /** As `probes`, recomputed only if another recipe adds more or less. @param lengths of the profiles, at most LONG */
  *by(average: ProbedAverage, recipe: Recipe, lengths: ArrayLike<number>): Sliced<Float32Array> {
    const lent = Float64Array.from(this.#candidates.users, (user, place) => {
      const share = shareOfAverage(average, recipe, lengths[place])
      return share > 0 ? share * average.weightOf(user) : 0
    })
    if (lent.every((share) => share === 0)) return this.#probes
    const last = this.#last
    if (last?.average === average.probes && lent.every((share, place) => share === last.lent[place])) return last.probes
    this.#last = null
    const probes = yield* this.#add(lent, average.probes, average.items.length)
    this.#last = { lent, average: average.probes, probes }
    return probes
  }

  *#add(lent: Float64Array, average: Float32Array, itemCount: number): Sliced<Float32Array> {
    const { count, items } = this.#candidates
    const sums = this.#probes.slice()
    const slices = new Slices()
    for (let start = 0, k = 0; start < sums.length; start += items.length, k++) {
      for (let place = 0; place < lent.length; place++) {
        const [from, share] = [place * count, lent[place]]
        for (let at = from; share > 0 && at < from + count; at++)
          sums[start + at] += share * average[k * itemCount + items[at]]
        if (slices.full(SCATTERED * count)) yield PAUSE
      }
    }
    return sums
  }
}

/** Parts of the scores of a recipe. */
interface WeightedParts {
  /** T_k(...) at the candidates, shape (sweeps + 1, users x count). */
  readonly probes: Float32Array
  /** By profile length; holes for lengths that do not occur. */
  readonly coefficients: readonly Float64Array[]
  /** Profile lengths of the users, capped at LONG. */
  readonly lengths: ArrayLike<number>
  /** Factor of a score, by slot. */
  readonly factor: Float64Array
  /** Slot of each candidate. */
  readonly slots: Int32Array
}

/** @param sums receives the scores, shape (users x count) */
function* addWeighted(
  sums: Float32Array,
  { probes, coefficients, lengths, factor, slots }: WeightedParts,
  { users, count, items }: Candidates,
): Sliced<void> {
  const slices = new Slices()
  sums.fill(0)
  for (let place = 0; place < users.length; place++) {
    const own = coefficients[lengths[place]]
    const [start, end] = [place * count, (place + 1) * count]
    for (let k = 0; k < own.length; k++) addMultiple(sums, own[k], probes, k * items.length, start, end)
    if (slices.full(count * own.length)) yield PAUSE
  }
  for (let at = 0; at < sums.length; at++) sums[at] *= factor[slots[at]]
}

/** Most of the cost of a recipe. A separate function because engines optimise a small loop better than one inside a generator. */
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
