/**
 * Clusters of users, or of items, by the directions of their vectors.
 *
 * 'louvain' finds communities in the graph of nearest neighbours and their number; 'k-means' finds a given number of clusters around directions.
 * Both run from several seeds: the best run is returned, and the agreement of the runs is its stability.
 */
import { madeOfOtherData } from '../embed/data-facts.ts'
import type { WeightedEdges } from '../graph/communities.ts'
import type { MemoryBudget } from '../memory/budget.ts'
import { on, type Algorithm } from '../request/request.ts'
import { RivuletError } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { PAUSE } from '../support/pause.ts'
import { distinctiveFeatures } from './distinctive.ts'
import { clusterFactsOf } from './facts.ts'
import { identityMatrix, modularity, neighbourEdges } from './graph.ts'
import { readMembers, unitVectors, type ClusterSide } from './members.ts'
import {
  asClusters,
  badCount,
  clusterSpecs,
  requireCount,
  type ClusterOptions,
  type Clusters,
  type ResolvedClusterOptions,
} from './options.ts'
import { silhouette, stabilityOf } from './quality.ts'
import { findPartitions, sizesOf } from './runs.ts'
import { requireSides, type Embedding } from '../embed/embedding.ts'
import { spectralEmbedding } from '../embed/spectral-embedding.ts'
import { type Method, defineMethod, nodeFace, keyed } from '../method/define-method.ts'
import type { NamedNetwork } from '../network/network.ts'
import { requireWeights } from '../network/relations.ts'

/**
 * Exponents of the vectors, unless these are given. With 1/2 for users and items, nearly isolated groups of three or four get dimensions of their own;
 * with smaller exponents the dimensions describe large groups.
 */
const EXPONENTS = { userExponent: 0.25, itemExponent: 0.25, valueExponent: 1 } as const

function clusterSide(who: string, side: ClusterSide) {
  /** The given vectors, or spectral vectors of the network's matrix. */
  function* embed(
    network: NamedNetwork,
    { embedding, dimensions, seed }: ResolvedClusterOptions,
  ): Algorithm<Embedding> {
    const sides = requireSides(who, network)
    requireWeights(who, network.relations?.parts)
    if (embedding === null) return yield* spectralEmbedding.on(network, { ...EXPONENTS, dimensions, seed })
    if (!sameKeys(sides.users, embedding.users) || !sameKeys(sides.items, embedding.items)) {
      const expected = 'vectors of the same users and items, in the same order'
      throw madeOfOtherData(who, 'embedding', expected, 'different ones')
    }
    return embedding
  }

  function* cluster(network: NamedNetwork, options: ResolvedClusterOptions): Algorithm<Clusters> {
    const embedding = yield* embed(network, options)
    const { members, features, pairs, degrees, firstNode } = yield* readMembers(who, side, network)
    const { data, shape } = side === 'users' ? embedding.userVectors : embedding.itemVectors
    const { rows, vectors } = yield* unitVectors({ data, shape }, degrees)
    if (rows.length === 0) throw nothingToCluster(who, side)
    if (options.count !== null && options.count > rows.length) {
      throw badCount(who, `at most the ${rows.length} ${side} with interactions`, options.count, "Lower 'count'.")
    }
    const identity = yield* identityMatrix(who, rows.length, network.budget.freeBytes)
    const edges = yield* on(identity, neighbourEdges(who, identity, vectors, options.neighbours))
    if (options.count === null) requireGraphRoom(who, edges, identity.budget)
    const partitions = yield* findPartitions(vectors, edges, options)
    const best = partitions[0]
    const sizes = sizesOf(best)
    const clusters = new Int32Array(members.size).fill(-1)
    rows.forEach((row, at) => (clusters[row] = best[at]))
    yield PAUSE
    const nodes = Array.from(members.keys(), (_, row) => network.nodes.keyOf(firstNode + row))
    yield PAUSE
    const { distinctive: top, priorStrength } = options
    return asClusters({
      facts: yield* clusterFactsOf(side, network, embedding, options),
      members,
      nodes,
      clusters,
      count: sizes.length,
      sizes,
      modularity: modularity(edges, best),
      silhouette: yield* silhouette(vectors, best, sizes),
      stability: yield* stabilityOf(partitions),
      distinctive: yield* distinctiveFeatures(pairs, features, clusters, sizes.length, priorStrength, top),
    })
  }

  const method: Method<ClusterOptions, Clusters, Map<string, number>> = defineMethod({
    name: who,
    needsSides: true,
    takesRelations: true,
    options: clusterSpecs[side],
    check: (options) => requireCount(who, options),
    on: cluster,
    face: nodeFace('nodeClusterAttribute', 'cluster', ({ nodes, clusters }: Clusters) => keyed(nodes, clusters)),
  })
  return method
}

/**
 * User -> number of the user's cluster, 0 for the largest; -1 for users without interactions that no relation reaches.
 *
 * @throws {RivuletError} UNSUPPORTED_GRAPH without users and items, EMPTY_DATA without weights, INVALID_OPTION, also for more clusters than users, UNKNOWN_OPTION,
 * MEMORY_LIMIT.
 * @example
 * ```ts
 * import { clusterUsers, fromRows } from 'rivulet'
 *
 * const pairs = ['ann tea', 'ann jam', 'bob tea', 'bob jam', 'cleo oil', 'cleo nut', 'dan oil', 'dan nut'].map((pair) => pair.split(' '))
 * const table = fromRows(pairs.map(([user, item]) => ({ user, item })), { user: 'user', item: 'item' })
 * console.log(clusterUsers(table)) // Clusters { 4 nodes: ann -> 0, bob -> 0, cleo -> 1, ... }
 * ```
 */
export const clusterUsers = clusterSide('clusterUsers', 'users')

/**
 * Item -> number of its cluster; otherwise as `clusterUsers`, with users as distinctive features.
 *
 * @throws {RivuletError} as `clusterUsers`
 */
export const clusterItems = clusterSide('clusterItems', 'items')

function sameKeys(one: KeyIndex, other: KeyIndex): boolean {
  if (one === other) return true
  if (one.size !== other.size) return false
  const others = other.keys()
  for (const key of one.keys()) if (others.next().value !== key) return false
  return true
}

/** Memory per edge of the graphs for communities, which store both directions twice. */
const BYTES_AN_EDGE = 48

function requireGraphRoom(who: string, { source }: WeightedEdges, budget: MemoryBudget): void {
  const todo = "Lower 'neighbours', or use method 'k-means' with a 'count'."
  const parts = { 'graph of neighbours': source.length * BYTES_AN_EDGE }
  budget.require({ who, what: `a graph of ${source.length} edges`, parts, todo })
}

function nothingToCluster(who: string, side: ClusterSide): RivuletError {
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: `${side} with interactions and a vector`,
    got: 'none',
    todo: 'Check the data, and options signals and embedding.',
  })
}
