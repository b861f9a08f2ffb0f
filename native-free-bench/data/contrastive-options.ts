import type { ContrastiveEmbeddingOptions } from '../../src/index.ts'
import type { Size } from './graphs.ts'
import type { SetName } from './splits.ts'

/** Where the library's own defaults are not what a set wants; chosen by a part of its training. */
const OF_SETS: Readonly<Partial<Record<SetName, ContrastiveEmbeddingOptions>>> = {
  yelp2018: { dimensions: 256, itemExponent: 0.2, popularityCorrection: 0.85 },
  gowalla: { dimensions: 256, itemExponent: 0.5, popularityCorrection: 0.85, temperature: 0.08, epochs: 12 },
}

/** How every piece of the suite `embed` trains; at smoke size there is no time to. */
export function contrastiveOptions(set: SetName, size: Size): ContrastiveEmbeddingOptions {
  return size === 'smoke' ? { epochs: 1, dimensions: 16, negatives: 31 } : (OF_SETS[set] ?? {})
}
