import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CompiledRecommender,
  Engine,
  evaluateRankings,
  type Interactions,
  type Rankings,
  writeCompiled,
} from '../../src/index.ts'
import { SPLITS, type SetName, type TrainAndTest } from '../data/splits.ts'
import type { Figure } from '../report/report.ts'
import { overlap } from '../timing/overlap.ts'
import { race, type Contestant } from '../timing/race.ts'
import { setsOf, type Bench, type Suite } from './suite.ts'

const K = 20
/** With all neighbours kept, lists differ only where scores are equal or nearly so. */
const LEAST_OVERLAP = 0.98
const PROFILES = 1000

/** The default method baked into a sparse matrix: what that costs, how fast one thread serves from it, how much accuracy it loses. */
export const compileSuite: Suite = {
  about: 'the default method compiled: seconds, bytes, users a second on one thread, accuracy against the full method',
  run: async (bench) => {
    for (const set of setsOf(bench)) {
      const split = await SPLITS[set].load()
      if (split === null) bench.report.skip(`compile on ${set}: not below RIVULET_DATA`)
      else await compileOn(bench, set, split)
    }
  },
}

async function compileOn(
  { report, folder, raceOptions, size }: Bench,
  set: SetName,
  split: TrainAndTest,
): Promise<void> {
  const { train, test } = split
  const { title, hash } = SPLITS[set]
  await using engine = await Engine.create(train)
  const began = performance.now()
  const full = await engine.rank({ k: K })
  const ranked = performance.now()
  const compiled = await engine.compile()
  const built = performance.now()

  const file = join(folder, 'compiled')
  await writeCompiled(file, compiled)
  const bytes = await readFile(file)
  const served = CompiledRecommender.decode(bytes)
  const rank = (): Rankings => served.rank(train, { k: K })
  const own = rank()
  report.expect(
    `compile on ${title}, from its file`,
    1 - overlap(own.items, compiled.rank(train, { k: K }).items, K),
    0,
  )
  if (size === 'smoke') {
    // Of a method without scores below zero, which a compiled matrix leaves out, and alike for profiles of every length.
    const method = 'label-spreading'
    const exact = await engine.rank({ k: K, method })
    const whole = await engine.compile({ entriesPerItem: train.items.size, method })
    const common = overlap(exact.items, whole.rank(train, { k: K }).items, K)
    report.expect(`compile on ${title}, all neighbours`, 1 - common, 1 - LEAST_OVERLAP)
  }

  const scores = [full, own].map((rankings) => evaluateRankings(rankings, train, test))
  if (scores[0].split?.hash !== hash) report.fail(`compile on ${title}: split ${scores[0].split?.hash}, not ${hash}`)
  report.race({
    suite: 'compile',
    graph: `${title}, split ${hash}`,
    task: `${compiled.method} ${JSON.stringify(compiled.options)}, ${compiled.entriesPerItem} entries an item, all users`,
    laps: await race(contestants(rank, own), { ...raceOptions, atMost: Math.min(5, raceOptions.atMost ?? 5) }),
    work: { amount: train.users.size, unit: 'users' },
    figures: ([{ bestMs }]) => [
      { name: 'served on one thread', value: train.users.size / (bestMs / 1000), unit: 'users/s', atLeast: 20_000 },
      { name: 'one profile, with ids', value: microsecondsOfOne(served, train), unit: 'us' },
      { name: 'compiled', value: (built - ranked) / 1000, unit: 's', atMost: 180 },
      { name: 'all users ranked by the full method', value: (ranked - began) / 1000, unit: 's' },
      { name: 'matrix', value: compiled.bytes, unit: 'bytes' },
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
    { name: `${metric} lost`, value: 100 * (1 - compiled / full), unit: '%', atMost: 1.5 },
  ]
}
