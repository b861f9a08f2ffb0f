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
import { fileLimits } from '../plan/file-limits.ts'
import { RivuletError, show } from '../support/errors.ts'
import { haveMagic, refusalsOf, type Refusals } from '../support/saved-kind.ts'
import { HeapRoom } from '../support/stored-json.ts'
import { TRIAL_LOG } from '../tune/trial-log.ts'
import { withFileLock } from './file-lock.ts'

/** A file of JSON lines that grows line by line. Give it to `tune` as option `log`. */
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
 * import { openTrialLog, tune } from 'rivulet'
 *
 * using log = openTrialLog('search.jsonl')
 * const space = { x: { uniform: [0, 1] } } as const
 * await tune(({ x = 0 }: { x?: number }) => [x], { space, trials: 5, log })
 * console.log(openTrialLog('search.jsonl').lines.length) // 7: what was searched, the defaults, five trials
 * ```
 */
export function openTrialLog(path: string): TrialLogFile {
  const who = `openTrialLog(${show(path)})`
  const file = openForBoth(who, path)
  try {
    // A pipe or a device has no end to read to.
    const stat = fstatSync(file)
    if (!stat.isFile()) throw refusedAt(who, path, 1).foreign('not a regular file')
    return new OpenLog(who, path, file, readLines(who, path, stat.size))
  } catch (error) {
    closeSync(file)
    throw error
  }
}

class OpenLog implements TrialLogFile {
  readonly lines: readonly unknown[]
  readonly #who: string
  readonly #path: string
  /** Whether the opener has to begin it. */
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
const LINE_BREAK = 10

const refusedAt = (who: string, path: string, line: number) =>
  refusalsOf(`${who}, line ${line}`, TRIAL_LOG, { path, line })

/** What stands after the last line break was being written when a program ended. */
function readLines(who: string, path: string, size: number): readonly unknown[] {
  const limits = fileLimits(MOST_BYTES)
  if (size > limits.bytes) throw refusedAt(who, path, 1).foreign(`${size} bytes`)
  let all: Buffer
  try {
    all = readFileSync(path)
  } catch (error) {
    throw refused('READ_FAILED', who, error)
  }
  if (!haveMagic(all, TRIAL_LOG)) throw refusedAt(who, path, 1).foreign(show(all.toString('utf8', 0, 20)))
  const room = new HeapRoom(limits.heapBytes)
  const lines: unknown[] = []
  for (let from = 0, end = all.indexOf(LINE_BREAK); end >= 0; from = end + 1, end = all.indexOf(LINE_BREAK, from)) {
    lines.push(parseLine(all.subarray(from, end), room, refusedAt(who, path, lines.length + 1)))
  }
  const { version = TRIAL_LOG.version } = Object(lines[0]) as { readonly version?: unknown }
  if (version !== TRIAL_LOG.version) throw refusedAt(who, path, 1).version(Number(version))
  return lines
}

function parseLine(line: Buffer, room: HeapRoom, refuse: Refusals): unknown {
  if (!isUtf8(line)) throw refuse.foreign('bytes that are no UTF-8')
  if (!room.takeJson(line)) throw refuse.foreign('a line that is too long for the memory, or nested too deep')
  try {
    return JSON.parse(line.toString('utf8'))
  } catch (error) {
    throw refuse.foreign((error as Error).message)
  }
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

function begunByAnother(who: string): RivuletError {
  const parts = { who, expected: 'an empty log', got: 'one that another program has started to write' }
  return new RivuletError('WRITE_FAILED', { ...parts, todo: 'Open it again, or name another file.' })
}

function refused(code: 'READ_FAILED' | 'WRITE_FAILED', who: string, error: unknown): RivuletError {
  const { code: system, message } = error as NodeJS.ErrnoException
  const expected = 'a file that can be read and written'
  return new RivuletError(code, {
    who,
    expected,
    got: message,
    todo: 'Check the path and its permissions.',
    details: { system },
    cause: error,
  })
}
