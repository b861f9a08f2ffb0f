import { isUtf8 } from 'node:buffer'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs'
import { RivuletError, show } from '../support/errors.ts'
import { withFileLock } from './file-lock.ts'
import { parseJson } from './parse-json.ts'

/** A file of JSON lines that grows line by line. Give it to `tune` or `searchOptions` as option `log`. */
export interface TrialLogFile {
  /** The lines that were there when it was opened. */
  readonly lines: readonly unknown[]
  /**
   * Writes a line through to the disk. Others who have the log open may add to it too: one writes at a time, and no line of another is lost or cut.
   *
   * @throws {RivuletError} WRITE_FAILED, also where another has begun the log since it was opened here; CLOSED after `close`.
   */
  append(line: object): void
  /** A second call does nothing. */
  close(): void
  [Symbol.dispose](): void
}

/**
 * Opens a log of trials, or makes one. It is only ever added to, one whole line at a time, so that whatever ends the program takes at most the line it
 * was writing: a last line without an end is cut off by the first that is added, and its trial asked again. While a line is written there is a file
 * `PATH.lock` beside it.
 *
 * @param path a file that is not packed, of at most 256 MiB
 * @throws {RivuletError} READ_FAILED for a line in the middle that is no JSON, or a file that cannot be read; WRITE_FAILED for one that cannot be written.
 * @example
 * ```ts
 * import { openTrialLog, searchOptions } from 'rivulet'
 *
 * using log = openTrialLog('search.jsonl')
 * const space = { x: { uniform: [0, 1] } } as const
 * await searchOptions<{ x?: number }>({ space, evaluate: ({ x = 0 }) => [x], trials: 5, log })
 * console.log(openTrialLog('search.jsonl').lines.length) // 7: what was searched, the defaults, five trials
 * ```
 */
export function openTrialLog(path: string): TrialLogFile {
  const who = `openTrialLog(${show(path)})`
  const file = openForBoth(who, path)
  try {
    // A pipe or a device has no end to read to.
    if (!fstatSync(file).isFile()) throw noLog(who, path, 1, 'no ordinary file')
    return new OpenLog(who, path, file, readLines(who, path, fstatSync(file).size))
  } catch (error) {
    closeSync(file)
    throw error
  }
}

class OpenLog implements TrialLogFile {
  readonly lines: readonly unknown[]
  readonly #who: string
  readonly #path: string
  /** Whether whoever opened it has to begin it. */
  #isNew: boolean
  #file: number | null

  constructor(who: string, path: string, file: number, lines: readonly unknown[]) {
    this.#who = who
    this.#path = path
    this.#file = file
    this.lines = lines
    this.#isNew = lines.length === 0
  }

  append(line: object): void {
    const who = this.#who
    const file = this.#file
    if (file === null) {
      throw new RivuletError('CLOSED', { who, expected: 'an open log', got: 'a closed one', todo: 'Open it again.' })
    }
    try {
      withFileLock(this.#path, () => this.#appendAlone(file, `${JSON.stringify(line)}\n`))
    } catch (error) {
      throw error instanceof RivuletError ? error : refused('WRITE_FAILED', who, error)
    }
  }

  /** Nobody else writes now: what has no end was left by a program that is dead. */
  #appendAlone(file: number, line: string): void {
    const { size } = fstatSync(file)
    const end = endOfLines(file, size)
    if (this.#isNew && end > 0) throw begunByAnother(this.#who)
    // Not before: the file may turn out to be something else.
    if (end < size) ftruncateSync(file, end)
    try {
      writeFileSync(file, line)
      fsyncSync(file)
    } catch (error) {
      ftruncateSync(file, end)
      throw error
    }
    this.#isNew = false
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function openForBoth(who: string, path: string): number {
  try {
    return openSync(path, 'a+')
  } catch (error) {
    throw refused('WRITE_FAILED', who, error)
  }
}

/** Far more than any search asks. */
const MOST_BYTES = 2 ** 28
const BLOCK_BYTES = 64 * 1024

/** How every log of trials begins. */
const BEGINNING = '{"rivulet":"trials"'

/** What stands after the last line break was being written when a program ended. */
function readLines(who: string, path: string, size: number): readonly unknown[] {
  if (size > MOST_BYTES) throw noLog(who, path, 1, `${size} bytes`)
  let all: Buffer
  try {
    all = readFileSync(path)
  } catch (error) {
    throw refused('READ_FAILED', who, error)
  }
  const beginning = all.toString('utf8', 0, BEGINNING.length)
  if (!BEGINNING.startsWith(beginning)) throw noLog(who, path, 1, show(beginning))
  const whole = all.subarray(0, all.lastIndexOf('\n') + 1)
  if (!isUtf8(whole)) throw noLog(who, path, 1, 'bytes that are no UTF-8')
  const texts = whole.toString('utf8').split('\n').slice(0, -1)
  return texts.map((text, at) => parse(who, path, text, at + 1))
}

/** Bytes up to the last line break, it included. */
function endOfLines(file: number, size: number): number {
  const block = Buffer.alloc(BLOCK_BYTES)
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - BLOCK_BYTES)
    const read = readSync(file, block, 0, end - start, start)
    const at = block.subarray(0, read).lastIndexOf('\n')
    if (at >= 0) return start + at + 1
    end = start
  }
  return 0
}

function parse(who: string, path: string, text: string, line: number): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw noLog(who, path, line, (error as Error).message)
  }
}

function begunByAnother(who: string): RivuletError {
  const complaint = { who, expected: 'a log that is still empty', got: 'one that another program has begun since' }
  return new RivuletError('WRITE_FAILED', { ...complaint, todo: 'Open it again, or name another file.' })
}

function noLog(who: string, path: string, line: number, got: string): RivuletError {
  const complaint = { who: `${who}, line ${line}`, expected: 'a log of trials', got, todo: 'Name another file.' }
  return new RivuletError('READ_FAILED', complaint, { path, line })
}

function refused(code: 'READ_FAILED' | 'WRITE_FAILED', who: string, error: unknown): RivuletError {
  const { code: system, message } = error as NodeJS.ErrnoException
  const expected = 'a file that can be read and written'
  return new RivuletError(
    code,
    { who, expected, got: message, todo: 'Check the path and its permissions.' },
    { system },
    error,
  )
}
