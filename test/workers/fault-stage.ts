/** An engine whose workers fail when they are told to, and every call that an engine has. */
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { setEnvironmentData } from 'node:worker_threads'
import type * as Piscina from 'piscina'
import { Engine, type CallOptions } from '../../src/engine.ts'
import { built } from '../build.ts'
import { RATED, ratedTable, ratedWorld } from '../ratings.ts'
import { FAULTS, KINDS, WORD, type Kind } from './fixtures/faults.ts'

const words = new Int32Array(new SharedArrayBuffer(64))
setEnvironmentData(FAULTS, words)

/** piscina with threads that run the worker that fails, and that have a small heap: given to `vi.mock`. */
export async function faultyPiscina(original: () => Promise<typeof Piscina>): Promise<typeof Piscina> {
  const piscina = await original()
  const entry = pathToFileURL(built('test/workers/fixtures/fault-entry.ts')).href
  class FaultyPiscina extends piscina.Piscina {
    constructor(options: ConstructorParameters<typeof piscina.Piscina>[0]) {
      super({
        ...options,
        workerData: { ...(options?.workerData as object), entry },
        resourceLimits: { maxOldGenerationSizeMb: 64 },
      })
    }
  }
  return { ...piscina, Piscina: FaultyPiscina }
}

/** From now on workers fail so many times, after some loops of a kernel. */
export function fail(kind: Kind, times = 1, after = 2): void {
  letWorkersGoOn()
  Atomics.store(words, WORD.loops, 0)
  Atomics.store(words, WORD.kind, KINDS.indexOf(kind))
  Atomics.store(words, WORD.after, after)
  Atomics.store(words, WORD.left, kind === 'honest' ? 0 : times)
}

/** How many failures have not come. */
export const failuresLeft = (): number => Atomics.load(words, WORD.left)

/** Resolves when a worker waits in mid-work. */
export async function workerWaits(): Promise<void> {
  while (Atomics.load(words, WORD.waiting) !== Atomics.load(words, WORD.turn)) await sleep(1)
}

export function letWorkersGoOn(): void {
  Atomics.add(words, WORD.turn, 1)
  Atomics.notify(words, WORD.turn)
}

const world = ratedWorld({ users: 120, items: 60, labels: 6, views: 10, telling: true })
const table = ratedTable(world)

export const openEngine = (deadlineMs = 60_000): Promise<Engine> => Engine.create(table, { threads: 2, deadlineMs })

/** A call with small options, and its answer as plain data. */
export type Call = (engine: Engine, watch?: CallOptions) => Promise<unknown>

const SEEDS = [
  ['u0', 'a'],
  ['u1', 'b'],
  ['i2', 'a'],
  ['i3', 'b'],
  ['u5', 'b'],
  ['u6', 'a'],
] as const

/** Every call that an engine has, by its name. */
export const CALLS: Readonly<Record<string, Call>> = {
  recommend: (engine, watch) => engine.recommend({ users: ['u1', 'u2'], k: 3, ...watch }),
  recommendAll: async (engine, watch) => {
    const lists: unknown[] = []
    for await (const list of engine.recommendAll({ k: 3, ...watch })) lists.push(list)
    return lists
  },
  rank: (engine, watch) => engine.rank({ k: 4, method: 'label-spreading', ...watch }),
  recommendFor: (engine, watch) => engine.recommendFor(['i1', 'i2'], { k: 3, ...watch }),
  similarItems: (engine, watch) => engine.similarItems('i1', { k: 3, ...watch }),
  similarUsers: (engine, watch) => engine.similarUsers('u1', { k: 3, ...watch }),
  score: (engine, watch) =>
    engine.score(
      [
        ['u1', 'i2'],
        ['u2', 'i3'],
      ],
      watch,
    ),
  explain: (engine, watch) => engine.explain('u1', 'i2', watch),
  compile: async (engine, watch) => {
    const compiled = await engine.compile({ entriesPerItem: 5 }, watch)
    return compiled.recommendFor(['i1', 'i2'], { k: 3 })
  },
  'tune, a recipe': (engine, watch) =>
    engine.tune({ search: 'recipe', trials: 2, baselines: ['p3alpha', 'label-spreading'], validationUsers: 40 }, watch),
  'tune, signals': (engine, watch) =>
    engine.tune({ search: 'signals', signals: RATED, trials: 2, validationUsers: 40 }, watch),
  'tune, a balance': (engine, watch) =>
    engine.tune({ search: 'balance', signals: RATED, lambdas: [1], validationUsers: 40 }, watch),
  tune: (engine, watch) => engine.tune({ method: 'label-spreading', trials: 3, validationUsers: 40 }, watch),
  labelSpreading: (engine, watch) => engine.labelSpreading({ seeds: SEEDS }, watch),
  labelPropagation: (engine, watch) => engine.labelPropagation({ seeds: SEEDS }, watch),
  poissonLearning: (engine, watch) => engine.poissonLearning({ seeds: SEEDS }, watch),
  inferLabels: (engine, watch) => engine.inferLabels({ seeds: SEEDS, method: 'label-spreading' }, watch),
  selfTraining: (engine, watch) => engine.selfTraining({ seeds: SEEDS, rounds: 2, method: 'label-spreading' }, watch),
  personalizedPageRank: (engine, watch) => engine.personalizedPageRank({ seeds: ['u1'] }, watch),
  predictRatings: (engine, watch) => engine.predictRatings({ signals: RATED, rank: 8, pairs: [['u1', 'i2']] }, watch),
  spectralEmbedding: (engine, watch) => engine.spectralEmbedding({ dimensions: 4 }, watch),
  contrastiveEmbedding: (engine, watch) =>
    engine.contrastiveEmbedding({ dimensions: 4, epochs: 2, batchSize: 200 }, watch),
  clusterUsers: (engine, watch) => engine.clusterUsers({ dimensions: 4 }, watch),
  clusterItems: (engine, watch) => engine.clusterItems({ dimensions: 4 }, watch),
}

/** Calls that are answered on the calling thread: they need no worker. */
export const WITHOUT_WORKERS: readonly string[] = ['labelPropagation', 'poissonLearning']

/** An answer without what holds functions or the time that it took: a copy, which has its columns in JSON where the answer itself has its sizes. */
export const plain = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(
      Array.isArray(answer) || answer instanceof Map ? answer : { ...(Object(answer) as object) },
      (name, value: unknown) => {
        if (name === 'elapsedMs') return undefined
        if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, String)
        return value instanceof Map ? [...value] : value
      },
    ),
  )

/** Threads of this process, when they are no more than so many or some seconds have passed: they are joined a little after they were told to end. */
export async function threadCount(most = Infinity): Promise<number> {
  const count = (): number => readdirSync('/proc/self/task').length
  for (let look = 0; look < 2000 && count() > most; look++) await sleep(10)
  return count()
}
