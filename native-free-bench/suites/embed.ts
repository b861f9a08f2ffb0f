import { embedAccuracy } from './embed-accuracy.ts'
import { embedClusters } from './embed-clusters.ts'
import { embedNoise } from './embed-noise.ts'
import { embedPrior } from './embed-prior.ts'
import { embedSparse } from './embed-sparse.ts'
import { embedSpectral } from './embed-spectral.ts'
import type { Bench, Suite } from './suite.ts'

/** Vectors of users and items. */
export const embedSuite: Suite = {
  about:
    "embeddings: singular values and time against scipy's svds; accuracy of ranking by products of vectors, for sparse users beside spreading, and under noise; clusters of users, and the prior by them",
  run: async (bench: Bench) => {
    // Whoever names sets asks for accuracy.
    if (bench.sets === undefined) await embedSpectral(bench)
    await embedAccuracy(bench)
    await embedSparse(bench)
    await embedNoise(bench)
    if (bench.pieces?.includes('clusters') ?? true) await embedClusters(bench)
    if (bench.pieces?.includes('prior') ?? true) await embedPrior(bench)
  },
}
