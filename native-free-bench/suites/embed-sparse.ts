import { DEFAULT_RECIPE, embeddingProduct, mix } from '../../src/advanced.ts'
import {
  Engine,
  evaluateRankings,
  type Evaluation,
  type Interactions,
  pairedBootstrap,
  type Recipe,
  type RecommenderOptions,
  splitRandom,
  type StoredEmbedding,
} from '../../src/index.ts'
import { contrastiveOptions } from '../data/contrastive-options.ts'
import { SPLITS, type SetName, type TrainAndTest } from '../data/splits.ts'
import { setsOf, type Bench } from './suite.ts'

const K = 20
const SHARE = 0.25
/** As `tune`: a fifth of every user's training items judges the weight. */
const CARVE = { testFraction: 0.2, seed: 1 }
const WEIGHTS = [0.125, 0.25, 0.5, 1, 2, 4, 8]
const METRICS = ['recall@20', 'ndcg@20'] as const

/** Makes the vectors that are mixed with spreading. */
export type Embed = (engine: Engine, set: SetName) => Promise<StoredEmbedding>

/** Users with the fewest training items: spreading, contrastive vectors, and both, their weight chosen by a part of training. */
export async function embedSparse(bench: Bench, embed: Embed = contrastively(bench)): Promise<void> {
  for (const set of setsOf(bench)) {
    const split = await SPLITS[set].load()
    if (split === null) bench.report.skip(`embeddings for sparse users on ${set}: not below RIVULET_DATA`)
    else await compareOn(bench, set, split, embed)
  }
}

function contrastively({ size }: Bench): Embed {
  return async (engine, set) => engine.contrastiveEmbedding(contrastiveOptions(set, size))
}

const mixed = (weight: number): Recipe => mix([...DEFAULT_RECIPE.operators, embeddingProduct({ weight })])

async function compareOn({ report }: Bench, set: SetName, split: TrainAndTest, embed: Embed): Promise<void> {
  const inner = await asking(splitRandom(split.train, CARVE), (engine) => embed(engine, set))
  const trials: (readonly [weight: number, score: number])[] = []
  for (const weight of WEIGHTS) {
    const { metrics } = await inner.evaluate({ recipe: mixed(weight), embedding: inner.embedding })
    trials.push([weight, metrics['ndcg@20']])
  }
  await inner.close()
  const [weight] = trials.reduce((best, trial) => (trial[1] > best[1] ? trial : best))

  const outer = await asking(split, (engine) => embed(engine, set))
  const { embedding } = outer
  const rows: (readonly [label: string, evaluation: Evaluation])[] = []
  for (const [label, options] of [
    ['spreading', {}],
    [embedding.facts.method, { recipe: mix([embeddingProduct()]), embedding }],
    [`both, weight ${weight}`, { recipe: mixed(weight), embedding }],
  ] as const) {
    rows.push([label, await outer.evaluate(options)])
  }
  await outer.close()

  const [, both] = rows[2]
  const comparisons = METRICS.flatMap((metric) =>
    rows.slice(0, 2).map(([label, alone]) => {
      const { difference, low, high } = pairedBootstrap(both.perUser.metrics[metric], alone.perUser.metrics[metric])
      return { name: `${metric}, both less ${label}`, difference, low, high }
    }),
  )
  const { hash } = both.split
  if (hash !== SPLITS[set].hash) return report.fail(`embeddings for sparse users on ${set}: the split is ${hash}`)
  const evaluated = both.audit.evaluatedUsers
  report.table(
    {
      suite: 'embed',
      graph: `${SPLITS[set].title}, ${hash}`,
      task: `lowest quarter of the users by training items: ${evaluated} with at most ${outer.most}; weight by validation`,
    },
    [
      ['', 'Recall@20', 'NDCG@20', '95 %'],
      ...rows.map(([label, { metrics }]) => [label, ...METRICS.map((metric) => metrics[metric].toFixed(4)), '']),
      ...comparisons.map(({ name, difference, low, high }) => [
        ...[name, '', difference.toFixed(4)],
        `${low.toFixed(4)} to ${high.toFixed(4)}`,
      ]),
      ...trials.map(([tried, score]) => [`validation, weight ${tried}`, '', score.toFixed(4), '']),
    ],
    [
      ...rows.flatMap(([label, { metrics }]) =>
        METRICS.map((metric) => ({ name: `sparse quarter, ${label}, ${metric}`, value: metrics[metric], unit: '' })),
      ),
      ...comparisons.flatMap(({ name, difference, low, high }) => [
        { name: `sparse quarter, ${name}`, value: difference, unit: '', atLeast: 0 },
        { name: `sparse quarter, ${name}, lower end`, value: low, unit: '' },
        { name: `sparse quarter, ${name}, upper end`, value: high, unit: '' },
      ]),
    ],
  )
}

/** An engine over training, its vectors, and how well the sparse users are answered. */
interface Asking {
  readonly embedding: StoredEmbedding
  readonly users: readonly string[]
  /** Training items of the most active of them. */
  readonly most: number
  evaluate(options: RecommenderOptions): Promise<Evaluation>
  close(): Promise<void>
}

async function asking(
  { train, test }: TrainAndTest,
  embed: (engine: Engine) => Promise<StoredEmbedding>,
): Promise<Asking> {
  const engine = await Engine.create(train)
  const { users, most } = sparseUsers(train)
  return {
    embedding: await embed(engine),
    users,
    most,
    evaluate: async (options) => evaluateRankings(await engine.rank({ users, ...options, k: K }), train, test),
    close: () => engine.close(),
  }
}

/** Users with at most as many training items as a quarter of them have: more than a quarter where that number ties. */
function sparseUsers({ users, user }: Interactions): Pick<Asking, 'users' | 'most'> {
  const counts = new Int32Array(users.size)
  for (const row of user) counts[row]++
  const active = counts.filter((count) => count > 0).sort()
  const most = active[Math.ceil(SHARE * active.length) - 1]
  const rows = Array.from(counts.keys()).filter((row) => counts[row] > 0 && counts[row] <= most)
  return { users: rows.map((row) => users.keyOf(row)), most }
}
