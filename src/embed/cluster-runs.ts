import { communityFinder, type WeightedEdges } from '../graph/communities.ts'
import { modularity } from './cluster-graph.ts'
import { sphericalKMeans } from './cluster-k-means.ts'

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
export function findPartitions(vectors: Float32Array, edges: WeightedEdges, options: RunOptions): Int32Array[] {
  const { method, resolution, runs, seed } = options
  const seeds = Array.from({ length: runs }, (_, run) => seed + run)
  if (method === 'louvain') {
    const find = communityFinder(edges, resolution)
    return bestFirst(seeds.map(find), (clusters) => -modularity(edges, clusters, resolution))
  }
  const count = options.count ?? largest(communityFinder(edges, resolution)(seed)) + 1
  const found = seeds.map((one) => sphericalKMeans(vectors, vectors.length / edges.nodeCount, count, one))
  const cost = new Map(found.map(({ clusters, objective }) => [clusters, objective[objective.length - 1]]))
  return bestFirst([...cost.keys()], (clusters) => cost.get(clusters) ?? 0)
}

const largest = (clusters: Int32Array): number => clusters.reduce((most, cluster) => Math.max(most, cluster), -1)

/** Members of each cluster, of numbers from 0; those below 0 are in none. */
export function sizesOf(clusters: Int32Array): Int32Array {
  const sizes = new Int32Array(largest(clusters) + 1)
  for (const cluster of clusters) if (cluster >= 0) sizes[cluster]++
  return sizes
}

/** Sorting is stable: of equals the earliest seed. */
function bestFirst(partitions: readonly Int32Array[], costOf: (clusters: Int32Array) => number): Int32Array[] {
  return partitions
    .map((clusters) => ({ clusters, cost: costOf(clusters) }))
    .sort((one, other) => one.cost - other.cost)
    .map(({ clusters }) => bySize(clusters))
}

/** The same clusters, the largest first; of equals the one whose first member comes first. */
function bySize(clusters: Int32Array): Int32Array {
  const sizes = new Map<number, number>()
  for (const cluster of clusters) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1)
  const order = [...sizes].sort(([, one], [, other]) => other - one).map(([cluster]) => cluster)
  const numbers = new Map(order.map((cluster, number) => [cluster, number]))
  return clusters.map((cluster) => numbers.get(cluster) ?? -1)
}
