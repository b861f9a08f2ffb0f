import type { RelationOptions } from '../data/relation-options.ts'
import { relatedOptions, type SourceOptions } from '../method/source-options.ts'
import type { RivuletError } from '../support/errors.ts'
import { show } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { either, integerAtLeast, oneOf, refusedOption, type Check } from '../support/options.ts'
import { counted, shown, type Shown } from '../support/printed.ts'
import { choice, integer, number, option, text, type Given, type Resolved } from '../support/spec.ts'
import type { Distinctive } from './distinctive.ts'
import type { ClusterFacts } from './facts.ts'
import type { Embedding } from '../embed/embedding.ts'

const isEmbedding: Check = (value) =>
  value !== null && typeof value === 'object' && 'userVectors' in value && 'itemVectors' in value
    ? null
    : 'what .detailed of an embedding gives'

const ownOptions = {
  /** Communities of the graph of nearest neighbours, or clusters around directions. Default 'louvain'. */
  method: choice<'louvain' | 'k-means'>('louvain', ['louvain', 'k-means']),
  /** Clusters of 'k-means', integer >= 1; `null`: as many as 'louvain' finds, which takes no number. Default null. */
  count: option<number | null>(null, either(integerAtLeast(1), oneOf(null))),
  /** Nearest neighbours of each in the graph, integer >= 1. Default 15. */
  neighbours: integer(15, 1),
  /** > 0; the larger, the more and the smaller clusters 'louvain' finds. Default 1. */
  resolution: number(1, 0, Infinity, '()'),
  /** Runs, from seeds that follow each other, of which the best is the answer; integer >= 1. Default 5. */
  runs: integer(5, 1),
  /** Vectors of the same users and items; `null`: those of `spectralEmbedding` with exponents 0.25, 0.25 and 1. Default null. */
  embedding: option<Embedding | null>(null, either(isEmbedding, oneOf(null))),
  /** Length of the spectral vectors; integer >= 1. Default 16. */
  dimensions: integer(16, 1),
  /** Longest list of what is distinctive of a cluster; integer >= 0. Default 10. */
  distinctive: integer(10, 0),
  /** Pseudo-interactions of the prior, for each item in the mean, > 0: the larger, the less rare items count as distinctive. Default 1. */
  priorStrength: number(1, 0, Infinity, '()'),
  /** Of the vectors and of the first run; integer >= 0. Default 1. */
  seed: integer(1, 0),
  /** Node attribute that `.assign` writes the number of the cluster to. Default 'userCluster' of users, 'itemCluster' of items. */
  nodeClusterAttribute: text('userCluster'),
}

export interface ClusterOptions extends SourceOptions, RelationOptions, Given<typeof ownOptions> {}

const clusterOptions = { ...relatedOptions, ...ownOptions }

/** Clusters of users or items, with their quality. */
export interface Clusters {
  /** Their origin. */
  readonly facts: ClusterFacts
  /** Keys of what is clustered; their order is the order of `clusters`. */
  readonly members: KeyIndex
  /** Keys in the graph that was read, in the same order. */
  readonly nodes: readonly string[]
  /** The cluster of each, numbered from the largest; -1 for those without interactions that no relation reaches, or without a vector. Shape (members). */
  readonly clusters: Int32Array
  readonly count: number
  /** Members, descending; shape (count). */
  readonly sizes: Int32Array
  /** Of the graph of nearest neighbours, at most 1: weight within clusters beyond what degrees alone would give. */
  readonly modularity: number
  /** In [-1, 1]: how much nearer the own cluster is than the next, over all members; `null` with one cluster. */
  readonly silhouette: number | null
  /** Mean adjusted Rand index of the runs, at most 1: below about 0.5 other seeds tell another story. `null` of one run. */
  readonly stability: number | null
  /** What is distinctive of each cluster: items of users, or users of items, that its members have more often than others. Shape (count). */
  readonly distinctive: readonly (readonly Distinctive[])[]
}

/** Clusters that print their sizes; members are read by `toRows` and `toColumns`. */
export const asClusters = (clusters: Clusters): Clusters => shown(clusters, CLUSTERS)

const CLUSTERS: Shown<Clusters> = {
  line: ({ members, count }) => `Clusters { ${counted(count, 'cluster')} of ${counted(members.size, 'member')} }`,
  document: ({ facts, members, count, sizes, modularity, silhouette, stability }) => ({
    ...{ facts, members: members.size, count, sizes: [...sizes], modularity, silhouette, stability },
  }),
}

export type ResolvedClusterOptions = Resolved<typeof clusterOptions>

/** Options per side. The attributes differ because users and items are nodes of the same graph. */
export const clusterSpecs = {
  users: clusterOptions,
  items: {
    ...clusterOptions,
    /** Node attribute that `.assign` writes the number of the cluster to. Default 'itemCluster'. */
    nodeClusterAttribute: text('itemCluster'),
  },
}

/** @throws {RivuletError} INVALID_OPTION */
export function requireCount(who: string, { method, count }: ResolvedClusterOptions): void {
  if (method === 'louvain' && count !== null)
    throw badCount(who, "null with method 'louvain', which finds the number", count, "Set 'resolution'.")
}

export function badCount(who: string, expected: string, count: number, todo: string): RivuletError {
  return refusedOption(who, 'count', {
    expected,
    got: show(count),
    todo,
    details: { value: count },
  })
}
