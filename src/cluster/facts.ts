/** How clusters came to be: what tells them from those of other data, vectors and options. */
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
  /** What is in the clusters. */
  readonly side: ClusterSide
  readonly method: 'louvain' | 'k-means'
  /** The other options, defaults filled in; those that make no difference to the clusters are left out. */
  readonly options: Readonly<Record<string, unknown>>
  /** How the vectors came to be; `null` of given ones that do not tell. */
  readonly vectors: EmbeddingFacts | null
}

/** Of facts that came as JSON. */
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
