import { embedAccuracy } from './embed-accuracy.ts'
import { embedClusters } from './embed-clusters.ts'
import { embedNoise } from './embed-noise.ts'
import { embedPrior } from './embed-prior.ts'
import { embedSparse } from './embed-sparse.ts'
import { embedSpectral } from './embed-spectral.ts'
import { embedVariants } from './embed-variants.ts'
import { EMBED_NAMES, type Bench, type EmbedName, type Suite } from './suite.ts'

const PIECES: Readonly<Record<EmbedName, (bench: Bench) => Promise<void>>> = {
  spectral: embedSpectral,
  accuracy: embedAccuracy,
  sparse: embedSparse,
  noise: embedNoise,
  variants: embedVariants,
  clusters: embedClusters,
  prior: embedPrior,
}

/** Without those that need public data, or do what others do to other rows. */
const SMOKE: readonly EmbedName[] = ['spectral', 'accuracy', 'noise']

/** Vectors of users and items, and clusters by them. */
export const embedSuite: Suite = {
  about:
    "embeddings: singular values and time against scipy's svds; accuracy of ranking by products of vectors, for sparse users beside spreading, under noise, and by options; clusters of users, and the prior by them",
  run: async (bench: Bench) => {
    const named = bench.pieces ?? []
    const all = bench.size === 'smoke' ? SMOKE : EMBED_NAMES
    for (const piece of named.length > 0 ? named : all) await PIECES[piece](bench)
  },
}
