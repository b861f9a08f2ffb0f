import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMachine } from '../../src/advanced.ts'
import {
  Engine,
  evaluateRankings,
  fromColumns,
  type Interactions,
  type Rankings,
  type UserListOptions,
} from '../../src/index.ts'
import { describeGraph, GRAPHS } from '../data/graphs.ts'
import { SPLITS, type SetName } from '../data/splits.ts'
import type { Figure } from '../report/report.ts'
import { answerOf, RivalProcess } from '../rivals/rival-process.ts'
import type { Tools } from '../rivals/tools.ts'
import { overlap } from '../timing/overlap.ts'
import { race } from '../timing/race.ts'
import { rankSeries } from './rank-series.ts'
import { setsOf, type Bench, type Suite } from './suite.ts'

const PYTHON = fileURLToPath(new URL('../rivals/rank-all.py', import.meta.url))
const K = 20
const RIVALS = ['als-64', 'als-256', 'cosine', 'bm25'] as const
/** Methods that rank by what items lend each other. item-knn keeps as many neighbours as implicit's cosine, which counts the item itself among them. */
const BY_ITEMS = {
  'item-knn': { method: 'item-knn', neighbours: 50 },
  p3alpha: { method: 'p3alpha' },
  'rp3beta of 200': { method: 'rp3beta', neighbours: 200 },
  ease: { method: 'ease' },
} as const satisfies Record<string, UserListOptions>
/** Users or items up to which ease is ranked by. */
const EASE_MOST = 4000
/** Seconds that were asked for, everything included from the built matrix. */
const ASKED: Readonly<Record<string, number>> = { gowalla: 8, yelp2018: 12, medium: 180 }

/** Lists of 20 for everybody by the default, against its own polynomial, methods by items and implicit. */
export const rankAllSuite: Suite = {
  about: 'lists of 20 for everybody: head and walk, the polynomial, item-knn and its kin, implicit; seconds, accuracy',
  run: async (bench) => {
    const splits = bench.size === 'medium' || bench.size === 'large' ? (bench.sets ?? []) : setsOf(bench)
    for (const set of splits) await rankSplit(bench, set)
    if (splits.length > 0) return
    await rankSeries(bench)
    // The last of the series is `large`.
    if (bench.size === 'large') return
    for (const { name, load } of GRAPHS[bench.size]) {
      const pairs = await load()
      if (pairs === null) {
        bench.report.skip(`rank-all on ${name}: not below RIVULET_DATA`)
        continue
      }
      const table = fromColumns({ user: pairs.row, item: pairs.column })
      const { rankings, seconds, peakBytes } = await rankAll(table)
      bench.report.figures('rank-all', describeGraph(name, pairs), `${rankings.users.length} lists, head and walk`, [
        { name: 'from the matrix to lists', value: seconds, unit: 's', atMost: ASKED[name] ?? Infinity },
        peakOf(peakBytes),
      ])
    }
  },
}

interface Ranked {
  readonly rankings: Rankings
  readonly seconds: number
  readonly peakBytes: number
}

async function rankAll(table: Interactions, options: UserListOptions = {}): Promise<Ranked> {
  await using engine = await Engine.create(table)
  const began = performance.now()
  const rankings = await engine.rank({ k: K, ...options })
  return { rankings, seconds: (performance.now() - began) / 1000, peakBytes: engine.plan?.peakBytes ?? 0 }
}

const peakOf = (bytes: number): Figure => ({ name: 'peak of the plans', value: bytes / 1e6, unit: 'MB' })

/** Somebody's lists, and how long they take. */
interface Ranker {
  readonly name: string
  readonly rankings: Rankings
  readonly run: () => Promise<number>
}

async function rankSplit({ report, folder, tools, size }: Bench, set: SetName): Promise<void> {
  const split = await SPLITS[set].load()
  if (split === null) return report.skip(`rank-all on ${set}: not below RIVULET_DATA`)
  const { train, test } = split
  const threads = readMachine().parallelism
  const [ours, exact] = [await rankAll(train), await rankAll(train, { exact: true })]
  // From the matrix, whose building is not counted.
  const ranker = (name: string, { rankings }: Ranked, options: UserListOptions): Ranker => ({
    ...{ name: `rivulet, ${name}`, rankings },
    run: async () => 1000 * (await rankAll(train, options)).seconds,
  })
  const rankers = [ranker('default', ours, {}), ranker('exact: true', exact, { exact: true })]
  for (const [name, options] of Object.entries(BY_ITEMS)) {
    if (name === 'ease' && Math.min(train.users.size, train.items.size) > EASE_MOST) continue
    rankers.push(ranker(name, await rankAll(train, options), options))
  }
  const rival = size === 'smoke' ? null : await openRival(tools, folder, train, threads)
  if (rival === null) report.skip('rank-all: implicit is not to be had')
  else {
    for (const model of RIVALS) {
      const items = Int32Array.from(await answerOf(rival, model, folder))
      const name = `implicit ${tools.packages['implicit']}, ${model}`
      rankers.push({ name, rankings: { ...ours.rankings, items }, run: () => rival.time(model) })
    }
  }
  const contestants = rankers.map(({ name, rankings, run }) => ({ name, run, answer: () => rankings.items }))
  const laps = await race(contestants, { atLeast: 1, atMost: 1, warmUp: false })
  rival?.close()
  const common = overlap(ours.rankings.items, exact.rankings.items, K)
  report.race({
    suite: 'rank-all',
    graph: `${SPLITS[set].title}, split ${SPLITS[set].hash}`,
    task: `all ${train.users.size.toLocaleString('en')} users, ${threads} threads, from the matrix to lists`,
    laps,
    work: { amount: train.users.size, unit: 'users' },
    figures: ([{ bestMs }]) => [
      { name: 'seconds', value: bestMs / 1000, unit: 's', atMost: ASKED[set] ?? Infinity },
      { name: 'overlap@20 with the polynomial', value: common, unit: '' },
      peakOf(ours.peakBytes),
      ...rankers.flatMap(({ name, rankings }) => accuracyOf(name, rankings, train, test)),
    ],
  })
}

function accuracyOf(name: string, rankings: Rankings, train: Interactions, test: Interactions): Figure[] {
  const { metrics } = evaluateRankings(rankings, train, test)
  return ['recall@20', 'ndcg@20'].map((metric) => ({ name: `${metric}, ${name}`, value: metrics[metric], unit: '' }))
}

async function openRival(
  { python, packages }: Tools,
  folder: string,
  { user, item, users, items }: Interactions,
  threads: number,
): Promise<RivalProcess | null> {
  if (python === null || packages['implicit'] === undefined) return null
  await writeFile(join(folder, 'row'), Int32Array.from(user))
  await writeFile(join(folder, 'column'), Int32Array.from(item))
  return new RivalProcess(python, [PYTHON, folder, ...[users.size, items.size, K, threads].map(String)])
}
