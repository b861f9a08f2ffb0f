import { communityFinder, type WeightedEdges } from '../graph/communities.ts'
import { PAUSE, type Sliced } from '../support/pause.ts'
import { modularity } from './graph.ts'
import { kMeansInSlices } from './k-means.ts'

export interface RunOptions {
  readonly method: 'louvain' | 'k-means'
  /** Integer in [1, vectors]; `null`: as many as 'louvain' finds. */
  readonly count: number | null
  /** > 0. */
  readonly resolution: number
  /** Integer >= 1. */
  readonly runs: number
  /** Of the first run. */
  readonly seed: number
}

/**
 * Partitions from seeds that follow each other, clusters numbered from the largest.
 *
 * @param vectors of length one, shape (edges.nodeCount x dimensions)
 * @returns as many as `runs`, the best first: by modularity, or by how near vectors are to their centres
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

/** Members of each cluster, of numbers from 0; those below 0 are in none. */
export function sizesOf(clusters: Int32Array): Int32Array {
  const sizes = new Int32Array(largest(clusters) + 1)
  for (const cluster of clusters) if (cluster >= 0) sizes[cluster]++
  return sizes
}

/** Sorting is stable: of equals the earliest seed. */
function bestFirst(partitions: { clusters: Int32Array; cost: number }[]): Int32Array[] {
  return partitions.sort((one, other) => one.cost - other.cost).map(({ clusters }) => bySize(clusters))
}

/** The same clusters, the largest first; of equals the one whose first member comes first. */
function bySize(clusters: Int32Array): Int32Array {
  const sizes = new Map<number, number>()
  for (const cluster of clusters) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1)
  const order = [...sizes].sort(([, one], [, other]) => other - one).map(([cluster]) => cluster)
  const numbers = new Map(order.map((cluster, number) => [cluster, number]))
  return clusters.map((cluster) => numbers.get(cluster) ?? -1)
}
