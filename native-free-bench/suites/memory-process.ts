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

/**
 * The least limit that a question is content with, and how far the process that has no more grows. The limit is raised to what each refusal says
 * is wanted; every attempt is a process of its own, so that no peak is another's.
 */
export async function measureGrowth(task: Omit<MemoryTask, 'memoryLimitBytes'>): Promise<MemoryGrowth> {
  for (let memoryLimitBytes = 1; ;) {
    const reading = await run({ ...task, memoryLimitBytes })
    if ('peakBytes' in reading) {
      const { peakBytes, idleBytes, seconds } = reading
      return { plannedBytes: memoryLimitBytes, grownBytes: peakBytes - idleBytes, idleBytes, seconds }
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
