/** How vectors came to be: what tells them from those of other data, methods and options. */
import type { NamedNetwork } from '../network/network.ts'
import { oneOf } from '../support/options.ts'
import type { Sliced } from '../support/pause.ts'
import { anyFields, fields } from '../support/shape.ts'
import { DATA_FACTS_CHECKS, factsInSlices, type DataFacts } from './data-facts.ts'
import type { Embedding } from './embedding.ts'

/** How an embedding came to be. JSON-safe. */
export interface EmbeddingFacts extends DataFacts {
  readonly method: EmbeddingMethod
  /** The method's options, defaults filled in; those that make no difference to the vectors are left out. */
  readonly options: Readonly<Record<string, unknown>>
}

export type EmbeddingMethod = 'spectral' | 'contrastive'

/** An embedding that tells how it came to be: what a file holds. */
export interface StoredEmbedding extends Embedding {
  readonly facts: EmbeddingFacts
}

/** Of facts that came as JSON. */
export const isEmbeddingFacts = fields<EmbeddingFacts>({
  method: oneOf('spectral', 'contrastive'),
  options: anyFields,
  ...DATA_FACTS_CHECKS,
})

const BESIDE = [
  ...['weighted', 'signals', 'memoryLimitBytes', 'nodeEmbeddingAttribute'],
  ...['onProgress', 'onCheckpoint', 'resume'],
]

/** @param options resolved; `weighted` and `signals` among them give way to what they meant for this network */
export function* factsOf(network: NamedNetwork, method: EmbeddingMethod, options: object): Sliced<EmbeddingFacts> {
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !BESIDE.includes(name)))
  return { method, options: own, ...(yield* factsInSlices(method, network)) }
}
