import type { SectionLimits } from '../support/sections.ts'
import { freeHeapBytes, readMachine } from './machine.ts'

/**
 * What a file may take when it is read, so that no file can end the process.
 *
 * @param memoryLimitBytes of the file, unpacked; default: half of the memory that is free, because reading holds a part of it twice
 */
export function fileLimits(memoryLimitBytes: number = readMachine().memoryBytes / 2): SectionLimits {
  return { bytes: memoryLimitBytes, heapBytes: freeHeapBytes() }
}
