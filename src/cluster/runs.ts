import { communityFinder, type WeightedEdges } from '../graph/communities.ts'
import { PAUSE, type Sliced } from '../support/pause.ts'
import { modularity } from './graph.ts'
import { kMeansInSlices } from './k-means.ts'

export interface RunOptions {
  readonly method: 'louvain' | 'k-means'
  /** Number of clusters of 'k-means', integer in [1, vectors]; `null`: as many as 'louvain' finds. */
  readonly count: number | null
  /** > 0. */
  readonly resolution: number
  /** Integer >= 1. */
  readonly runs: number
  /** Seed of the first run. */
  readonly seed: number
}

/**
 * Partitions from consecutive seeds, clusters numbered from the largest.
 *
 * @param vectors of length one, shape (edges.nodeCount x dimensions)
 * @returns `runs` partitions, the best first: by modularity, or by the distances of vectors to their centres
 */
export function* findPartitions(
  vectors: Float32Array,
  edges: WeightedEdges,
  options: RunOptions,
): Sliced<Int32Array[]> {
  const { method, resolution, runs, seed } = options
  const seeds = Array.from({ length: runs }, (_, run) => seed + run)
  const find = communityFinder(edges, resolution)
  const found: { clusters: Int32Array; cost: number }[] = []
  if (method === 'louvain') {
    for (const one of seeds) {
      const clusters = yield* find(one)
      found.push({ clusters, cost: -modularity(edges, clusters, resolution) })
      yield PAUSE
    }
    return bestFirst(found)
  }
  const count = options.count ?? largest(yield* find(seed)) + 1
  for (const one of seeds) {
    const { clusters, objective } = yield* kMeansInSlices(vectors, vectors.length / edges.nodeCount, count, one)
    found.push({ clusters, cost: objective[objective.length - 1] })
  }
  return bestFirst(found)
}

const largest = (clusters: Int32Array): number => clusters.reduce((most, cluster) => Math.max(most, cluster), -1)

/** Number of members of each cluster, numbered from 0; members with numbers below 0 are in none. */
export function sizesOf(clusters: Int32Array): Int32Array {
  const sizes = new Int32Array(largest(clusters) + 1)
  for (const cluster of clusters) if (cluster >= 0) sizes[cluster]++
  return sizes
}

/** Sorting is stable: ties go to the earlier seed. */
function bestFirst(partitions: { clusters: Int32Array; cost: number }[]): Int32Array[] {
  return partitions.sort((one, other) => one.cost - other.cost).map(({ clusters }) => bySize(clusters))
}

/** Renumbers clusters by size, the largest first; ties go to the cluster with the first member. */
function bySize(clusters: Int32Array): Int32Array {
  const sizes = new Map<number, number>()
  for (const cluster of clusters) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1)
  const order = [...sizes].sort(([, one], [, other]) => other - one).map(([cluster]) => cluster)
  const numbers = new Map(order.map((cluster, number) => [cluster, number]))
  return clusters.map((cluster) => numbers.get(cluster) ?? -1)
}
