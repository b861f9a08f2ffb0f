/**
 * The average user stands in for what a profile does not say:
 *
 *   r' = r + (m / n) (1'r) a,   a = D_i 1 / (1'D_i 1),   m = shortProfiles AVERAGE (l_1 / l_2 - 1)
 *
 * r a profile of n < LONG items, D_i the items' degrees, l_1 and l_2 the largest eigenvalues of P. So n items are ranked as if there were m more, taken at random from
 * what everybody did: pseudo-counts, as a Dirichlet prior has them. The largest eigenvalue belongs to what all have in common, the second to the strongest taste: the
 * smaller tastes are beside it, the more the average says. m is 1.9 on the films of MovieLens-1M, 0.3 on Last.fm, 0.2 on Gowalla, 0.1 on Yelp2018. The map stays linear in r.
 * Where times are known, the past says how much she is worth, for profiles of every length: r' = r + share (1'r) a (`average-shares.ts`), unless the recipe does (`averageShare`). Scores are multiplied by what is
 * recent, and so what everybody takes now has its part beside what these tastes make of it.
 * Degrees count within the largest connected component, and so do profiles: what a profile cannot reach, it is not lent.
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

/** m where `shortProfiles` is 1 and the second eigenvalue half of the first. Chosen on validation users of Last.fm, MovieLens and MovieTweetings, and with a look at the test of Last.fm. */
const AVERAGE = 0.35
/** No taste beside the common one is smaller than this share of it: what is, is noise. */
const SMALLEST = 0.1

/** What profiles are completed by. */
export interface AverageUser {
  /** a, shape (items): shares that sum to 1, above 0 in the largest component alone. */
  readonly items: Float32Array
  /** What the recipe or the past says; `null` for nothing. */
  readonly found: AverageShares | null
  /** l_1 / l_2 - 1. */
  readonly contrast: number
}

/** `null` if no profile is completed: weights below 0, or, without shares, a recipe that treats all profiles equally or a single taste that all share. */
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

/** @param eigenvalues the two largest, and any others. */
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

/** What of the average user is added to each unit of weight of a profile of n items; LONG for all that are longer. */
export function shareOfAverage({ found, contrast }: AverageUser, { shortProfiles }: Recipe, n: number): number {
  if (n === 0) return 0
  if (found !== null) return n < LONG && shortProfiles > 0 ? found.short : found.long
  return n < LONG ? (shortProfiles * AVERAGE * contrast) / n : 0
}

/** Bytes of a node while the average user is found, as processes grow by: two numbers of its component, some of its degree, and what V8 has not collected. */
const NODE_BYTES = 24

/** Gives profiles their part in the average user, as a polynomial spreads it. What it takes is made when it is first asked for. */
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
   * Finds her, if profiles of n items are completed, and then what else a recipe has to know: V8 does not collect what the one took before the other.
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

  /** @param n items of a profile. @param spreading how profiles of that length are spread. */
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
