import { embeddingProduct, mix } from '../../src/advanced.ts'
import { type ContrastiveEmbeddingOptions, Engine, evaluateRankings, splitRandom } from '../../src/index.ts'
import { contrastiveOptions } from '../data/contrastive-options.ts'
import { SPLITS } from '../data/splits.ts'
import type { Bench } from './suite.ts'

const K = 20
/** A fifth of every user's training items judges. */
const CARVE = { testFraction: 0.2, seed: 1 }

/** Losses, layers and views of the contrastive embedding, on a part of Last.fm's training: what the defaults were chosen by. */
export async function embedVariants({ report, size }: Bench): Promise<void> {
  const split = await SPLITS.lastfm.load()
  if (split === null) return report.skip('variants of the contrastive embedding: lastfm is not below RIVULET_DATA')
  const { train, test } = splitRandom(split.train, CARVE)
  const basis = contrastiveOptions('lastfm', size)
  await using engine = await Engine.create(train)
  const users = [...train.users.keys()]
  const rows: string[][] = []
  const figures: { name: string; value: number; unit: string }[] = []
  for (const variant of size === 'smoke' ? VARIANTS.slice(0, 1) : VARIANTS) {
    const label =
      Object.entries(variant)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ') || 'default'
    const began = performance.now()
    const embedding = await engine.contrastiveEmbedding({ ...basis, ...variant })
    const seconds = (performance.now() - began) / 1000
    const rankings = await engine.rank({ users, recipe: mix([embeddingProduct()]), embedding, k: K })
    const { metrics } = evaluateRankings(rankings, train, test)
    rows.push([label, metrics['recall@20'].toFixed(4), metrics['ndcg@20'].toFixed(4), seconds.toFixed(1)])
    for (const metric of ['recall@20', 'ndcg@20']) {
      figures.push({ name: `validation, ${label}, ${metric}`, value: metrics[metric], unit: '' })
    }
  }
  const task = {
    suite: 'embed',
    graph: 'Last.fm, four fifths of the training',
    task: 'contrastive, by the other fifth',
  }
  report.table(task, [['', 'Recall@20', 'NDCG@20', 'seconds'], ...rows], figures)
}

const VARIANTS: readonly ContrastiveEmbeddingOptions[] = [
  {},
  { loss: 'bpr' },
  { layers: 1 },
  { layers: 2 },
  { start: 'random' },
  { temperature: 0.2 },
  { popularityCorrection: 0.5 },
  { itemExponent: 0.5 },
  ...(['noise', 'edge-drop'] as const).flatMap((views) =>
    [0.03, 0.1, 0.3].map((viewWeight) => ({ views, viewWeight })),
  ),
]
