import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCsr, type Coordinates, readMachine } from '../../src/advanced.ts'
import {
  Engine,
  fromColumns,
  type Interactions,
  type MethodName,
  type MethodOptions,
  type RecommenderOptions,
  type Rankings,
} from '../../src/index.ts'
import { describeGraph, GRAPHS } from '../data/graphs.ts'
import { plainWalk } from '../rivals/plain-walk.ts'
import { answerOf, RivalProcess } from '../rivals/rival-process.ts'
import { overlap } from '../timing/overlap.ts'
import { race } from '../timing/race.ts'
import type { Contestant } from '../timing/race.ts'
import type { Bench, Suite } from './suite.ts'

const PYTHON = fileURLToPath(new URL('../rivals/neighbours.py', import.meta.url))
const K = 20
const NEIGHBOURS = 50
const WALK = { alpha: 0.9, beta: 0.3 }
const MODELS: readonly { readonly method: MethodName; readonly options: MethodOptions }[] = [
  { method: 'popularity', options: {} },
  { method: 'item-knn', options: { neighbours: NEIGHBOURS } },
  { method: 'rp3beta', options: WALK },
  { method: 'label-spreading', options: {} },
]
/** Users that are answered; the generated graphs are too large for all. */
const MOST_USERS = { smoke: Infinity, small: Infinity, medium: 8192, large: 512 }
/** Similar items of all items of the large graph take longer than everything else here. */
const MOST_PAIRS_FOR_NEIGHBOURS = 10_000_000
/** Users that the plain loop answers: it is slow. */
const PLAIN_USERS = 64
/** Lists of two libraries differ where scores are equal or nearly so. */
const LEAST_OVERLAP = 0.98

/** Ranked lists of 20 for all users with every method, from columns to lists: one thread, all threads, a plain loop, implicit. */
export const recommendSuite: Suite = {
  about: 'lists of 20 for all users with every method, from columns to lists; against a plain loop and implicit',
  run: async (bench) => {
    for (const { name, load } of GRAPHS[bench.size]) {
      const pairs = await load()
      if (pairs === null) bench.report.skip(`recommend on ${name}: not below RIVULET_DATA`)
      else await recommendOn(bench, describeGraph(name, pairs), pairs)
    }
  },
}

async function recommendOn(bench: Bench, graph: string, pairs: Coordinates): Promise<void> {
  const table = fromColumns({ user: pairs.row, item: pairs.column })
  const count = Math.min(table.users.size, MOST_USERS[bench.size])
  for (const { method, options } of MODELS) {
    if (method === 'item-knn' && table.length > MOST_PAIRS_FOR_NEIGHBOURS) {
      bench.report.skip(`item-knn on ${graph}`)
      continue
    }
    await raceMethod(bench, graph, table, count, method, options)
  }
  await raceWalk(bench, graph, pairs, table)
  if (count === table.users.size) await raceNeighbours(bench, graph, table)
}

/** From columns to lists of the first `count` users. */
async function rank(
  table: Interactions,
  count: number,
  threads: number,
  method: MethodName,
  options: MethodOptions,
): Promise<Rankings> {
  const engine = await Engine.create(table, { threads })
  try {
    const users = Array.from({ length: count }, (_, row) => table.users.keyOf(row))
    return await engine.rank({ users, k: K, ...({ method, ...options } as RecommenderOptions) })
  } finally {
    await engine.close()
  }
}

async function raceMethod(
  { report, raceOptions, size }: Bench,
  graph: string,
  table: Interactions,
  count: number,
  method: MethodName,
  options: MethodOptions,
): Promise<void> {
  const threads = size === 'smoke' ? 2 : readMachine().parallelism
  const contestants = [...new Set([threads, 1])].map((threadCount): Contestant => {
    const run = (): Promise<Rankings> => rank(table, count, threadCount, method, options)
    return {
      name: `rivulet, ${threadCount} thread${threadCount === 1 ? '' : 's'}`,
      run: async () => void (await run()),
      answer: async () => (await run()).items,
    }
  })
  const task = `${method}, ${count.toLocaleString('en')} users`
  const answers: Buffer[] = []
  for (const { answer } of contestants) answers.push(bytesOf(await answer()))
  for (const other of answers) {
    if (!other.equals(answers[0])) report.fail(`recommend on ${graph}, ${task}: threads disagree`)
  }
  report.race({
    suite: 'recommend',
    graph,
    task,
    laps: await race(contestants, { ...raceOptions, atMost: Math.min(3, raceOptions.atMost ?? 3) }),
    work: { amount: count, unit: 'users' },
    figures: ([{ bestMs }]) => [
      {
        name: 'from columns to lists',
        value: bestMs / 1000,
        unit: 's',
        ...(graph.startsWith('gowalla') && { atMost: 30 }),
      },
    ],
  })
}

const bytesOf = (numbers: ArrayLike<number>): Buffer => Buffer.from(Int32Array.from(numbers).buffer)

/** The three-step walk against the same as plain loops, for some users. */
async function raceWalk(
  { report, raceOptions }: Bench,
  graph: string,
  pairs: Coordinates,
  table: Interactions,
): Promise<void> {
  const matrix = buildCsr(pairs)
  const users = Int32Array.from({ length: Math.min(PLAIN_USERS, table.users.size) }, (_, row) => row)
  const ours = await rank(table, users.length, 1, 'rp3beta', WALK)
  const plain = (): Int32Array => plainWalk(matrix, users, { ...WALK, k: K })
  const task = `rp3beta, ${users.length} users`
  const common = overlap(withoutPrior(ours), plain(), K)
  if (!report.expect(`recommend on ${graph}, ${task}, plain JS loop`, 1 - common, 1 - LEAST_OVERLAP)) return
  const contestants: Contestant[] = [
    {
      name: 'rivulet',
      run: async () => void (await rank(table, users.length, 1, 'rp3beta', WALK)),
      answer: () => ours.items,
    },
    { name: 'plain JS loop', run: () => void plain(), answer: plain },
  ]
  report.race({
    suite: 'recommend',
    graph,
    task,
    laps: await race(contestants, { ...raceOptions, atMost: Math.min(5, raceOptions.atMost ?? 5) }),
    work: { amount: users.length, unit: 'users' },
    figures: () => [{ name: 'entries in common with the plain loop', value: 100 * common, unit: '%' }],
  })
}

/** Entries that popularity filled in, emptied. */
function withoutPrior({ items, k, priorFrom }: Rankings): Int32Array {
  return items.map((item, at) => (at % k < priorFrom[Math.floor(at / k)] ? item : -1))
}

/** Cosine neighbours against implicit, all users, one thread. */
async function raceNeighbours(
  { report, tools, folder, raceOptions }: Bench,
  graph: string,
  table: Interactions,
): Promise<void> {
  if (tools.python === null || tools.packages['implicit'] === undefined) return
  await writeFile(join(folder, 'row'), table.user)
  await writeFile(join(folder, 'column'), table.item)
  const { users, items } = table
  const implicit = new RivalProcess(tools.python, [
    PYTHON,
    folder,
    ...[users.size, items.size, NEIGHBOURS, K].map(String),
  ])
  const name = `implicit ${tools.packages['implicit']}`
  const task = `item-knn, cosine, ${NEIGHBOURS} neighbours, all users`
  try {
    const ours = await rank(table, users.size, 1, 'item-knn', { neighbours: NEIGHBOURS })
    const theirs = await answerOf(implicit, 'recommend', folder)
    const whole = overlap(withoutPrior(ours), theirs, K)
    // Which of several equally similar items is the last neighbour is anybody's choice: only users untouched by it can be compared.
    const certain = await answerOf(implicit, 'certain', folder)
    const comparable = withoutPrior(ours).map((item, at) => (certain[Math.floor(at / K)] === 1 ? item : -1))
    const common = overlap(comparable, theirs, K)
    if (!report.expect(`recommend on ${graph}, ${task}, ${name}`, 1 - common, 1 - LEAST_OVERLAP)) return
    const contestants: Contestant[] = [
      {
        name: 'rivulet',
        run: async () => void (await rank(table, users.size, 1, 'item-knn', { neighbours: NEIGHBOURS })),
        answer: () => ours.items,
      },
      {
        name,
        run: () => implicit.time('recommend'),
        answer: () => answerOf(implicit, 'recommend', folder),
        note: 'given the matrix',
      },
    ]
    report.race({
      suite: 'recommend',
      graph,
      task,
      laps: await race(contestants, { ...raceOptions, atMost: Math.min(3, raceOptions.atMost ?? 3) }),
      work: { amount: users.size, unit: 'users' },
      figures: () => [
        { name: `entries in common with ${name}, all users`, value: 100 * whole, unit: '%' },
        { name: 'the same, users whose neighbours do not tie at the cut', value: 100 * common, unit: '%' },
        { name: 'such users', value: certain.reduce((sum, is) => sum + is, 0), unit: '' },
      ],
    })
  } finally {
    implicit.close()
  }
}
