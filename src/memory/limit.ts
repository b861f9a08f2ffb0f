import { RivuletError } from '../support/errors.ts'
import { MAXIMUM_MEMORY_BYTES } from './arena.ts'

/**
 * Refuses a memory map that does not fit, before any of it is allocated.
 *
 * @throws {RivuletError} MEMORY_LIMIT with the bytes wanted, the bytes there are, and what to change.
 */
export function requireRoom(who: string, what: string, bytes: number, memoryLimitBytes: number, todo: string): void {
  const limitBytes = Math.min(memoryLimitBytes, MAXIMUM_MEMORY_BYTES)
  if (bytes <= limitBytes) return
  const reason = limitBytes < memoryLimitBytes ? 'the end of a 32-bit memory' : 'memoryLimitBytes'
  throw new RivuletError(
    'MEMORY_LIMIT',
    { who, expected: `at most ${limitBytes} bytes (${reason})`, got: `${bytes} bytes for ${what}`, todo },
    { bytes, limitBytes },
  )
}
