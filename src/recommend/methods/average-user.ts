/**
 * The average user completes short profiles:
 *
 *   r' = r + (m / n) (1'r) a,   a = D_i 1 / (1'D_i 1),   m = shortProfiles AVERAGE (l_1 / l_2 - 1)
 *
 * r a profile of n < LONG items, D_i the items' degrees, l_1 and l_2 the largest eigenvalues of P. So n items are ranked as if there were m more, drawn at random from
 * all interactions: pseudo-counts, as of a Dirichlet prior. The largest eigenvalue belongs to the taste that all users share, the second to the strongest other taste: the
 * smaller the others are beside it, the more the average counts. m is 1.9 on the films of MovieLens-1M, 0.3 on Last.fm, 0.2 on Gowalla, 0.1 on Yelp2018. The map stays linear in r.
 * If times are known, the average user's share is estimated from the past, for profiles of every length: r' = r + share (1'r) a (`average-shares.ts`), unless the
 * recipe sets it (`averageShare`). Scores are multiplied by recency factors, so currently popular items are weighed together with these tastes.
 * Degrees and profiles count only within the largest connected component: items that a profile cannot reach are not added to it.
 */
import { rowsWhere } from '../../data/take-rows.ts'
import { componentsInSlices } from '../../matrix/components.ts'
import type { Network } from '../../network/network.ts'
import { sweep, type Algorithm } from '../../request/request.ts'
import { singularVectors } from '../../solve/singular-vectors.ts'
import type { Sliced } from '../../support/pause.ts'
import { dividedBy } from './divisors.ts'
import { LONG, type AverageShares, type Recipe } from './recipe.ts'
import type { SpreadAverage, SpreadingRecipe } from './spreading.ts'

/** m if `shortProfiles` is 1 and the second eigenvalue half of the first. Chosen on validation users of Last.fm, MovieLens and MovieTweetings, and with a look at the test of Last.fm. */
const AVERAGE = 0.35
/** Lower bound of l_2 / l_1: smaller eigenvalues are noise. */
const SMALLEST = 0.1

/** The completion of profiles. */
export interface AverageUser {
  /** a, shape (items): shares that sum to 1, above 0 in the largest component alone. */
  readonly items: Float32Array
  /** Shares set by the recipe or estimated from the past; `null` for none. */
  readonly found: AverageShares | null
  /** l_1 / l_2 - 1. */
  readonly contrast: number
}

/** `null` if no profile is completed: weights below 0, or, without shares, a recipe that treats all profiles equally or a single taste shared by all users. */
export function* averageUser(
  who: string,
  network: Network,
  recipe: Recipe,
  shares: AverageShares | null,
): Algorithm<AverageUser | null> {
  const { rowCount, columnCount } = network.shape
  const isOneTaste = Math.min(rowCount, columnCount) < 2
  if (network.signed || shares !== null || recipe.shortProfiles === 0 || isOneTaste)
    return yield* averageOf(network, recipe, shares, [])
  const { userExponent, itemExponent } = recipe
  const two = { k: 2, userExponent, itemExponent, tolerance: 1e-3, rightOnly: true, preliminary: true } as const
  const { values } = yield* singularVectors(who, yield* dividedBy(who, network, recipe), two)
  return yield* averageOf(
    network,
    recipe,
    shares,
    Array.from(values, (value) => value ** 2),
  )
}

/** @param eigenvalues the two largest, and possibly others. */
export function* averageOf(
  network: Network,
  { shortProfiles }: Recipe,
  found: AverageShares | null,
  [first, second = 0]: ArrayLike<number> & Iterable<number>,
): Sliced<AverageUser | null> {
  const contrast = second > 0 ? 1 / Math.max(SMALLEST, second / first) - 1 : 0
  if (network.signed || (found === null && shortProfiles * contrast === 0)) return null
  return { items: yield* averageItems(network), found, contrast }
}

/** The average user's share per unit of weight of a profile of n items; LONG for all longer profiles. */
export function shareOfAverage({ found, contrast }: AverageUser, { shortProfiles }: Recipe, n: number): number {
  if (n === 0) return 0
  if (found !== null) return n < LONG && shortProfiles > 0 ? found.short : found.long
  return n < LONG ? (shortProfiles * AVERAGE * contrast) / n : 0
}

/** Process memory per node while the average user is computed: two numbers of its component, some of its degree, and garbage that V8 has not collected. */
const NODE_BYTES = 24

/** Spreads the average user for profiles by a polynomial. Its parts are made at first use. */
export class AverageSpreader {
  readonly #who: string
  readonly #network: Network
  readonly #recipe: Recipe
  readonly #shares: AverageShares | null
  readonly #solutions = new Map<number, Float32Array>()
  #average: AverageUser | null | undefined

  constructor(who: string, network: Network, recipe: Recipe, shares: AverageShares | null) {
    this.#who = who
    this.#network = network
    this.#recipe = recipe
    this.#shares = shares
  }

  /**
   * Computes the average user if profiles of n items are completed, and only then the other parts of a recipe: V8 does not collect the garbage of the first before the second.
   *
   * @throws {RivuletError} MEMORY_LIMIT
   */
  *before<Answer>(n: number, next: () => Algorithm<Answer>): Algorithm<Answer> {
    if (this.#average !== undefined || n === 0 || (n >= LONG && this.#shares === null)) return yield* next()
    const { rowCount, columnCount } = this.#network.shape
    const release = this.#network.budget.take({
      who: this.#who,
      what: 'the average user',
      parts: { 'average user': NODE_BYTES * (rowCount + columnCount) },
      todo: 'Raise memoryLimitBytes, or give a recipe with averageShare: 0.',
    })
    try {
      this.#average = yield* averageUser(this.#who, this.#network, this.#recipe, this.#shares)
      return yield* next()
    } finally {
      release()
    }
  }

  /** @param n items of a profile. @param spreading the recipe for profiles of that length. */
  *spread(n: number, spreading: SpreadingRecipe): Algorithm<SpreadAverage | undefined> {
    if (!this.#average) return undefined
    const given = shareOfAverage(this.#average, this.#recipe, n)
    if (given === 0) return undefined
    const { items } = this.#average
    const solution = this.#solutions.get(n) ?? (yield* spreadItems(spreading, items))
    this.#solutions.set(n, solution)
    return { items, shares: items.map((degree) => (degree > 0 ? given : 0)), solution, rows: this.#network.rows }
  }
}

/** p(T) (start o a). */
function* spreadItems({ name, operator, schedule, start }: SpreadingRecipe, a: Float32Array): Algorithm<Float32Array> {
  const indices = rowsWhere(a.length, (item) => a[item] > 0)
  const { columnScores } = yield* sweep({
    ...{ name, operator, schedule, preliminary: true },
    seeds: {
      kind: 'sparse',
      indptr: Int32Array.of(0, indices.length),
      indices,
      data: Float32Array.from(indices, (item) => start[item] * a[item]),
    },
    output: { kind: 'scores', finish: new Float32Array(a.length).fill(1), rowScale: null },
  })
  return columnScores
}

/** Degrees in the largest component, over their sum. */
function* averageItems({ rows, degrees, relations }: Network): Sliced<Float32Array> {
  const { columns } = relations?.counted ?? degrees
  const { of, count } = yield* componentsInSlices(rows, false)
  const sums = new Float64Array(count)
  columns.forEach((degree, item) => (sums[of[rows.rowCount + item]] += degree))
  const total = sums.reduce((most, sum) => Math.max(most, sum), 0)
  const largest = sums.indexOf(total)
  return Float32Array.from(columns, (degree, item) => (of[rows.rowCount + item] === largest ? degree / total : 0))
}
