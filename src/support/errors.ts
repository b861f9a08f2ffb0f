/** Kind of failure, for programs to branch on. */
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

/**
 * Parts of an error. The message names the function or option, what it expected, what it got, and what to do. Parts may contain ids, cells and paths unchanged: the
 * message makes them printable and cuts each part at 1,000 characters.
 */
export interface ErrorParts {
  /** The function or option that failed, as the caller wrote it. */
  readonly who: string
  readonly expected: string
  readonly got: string
  /** What the caller can do. */
  readonly todo: string
  /** Plain data about the failure, for programs: row, column, bytes, option name ... */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** The error that led to this one. */
  readonly cause?: unknown
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
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: RivuletErrorCode, { who, expected, got, todo, details = {}, cause }: ErrorParts) {
    super(
      `${short(who)}: expected ${short(expected)}, got ${short(got)}. ${short(todo)}`,
      cause === undefined ? undefined : { cause },
    )
    this.code = code
    this.details = details
  }
}

const LONGEST_PART = 1000
const LONGEST_TEXT = 60
const LONGEST_KEY = 20

/** Ids, cells and file names are untrusted: they must not move the cursor or flood the screen. */
function short(part: string): string {
  return cut(part, LONGEST_PART)
}

function cut(text: string, longest: number): string {
  const plain = printable(text.slice(0, longest + 1))
  return plain.length > longest ? `${printable(plain.slice(0, longest - 3))}...` : plain
}

/** A value as it should appear in a message: short, printable, quoted when a string. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${cut(value, LONGEST_TEXT)}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return cut(`${value}n`, LONGEST_TEXT)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : `Date ${value.toISOString()}`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value !== null && typeof value === 'object') {
    const keys = Object.keys(value).slice(0, 5)
    const kind = cut(Object.prototype.toString.call(value).slice(8, -1), LONGEST_KEY)
    if (kind === 'Promise') return 'a Promise that was not awaited'
    if (kind !== 'Object') return `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`
    return `an object (${keys.map((key) => cut(key, LONGEST_KEY)).join(', ')})`
  }
  return cut(String(value), LONGEST_TEXT)
}

/** JSON of a value; `undefined` if it has none, as for a cycle or a bigint. */
export function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/**
 * Characters that must not reach a terminal or a picture unescaped: control characters (C0, DEL, C1), line separators, marks that change the direction of
 * writing, invisible characters (two ids would look the same), lone surrogates, and noncharacters.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u00ad\u200b\u2060\ufeff]/gu

/**
 * Text that is safe to print: each such character as `\u` and four hexadecimal digits, a code point above U+FFFF as two of them.
 *
 * The result is one line. JSON on one line stays JSON that decodes to the same strings. Printable text is unchanged.
 */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, escapeUnits)
}

/** The same for text of several lines: its line breaks are kept. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    const digits = character.charCodeAt(at).toString(16).padStart(4, '0')
    return `\\u${digits}`
  }).join('')
}
