/** A process of its own: asks an engine one question about one table, and prints how far its memory grew. */
import { existsSync, readFileSync } from 'node:fs'
import { Engine, fromColumns, RivuletError } from '../../src/index.ts'
import { extremeTable, type ExtremeName } from '../data/extreme-tables.ts'

/** Seeds of two classes: `few` at both ends, or every hundredth user. */
const ENDS = [
  ['user:0', 'left'],
  ['user:1', 'right'],
] as const
const labels = { seeds: ENDS }

/** What is asked. Ten dimensions are enough to see what a vector costs. */
const QUESTIONS = {
  recommend: (engine, k) => engine.recommend({ users: ['0', '1', '2'], k }),
  rank: (engine, k) => engine.rank({ k }),
  labelSpreading: (engine) => engine.labelSpreading(labels),
  labelPropagation: (engine) => engine.labelPropagation(labels),
  poissonLearning: (engine) => engine.poissonLearning(labels),
  inferLabels: (engine) => engine.inferLabels(labels),
  personalizedPageRank: (engine) => engine.personalizedPageRank({ seeds: ['user:0'] }),
  spectralEmbedding: (engine) => engine.spectralEmbedding({ dimensions: 8, maxIterations: 3 }),
  contrastiveEmbedding: (engine) => engine.contrastiveEmbedding({ dimensions: 8, epochs: 1, batchSize: 4096 }),
  predictRatings: (engine) =>
    engine.predictRatings({ pairs: [['0', '1']], signals: { interaction: { role: 'label' } }, rank: 8 }),
} satisfies Record<string, (engine: Engine, k: number) => Promise<unknown>>

export interface MemoryTask {
  readonly table: ExtremeName
  /** Nodes of the table's larger side. */
  readonly size: number
  readonly question: keyof typeof QUESTIONS
  readonly threads: number
  /** Entries of a list. */
  readonly k: number
  readonly memoryLimitBytes: number
}

/** What this process prints, as JSON. */
export type MemoryReading =
  /** The bytes that were planned when the limit was found too low. */
  | { readonly refusedAt: number }
  | {
      /** Most that was resident at any time, in bytes. */
      readonly peakBytes: number
      /** The same before the table was made, with all code loaded and run once. */
      readonly idleBytes: number
      readonly seconds: number
    }

async function ask({ question, threads, k, memoryLimitBytes }: MemoryTask, table: ReturnType<typeof extremeTable>) {
  const engine = await Engine.create(table, { threads, memoryLimitBytes })
  try {
    await QUESTIONS[question](engine, k)
  } finally {
    await engine.close()
  }
}

async function read(task: MemoryTask): Promise<MemoryReading> {
  const few = fromColumns({ user: [0, 1, 1, 2, 2], item: [0, 0, 1, 1, 2], value: [1, 2, 3, 4, 5] })
  await ask({ ...task, k: 1, threads: 1, memoryLimitBytes: Infinity }, few)
  const idleBytes = peakBytes()
  const began = performance.now()
  try {
    await ask(task, extremeTable(task.table, task.size))
  } catch (error) {
    if (!(error instanceof RivuletError && error.code === 'MEMORY_LIMIT')) throw error
    const { bytes, limitBytes } = error.details as { readonly bytes: number; readonly limitBytes: number }
    // A second matrix is refused by what the first has left.
    return { refusedAt: task.memoryLimitBytes - limitBytes + bytes }
  }
  return { peakBytes: peakBytes(), idleBytes, seconds: (performance.now() - began) / 1000 }
}

/** In kilobytes on every platform. Where the kernel tells the peak of this program alone, that: `maxRSS` begins at the peak of the process that started it. */
function peakBytes(): number {
  const own = existsSync(STATUS) ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(STATUS, 'latin1')) : null
  return 1024 * (own === null ? process.resourceUsage().maxRSS : Number(own[1]))
}

const STATUS = '/proc/self/status'

console.log(JSON.stringify(await read(JSON.parse(process.argv[2]) as MemoryTask)))
