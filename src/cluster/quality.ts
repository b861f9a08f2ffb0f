import { atOnce } from '../support/drive.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** Operations per member to count a pair of clusters. */
const KEY_COST = 100

/**
 * Similarity of two partitions: the Rand index corrected for chance (Hubert and Arabie 1985, 10.1007/BF01908075). 1 if they are the same up to numbering,
 * about 0 if they are unrelated; it may be negative.
 *
 * @param first cluster of every member
 * @param second of the same length
 */
export const adjustedRandIndex = (first: ArrayLike<number>, second: ArrayLike<number>): number =>
  atOnce(randIndexInSlices(first, second))

function* randIndexInSlices(first: ArrayLike<number>, second: ArrayLike<number>): Sliced<number> {
  const slices = new Slices()
  const [rows, columns, cells] = [new Map<number, number>(), new Map<number, number>(), new Map<string, number>()]
  for (let at = 0; at < first.length; at++) {
    add(rows, first[at])
    add(columns, second[at])
    add(cells, `${first[at]} ${second[at]}`)
    if (slices.full(KEY_COST)) yield PAUSE
  }
  const [inRows, inColumns, inBoth] = [rows, columns, cells].map(pairsWithin)
  const all = (first.length * (first.length - 1)) / 2
  const expected = all === 0 ? 0 : (inRows * inColumns) / all
  const most = (inRows + inColumns) / 2
  // Both are a single cluster, or both have only clusters of one member.
  return most === expected ? 1 : (inBoth - expected) / (most - expected)
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function pairsWithin(counts: ReadonlyMap<unknown, number>): number {
  let pairs = 0
  for (const count of counts.values()) pairs += (count * (count - 1)) / 2
  return pairs
}

/** Mean adjusted Rand index of all pairs of partitions; `null` for fewer than two. */
export function* stabilityOf(partitions: readonly Int32Array[]): Sliced<number | null> {
  const indices: number[] = []
  for (const [at, one] of partitions.entries()) {
    for (const other of partitions.slice(at + 1)) indices.push(yield* randIndexInSlices(one, other))
  }
  return indices.length === 0 ? null : indices.reduce((sum, index) => sum + index, 0) / indices.length
}

/**
 * Mean over members of (b - a) / max(a, b), a the mean distance 1 - cos to the others of the own cluster, b that to the nearest other cluster; 0 for the only member
 * of a cluster (Rousseeuw 1987, 10.1016/0377-0427(87)90125-7). `null` with fewer than two clusters.
 *
 * Exact, not sampled: the mean of 1 - cos to a cluster is a product with the sum of its vectors. Cost: members x clusters x dimensions.
 *
 * @param vectors of length one, shape (members x dimensions)
 * @param sizes members of each cluster, > 0
 */
export function* silhouette(vectors: Float32Array, clusters: Int32Array, sizes: Int32Array): Sliced<number | null> {
  const slices = new Slices()
  if (sizes.length < 2) return null
  const width = vectors.length / clusters.length
  const sums = new Float64Array(sizes.length * width)
  clusters.forEach((cluster, row) => {
    for (let k = 0; k < width; k++) sums[cluster * width + k] += vectors[row * width + k]
  })
  let total = 0
  for (let row = 0; row < clusters.length; row++) {
    const own = clusters[row]
    if (sizes[own] === 1) continue
    if (slices.full(sums.length)) yield PAUSE
    let [within, nearest] = [0, Infinity]
    sizes.forEach((size, cluster) => {
      let product = 0
      for (let k = 0; k < width; k++) product += vectors[row * width + k] * sums[cluster * width + k]
      // The sum includes the distance to itself, which is 0.
      if (cluster === own) within = Math.max(0, (size - product) / (size - 1))
      else nearest = Math.min(nearest, Math.max(0, 1 - product / size))
    })
    const larger = Math.max(within, nearest)
    total += larger > 0 ? (nearest - within) / larger : 0
  }
  return total / clusters.length
}
