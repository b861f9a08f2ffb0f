import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { embeddingProduct, lowPass, mix } from '../../src/advanced.ts'
import {
  contrastiveEmbedding,
  type ContrastiveEmbeddingOptions,
  Engine,
  evaluateRankings,
  type Evaluation,
  type Interactions,
  pairedBootstrap,
  type Rankings,
  splitRandom,
} from '../../src/index.ts'
import { contrastiveOptions } from '../data/contrastive-options.ts'
import { withNoise } from '../data/noise.ts'
import { SPLITS, type SetName, type TrainAndTest } from '../data/splits.ts'
import { answerOf, RivalProcess } from '../rivals/rival-process.ts'
import { coordinateSearch } from '../timing/coordinate-search.ts'
import { setsOf, type Bench } from './suite.ts'

const K = 20
const METRIC = `ndcg@${K}`
const NOISE = { share: 0.2, seed: 1 }
/** As `tune`: a fifth of every user's training items chooses, without noise. */
const CARVE = { testFraction: 0.2, seed: 1 }
const BPR = fileURLToPath(new URL('../rivals/bpr.py', import.meta.url))
/** Factors as many as the vectors of ours have dimensions by default. */
const FACTORS = 64

type Lists = Pick<Rankings, 'users' | 'items' | 'k'>

/** A recommender, and what validation chooses its settings from: one after the other. */
interface Entrant<Settings extends object = object> {
  readonly label: string
  readonly start: Settings
  readonly values: Readonly<Record<string, readonly unknown[]>>
  rank(train: Interactions, settings: Settings, name: string): Promise<Lists>
}

/** NDCG@20 after training on a fifth more pairs, all of them random, against training on what there is: contrastive vectors, spreading and BPR. */
export async function embedNoise(bench: Bench): Promise<void> {
  for (const set of setsOf(bench)) {
    const split = await SPLITS[set].load()
    if (split === null) bench.report.skip(`embeddings under noise on ${set}: not below RIVULET_DATA`)
    else await measureOn(bench, set, split)
  }
}

function entrantsOf(bench: Bench, set: SetName): Entrant[] {
  const entrants: Entrant[] = [contrastive(contrastiveOptions(set, bench.size)), SPREADING]
  const { python, packages } = bench.tools
  if (python !== null && packages['implicit'] !== undefined) entrants.push(bpr(bench, python, packages['implicit']))
  else bench.report.skip(`BPR under noise on ${set}: no Python with implicit`)
  return entrants
}

const SPREADING: Entrant<{ readonly cut: number; readonly popularityExponent: number }> = {
  label: 'spreading',
  start: { cut: 1.4, popularityExponent: 0.3 },
  values: { cut: [1, 1.4, 2], popularityExponent: [0.1, 0.2, 0.3] },
  rank: async (train, { cut, popularityExponent }) => {
    await using engine = await Engine.create(train)
    return await engine.rank({ recipe: mix([lowPass({ cut })], { popularityExponent }), k: K })
  },
}

function contrastive(options: ContrastiveEmbeddingOptions): Entrant<ContrastiveEmbeddingOptions> {
  return {
    label: 'contrastive',
    start: { temperature: contrastiveEmbedding.defaults.temperature, ...options },
    values: { temperature: [0.1, 0.15, 0.2] },
    rank: async (train, own) => {
      await using engine = await Engine.create(train)
      const embedding = await engine.contrastiveEmbedding(own)
      return await engine.rank({ recipe: mix([embeddingProduct()]), embedding, k: K })
    },
  }
}

interface BprSettings {
  readonly rate: number
  readonly regularization: number
  readonly iterations: number
}

function bpr({ folder }: Bench, python: string, version: string): Entrant<BprSettings> {
  return {
    label: `BPR (implicit ${version})`,
    start: { rate: 0.003, regularization: 0.03, iterations: 400 },
    values: { rate: [0.001, 0.003, 0.01], regularization: [0.01, 0.03, 0.1], iterations: [100, 400, 1000] },
    rank: async ({ users, items, user, item }, { rate, regularization, iterations }, name) => {
      const exchange = join(folder, name)
      await mkdir(exchange, { recursive: true })
      await writeFile(join(exchange, 'row'), Int32Array.from(user))
      await writeFile(join(exchange, 'column'), Int32Array.from(item))
      const rival = new RivalProcess(python, [BPR, exchange, ...[users.size, items.size, K].map(String)])
      try {
        const question = ['fit', FACTORS, rate, regularization, iterations].join(' ')
        const rows = Int32Array.from(await answerOf(rival, question, exchange))
        return { users: Int32Array.from({ length: users.size }, (_, row) => row), k: K, items: rows }
      } finally {
        rival.close()
      }
    },
  }
}

interface Line {
  readonly label: string
  /** Chosen. */
  readonly settings: object
  readonly clean: Evaluation
  readonly noisy: Evaluation
}

async function measureOn(bench: Bench, set: SetName, split: TrainAndTest): Promise<void> {
  const { report } = bench
  const inner = splitRandom(split.train, CARVE)
  const noisy = withNoise(split, NOISE.share, NOISE.seed)
  const lines: Line[] = []
  for (const { label, start, values, rank } of entrantsOf(bench, set)) {
    const judge = async (settings: object): Promise<number> =>
      evaluateRankings(await rank(inner.train, settings, 'inner'), inner.train, inner.test).metrics[METRIC]
    const trials = await coordinateSearch(start, bench.size === 'smoke' ? {} : values, judge)
    const [{ options: settings }] = trials
    const clean = evaluateRankings(await rank(split.train, settings, 'clean'), split.train, split.test)
    lines.push({
      label,
      settings,
      clean,
      noisy: evaluateRankings(await rank(noisy, settings, 'noisy'), noisy, split.test),
    })
    report.say(`   ${set}: ${label}, ${trials.length} settings tried, ${JSON.stringify(settings)}`)
  }
  const { hash } = lines[0].clean.split
  if (hash !== SPLITS[set].hash) return report.fail(`embeddings under noise on ${set}: the split is ${hash}`)
  const [ours, ...others] = lines
  const comparisons = others.map((other) => {
    const { difference, low, high } = pairedBootstrap(lossesOf(ours), lossesOf(other))
    return { name: `loss of ${ours.label} less that of ${other.label}`, difference, low, high }
  })
  report.table(
    {
      suite: 'embed',
      graph: `${SPLITS[set].title}, ${hash}`,
      task: `${100 * NOISE.share} % random pairs added to training; settings by validation without them`,
    },
    [
      ['', 'NDCG@20', 'with noise', 'loss', 'loss, %'],
      ...lines.map((line) => {
        const [before, after] = [line.clean.metrics[METRIC], line.noisy.metrics[METRIC]]
        return [
          line.label,
          ...[before, after, before - after].map((value) => value.toFixed(4)),
          percentOf(line).toFixed(1),
        ]
      }),
      ...comparisons.map(({ name, difference, low, high }) => [
        ...[name, '', '', difference.toFixed(4)],
        `${low.toFixed(4)} to ${high.toFixed(4)}`,
      ]),
    ],
    [
      ...lines.flatMap((line) => [
        { name: `noise, ${line.label}, NDCG@20`, value: line.clean.metrics[METRIC], unit: '' },
        { name: `noise, ${line.label}, NDCG@20 with noise`, value: line.noisy.metrics[METRIC], unit: '' },
        { name: `noise, ${line.label}, loss`, value: percentOf(line), unit: '%' },
      ]),
      ...comparisons.flatMap(({ name, difference, low, high }) => [
        { name: `noise, ${name}`, value: difference, unit: '' },
        { name: `noise, ${name}, lower end`, value: low, unit: '' },
        { name: `noise, ${name}, upper end`, value: high, unit: '' },
      ]),
    ],
  )
}

/** By user. */
function lossesOf({ clean, noisy }: Line): Float64Array {
  const after = noisy.perUser.metrics[METRIC]
  return clean.perUser.metrics[METRIC].map((before, user) => before - after[user])
}

const percentOf = ({ clean, noisy }: Line): number => 100 * (1 - noisy.metrics[METRIC] / clean.metrics[METRIC])
