import { type Algorithm, Executor, type NamedNetwork, openNetwork } from '../../src/advanced.ts'
import {
  contrastiveEmbedding,
  type Embedding,
  evaluateRankings,
  type Evaluation,
  type Rankings,
  spectralEmbedding,
} from '../../src/index.ts'
import { nearest } from '../../src/embed/nearest.ts'
import { contrastiveOptions } from '../data/contrastive-options.ts'
import { SPLITS, type SetName, type TrainAndTest } from '../data/splits.ts'
import { setsOf, type Bench } from './suite.ts'

const K = 20
const DEADLINE_MS = 600_000

interface Row {
  readonly label: string
  readonly embed: (network: NamedNetwork) => Algorithm<Embedding & { readonly stoppedAt?: number }>
}

/** Recall@20 and NDCG@20 of ranking by the product of vectors alone, with seconds and bytes: spectral, and contrastive. */
export async function embedAccuracy(bench: Bench): Promise<void> {
  for (const set of setsOf(bench)) {
    const split = await SPLITS[set].load()
    if (split === null) bench.report.skip(`embeddings on ${set}: not below RIVULET_DATA`)
    else await measureOn(bench, set, split)
  }
}

function rowsOf({ size }: Bench, set: SetName): readonly Row[] {
  const options = contrastiveOptions(set, size)
  const given = Object.entries(options).map(([name, value]) => `${name} ${value}`)
  return [
    { label: 'spectral, 64', embed: (network) => spectralEmbedding.on(network) },
    {
      label: ['contrastive', ...(given.length === 0 ? ['default'] : given)].join(', '),
      embed: (network) => contrastiveEmbedding.on(network, options),
    },
  ]
}

async function measureOn(bench: Bench, set: SetName, { train, test }: TrainAndTest): Promise<void> {
  const network = openNetwork('bench', train, { weighted: false, direction: 'both', memoryLimitBytes: Infinity })
  const options = { threads: 2, kernel: 'auto', partition: 'auto', memoryLimitBytes: Infinity } as const
  const executor = new Executor('bench', network, { ...options, deadlineMs: DEADLINE_MS })
  const lines: [label: string, evaluation: Evaluation, seconds: number, epochs: number, bytes: number][] = []
  try {
    for (const { label, embed } of rowsOf(bench, set)) {
      const began = performance.now()
      const embedding = await executor.run(embed(network))
      const seconds = (performance.now() - began) / 1000
      const { bytes } = network.stored.arena
      const rankings = await executor.run(ranked(network, embedding))
      const { stoppedAt = 0 } = embedding
      lines.push([label, evaluateRankings(rankings, train, test), seconds, stoppedAt, bytes])
    }
  } finally {
    await executor.close()
  }
  const { hash } = lines[0][1].split
  if (hash !== SPLITS[set].hash) return bench.report.fail(`embeddings on ${set}: the split is ${hash}`)
  const rows = lines.map(([label, { metrics }, seconds, epochs, bytes]) => [
    label,
    metrics[`recall@${K}`].toFixed(4),
    metrics[`ndcg@${K}`].toFixed(4),
    seconds.toFixed(1),
    epochs > 0 ? (seconds / epochs).toFixed(1) : '',
    (bytes / 1e6).toFixed(0),
  ])
  const figures = lines.flatMap(([label, { metrics }, seconds, epochs, bytes]) => [
    { name: `${label}, Recall@20`, value: metrics[`recall@${K}`], unit: '' },
    { name: `${label}, NDCG@20`, value: metrics[`ndcg@${K}`], unit: '' },
    { name: `${label}, embedding`, value: seconds, unit: 's' },
    ...(epochs > 0 ? [{ name: `${label}, embedding, of which an epoch`, value: seconds / epochs, unit: 's' }] : []),
    { name: `${label}, shared memory`, value: bytes, unit: 'B' },
  ])
  const task = { suite: 'embed', graph: `${SPLITS[set].title}, ${hash}`, task: 'all users ranked by products' }
  bench.report.table(task, [['', 'Recall@20', 'NDCG@20', 'seconds', 's an epoch', 'MB'], ...rows], figures)
}

/** All users' lists, without what they have. */
function* ranked(network: NamedNetwork, embedding: Embedding): Algorithm<Rankings> {
  const users = Int32Array.from({ length: embedding.users.size }, (_, user) => user)
  const { columns, scores } = yield* nearest('bench', network, {
    vectors: embedding.itemVectors.data,
    dimensions: embedding.dimensions,
    queries: embedding.userVectors.data,
    k: K,
    excludedRows: users,
  })
  return { users, k: K, items: columns, scores, priorFrom: users.map(() => K) }
}
