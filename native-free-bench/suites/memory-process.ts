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

/**
 * The least limit that a question is content with, and how far the process that has no more grows. The limit is raised to what each refusal says
 * is wanted; every attempt is a process of its own, so that no peak is another's. While a plan looks too large others are tried: the one counts that grew most.
 *
 * @param most processes that are tried
 */
export async function measureGrowth(
  task: Omit<MemoryTask, 'memoryLimitBytes'>,
  most = MOST_PROCESSES,
): Promise<MemoryGrowth> {
  const grown: MemoryGrowth[] = []
  for (let memoryLimitBytes = 1; ;) {
    const reading = await run({ ...task, memoryLimitBytes })
    if ('peakBytes' in reading) {
      const { peakBytes, idleBytes, seconds } = reading
      grown.push({ plannedBytes: memoryLimitBytes, grownBytes: peakBytes - idleBytes, idleBytes, seconds })
      const highest = grown.reduce((a, b) => (b.grownBytes > a.grownBytes ? b : a))
      if (grown.length === most || memoryLimitBytes < (1 + MOST_OFF) * highest.grownBytes) return highest
      continue
    }
    if (!(reading.refusedAt > memoryLimitBytes))
      throw new Error(`refused ${reading.refusedAt} bytes within ${memoryLimitBytes}`)
    memoryLimitBytes = reading.refusedAt
  }
}

async function run(task: MemoryTask): Promise<MemoryReading> {
  const { stdout } = await promisify(execFile)(process.execPath, [built(CHILD), JSON.stringify(task)])
  return JSON.parse(stdout) as MemoryReading
}

const CHILD = 'native-free-bench/suites/memory-run.ts'
