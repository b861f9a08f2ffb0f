import { createWriteStream, writeFileSync } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { RivuletError, show } from '../support/errors.ts'
import { checkOption, isIterable, type Check } from '../support/options.ts'
import { DescriptorSink, findDestination, type Destination } from './destination.ts'
import { Draft } from './draft.ts'

/** Text is handed to the system in blocks of about this many characters. */
const BLOCK_CHARACTERS = 64 * 1024
/** Bytes in blocks of as many. */
const BLOCK_BYTES = 1024 * 1024

/**
 * Writes lines to a file, whole or not at all: into a temporary file beside it, put in its place when everything is on disk. When anything fails
 * the temporary file is removed, and a file that was there before is as it was.
 *
 * The file that a link leads to is written, and the link stays; so do the mode and the owner of a file that was there. A file of several names (hard links) keeps
 * them all: it is written over when everything is on disk, which the end of the process could interrupt. A pipe, a device and what is open already, such as
 * /dev/stdout, are written into as lines come. Of several that write one file at a time the last to end has it whole.
 *
 * @param path the file; packed with gzip when the name ends in .gz
 * @param lines without line breaks; whatever they throw comes out unchanged. They are closed when the file cannot be written
 * @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses (no such folder, no permission, disk full ...); INVALID_OPTION for lines that
 *   are no iterable
 */
export async function writeTextFile(path: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  checkOption('writeTextFile', 'lines', lines, isLines)
  await writeGuarded(path, new Guarded(lines), blocksOf)
}

/** Writes bytes as they come, as `writeTextFile` writes lines. @throws {RivuletError} WRITE_FAILED naming the path; whatever the bytes throw comes out unchanged */
export async function writeChunks(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await writeGuarded(path, new Guarded(chunks), (guarded) => guarded)
}

async function writeGuarded<Entry>(
  path: string,
  source: Guarded<Entry>,
  toChunks: (entries: AsyncIterable<Entry>) => AsyncIterable<string | Uint8Array>,
): Promise<void> {
  try {
    await writeWhole(path, toChunks(source))
  } catch (error) {
    throw source.failed ? source.failure : writeFailed(path, error as NodeJS.ErrnoException)
  } finally {
    await source.close()
  }
}

/** Writes bytes to a file as `writeTextFile` writes lines. @throws {RivuletError} WRITE_FAILED naming the path. */
export async function writeBytesFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeWhole(path, chunksOf(bytes))
  } catch (error) {
    throw writeFailed(path, error as NodeJS.ErrnoException)
  }
}

/** `writeBytesFile` where nothing may go on before everything is on disk. @throws {RivuletError} WRITE_FAILED naming the path. */
export function writeBytesFileSync(path: string, bytes: Uint8Array): void {
  try {
    const packed = path.endsWith('.gz') ? gzipSync(bytes) : bytes
    const destination = findDestination(path)
    if (destination.kind === 'file') replaceFile(destination, packed)
    else writeFileSync(destination.kind === 'device' ? destination.path : destination.descriptor, packed)
  } catch (error) {
    throw writeFailed(path, error as NodeJS.ErrnoException)
  }
}

const isLines: Check = (value) =>
  value !== null && typeof value === 'object' && Symbol.asyncIterator in value ? null : isIterable(value)

type FileDestination = Extract<Destination, { kind: 'file' }>

function replaceFile({ path, isThere }: FileDestination, bytes: Uint8Array): void {
  const draft = new Draft(path, isThere)
  try {
    writeFileSync(draft.path, bytes, { flag: 'wx', mode: draft.mode, flush: true })
    draft.settle()
  } catch (error) {
    draft.discard()
    throw error
  }
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) yield bytes.subarray(at, at + BLOCK_BYTES)
}

async function writeWhole(
  path: string,
  source: Iterable<Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const destination = findDestination(path)
  const packers = path.endsWith('.gz') ? [createGzip()] : []
  const pour = (sink: Writable): Promise<void> => pipeline([Readable.from(source), ...packers, sink])
  if (destination.kind === 'descriptor') return pour(new DescriptorSink(destination.descriptor))
  if (destination.kind === 'device') return pour(createWriteStream(destination.path))
  const draft = new Draft(destination.path, destination.isThere)
  const sink = createWriteStream(draft.path, { flags: 'wx', mode: draft.mode, flush: true })
  try {
    await pour(sink)
    draft.settle()
  } catch (error) {
    // A pipeline fails at once, while the system may still be making the file: what is not there yet cannot be removed.
    if (!sink.closed) await new Promise<void>((resolve) => sink.once('close', resolve))
    draft.discard()
    throw error
  }
}

/** Joins lines into blocks. */
async function* blocksOf(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let block = ''
  for await (const line of lines) {
    block += `${line}\n`
    if (block.length < BLOCK_CHARACTERS) continue
    yield block
    block = ''
  }
  if (block !== '') yield block
}

/** Tells what a source threw from what became of the file. */
class Guarded<Entry> implements AsyncIterable<Entry> {
  failed = false
  failure: unknown
  #ended = false
  readonly #source: Iterator<Entry> | AsyncIterator<Entry>

  constructor(source: Iterable<Entry> | AsyncIterable<Entry>) {
    this.#source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  }

  [Symbol.asyncIterator](): AsyncIterator<Entry> {
    return { next: () => this.#next() }
  }

  /** Lets entries that were not asked for clean up behind them. What they say to that is less than why. */
  async close(): Promise<void> {
    if (this.#ended) return
    try {
      await this.#source.return?.()
    } catch {
      // The file's failure is on its way.
    }
  }

  async #next(): Promise<IteratorResult<Entry, unknown>> {
    try {
      const entry = await this.#source.next()
      this.#ended = entry.done === true
      return entry
    } catch (error) {
      this.#ended = true
      this.failed = true
      this.failure = error
      throw error
    }
  }
}

const EXPLAINED: Readonly<Record<string, readonly [got: string, todo: string]>> = {
  ENOENT: ['a folder that does not exist', 'Make the folder first.'],
  ENOTDIR: ['a path through a file', 'Check the path.'],
  EISDIR: ['a directory', 'Name a file in it.'],
  EACCES: ['no permission to write there', 'Check the permissions of the file and its folder.'],
  EPERM: ['no permission to write there', 'Check the permissions of the file and its folder.'],
  ELOOP: ['links that lead to no file', 'Remove the link.'],
  EPIPE: ['a pipe whose reader has closed', 'Let the reader read to the end.'],
  ENAMETOOLONG: ['a name that is too long', 'Choose a shorter one.'],
  EROFS: ['a read-only disk', 'Choose another place.'],
  ENOSPC: ['a full disk', 'Make room or choose another place.'],
  EDQUOT: ['a full disk', 'Make room or choose another place.'],
}

function writeFailed(path: string, error: NodeJS.ErrnoException): RivuletError {
  const [got, todo] = EXPLAINED[error.code ?? ''] ?? [error.message, 'Check the path.']
  return new RivuletError('WRITE_FAILED', {
    who: `writing ${show(path)}`,
    expected: 'a file that can be written',
    got,
    todo,
    details: { path, system: error.code },
    cause: error,
  })
}
