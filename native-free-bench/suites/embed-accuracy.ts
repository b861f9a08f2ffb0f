import { contrastiveEmbedding, evaluateRankings, spectralEmbedding } from '../../src/index.ts'
import type { Embedding, Evaluation, Rankings } from '../../src/index.ts'
import { nearest } from '../../src/embed/nearest.ts'
import { openNetwork, type Network } from '../../src/propagate/network.ts'
import type { Algorithm } from '../../src/run/drive.ts'
import { Executor } from '../../src/run/executor.ts'
import { SPLITS, type SetName, type TrainAndTest } from '../data/splits.ts'
import { setsOf, type Bench } from './suite.ts'

const K = 20
const DEADLINE_MS = 600_000

interface Row {
  readonly label: string
  readonly embed: (network: Network) => Algorithm<Embedding>
}

/** Recall@20 and NDCG@20 of ranking by the product of vectors alone, with seconds: spectral, and contrastive. */
export async function embedAccuracy(bench: Bench): Promise<void> {
  for (const set of setsOf(bench)) {
    const split = await SPLITS[set].load()
    if (split === null) bench.report.skip(`embeddings on ${set}: not below RIVULET_DATA`)
    else await measureOn(bench, set, split)
  }
}

function rowsOf({ size }: Bench): readonly Row[] {
  const smoke = size === 'smoke'
  return [
    { label: 'spectral, 64', embed: (network) => spectralEmbedding.on(network) },
    {
      label: smoke ? 'contrastive, 1 epoch of 16' : 'contrastive, default',
      embed: (network) => contrastiveEmbedding.on(network, smoke ? { epochs: 1, dimensions: 16, negatives: 31 } : {}),
    },
  ]
}

async function measureOn(bench: Bench, set: SetName, { train, test }: TrainAndTest): Promise<void> {
  const network = openNetwork('bench', train, { weighted: false, direction: 'both', memoryLimitBytes: Infinity })
  const options = { threads: 2, kernel: 'auto', partition: 'auto', memoryLimitBytes: Infinity } as const
  const executor = new Executor('bench', network.prepared, { ...options, deadlineMs: DEADLINE_MS })
  const lines: [label: string, evaluation: Evaluation, seconds: number][] = []
  try {
    for (const { label, embed } of rowsOf(bench)) {
      const began = performance.now()
      const embedding = await executor.run(embed(network))
      const seconds = (performance.now() - began) / 1000
      const rankings = await executor.run(ranked(network, embedding))
      lines.push([label, evaluateRankings(rankings, train, test), seconds])
    }
  } finally {
    await executor.close()
  }
  const { hash } = lines[0][1].split
  if (hash !== SPLITS[set].hash) return bench.report.fail(`embeddings on ${set}: the split is ${hash}`)
  const rows = lines.map(([label, { metrics }, seconds]) => [
    label,
    metrics[`recall@${K}`].toFixed(4),
    metrics[`ndcg@${K}`].toFixed(4),
    seconds.toFixed(1),
  ])
  const figures = lines.flatMap(([label, { metrics }, seconds]) => [
    { name: `${label}, Recall@20`, value: metrics[`recall@${K}`], unit: '' },
    { name: `${label}, NDCG@20`, value: metrics[`ndcg@${K}`], unit: '' },
    { name: `${label}, embedding`, value: seconds, unit: 's' },
  ])
  const task = { suite: 'embed', graph: `${SPLITS[set].title}, ${hash}`, task: 'all users ranked by products' }
  bench.report.table(task, [['', 'Recall@20', 'NDCG@20', 'seconds'], ...rows], figures)
}

/** All users' lists, without what they have. */
function* ranked({ prepared }: Network, embedding: Embedding): Algorithm<Rankings> {
  const users = Int32Array.from({ length: embedding.users.size }, (_, user) => user)
  const { columns, scores } = yield* nearest('bench', prepared, {
    vectors: embedding.itemVectors.data,
    dimensions: embedding.dimensions,
    queries: embedding.userVectors.data,
    k: K,
    excludedRows: users,
  })
  return { users, k: K, items: columns, scores, priorFrom: users.map(() => K) }
}
