import { parseBytes, parseSaved, type SavedFormat, type SavedLimits } from '../support/sections.ts'
import { freeHeapBytes, readMachine } from './machine.ts'

/**
 * Memory limits for reading files, so that no file can crash the process.
 *
 * @param memoryLimitBytes of the file, unpacked; default: half of the memory that is free, because reading holds a part of it twice
 */
export function fileLimits(memoryLimitBytes: number = readMachine().memoryBytes / 2): SavedLimits {
  return { bytes: memoryLimitBytes, heapBytes: freeHeapBytes() }
}

/** Decodes the bytes of `encodeSaved`. @throws {RivuletError} READ_FAILED for other bytes. @param who the reader, for messages */
export const decodeSaved = <Value>(who: string, format: SavedFormat<Value>, bytes: Uint8Array): Value =>
  parseBytes(who, parseSaved(who, format, fileLimits()), bytes)
