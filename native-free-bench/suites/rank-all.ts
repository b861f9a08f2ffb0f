import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMachine } from '../../src/advanced.ts'
import { Engine, evaluateRankings, fromColumns, type Interactions, type Rankings } from '../../src/index.ts'
import { describeGraph, GRAPHS } from '../data/graphs.ts'
import { SPLITS, type SetName } from '../data/splits.ts'
import type { Figure } from '../report/report.ts'
import { answerOf, RivalProcess } from '../rivals/rival-process.ts'
import { overlap } from '../timing/overlap.ts'
import { race, type Contestant } from '../timing/race.ts'
import { setsOf, type Bench, type Suite } from './suite.ts'

const PYTHON = fileURLToPath(new URL('../rivals/rank-all.py', import.meta.url))
const K = 20
const RIVALS = ['als-64', 'als-256', 'cosine', 'bm25'] as const
/** Seconds that were asked for, everything included from the built matrix. */
const ASKED: Readonly<Record<string, number>> = { gowalla: 8, yelp2018: 12, medium: 180, large: 4500 }

/** Lists of 20 for everybody by the default, against its own polynomial and implicit. */
export const rankAllSuite: Suite = {
  about: 'lists of 20 for everybody by the default: head and walk, the polynomial, implicit; seconds, accuracy',
  run: async (bench) => {
    const splits = bench.size === 'medium' || bench.size === 'large' ? (bench.sets ?? []) : setsOf(bench)
    for (const set of splits) await rankSplit(bench, set)
    if (splits.length > 0) return
    for (const { name, load } of GRAPHS[bench.size]) {
      const pairs = await load()
      if (pairs === null) continue
      const table = fromColumns({ user: pairs.row, item: pairs.column })
      const { rankings, seconds, engineFacts } = await rankAll(table, false)
      bench.report.figures('rank-all', describeGraph(name, pairs), `${rankings.users.length} lists, head and walk`, [
        { name: 'from the matrix to lists', value: seconds, unit: 's', atMost: ASKED[name] ?? Infinity },
        ...engineFacts,
      ])
    }
  },
}

interface Ranked {
  readonly rankings: Rankings
  readonly seconds: number
  readonly engineFacts: readonly Figure[]
}

async function rankAll(table: Interactions, exact: boolean): Promise<Ranked> {
  await using engine = await Engine.create(table)
  const began = performance.now()
  const rankings = await engine.rank({ k: K, exact })
  const seconds = (performance.now() - began) / 1000
  const peak = { name: 'peak of the plans', value: (engine.plan?.peakBytes ?? 0) / 1e6, unit: 'MB' }
  return { rankings, seconds, engineFacts: [peak] }
}

async function rankSplit(bench: Bench, set: SetName): Promise<void> {
  const { report, folder, tools, size } = bench
  const split = await SPLITS[set].load()
  if (split === null) return report.skip(`rank-all on ${set}: not below RIVULET_DATA`)
  const { train, test } = split
  const graph = `${SPLITS[set].title}, split ${SPLITS[set].hash}`
  const ours = await rankAll(train, false)
  const exact = await rankAll(train, true)
  const threads = readMachine().parallelism
  const contestants: Contestant[] = [
    contestant('rivulet, default', async () => rankAll(train, false), ours.rankings),
    contestant('rivulet, exact: true', async () => rankAll(train, true), exact.rankings),
  ]
  const answers: [string, Rankings][] = [
    ['rivulet, default', ours.rankings],
    ['rivulet, exact: true', exact.rankings],
  ]
  const hasRival = tools.python !== null && tools.packages['implicit'] !== undefined && size !== 'smoke'
  if (!hasRival) report.skip('rank-all: implicit is not to be had')
  const rival = hasRival ? await openRival(tools.python ?? '', folder, train, threads) : null
  try {
    for (const name of RIVALS) {
      if (rival === null) break
      const title = `implicit ${tools.packages['implicit']}, ${name}`
      const items = Int32Array.from(await answerOf(rival, name, folder))
      answers.push([title, { ...ours.rankings, items }])
      contestants.push({ name: title, run: async () => rival.time(name), answer: () => items })
    }
    report.race({
      suite: 'rank-all',
      graph,
      task: `all ${train.users.size.toLocaleString('en')} users, ${threads} threads, from the matrix to lists`,
      laps: await race(contestants, { atLeast: 1, atMost: size === 'smoke' ? 1 : 2, budgetMs: 0, warmUp: false }),
      work: { amount: train.users.size, unit: 'users' },
      figures: ([{ bestMs }]) => [
        { name: 'seconds', value: bestMs / 1000, unit: 's', atMost: ASKED[set] ?? Infinity },
        {
          name: 'overlap@20 with the polynomial',
          value: overlap(ours.rankings.items, exact.rankings.items, K),
          unit: '',
        },
        ...ours.engineFacts,
        ...answers.flatMap(([name, rankings]) => accuracyOf(name, rankings, train, test)),
      ],
    })
  } finally {
    rival?.close()
  }
}

/** From the matrix, whose building is not counted. */
const contestant = (name: string, run: () => Promise<Ranked>, { items }: Rankings): Contestant => ({
  name,
  run: async () => 1000 * (await run()).seconds,
  answer: () => items,
})

function accuracyOf(name: string, rankings: Rankings, train: Interactions, test: Interactions): Figure[] {
  const { metrics } = evaluateRankings(rankings, train, test)
  return ['recall@20', 'ndcg@20'].map((metric) => ({ name: `${metric}, ${name}`, value: metrics[metric], unit: '' }))
}

async function openRival(python: string, folder: string, train: Interactions, threads: number): Promise<RivalProcess> {
  await writeFile(join(folder, 'row'), Int32Array.from(train.user))
  await writeFile(join(folder, 'column'), Int32Array.from(train.item))
  const sizes = [train.users.size, train.items.size, K, threads].map(String)
  return new RivalProcess(python, [PYTHON, folder, ...sizes])
}
