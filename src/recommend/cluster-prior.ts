/**
 * Popularity within clusters of users: recommendations for users with only an item or two.
 *
 *   p(i | c) = (n_ci + mu g_i) / (n_c + mu);   P(c | profile) ~ n_c prod over its items p(i | c);   share of i = sum over c of P(c | profile) p(i | c)
 *
 * n_ci weight of the interactions of cluster c's users with item i, n_c their sum, g_i the item's share of all interactions, mu a quarter of
 * the mean n_c: Dirichlet smoothing (Zhai and Lafferty 2004, 10.1145/984321.984322). With one cluster it is popularity.
 * Shares sum to 1. Users with several interests, or between several clusters, get the mixture, not the likeliest cluster's.
 * Interactions with a weight of 0 or less are ignored here. Cost of a list: items from the most popular on, until no other can enter.
 */
import { buildInSlices } from '../matrix/build.ts'
import type { CsrMatrix, SparseRows } from '../matrix/csr.ts'
import { madeOfOtherData } from '../embed/data-facts.ts'
import type { KeyIndex } from '../support/key-index.ts'
import type { Check } from '../support/options.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { popularityPrior, type Prior } from './prior.ts'
import type { Popularity } from './methods/popularity.ts'
import type { Profile } from './profile.ts'
import { ENTRY_COST, TopList } from './top-list.ts'

/** Users in clusters: the result of `clusterUsers.detailed` or `readClusters`. */
export interface UserClusters {
  readonly facts: { readonly side: 'users' | 'items' }
  readonly members: KeyIndex
  /** The cluster of each member, from 0; -1 for none. Shape (members). */
  readonly clusters: Int32Array
  readonly count: number
}

export const isUserClusters: Check = (value) =>
  value !== null &&
  typeof value === 'object' &&
  'members' in value &&
  'clusters' in value &&
  (value as Partial<UserClusters>).facts?.side === 'users'
    ? null
    : 'clusters of users, as clusterUsers.detailed gives them'

/** mu over the mean n_c: weight of all users where little is known of a cluster. */
const SMOOTHING = 0.25

/** Cost of a key and of a logarithm, in simple operations. */
const [KEY_COST, LOG_COST] = [100, 10]

/** Clusters and items, counted. */
interface Counted {
  /** Items by clusters, the weights n_ci. */
  readonly counts: CsrMatrix
  /** n_c, shape (clusters). */
  readonly clusterSums: Float64Array
  /** n_i over all users, including those in no cluster; shape (items). */
  readonly itemSums: Float64Array
  readonly total: number
  /** mu. */
  readonly smoothing: number
  /** Items by `itemSums`, descending; ties by row. */
  readonly order: Int32Array
}

/**
 * @param users the users of the rows, matched with the clusters by their keys
 * @param popularity for profiles without a usable item
 * @param factors of the interactions with each item, shape (items); `null` for none
 * @throws {RivuletError} INVALID_OPTION when no user with interactions is in any cluster.
 */
export function* clusterPrior(
  who: string,
  rows: SparseRows,
  users: KeyIndex,
  given: UserClusters,
  popularity: Popularity,
  factors: Float32Array | null = null,
): Sliced<Prior> {
  const counted = yield* countClusters(rows, users, given, factors)
  if (counted.clusterSums.every((sum) => sum === 0)) {
    const expected = 'clusters of the users in this data'
    throw madeOfOtherData(who, 'prior', expected, 'clusters of other users')
  }
  const unknown = popularityPrior(popularity)
  return {
    *best(profile, count, isWanted) {
      const known = profile.items.filter((item, at) => profile.weights[at] > 0 && counted.itemSums[item] > 0)
      if (known.length === 0) return yield* unknown.best(profile, count, isWanted)
      return yield* mostLikely(counted, yield* placeIn(counted, known), count, isWanted)
    },
  }
}

function* countClusters(
  rows: SparseRows,
  users: KeyIndex,
  { members, clusters, count }: UserClusters,
  factors: Float32Array | null,
): Sliced<Counted> {
  const slices = new Slices()
  const { rowCount, columnCount, nnz } = rows
  const itemSums = new Float64Array(columnCount)
  const clusterSums = new Float64Array(count)
  const [item, cluster, weight] = [new Int32Array(nnz), new Int32Array(nnz), new Float32Array(nnz)]
  let counted = 0
  for (let user = 0; user < rowCount; user++) {
    const member = members.rowOf(users.keyOf(user))
    const own = member < 0 ? -1 : clusters[member]
    const window = rows.windowOf(user)
    const { indices, data } = window
    for (let at = window.start(user), end = window.end(user); at < end; at++) {
      const weighs = (data === null ? 1 : data[at]) * (factors?.[indices[at]] ?? 1)
      if (!(weighs > 0)) continue
      itemSums[indices[at]] += weighs
      if (own < 0) continue
      clusterSums[own] += weighs
      item[counted] = indices[at]
      cluster[counted] = own
      weight[counted++] = weighs
    }
    if (slices.full(KEY_COST + rows.lengthOf(user))) yield PAUSE
  }
  const total = itemSums.reduce((sum, one) => sum + one, 0)
  return {
    counts: yield* buildInSlices({
      rowCount: columnCount,
      columnCount: count,
      row: item.subarray(0, counted),
      column: cluster.subarray(0, counted),
      data: weight.subarray(0, counted),
    }),
    clusterSums,
    itemSums,
    total,
    smoothing: (SMOOTHING * total) / count,
    order: Int32Array.from(itemSums.keys()).sort((one, other) => itemSums[other] - itemSums[one] || one - other),
  }
}

/** P(c | profile) of every cluster; sums to 1. */
function* placeIn(
  { counts, clusterSums, itemSums, total, smoothing }: Counted,
  profile: Profile['items'],
): Sliced<Float64Array> {
  const slices = new Slices()
  const logs = clusterSums.map(Math.log)
  for (const item of profile) {
    const common = (smoothing * itemSums[item]) / total
    const inside = new Float64Array(clusterSums.length)
    for (let at = counts.start(item); at < counts.end(item); at++) {
      inside[counts.indices[at]] = counts.data?.[at] ?? 1
    }
    logs.forEach((_, cluster) => {
      logs[cluster] += Math.log((inside[cluster] + common) / (clusterSums[cluster] + smoothing))
    })
    if (slices.full(LOG_COST * logs.length)) yield PAUSE
  }
  const most = logs.reduce((a, b) => Math.max(a, b))
  const likelihoods = logs.map((log) => Math.exp(log - most))
  const sum = likelihoods.reduce((a, b) => a + b)
  return likelihoods.map((one) => one / sum)
}

function* mostLikely(
  { counts, clusterSums, itemSums, total, smoothing, order }: Counted,
  places: Float64Array,
  count: number,
  isWanted: (item: number) => boolean,
): Sliced<Popularity> {
  const slices = new Slices()
  const factors = places.map((place, cluster) => place / (clusterSums[cluster] + smoothing))
  const common = (factors.reduce((sum, factor) => sum + factor, 0) * smoothing) / total
  // No later item can have more than this times its sum, because none is more frequent in its clusters than in all.
  const most = factors.reduce((a, b) => Math.max(a, b)) + common
  const best = new TopList(count)
  let entered = 0
  for (const item of order) {
    if (entered >= count && Math.fround(most * itemSums[item]) < best.threshold) break
    if (!isWanted(item)) continue
    let share = common * itemSums[item]
    for (let at = counts.start(item); at < counts.end(item); at++) {
      share += factors[counts.indices[at]] * (counts.data?.[at] ?? 1)
    }
    best.offer(item, Math.fround(share))
    entered++
    if (slices.full(ENTRY_COST + counts.lengthOf(item))) yield PAUSE
  }
  const { items, scores } = yield* best.takeInSlices()
  return { items, shares: scores }
}
