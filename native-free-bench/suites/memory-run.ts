/** A process of its own: asks an engine one question about one table, and prints how far its memory grew. */
import { existsSync, readFileSync } from 'node:fs'
import { Engine, fromColumns, RivuletError, type CallOptions } from '../../src/index.ts'
import { extremeTable, type ExtremeName } from '../data/extreme-tables.ts'

/** Seeds of two classes: `few` at both ends, or every hundredth user. */
const ENDS = [
  ['user:0', 'left'],
  ['user:1', 'right'],
] as const
const labels = { seeds: ENDS }

/** What is asked. Ten dimensions are enough to see what a vector costs. */
const QUESTIONS = {
  recommend: (engine, k, watch) => engine.recommend({ users: ['0', '1', '2'], k, ...watch }),
  rank: (engine, k, watch) => engine.rank({ k, ...watch }),
  labelSpreading: (engine, _, watch) => engine.labelSpreading(labels, watch),
  labelPropagation: (engine, _, watch) => engine.labelPropagation(labels, watch),
  poissonLearning: (engine, _, watch) => engine.poissonLearning(labels, watch),
  inferLabels: (engine, _, watch) => engine.inferLabels(labels, watch),
  personalizedPageRank: (engine, _, watch) => engine.personalizedPageRank({ seeds: ['user:0'] }, watch),
  spectralEmbedding: (engine, _, watch) => engine.spectralEmbedding({ dimensions: 8, maxIterations: 3 }, watch),
  contrastiveEmbedding: (engine, _, watch) =>
    engine.contrastiveEmbedding({ dimensions: 8, epochs: 1, batchSize: 4096 }, watch),
  predictRatings: (engine, _, watch) =>
    engine.predictRatings({ pairs: [['0', '1']], signals: { interaction: { role: 'label' } }, rank: 8 }, watch),
} satisfies Record<string, (engine: Engine, k: number, watch: CallOptions) => Promise<unknown>>

export interface MemoryTask {
  readonly table: ExtremeName
  /** Nodes of the table's larger side. */
  readonly size: number
  readonly question: keyof typeof QUESTIONS
  readonly threads: number
  /** Entries of a list. */
  readonly k: number
  readonly memoryLimitBytes: number
  /**
   * What a process does when it is refused: it tells of it (`measure`), or raises its limit to what the refusal says, and asks again, until it is answered
   * (`answer`) or the work has begun (`search`).
   */
  readonly until: 'measure' | 'answer' | 'search'
}

/** What this process prints, as JSON. */
export type MemoryReading =
  /** The bytes that are planned, as far as refusals told them. */
  | { readonly refusedAt: number }
  | {
      /** The limit that was enough. */
      readonly plannedBytes: number
      /** Most that was resident at any time, in bytes. */
      readonly peakBytes: number
      /** The same before the table was made, with all code loaded and run once. */
      readonly idleBytes: number
      readonly seconds: number
    }

type Table = ReturnType<typeof extremeTable>

async function ask({ question, threads, k, memoryLimitBytes }: MemoryTask, table: Table, watch: CallOptions) {
  const engine = await Engine.create(table, { threads, memoryLimitBytes })
  try {
    await QUESTIONS[question](engine, k, watch)
  } finally {
    await engine.close()
  }
}

const BEGUN = new Error('the work has begun')

/** @returns the bytes that a refusal names; `null` when there was none */
async function attempt(task: MemoryTask, table: Table): Promise<number | null> {
  const onProgress = ({ done }: { readonly done: number }): void => {
    if (done > 0) throw BEGUN
  }
  try {
    await ask(task, table, task.until === 'search' ? { onProgress } : {})
  } catch (error) {
    if (error === BEGUN) return null
    if (!(error instanceof RivuletError && error.code === 'MEMORY_LIMIT')) throw error
    const { bytes, limitBytes } = error.details as { readonly bytes: number; readonly limitBytes: number }
    // A second matrix is refused by what the first has left.
    const refusedAt = task.memoryLimitBytes - limitBytes + bytes
    if (!(refusedAt > task.memoryLimitBytes)) throw error
    return refusedAt
  }
  return null
}

async function read(task: MemoryTask): Promise<MemoryReading> {
  const few = fromColumns({ user: [0, 1, 1, 2, 2], item: [0, 0, 1, 1, 2], value: [1, 2, 3, 4, 5] })
  await ask({ ...task, k: 1, threads: 1, memoryLimitBytes: Infinity }, few, {})
  const idleBytes = peakBytes()
  const began = performance.now()
  const table = extremeTable(task.table, task.size)
  for (let { memoryLimitBytes } = task; ;) {
    const refusedAt = await attempt({ ...task, memoryLimitBytes }, table)
    if (refusedAt !== null && task.until === 'measure') return { refusedAt }
    if (refusedAt === null) {
      if (task.until === 'search') return { refusedAt: memoryLimitBytes }
      const seconds = (performance.now() - began) / 1000
      return { plannedBytes: memoryLimitBytes, peakBytes: peakBytes(), idleBytes, seconds }
    }
    memoryLimitBytes = refusedAt
  }
}

/** In kilobytes on every platform. Where the kernel tells the peak of this program alone, that: `maxRSS` begins at the peak of the process that started it. */
function peakBytes(): number {
  const own = existsSync(STATUS) ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(STATUS, 'latin1')) : null
  return 1024 * (own === null ? process.resourceUsage().maxRSS : Number(own[1]))
}

const STATUS = '/proc/self/status'

console.log(JSON.stringify(await read(JSON.parse(process.argv[2]) as MemoryTask)))
