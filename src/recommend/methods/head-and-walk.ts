/**
 * A spreading recipe for many profiles: a head of eigenvectors and one walk approximate the whole filter.
 *
 *   scores = finish (V (f(L) - a) V' + a + g (P - V L V')) start r
 *
 * The walk P - V L V' is truncated to the `neighbours` largest entries of each item in absolute value, among items that share a user: P is 0 elsewhere, approximated by its head. If
 * such lists do not fit into memory, or cost more than they save, P itself is applied: one sweep per block of profiles. Listed items are not in the profile, so `a`
 * has no effect beyond the head. The average user's contribution to profiles comes from the head alone.
 * Cost: the singular vectors, one row-wise product of the matrix with itself, then microseconds per profile; without lists a sweep per sixteen profiles.
 */
import type { CsrMatrix } from '../../matrix/csr.ts'
import { powers } from '../../matrix/normalize.ts'
import type { Network } from '../../network/network.ts'
import type { Walk } from '../../plan/head-or-sweeps.ts'
import { filterSchedule } from '../../plan/filter.ts'
import type { RankFilter, RankTable } from '../../request/rank.ts'
import type { LessVectors } from '../../request/product.ts'
import { product, rank, type Algorithm } from '../../request/request.ts'
import type { TopLists } from '../../request/sweep.ts'
import { levelVectors } from '../../solve/level-vectors.ts'
import { rankTable } from '../../solve/rank-table.ts'
import { inSlices, type Sliced } from '../../support/pause.ts'
import { dividedBy } from './divisors.ts'
import { profileLengths, rankByLength } from './graph-filter.ts'
import { headOf, type Head } from './head.ts'
import { ItemVectors, type ModelCall } from './item-vectors.ts'
import { profileItems, type Profiles, type Query } from './model.ts'
import type { Recipe } from './recipe.ts'
import { rank as spread, type SpreadAverage, type SpreadingRecipe } from './spreading.ts'

/** Total numbers of a head, within the limits for eigenvectors: small catalogues have much of their spectrum beyond the first hundred, and more eigenvectors cost little there. */
const NUMBERS = 2 ** 22
const [FEWEST_EIGENVECTORS, MOST_EIGENVECTORS] = [128, 256]
/** Maximum entries of the walk in total, within the limits per item: truncated entries cost accuracy, kept ones memory. */
const ENTRIES = 2 ** 25
const [FEWEST, MOST] = [200, 1000]

/** Sizes of a head and its walk. */
export interface HeadSize {
  /** Maximum number of eigenpairs. */
  readonly eigenvectors: number
  readonly walk: Walk
}

/** A recipe on a network, prepared for many profiles. */
export interface HeadAndWalk {
  /** Distance of the filter of long profiles from its line, below the head, over the filter's largest value. */
  readonly distance: number
  /** The best items of each profile that are not in it. */
  rank(profiles: Profiles, query: Query): Algorithm<TopLists>
  /** Releases its memory. */
  release(): void
}

/** Number of eigenvectors of a head, a multiple of the width of a panel. */
export const headLength = (items: number): number =>
  Math.min(MOST_EIGENVECTORS, Math.max(FEWEST_EIGENVECTORS, 16 * Math.floor(NUMBERS / items / 16)))

/** Entries per item of the walk in lists. */
export const walkLength = (items: number): number => Math.min(MOST, Math.max(FEWEST, Math.floor(ENTRIES / items)))

/** Computes both for a recipe. Their memory counts as that of a model, unless it fails or is cancelled. @throws {RivuletError} MEMORY_LIMIT */
export function* headAndWalk(
  who: string,
  network: Network,
  recipe: Recipe,
  { eigenvectors, walk }: HeadSize,
  recent: Pick<ModelCall, 'factors' | 'shares'> = {},
): Algorithm<HeadAndWalk> {
  const items = network.shape.columnCount
  const neighbours = walk === 'lists' ? walkLength(items) : 0
  const release = network.budget.take({
    who,
    what: `a head of ${eigenvectors} eigenvectors and a walk of ${neighbours} entries an item`,
    parts: { model: items * (8 * eigenvectors + 8 * neighbours + 24) },
    todo: 'Raise memoryLimitBytes, or give exact: true.',
  })
  let isMade = false
  try {
    const head = yield* headOf(who, network, recipe, eigenvectors, recent)
    const rank =
      walk === 'lists' ? yield* rankByLists(who, network, head, neighbours) : yield* rankBySweeps(who, network, head)
    isMade = true
    return { distance: head.distance, rank, release }
  } finally {
    if (!isMade) release()
  }
}

function* rankByLists(who: string, network: Network, head: Head, neighbours: number): Algorithm<HeadAndWalk['rank']> {
  const table = yield* tableOf(who, network, head, neighbours)
  const padded = (numbers: Float64Array): Float32Array => {
    const longer = new Float32Array(table.dimensions)
    longer.set(numbers)
    return longer
  }
  const unlent = head.filters.map(({ line, gains }): RankFilter => ({ walk: line.slope, head: padded(gains) }))
  const lent = unlent.map((filter, n): RankFilter => {
    const { lent } = head.filters[n]
    return lent === null ? filter : { ...filter, lent: padded(lent) }
  })
  const filters = [...lent, ...unlent]
  const note = `${described(head)} and a walk stand for ${withinLine(head)}`
  return (profiles, { k, allowed, excludeSeeds, excluded, alone = false, notes: given = [] }) => {
    const isLent = (place: number): boolean => {
      const [first] = profileItems(profiles, place, network.rows)
      return !alone && head.average !== null && head.average.items[first] > 0
    }
    const filterOf = Uint8Array.from(profileLengths(network, profiles), (n, place) =>
      lent[n] === unlent[n] || isLent(place) ? n : lent.length + n,
    )
    const notes = [note, ...given]
    return rank({ name: who, table, profiles, filters, filterOf, k, allowed, excludeSeeds, excluded, notes })
  }
}

function* tableOf(who: string, network: Network, head: Head, neighbours: number): Algorithm<RankTable> {
  const { lists, vectors } = yield* walkLists(who, network, head, neighbours)
  return yield* rankTable(network.shape.columnCount, lists, vectors)
}

/** The eigenvectors' part of scores, and the remainder: an item's entries of start (P - V L V') finish. */
export interface WalkLists {
  /** Rows and columns are items. */
  readonly lists: CsrMatrix
  /** V times start, and times finish, shape (items x dimensions). */
  readonly vectors: { readonly left: Float32Array; readonly right: Float32Array; readonly dimensions: number }
}

/** @param neighbours maximum entries per item, the largest in absolute value. @throws {RivuletError} MEMORY_LIMIT */
export function* walkLists(
  who: string,
  network: Network,
  { recipe, top, eigenvalues, vectors: rows, start, finish }: Head,
  neighbours: number,
): Algorithm<WalkLists> {
  const width = eigenvalues.length
  const dimensions = Math.ceil(width / 16) * 16
  const scaled = (by: Float32Array): Sliced<Float32Array> => scaledRows(rows, width, by, dimensions)
  const vectors = { left: yield* scaled(start), right: yield* scaled(finish), dimensions }
  const { degrees } = yield* dividedBy(who, network, recipe)
  const walkRoot = powers(degrees.columns, -recipe.itemExponent)
  const { lists } = yield* product({
    name: who,
    middle: powers(degrees.rows, -2 * recipe.userExponent),
    left: start.map((factor, item) => (factor * walkRoot[item]) / top),
    right: finish.map((factor, item) => factor * walkRoot[item]),
    neighbours,
    less: yield* lessOf(vectors, eigenvalues),
    preliminary: true,
  })
  return { lists, vectors }
}

/** V L V' for each pair of items; 0 without eigenvectors. */
function* lessOf(
  { left, right, dimensions }: WalkLists['vectors'],
  eigenvalues: Float64Array,
): Sliced<LessVectors | undefined> {
  if (dimensions === 0) return undefined
  const items = left.length / dimensions
  const writeLeft = (item: number, into: Float32Array): void => {
    for (let k = 0; k < eigenvalues.length; k++) into[k] = left[item * dimensions + k] * eigenvalues[k]
  }
  const writeRight = (item: number, into: Float32Array): void =>
    into.set(right.subarray(item * dimensions, (item + 1) * dimensions))
  return {
    left: yield* levelVectors(items, dimensions, writeLeft),
    right: yield* levelVectors(items, dimensions, writeRight),
    dimensions,
  }
}

/** P by one sweep, minus the head's part of it: f(L) - a - g L on the eigenvectors. */
function* rankBySweeps(who: string, network: Network, head: Head): Algorithm<HeadAndWalk['rank']> {
  const { recipe, top, eigenvalues } = head
  const { columns, rows } = (yield* dividedBy(who, network, recipe)).degrees
  const itemRoot = powers(columns, recipe.itemExponent)
  const operator = {
    middle: powers(rows, -2 * recipe.userExponent),
    scale: powers(columns, -2 * recipe.itemExponent, 1 / top),
    weight: itemRoot,
  }
  const finish = head.finish.map((factor, item) => factor * itemRoot[item])
  const scaled = (by: Float32Array): Sliced<Float32Array> =>
    scaledRows(head.vectors, eigenvalues.length, by, eigenvalues.length)
  const vectors = new ItemVectors(network.rows, yield* scaled(head.start), eigenvalues.length)
  const divided = yield* scaled(powers(columns, -recipe.itemExponent))
  const note = `${described(head)} and one sweep stand for ${withinLine(head)}`

  function recipeFor(n: number, alone: boolean): SpreadingRecipe {
    const { line, gains } = head.filters[n]
    const { schedule, gain } = filterSchedule((x) => line.at0 + line.slope * x, 1)
    const start = powers(columns, recipe.profileExponent - recipe.itemExponent, gain)
    const factors = gains.map((value, k) => value - line.slope * eigenvalues[k])
    const products = { vectors, divided, factors }
    return { name: who, operator, schedule, start, finish, products, average: alone ? undefined : averageFor(n) }
  }

  function averageFor(n: number): SpreadAverage | undefined {
    const { lent } = head.filters[n]
    if (lent === null || head.average === null) return undefined
    const { items } = head.average
    const solution = items.map((_, item) =>
      lent.reduce((sum, coefficient, k) => sum + coefficient * divided[item * lent.length + k], 0),
    )
    return { items, shares: items.map((share) => (share > 0 ? 1 : 0)), solution, rows: network.rows }
  }
  return (profiles, query) => {
    const told = { ...query, notes: [note, ...(query.notes ?? [])] }
    return rankByLength(network, profiles, told, (n, part, asked) =>
      spread(recipeFor(n, asked.alone ?? false), part, asked),
    )
  }
}

const described = ({ eigenvalues }: Head): string => `${eigenvalues.length} eigenvectors`

const withinLine = ({ distance }: Head): string =>
  `the recipe's polynomial: below them the filter is within ${percent(distance)} of a line`

export const percent = (share: number): string => `${Math.round(100 * share)} %`

/** The rows of `width` numbers times a factor each, as rows of `stride`. */
function* scaledRows(rows: Float32Array, width: number, by: Float32Array, stride: number): Sliced<Float32Array> {
  const scaled = new Float32Array(by.length * stride)
  const scale = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      const factor = by[row]
      for (let k = 0; k < width; k++) scaled[row * stride + k] = rows[row * width + k] * factor
    }
  }
  yield* inSlices(by.length, scale, stride)
  return scaled
}
