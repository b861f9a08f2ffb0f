import { RivuletError, type RivuletErrorCode } from '../support/errors.ts'

/**
 * What an error of a trial says: something about its options, so that the same options would fail again anywhere; or something about the machine,
 * the threads, the memory or the caller, which the next run may not meet.
 */
const FAULTS: ReadonlySet<RivuletErrorCode> = new Set<RivuletErrorCode>([
  'WORKER_FAILED',
  'DEADLINE',
  'MEMORY_LIMIT',
  'CLOSED',
  'READ_FAILED',
  'WRITE_FAILED',
])

/** Whether a trial of this library failed by its own options: they, or the data with them, were refused. Everything else ends a search. */
export const isRefusal = (error: unknown): boolean => error instanceof RivuletError && !FAULTS.has(error.code)

/** Whether what a caller's own function threw is the trial's: anything but a fault that this library names, and a call that was cancelled. */
export const isOwnFailure = (error: unknown): boolean =>
  error instanceof RivuletError ? isRefusal(error) : (Object(error) as { name?: unknown }).name !== 'AbortError'
