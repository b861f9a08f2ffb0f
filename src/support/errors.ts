/** What went wrong, in one word a program can branch on. */
export type RivuletErrorCode =
  | 'INVALID_OPTION'
  | 'UNKNOWN_OPTION'
  | 'INVALID_DATA'
  | 'EMPTY_DATA'
  | 'UNKNOWN_KEY'
  | 'UNSUPPORTED_GRAPH'
  | 'MEMORY_LIMIT'
  | 'WORKER_FAILED'
  | 'DEADLINE'
  | 'CLOSED'
  | 'READ_FAILED'
  | 'WRITE_FAILED'
  | 'TRIALS_FAILED'

/** The four parts of every message: who speaks, what was expected, what came, what to do about it. */
export interface Complaint {
  /** The function or option that refuses, as the caller wrote it. */
  readonly who: string
  readonly expected: string
  readonly got: string
  /** What the caller can do. */
  readonly todo: string
}

/**
 * The only error class this library throws on purpose.
 *
 * @example
 * ```ts
 * try { recommend(graph, { k: -1 }) } catch (error) { if (error instanceof RivuletError) console.log(error.code) }
 * ```
 */
export class RivuletError extends Error {
  override readonly name = 'RivuletError'
  readonly code: RivuletErrorCode
  /** Plain data about the failure: row, column, bytes, option name ... */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: RivuletErrorCode,
    complaint: Complaint,
    details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    const { who, expected, got, todo } = complaint
    super(`${who}: expected ${expected}, got ${got}. ${todo}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }
}

/** A value as it should appear in a message: short, quoted when a string. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `'${value.slice(0, 57)}...'` : `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value !== null && typeof value === 'object') return `an object (${Object.keys(value).slice(0, 5).join(', ')})`
  return String(value)
}
