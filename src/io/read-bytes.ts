import { createReadStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { RivuletError, show } from '../support/errors.ts'
import type { Parsing } from '../support/sections.ts'
import { MAGIC_BYTES, packingOf } from './magic.ts'
import { Pieces } from './pieces.ts'
import { unpack } from './unpack.ts'
import { findZipMember } from './zip.ts'

const CHUNK_BYTES = 256 * 1024

/** The path that stands for the standard input. */
export const STANDARD_INPUT = '-'

/**
 * The bytes of a file, chunk by chunk, unpacked when they begin like gzip, zstd or zip. A file that grows meanwhile is read up to the size it had when opened.
 *
 * @param who the reader and its path, for messages
 * @param path '-' is the standard input
 * @throws {RivuletError} READ_FAILED for a missing file, a directory, UTF-16 text, broken or cut packing, and whatever else the system refuses
 */
export async function* readBytes(
  who: string,
  path: string,
  onProgress?: OnProgress,
): AsyncGenerator<Buffer, void, undefined> {
  let handle: FileHandle | undefined
  try {
    if (path === STANDARD_INPUT) {
      yield* unpacked(who, null, standardInput())
      return
    }
    handle = await open(path)
    const size = await sizeOf(handle)
    yield* unpacked(who, size === null ? null : path, rawChunks(handle, 0, size, onProgress), onProgress)
  } catch (error) {
    throw error instanceof RivuletError ? error : readFailed(who, error as NodeJS.ErrnoException)
  } finally {
    await handle?.close().catch(() => undefined)
  }
}

/**
 * Lets a parser read a file, unpacked, no further than it asks.
 *
 * @throws {RivuletError} READ_FAILED as `readBytes`; what the parser throws comes out unchanged
 */
export async function parseFile<Result>(who: string, path: string, parsing: Parsing<Result>): Promise<Result> {
  const pieces = new Pieces(readBytes(who, path))
  try {
    let step = parsing.next()
    while (step.done !== true) step = parsing.next(await pieces.take(step.value))
    return step.value
  } finally {
    await pieces.close()
  }
}

/** `null` of pipes and devices, which have none: they are read to their end. */
async function sizeOf(handle: FileHandle): Promise<number | null> {
  const stat = await handle.stat()
  if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
  return stat.isFile() ? stat.size : null
}

async function* standardInput(): AsyncGenerator<Buffer> {
  yield* createReadStream('', { fd: 0, autoClose: false }) as AsyncIterable<Buffer>
}

/** Told as bytes of a file are read. */
export type OnProgress = (progress: { readonly done: number; readonly total: number }) => void

async function* rawChunks(
  handle: FileHandle,
  start: number,
  end: number | null,
  onProgress?: OnProgress,
): AsyncGenerator<Buffer> {
  if (end !== null && end <= start) return
  const range = end === null ? {} : { start, end: end - 1 }
  const chunks = handle.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false, ...range })
  let done = 0
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    done += chunk.length
    if (end !== null) onProgress?.({ done, total: end - start })
    yield chunk
  }
}

/** @param path of a file that can be read from any place, `null` of others */
async function* unpacked(
  who: string,
  path: string | null,
  chunks: AsyncGenerator<Buffer>,
  onProgress?: OnProgress,
): AsyncGenerator<Buffer, void, undefined> {
  const start = await takeStart(chunks, MAGIC_BYTES)
  const packing = packingOf(start)
  let isStart = true
  for await (const chunk of packing === null ? resume(start, chunks) : packed()) {
    if (isStart && isUtf16(chunk)) throw utf16(who)
    isStart = false
    yield chunk
  }

  async function* packed(): AsyncGenerator<Buffer> {
    if (packing !== 'zip') return yield* unpack(who, packing as 'gzip' | 'zstd', resume(start, chunks))
    if (path === null) throw zipOnTheWay(who)
    await chunks.return(undefined)
    yield* zipped(who, path, onProgress)
  }
}

async function* zipped(who: string, path: string, onProgress?: OnProgress): AsyncGenerator<Buffer> {
  // One of its own: a stream that ends early closes what it reads from.
  const handle = await open(path)
  try {
    const { start, packedBytes, isPacked } = await findZipMember(who, handle, (await handle.stat()).size)
    const bytes = rawChunks(handle, start, start + packedBytes, onProgress)
    yield* isPacked ? unpack(who, 'deflate', bytes) : bytes
  } finally {
    await handle.close().catch(() => undefined)
  }
}

/** The first bytes, as many as asked for where there are so many: pipes bring them in pieces. */
async function takeStart(chunks: AsyncIterator<Buffer>, bytes: number): Promise<Buffer> {
  const taken: Buffer[] = []
  let length = 0
  while (length < bytes) {
    const chunk = await chunks.next()
    if (chunk.done === true) break
    taken.push(chunk.value)
    length += chunk.value.length
  }
  return taken.length === 1 ? taken[0] : Buffer.concat(taken)
}

/** By its mark or, without one, by a first two letters that are two bytes each. */
function isUtf16(start: Buffer): boolean {
  const mark = start.length < 2 ? 0 : start.readUInt16BE(0)
  if (mark === 0xfffe || mark === 0xfeff) return true
  const [a, b, c, d] = start.length < 4 ? [1, 1, 1, 1] : Array.from(start.subarray(0, 4), Math.sign)
  return a !== b && a === c && b === d
}

/** The chunk that was taken off an iterator, then the rest of it. */
export async function* resume(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield first
    for (;;) {
      const chunk = await rest.next()
      if (chunk.done === true) return
      yield chunk.value
    }
  } finally {
    await rest.return?.()
  }
}

function readFailed(who: string, error: NodeJS.ErrnoException): RivuletError {
  const [got, todo] = EXPLAINED[error.code ?? ''] ?? [error.message, 'Check the file.']
  return new RivuletError('READ_FAILED', {
    who,
    expected: 'a readable file',
    got,
    todo,
    details: { system: error.code },
    cause: error,
  })
}

const EXPLAINED: Readonly<Record<string, readonly [got: string, todo: string]>> = {
  ENOENT: ['no such file', 'Check the path.'],
  EISDIR: ['a directory', 'Name a file in it.'],
  EAGAIN: ['an input that has nothing to read yet', 'Pipe something into it.'],
  EACCES: ['no permission to read it', 'Check its permissions.'],
}

function zipOnTheWay(who: string): RivuletError {
  const got = 'one from a pipe; its directory is at the end'
  return new RivuletError('READ_FAILED', { who, expected: 'a zip archive in a file', got, todo: 'Name the file.' })
}

function utf16(who: string): RivuletError {
  const todo = 'Convert it first, for example: iconv -f UTF-16 -t UTF-8.'
  return new RivuletError('READ_FAILED', { who, expected: 'UTF-8 text', got: 'UTF-16 text', todo })
}

/** Enough to see what a file is. */
const SAMPLE_BYTES = 64 * 1024

export interface SampledText {
  /** The first bytes of the (unpacked) file, at least 64 KiB if it has them. */
  readonly sample: Buffer
  /** All bytes, those of the sample included. */
  readonly chunks: AsyncGenerator<Buffer>
  /** Closes the file, wherever reading stopped. */
  close(): Promise<unknown>
}

/**
 * Opens a file and looks at its beginning.
 *
 * @throws {RivuletError} INVALID_OPTION for a path that is no text, READ_FAILED as `readBytes`, EMPTY_DATA for a file that is empty or blank
 */
export async function openSample(who: string, path: string, onProgress?: OnProgress): Promise<SampledText> {
  requirePath(who, path)
  const bytes = readBytes(who, path, onProgress)
  const sample = await takeStart(bytes, SAMPLE_BYTES)
  if (sample.length < SAMPLE_BYTES && sample.toString().trim() === '') throw emptyFile(who)
  return { sample, chunks: resume(sample, bytes), close: () => bytes.return() }
}

/** The error for a file without a row. */
export function emptyFile(who: string): RivuletError {
  return new RivuletError('EMPTY_DATA', { who, expected: 'rows', got: 'an empty file', todo: 'Check the path.' })
}

/** @throws {RivuletError} INVALID_OPTION for a path that is no text */
export function requirePath(who: string, path: unknown): void {
  if (typeof path === 'string') return
  const todo = 'Give the path as text; fileURLToPath turns a URL into one.'
  throw new RivuletError('INVALID_OPTION', { who, expected: 'the path of a file', got: show(path), todo })
}
