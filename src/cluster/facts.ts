/** The origin of clusters: data, vectors and options. */
import type { Algorithm } from '../request/request.ts'
import { SOURCE_OPTION_NAMES } from '../method/source-options.ts'
import type { ClusterSide } from './members.ts'
import { either, oneOf } from '../support/options.ts'
import { anyFields, fields } from '../support/shape.ts'
import {
  DATA_FACTS_CHECKS,
  factsOfData,
  isEmbeddingFacts,
  type DataFacts,
  type EmbeddingFacts,
} from '../embed/data-facts.ts'
import type { Embedding } from '../embed/embedding.ts'
import type { NamedNetwork } from '../network/network.ts'

/** JSON-safe. */
export interface ClusterFacts extends DataFacts {
  /** Whether users or items are clustered. */
  readonly side: ClusterSide
  readonly method: 'louvain' | 'k-means'
  /** The other options with defaults filled in, without those that do not affect the clusters. */
  readonly options: Readonly<Record<string, unknown>>
  /** The origin of the vectors; `null` for given ones without facts. */
  readonly vectors: EmbeddingFacts | null
}

/** Check of facts read from JSON. */
export const isClusterFacts = fields<ClusterFacts>({
  side: oneOf('users', 'items'),
  method: oneOf('louvain', 'k-means'),
  options: anyFields,
  vectors: either(oneOf(null), isEmbeddingFacts),
  ...DATA_FACTS_CHECKS,
})

const BESIDE = [...SOURCE_OPTION_NAMES, 'embedding', 'dimensions', 'nodeClusterAttribute']

/** @param options resolved */
export function* clusterFactsOf(
  side: ClusterSide,
  network: NamedNetwork,
  vectors: Embedding & { readonly facts?: EmbeddingFacts },
  { method, ...options }: Pick<ClusterFacts, 'method'>,
): Algorithm<ClusterFacts> {
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !BESIDE.includes(name)))
  return { side, method, options: own, vectors: vectors.facts ?? null, ...(yield* factsOfData('clusters', network)) }
}
