import {
  Engine,
  evaluateRankings,
  type MethodName,
  pairedBootstrap,
  type RecommenderOptions,
  tune,
  type Tuning,
} from '../../src/index.ts'
import { SPLITS } from '../data/splits.ts'
import type { SetName, TrainAndTest } from '../data/splits.ts'
import type { Bench } from './suite.ts'

const K = 20
const METHODS = ['graph-filter', 'rp3beta', 'label-spreading'] as const satisfies MethodName[]
const SETS = {
  smoke: ['demo'],
  small: ['demo'],
  medium: ['demo', 'lastfm'],
  large: ['demo', 'lastfm', 'ml-1m-implicit'],
} as const satisfies Record<Bench['size'], SetName[]>
/** Each halves this many down; as many are judged in full as take the same work. */
const TRIALS = { smoke: 3, small: 40, medium: 40, large: 40 } as const

/** What halving is worth: the same work spent on few candidates in full and on many halved down, and what either gains on a test that took no part. */
export async function tuningStudy(bench: Bench): Promise<void> {
  const { report, size } = bench
  for (const set of SETS[size]) {
    const split = await SPLITS[set].load()
    if (split === null) report.skip(`tuning on ${set}: not below RIVULET_DATA`)
    else for (const method of METHODS) await study(bench, set, split, method)
  }
}

async function study({ report, size }: Bench, set: SetName, split: TrainAndTest, method: MethodName): Promise<void> {
  const halving = timed(() => tune(split.train, { method, trials: TRIALS[size] }))
  const inFull = Math.max(1, Math.round(workOf(halving.found)) - 1)
  const random = timed(() => tune(split.train, { method, trials: inFull, strategy: 'random' }))
  await using engine = await Engine.create(split.train)
  const scoresOf = async (options: RecommenderOptions): Promise<Float64Array> => {
    const rankings = await engine.rank({ ...options, k: K })
    return evaluateRankings(rankings, split.train, split.test, { k: K }).perUser.metrics[`ndcg@${K}`]
  }
  const byDefault = await scoresOf({ method })
  const rows = await Promise.all(
    [halving, random].map(async ({ found, seconds }) => {
      const scores = await scoresOf(found.best)
      const { difference, low, high } = pairedBootstrap(scores, byDefault)
      return { found, seconds, difference, interval: `${low.toFixed(4)} to ${high.toFixed(4)}` }
    }),
  )
  report.table(
    { suite: 'semi', graph: set, task: `tuning of ${method}, held out by ${halving.found.validation.by}` },
    [
      ['search', 'candidates', 'work', 'NDCG@20 on validation', 'over the defaults on the test', 'interval', 'seconds'],
      ...rows.map(({ found, seconds, difference, interval }) => [
        found.strategy,
        String(new Set(found.trials.map(({ trial }) => trial)).size - 1),
        workOf(found).toFixed(1),
        `${found.score.toFixed(4)} (defaults ${Number(found.defaultScore).toFixed(4)})`,
        difference.toFixed(4),
        interval,
        seconds.toFixed(1),
      ]),
    ],
    rows.map(({ found, difference }) => ({
      name: `${method}, ${found.strategy}: NDCG@20 on the test over the defaults`,
      value: difference,
      unit: 'NDCG@20',
    })),
  )
}

/** Users that were ranked for, over the users of one trial in full. */
function workOf({ trials, validation }: Tuning): number {
  return trials.reduce((sum, { resource }) => sum + resource, 0) / validation.examples
}

function timed<Found>(work: () => Found): { readonly found: Found; readonly seconds: number } {
  const began = performance.now()
  const found = work()
  return { found, seconds: (performance.now() - began) / 1000 }
}
