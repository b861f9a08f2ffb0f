import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { built } from '../../test/build.ts'
import type { MemoryReading, MemoryTask } from './memory-run.ts'

/** Bytes of one question: as planned, and as the process grew. */
export interface MemoryGrowth {
  readonly plannedBytes: number
  readonly grownBytes: number
  readonly idleBytes: number
  readonly seconds: number
}

/** How far a plan may be off, as a share of what a process grows by. */
export const MOST_OFF = 0.2

/** When V8 collects depends on how busy the machine is: what a process leaves uncollected differs by a fifth of all from run to run, and a plan has to hold the most. */
const MOST_PROCESSES = 5

type Asked = Omit<MemoryTask, 'memoryLimitBytes' | 'until'>

/**
 * The least limit that a question is content with, and how far a process that has no more grows. A first process raises its limit to what each refusal says
 * is wanted, until the work begins; from there on every attempt is a process of its own, so that no peak is another's. While a plan looks too large others are
 * tried: the one counts that grew most.
 */
export async function measureGrowth(task: Asked): Promise<MemoryGrowth> {
  const grown: MemoryGrowth[] = []
  let reading = await run({ ...task, memoryLimitBytes: 1, until: 'search' })
  for (let memoryLimitBytes = 1; ;) {
    if ('refusedAt' in reading) memoryLimitBytes = reading.refusedAt
    else {
      grown.push(growthOf(reading))
      const highest = grown.reduce((a, b) => (b.grownBytes > a.grownBytes ? b : a))
      if (grown.length === MOST_PROCESSES || memoryLimitBytes < (1 + MOST_OFF) * highest.grownBytes) return highest
    }
    reading = await run({ ...task, memoryLimitBytes, until: 'measure' })
  }
}

/** The same by one process, which grows by what refused attempts leave behind as well: where figures do not count. */
export async function roughGrowth(task: Asked): Promise<MemoryGrowth> {
  const reading = await run({ ...task, memoryLimitBytes: 1, until: 'answer' })
  if ('refusedAt' in reading) throw new Error(`refused ${reading.refusedAt} bytes`)
  return growthOf(reading)
}

type Answered = Exclude<MemoryReading, { readonly refusedAt: number }>

const growthOf = ({ plannedBytes, peakBytes, idleBytes, seconds }: Answered): MemoryGrowth => ({
  ...{ plannedBytes, grownBytes: peakBytes - idleBytes, idleBytes, seconds },
})

async function run(task: MemoryTask): Promise<MemoryReading> {
  const { stdout } = await promisify(execFile)(process.execPath, [built(CHILD), JSON.stringify(task)])
  return JSON.parse(stdout) as MemoryReading
}

const CHILD = 'native-free-bench/suites/memory-run.ts'
