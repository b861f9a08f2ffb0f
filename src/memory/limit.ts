import { RivuletError } from '../support/errors.ts'
import { MAXIMUM_MEMORY_BYTES } from './arena.ts'

/** Bytes by purpose. */
export type Parts = Readonly<Record<string, number>>

/** The total memory of a request. */
export interface Room {
  /** Bytes of the shared memory: the matrix and one problem. */
  readonly shared: number
  /** Bytes outside it. Default none. */
  readonly outside?: Parts
}

/**
 * Refuses a request that does not fit, before anything is allocated.
 *
 * @param reason name of the limit
 * @throws {RivuletError} MEMORY_LIMIT with the bytes of each part, the limit, and what to change.
 */
export function requireRoom(
  who: string,
  what: string,
  { shared, outside = {} }: Room,
  memoryLimitBytes: number,
  todo: string,
  reason = 'memoryLimitBytes',
): void {
  const total = shared + sumOf(outside)
  const parts = { 'shared memory': shared, ...outside }
  if (shared > MAXIMUM_MEMORY_BYTES && MAXIMUM_MEMORY_BYTES < memoryLimitBytes) {
    throw refusal(who, what, shared, MAXIMUM_MEMORY_BYTES, 'the end of a 32-bit memory', parts, todo)
  }
  if (!(total <= memoryLimitBytes)) {
    throw refusal(who, what, total, memoryLimitBytes, reason, parts, todo)
  }
}

/** All parts together, in bytes. */
export const sumOf = (parts: Parts): number => Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)

/** Parts in words, the largest first, without empty ones. */
export function listParts(parts: Parts): string {
  const taken = Object.entries(parts).filter(([, bytes]) => bytes > 0)
  return taken
    .sort(([, a], [, b]) => b - a)
    .map(([name, bytes]) => `${name} ${bytes < 1e5 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`}`)
    .join(', ')
}

function refusal(
  who: string,
  what: string,
  bytes: number,
  limitBytes: number,
  reason: string,
  parts: Parts,
  todo: string,
): RivuletError {
  return new RivuletError('MEMORY_LIMIT', {
    who,
    expected: `at most ${limitBytes} bytes (${reason})`,
    got: `${bytes} bytes for ${what} (${listParts(parts)})`,
    todo,
    details: { bytes, limitBytes, parts },
  })
}
