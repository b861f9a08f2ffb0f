/** How vectors came to be: what tells them from those of other data, methods and options. */
import { dataFingerprint, type DataFingerprint } from '../data/data-fingerprint.ts'
import type { SignalRules } from '../data/signal-rules.ts'
import { openNetwork, type Network, type Source } from '../propagate/network.ts'
import { RivuletError } from '../support/errors.ts'
import { requireSides, type Embedding } from './embedding.ts'

/** How an embedding came to be. JSON-safe. */
export interface EmbeddingFacts {
  readonly method: EmbeddingMethod
  /** The method's options, defaults filled in; those that make no difference to the vectors are left out. */
  readonly options: Readonly<Record<string, unknown>>
  /** Whether interaction values weighed. */
  readonly weighted: boolean
  /** What interactions weighed by signal; `null` where signals did not matter. */
  readonly signals: SignalRules | null
  /** The data it was made of. */
  readonly fingerprint: DataFingerprint
}

export type EmbeddingMethod = 'spectral' | 'contrastive'

/** An embedding that tells how it came to be: what a file holds. */
export interface StoredEmbedding extends Embedding {
  readonly facts: EmbeddingFacts
}

const BESIDE = [
  ...['weighted', 'signals', 'memoryLimitBytes', 'nodeEmbeddingAttribute'],
  ...['onProgress', 'onCheckpoint', 'resume'],
]

/** @param options resolved; `weighted` and `signals` among them give way to what they meant for this network */
export function factsOf(network: Network, method: EmbeddingMethod, options: object): EmbeddingFacts {
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !BESIDE.includes(name)))
  return { method, options: own, ...network.weighing, fingerprint: fingerprintOf(method, network) }
}

/**
 * Refuses vectors that were made of other data than those they are to be used with.
 *
 * @param source read as the embedding's data were: with the same signals, and values that weigh or not
 * @throws {RivuletError} INVALID_DATA naming both fingerprints, and what a source is refused for.
 */
export function requireSameData(who: string, { facts }: StoredEmbedding, source: Source): void {
  const { weighted, signals, fingerprint: expected } = facts
  const options = { weighted, signals, direction: 'both', memoryLimitBytes: Infinity } as const
  const got = fingerprintOf(who, openNetwork(who, source, options))
  if (got.hash === expected.hash && got.pairs === expected.pairs) return
  throw new RivuletError(
    'INVALID_DATA',
    {
      who,
      expected: `the data of the embedding, ${describe(expected)}`,
      got: describe(got),
      todo: 'Embed these data anew, or read the file that the embedding was made of.',
    },
    { expected, got },
  )
}

function fingerprintOf(who: string, network: Network): DataFingerprint {
  const { users, items } = requireSides(who, network)
  return dataFingerprint(users, items, network.prepared.matrix)
}

const describe = ({ users, items, pairs, hash }: DataFingerprint): string =>
  `${pairs} pairs of ${users} users and ${items} items (${hash})`
