import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CompiledRecommender,
  type CompileOptions,
  Engine,
  evaluateRankings,
  fromColumns,
  type Interactions,
  type Rankings,
  writeCompiled,
} from '../../src/index.ts'
import { describeGraph, GRAPHS } from '../data/graphs.ts'
import { SPLITS, type SetName, type TrainAndTest } from '../data/splits.ts'
import type { Figure } from '../report/report.ts'
import { overlap } from '../timing/overlap.ts'
import { race, type Contestant } from '../timing/race.ts'
import { setsOf, type Bench, type Suite } from './suite.ts'

const K = 20
/** With all neighbours kept, lists differ only where scores are equal or nearly so. */
const LEAST_OVERLAP = 0.98
const PROFILES = 1000

/** Seconds that were asked for. */
const ASKED: Readonly<Record<string, number>> = { gowalla: 10, yelp2018: 15, medium: 120 }

/** The default method baked into a file: what that costs, how fast one thread serves from it, how much accuracy it loses; with its head and without. */
export const compileSuite: Suite = {
  about: 'the default method compiled: seconds, bytes, users a second on one thread, accuracy against the full method',
  run: async (bench) => {
    for (const set of setsOf(bench)) {
      const split = await SPLITS[set].load()
      if (split === null) bench.report.skip(`compile on ${set}: not below RIVULET_DATA`)
      else await compileOn(bench, set, split)
    }
    if (bench.size === 'medium' && bench.sets === undefined) await compileGraph(bench, 'medium')
  },
}

/** How long a graph of that name takes; nothing is known of its accuracy. */
async function compileGraph({ report }: Bench, wanted: string): Promise<void> {
  const graph = GRAPHS.medium.find(({ name }) => name === wanted)
  const pairs = (await graph?.load()) ?? null
  if (pairs === null) return report.skip(`compile on ${wanted}: not below RIVULET_DATA`)
  await using engine = await Engine.create(fromColumns({ user: pairs.row, item: pairs.column }))
  const began = performance.now()
  const { head, entriesPerItem, bytes } = await engine.compile()
  const seconds = (performance.now() - began) / 1000
  const task = `a head of ${head}, ${entriesPerItem} entries an item`
  report.figures('compile', describeGraph(wanted, pairs), task, [
    { name: 'compiled', value: seconds, unit: 's', atMost: ASKED[wanted] ?? Infinity },
    { name: 'rows and head', value: bytes, unit: 'bytes' },
  ])
}

async function compileOn(bench: Bench, set: SetName, split: TrainAndTest): Promise<void> {
  await using engine = await Engine.create(split.train)
  const began = performance.now()
  const full = { rankings: await engine.rank({ k: K }), seconds: (performance.now() - began) / 1000 }
  const compiled = await compileWith(engine, {})
  await reportOf(bench, set, split, full, compiled)
  if (compiled.model.head > 0) await reportOf(bench, set, split, full, await compileWith(engine, { head: 0 }))
  if (bench.size === 'smoke') {
    // Of a method without scores below zero, which packed rows leave out, and alike for profiles of every length.
    const method = 'label-spreading'
    const { train } = split
    const exact = await engine.rank({ k: K, method })
    const whole = await engine.compile({ entriesPerItem: train.items.size, method })
    const common = overlap(exact.items, whole.rank(train, { k: K }).items, K)
    bench.report.expect(`compile on ${SPLITS[set].title}, all neighbours`, 1 - common, 1 - LEAST_OVERLAP)
  }
}

async function compileWith(
  engine: Engine,
  options: CompileOptions,
): Promise<{ readonly model: CompiledRecommender; readonly seconds: number }> {
  const began = performance.now()
  const model = await engine.compile(options)
  return { model, seconds: (performance.now() - began) / 1000 }
}

async function reportOf(
  { report, folder, raceOptions }: Bench,
  set: SetName,
  { train, test }: TrainAndTest,
  full: { readonly rankings: Rankings; readonly seconds: number },
  { model, seconds }: { readonly model: CompiledRecommender; readonly seconds: number },
): Promise<void> {
  const { title, hash } = SPLITS[set]
  const file = join(folder, 'compiled')
  await writeCompiled(file, model)
  const bytes = await readFile(file)
  const served = CompiledRecommender.decode(bytes)
  const rank = (): Rankings => served.rank(train, { k: K })
  const own = rank()
  const apart = 1 - overlap(own.items, model.rank(train, { k: K }).items, K)
  report.expect(`compile on ${title}, from its file`, apart, 0)
  const scores = [full.rankings, own].map((rankings) => evaluateRankings(rankings, train, test))
  if (scores[0].split?.hash !== hash) report.fail(`compile on ${title}: split ${scores[0].split?.hash}, not ${hash}`)
  report.race({
    suite: 'compile',
    graph: `${title}, split ${hash}`,
    task: `${model.method}, a head of ${model.head}, ${model.entriesPerItem} entries an item, all users`,
    laps: await race(contestants(rank, own), { ...raceOptions, atMost: Math.min(5, raceOptions.atMost ?? 5) }),
    work: { amount: train.users.size, unit: 'users' },
    figures: ([{ bestMs }]) => [
      { name: 'served on one thread', value: train.users.size / (bestMs / 1000), unit: 'users/s', atLeast: 25_000 },
      { name: 'one profile, with ids', value: microsecondsOfOne(served, train), unit: 'us' },
      { name: 'compiled', value: seconds, unit: 's', atMost: ASKED[set] ?? 180 },
      { name: 'all users ranked by the full method', value: full.seconds, unit: 's' },
      { name: 'rows and head', value: model.bytes, unit: 'bytes' },
      { name: 'file', value: bytes.length, unit: 'bytes' },
      ...['recall@20', 'ndcg@20'].flatMap((name) => loss(name, scores[0].metrics[name], scores[1].metrics[name])),
    ],
  })
}

/** By the clock, and by processor time, which other work on the machine does not stretch as much. */
function contestants(rank: () => Rankings, { items }: Rankings): Contestant[] {
  const processorMs = (): number => {
    const before = process.cpuUsage().user
    rank()
    return (process.cpuUsage().user - before) / 1000
  }
  return [
    { name: 'compiled, one thread', run: () => void rank(), answer: () => items },
    { name: 'the same', run: processorMs, answer: () => items, note: 'processor time alone' },
  ]
}

/** Answering the items of one user after the other, ids in and ids out. */
function microsecondsOfOne(served: CompiledRecommender, { users, items, user, item }: Interactions): number {
  const profiles = Array.from({ length: Math.min(PROFILES, users.size) }, (): string[] => [])
  user.forEach((row, at) => profiles[row]?.push(items.keyOf(item[at])))
  const began = performance.now()
  for (const profile of profiles) served.recommendFor(profile, { k: K })
  return (1000 * (performance.now() - began)) / profiles.length
}

function loss(metric: string, full: number, compiled: number): Figure[] {
  return [
    { name: `${metric} of the full method`, value: full, unit: '' },
    { name: `${metric} compiled`, value: compiled, unit: '' },
    {
      name: `${metric} lost`,
      value: 100 * (1 - compiled / full),
      unit: '%',
      atMost: metric === 'ndcg@20' ? 1 : Infinity,
    },
  ]
}
