import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DEFAULT_RECIPE } from '../../src/advanced.ts'
import {
  Engine,
  evaluateRankings,
  type Evaluation,
  type Interactions,
  type ListOptions,
  pairedBootstrap,
  type Signals,
  type SignalsTuning,
  type SignalTransform,
  tune,
} from '../../src/index.ts'
import { FITTED_RECIPES } from '../data/fitted-recipes.ts'
import { loadLastfmPlays } from '../data/lastfm-plays.ts'
import type { LastfmPlays } from '../data/lastfm-plays.ts'
import { recipesOf } from '../data/recipes.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Bench } from './suite.ts'

const K = 20
const ASKED_RECALL = 0.24
/** Of the search over transforms and the recipe. */
const TRIALS = 12
const TRANSFORMS: readonly SignalTransform[] = ['raw', 'log1p', 'bm25', 'tf-idf', 'rank']

/** One way to rank, seen by the validation pairs and by the test. */
interface Row {
  readonly label: string
  readonly kind: 'binary graph' | 'plays' | 'supervised'
  readonly validation: Evaluation
  readonly test: Evaluation
}

/**
 * Play counts as evidence against the graph that only knows who heard whom, and against the best of the methods that were tuned on it. What is best is
 * said by the validation pairs; the test is looked at once.
 */
export async function lastfmPlays({ report, results, size }: Bench): Promise<void> {
  const data = await loadLastfmPlays()
  if (data === null) return report.skip('semi on lastfm: not below RIVULET_DATA')
  const rows: Row[] = []
  const add = async (
    kind: Row['kind'],
    label: string,
    signals: Signals | null,
    options: ListOptions,
  ): Promise<void> => {
    rows.push({ kind, label, ...(await evaluateBoth(data, signals, options)) })
    report.say(`   lastfm: ${label}, NDCG@${K} ${ndcgOf(rows[rows.length - 1].validation).toFixed(4)} on validation`)
  }
  const fitted = FITTED_RECIPES.lastfm?.validation ?? DEFAULT_RECIPE
  await add('binary graph', 'binary, default', null, {})
  for (const transform of size === 'smoke' ? TRANSFORMS.slice(1, 2) : TRANSFORMS) {
    await add('plays', `${transform}, default`, { play: { transform } }, {})
    await add('plays', `${transform}, fitted`, { play: { transform } }, { recipe: fitted })
  }
  const search = { validation: data.validation, trials: size === 'smoke' ? 1 : TRIALS }
  const learnt = tune(data.train, { search: 'signals', ...search })
  const { signals, recipe } = learnt.best
  await add('plays', `learnt (${signals?.play.transform ?? 'default'})`, signals, { recipe })
  const supervised = recipesOf('lastfm').filter(({ chosen, options }) => chosen === 'validation' && 'method' in options)
  for (const { label, options } of size === 'smoke' ? [] : supervised) await add('supervised', label, null, options)
  await add('supervised', 'fitted recipe', null, { recipe: fitted })
  const alike = tune(data.train, { search: 'recipe', ...search, baselines: [] })
  await add('supervised', 'recipe by the same validation', null, { recipe: alike.best.recipe })
  await tell(data, learnt, rows, { report, results })
}

async function tell(
  data: LastfmPlays,
  learnt: SignalsTuning,
  rows: readonly Row[],
  { report, results }: Pick<Bench, 'report' | 'results'>,
): Promise<void> {
  const [binary, plays, supervised] = (['binary graph', 'plays', 'supervised'] as const).map((kind) => best(rows, kind))
  const comparisons = [binary, supervised].map((other) => ({
    over: other.label,
    ...pairedBootstrap(plays.test.perUser.metrics[`recall@${K}`], other.test.perUser.metrics[`recall@${K}`]),
  }))
  const line = {
    date: new Date().toISOString(),
    set: 'lastfm-plays',
    split: binary.test.split,
    pairs: data.pairs,
    matched: data.matched,
    chosen: plays.label,
    comparisons,
    learnt,
    rows: rows.map(({ label, kind, validation, test }) => ({
      ...{ label, kind },
      ...{ validation: scoresOf(validation), test: scoresOf(test) },
    })),
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  await writeFile(join(results, 'semi-lastfm-plays.json'), `${JSON.stringify(line)}\n`)
  const { users, items, train, test, hash } = line.split
  report.table(
    {
      suite: 'semi',
      graph: `lastfm: ${[users, items, train, test].join(' / ')}, ${hash}`,
      task: `${data.matched} of ${data.pairs} pairs have a play count; chosen on validation: ${plays.label}`,
    },
    [
      ['', 'kind', `validation R@${K}`, `N@${K}`, `test R@${K}`, `N@${K}`],
      ...line.rows.map(({ label, kind, validation, test: tested }) => [
        label,
        kind,
        ...[validation, tested].flatMap(({ recall, ndcg }) => [recall.toFixed(4), ndcg.toFixed(4)]),
      ]),
    ],
    [
      { name: `plays (${plays.label}), Recall@${K}`, value: recallOf(plays.test), unit: '', atLeast: ASKED_RECALL },
      { name: `binary graph, Recall@${K}`, value: recallOf(binary.test), unit: '' },
      {
        name: `best supervised by validation (${supervised.label}), Recall@${K}`,
        value: recallOf(supervised.test),
        unit: '',
      },
      ...comparisons.map(({ over, difference }) => ({ name: `plays over ${over}`, value: difference, unit: '' })),
    ],
  )
  for (const { over, ...gain } of comparisons) report.say(`   plays over ${over}, Recall@${K}: ${interval(gain)}`)
  report.say(
    `   learnt over the binary graph, NDCG@${K} at validation users that the search did not see: ${interval(learnt.gain)}\n`,
  )
}

async function evaluateBoth(
  { train, validation, test }: LastfmPlays,
  signals: Signals | null,
  options: ListOptions,
): Promise<Pick<Row, 'validation' | 'test'>> {
  await using engine = await Engine.create(train, { signals })
  const rankings = await engine.rank({ ...options, k: K })
  const by = (held: Interactions): Evaluation => evaluateRankings(rankings, train, held, { k: K })
  return { validation: by(validation), test: by(test) }
}

/** By the validation pairs alone. */
function best(rows: readonly Row[], kind: Row['kind']): Row {
  const some = rows.filter((row) => row.kind === kind)
  return some.reduce((a, b) => (ndcgOf(b.validation) > ndcgOf(a.validation) ? b : a))
}

const interval = ({ difference, low, high }: { difference: number; low: number; high: number }): string =>
  `${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`

const ndcgOf = ({ metrics }: Evaluation): number => metrics[`ndcg@${K}`]
const recallOf = ({ metrics }: Evaluation): number => metrics[`recall@${K}`]
const scoresOf = (evaluation: Evaluation): { recall: number; ndcg: number } => ({
  recall: recallOf(evaluation),
  ndcg: ndcgOf(evaluation),
})
