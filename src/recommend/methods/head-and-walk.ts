/**
 * A spreading recipe for many profiles: a head of eigenvectors and one walk stand for the whole filter.
 *
 *   f(P) ~ V (f(L) - a) V' + a + g (P - V L V')
 *
 * V, L the first k eigenpairs of P = X'X by the singular vectors of X, over the largest; a + g x the line that is nearest to f on [0, l_k], where a smooth f
 * is nearly one: what f is away from it is lost, and what the eigenpairs miss. The walk P - V L V' is kept as the `neighbours` largest entries of each item
 * in size, of those that share a user: elsewhere P is taken for its head. What is listed is other than the profile, so that `a` beyond the head does not
 * count. The leverages of leave-one-out come from the same line, h for f: diag = sum_k v_jk^2 (h(l_k) - c - s l_k) + c + s P_jj.
 * Cost: the singular vectors, one row-wise product of the matrix with itself, then microseconds a profile.
 */
import type { Response } from '../../plan/filter.ts'
import { product, rank, type Algorithm } from '../../request/request.ts'
import type { RankFilter, RankTable } from '../../request/rank.ts'
import type { TopLists } from '../../request/sweep.ts'
import type { RowWindow } from '../../matrix/csr.ts'
import { powers } from '../../matrix/normalize.ts'
import type { Network } from '../../network/network.ts'
import { rankTable } from '../../solve/rank-table.ts'
import { inSlices, SCATTERED, type Sliced } from '../../support/pause.ts'
import { singularVectors } from '../../solve/singular-vectors.ts'
import { noiseEdge } from './graph-filter.ts'
import type { Profiles, Query } from './model.ts'
import { LONG, responseOfRecipe, type Recipe } from './recipe.ts'

/** Eigenpairs of a head. */
export const HEAD = 128
/** Most entries of the walk in all, within the fewest and the most of an item: what is cut off costs accuracy, what is kept memory. */
const ENTRIES = 2 ** 25
const [FEWEST, MOST] = [200, 1000]
/** Wanted of the eigenpairs: the walk makes up for what they miss. */
const TOLERANCE = 1e-2
/** What an item may owe to itself: as of `leverages`. */
const MOST_OWED = 0.95

/** A recipe on a network, ready for many profiles. */
export interface HeadAndWalk {
  readonly table: RankTable
  /** By the length of profiles, LONG for all that are longer. */
  readonly filters: readonly RankFilter[]
  /** Of the filter of long profiles from its line, below the head, over the filter's largest value. */
  readonly distance: number
}

/** Makes both for a recipe: counted as a model from then on, unless it fails or is cancelled. @throws {RivuletError} MEMORY_LIMIT */
export function* headAndWalk(who: string, network: Network, recipe: Recipe): Algorithm<HeadAndWalk> {
  const { columns } = network.degrees
  const neighbours = walkLength(columns.length)
  const release = network.budget.take({
    who,
    what: `a head of ${HEAD} eigenvectors and a walk of ${neighbours} entries an item`,
    parts: { model: columns.length * (8 * HEAD + 8 * neighbours + 16) },
    todo: 'Raise memoryLimitBytes, or give exact: true.',
  })
  let made: HeadAndWalk | null = null
  try {
    made = yield* makeBoth(who, network, recipe, neighbours)
    return made
  } finally {
    if (made === null) release()
  }
}

/** Entries of the walk of each item. */
export const walkLength = (items: number): number => Math.min(MOST, Math.max(FEWEST, Math.floor(ENTRIES / items)))

function* makeBoth(who: string, network: Network, recipe: Recipe, neighbours: number): Algorithm<HeadAndWalk> {
  const { userExponent, itemExponent, profileExponent, popularityExponent } = recipe
  const { columns, rows } = network.degrees
  const spectrum = {
    k: HEAD,
    userExponent,
    itemExponent,
    tolerance: TOLERANCE,
    rightOnly: true,
    preliminary: true,
  } as const
  const { values, right } = yield* singularVectors(who, network, spectrum)
  const top = values[0] ** 2
  const eigenvalues = Float64Array.from(values, (value) => value ** 2 / top)
  const middle = powers(rows, -2 * userExponent)
  const itemScale = powers(columns, -2 * itemExponent, 1 / top)
  const noise = yield* noiseEdge(network.rows, middle, itemScale)
  const dimensions = Math.ceil(eigenvalues.length / 16) * 16
  const start = powers(columns, profileExponent)
  const finish = powers(columns, popularityExponent)
  if (recipe.leaveOneOut !== null) {
    const ridge = recipe.leaveOneOut * noise
    const own = yield* ownProducts(network, middle, itemScale)
    const owed = yield* diagonal((x) => x / (x + ridge), eigenvalues, right, own)
    finish.forEach((factor, item) => (finish[item] = factor / (1 - Math.min(MOST_OWED, Math.max(0, owed[item])))))
  }
  const scaled = (by: Float32Array, factors?: Float64Array): Sliced<Float32Array> =>
    scaledRows(right, eigenvalues.length, by, dimensions, factors)
  const vectors = { left: yield* scaled(start), right: yield* scaled(finish), dimensions }
  const walkRoot = powers(columns, -itemExponent)
  const { lists } = yield* product({
    name: who,
    middle,
    left: start.map((factor, item) => (factor * walkRoot[item]) / top),
    right: finish.map((factor, item) => factor * walkRoot[item]),
    neighbours,
    less: { ...vectors, left: yield* scaled(start, eigenvalues) },
    preliminary: true,
  })
  const table = yield* rankTable(columns.length, lists, vectors)
  const lines = Array.from({ length: LONG + 1 }, (_, n) => {
    const response = responseOfRecipe(recipe, noise, n)
    return { response, ...lineOf(response, eigenvalues.at(-1) ?? 0) }
  })
  const filters = lines.map(({ response, at0, slope }) => {
    const head = new Float32Array(dimensions)
    eigenvalues.forEach((x, place) => (head[place] = response(x) - at0))
    return { walk: slope, head }
  })
  return { table, filters, distance: lines[LONG].distance }
}

/** The best items of each profile other than its own. @param lengths of the profiles, at most LONG */
export function* rankByHead(
  who: string,
  { table, filters, distance }: HeadAndWalk,
  profiles: Profiles,
  lengths: Int32Array,
  { k, allowed, excludeSeeds }: Query,
): Algorithm<TopLists> {
  return yield* rank({
    ...{ name: who, table, profiles, filters, k, allowed, excludeSeeds },
    filterOf: Uint8Array.from(lengths),
    notes: [
      `${table.dimensions} eigenvectors and a walk stand for the recipe's polynomial: below them the filter is within ${percent(distance)} of a line`,
    ],
  })
}

export const percent = (share: number): string => `${Math.round(100 * share)} %`

/** A response near a line. */
interface Line {
  /** Its value at 0. */
  readonly at0: number
  readonly slope: number
  /** The largest distance of the response from it, over the largest response on [0, 1]. */
  readonly distance: number
}

const SAMPLES = 256
/** Most eigenvalues lie near 0: there the line is to be near. */
const DECAY = 3

/** The line that is nearest to a response on [0, end]: weighted least squares. */
export function lineOf(response: Response, end: number): Line {
  if (end === 0) return { at0: 0, slope: 0, distance: 0 }
  const points = Array.from({ length: SAMPLES }, (_, at) => {
    const x = ((at + 0.5) * end) / SAMPLES
    return { x, y: response(x), weight: Math.exp((-DECAY * x) / end) }
  })
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + point.weight * of(point), 0) /
    points.reduce((sum, { weight }) => sum + weight, 0)
  const [x0, y0] = [mean(({ x }) => x), mean(({ y }) => y)]
  const slope = mean(({ x, y }) => (x - x0) * (y - y0)) / mean(({ x }) => (x - x0) ** 2)
  const at0 = y0 - slope * x0
  const most = largest(Array.from({ length: SAMPLES }, (_, at) => response((at + 1) / SAMPLES)))
  const distance = largest(points.map(({ x, y }) => y - at0 - slope * x))
  return { at0, slope, distance: most === 0 ? 0 : distance / most }
}

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** The diagonal of h(P), by the head and the line below it; shape (columns). */
function* diagonal(
  h: Response,
  eigenvalues: Float64Array,
  vectors: Float32Array,
  own: Float64Array,
): Sliced<Float64Array> {
  const { at0, slope } = lineOf(h, eigenvalues.at(-1) ?? 0)
  const gains = eigenvalues.map((x) => h(x) - at0 - slope * x)
  const sums = own.map((product) => (product === 0 ? 0 : at0 + slope * product))
  const add = (from: number, to: number): void => {
    for (let item = from, at = from * gains.length; item < to; item++) {
      for (let k = 0; k < gains.length; k++, at++) sums[item] += gains[k] * vectors[at] * vectors[at]
    }
  }
  yield* inSlices(own.length, add, gains.length)
  return sums
}

/** P_jj = scale_j sum over users of middle_u w_uj^2, shape (columns). */
function* ownProducts({ rows }: Network, middle: Float32Array, scale: Float32Array): Sliced<Float64Array> {
  const products = new Float64Array(rows.columnCount)
  const add = (window: RowWindow, from: number, to: number): void => {
    const { indices, data } = window
    for (let user = from; user < to; user++) {
      for (let at = window.start(user), end = window.end(user); at < end; at++) {
        const weight = data === null ? 1 : data[at]
        products[indices[at]] += middle[user] * weight * weight
      }
    }
  }
  yield* rows.inSlices(add, SCATTERED)
  return products.map((sum, item) => sum * scale[item])
}

/** Rows of `width` numbers times one each, and times `factors` by column, as rows of `stride`. */
function* scaledRows(
  rows: Float32Array,
  width: number,
  by: Float32Array,
  stride: number,
  factors?: Float64Array,
): Sliced<Float32Array> {
  const scaled = new Float32Array(by.length * stride)
  const scale = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      for (let k = 0; k < width; k++) {
        scaled[row * stride + k] = rows[row * width + k] * by[row] * (factors === undefined ? 1 : factors[k])
      }
    }
  }
  yield* inSlices(by.length, scale, stride)
  return scaled
}
