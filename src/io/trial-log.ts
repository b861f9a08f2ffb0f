import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { RivuletError, show } from '../support/errors.ts'
import { parseJson } from './parse-json.ts'

/** A file of JSON lines that grows line by line. Give it to `tune` or `searchOptions` as option `log`. */
export interface TrialLogFile {
  /** The lines that were there when it was opened. */
  readonly lines: readonly unknown[]
  /** Writes a line through to the disk. @throws {RivuletError} WRITE_FAILED; CLOSED after `close`. */
  append(line: object): void
  /** A second call does nothing. */
  close(): void
  [Symbol.dispose](): void
}

/**
 * Opens a log of trials, or makes one. It is only ever added to, one whole line at a time, so that whatever ends the program takes at most the line it
 * was writing: a last line without an end is cut off by the first that is added, and its trial asked again.
 *
 * @param path a file that is not packed
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
    return new OpenLog(who, file, readContent(who, path))
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** Whole lines, and how many bytes they take. What stands after the last line break was being written when the program ended. */
interface Content {
  readonly lines: readonly unknown[]
  readonly bytes: number
  readonly torn: boolean
}

class OpenLog implements TrialLogFile {
  readonly lines: readonly unknown[]
  readonly #who: string
  readonly #bytes: number
  #torn: boolean
  #file: number | null

  constructor(who: string, file: number, { lines, bytes, torn }: Content) {
    this.#who = who
    this.#file = file
    this.lines = lines
    this.#bytes = bytes
    this.#torn = torn
  }

  append(line: object): void {
    const who = this.#who
    if (this.#file === null) {
      throw new RivuletError('CLOSED', { who, expected: 'an open log', got: 'a closed one', todo: 'Open it again.' })
    }
    try {
      // Not before: the file may turn out to be something else.
      if (this.#torn) ftruncateSync(this.#file, this.#bytes)
      this.#torn = false
      writeFileSync(this.#file, `${JSON.stringify(line)}\n`)
      fsyncSync(this.#file)
    } catch (error) {
      throw refused('WRITE_FAILED', who, error)
    }
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

/** How every log of trials begins. */
const BEGINNING = '{"rivulet":"trials"'

function readContent(who: string, path: string): Content {
  let all: Buffer
  try {
    all = readFileSync(path)
  } catch (error) {
    throw refused('READ_FAILED', who, error)
  }
  const bytes = all.lastIndexOf('\n') + 1
  const beginning = all.toString('utf8', 0, BEGINNING.length)
  if (!BEGINNING.startsWith(beginning)) throw noLog(who, path, 1, show(beginning))
  const texts = all.toString('utf8', 0, bytes).split('\n').slice(0, -1)
  return { lines: texts.map((text, at) => parse(who, path, text, at + 1)), bytes, torn: bytes < all.length }
}

function parse(who: string, path: string, text: string, line: number): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw noLog(who, path, line, (error as Error).message)
  }
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
