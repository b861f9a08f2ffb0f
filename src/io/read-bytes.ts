import { open, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { RivuletError, show } from '../support/errors.ts'
import type { Parsing } from '../support/sections.ts'

const CHUNK_BYTES = 256 * 1024

/**
 * The bytes of a file, chunk by chunk, unpacked when they begin like gzip. A file that grows meanwhile is read up to the size it had when opened.
 *
 * @param who the reader and its path, for messages
 * @throws {RivuletError} READ_FAILED for a missing file, a directory, UTF-16 text, broken or cut gzip, and whatever else the system refuses
 */
export async function* readBytes(who: string, path: string): AsyncGenerator<Buffer, void, undefined> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path)
    yield* unpacked(who, await rawChunks(handle))
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

/** Chunks of any length as pieces of the lengths that are asked for. */
class Pieces {
  readonly #chunks: AsyncGenerator<Buffer, void, undefined>
  /** What was read and not taken. */
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(chunks: AsyncGenerator<Buffer, void, undefined>) {
    this.#chunks = chunks
  }

  /** A copy; memory is taken for bytes that are there, not for those that were announced. */
  async take(bytes: number): Promise<Uint8Array> {
    while (this.#heldBytes < bytes) {
      const chunk = await this.#chunks.next()
      if (chunk.done === true) break
      this.#held.push(chunk.value)
      this.#heldBytes += chunk.value.length
    }
    const piece = new Uint8Array(Math.min(bytes, this.#heldBytes))
    let [at, used] = [0, 0]
    while (at < piece.length) {
      const chunk = this.#held[used]
      const part = chunk.subarray(0, piece.length - at)
      piece.set(part, at)
      at += part.length
      if (part.length === chunk.length) used++
      else this.#held[used] = chunk.subarray(part.length)
    }
    this.#held.splice(0, used)
    this.#heldBytes -= piece.length
    return piece
  }

  async close(): Promise<void> {
    await this.#chunks.return()
  }
}

async function rawChunks(handle: FileHandle): Promise<AsyncIterator<Buffer>> {
  const stat = await handle.stat()
  if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
  if (stat.isFile() && stat.size === 0) return emptyChunks()
  // Pipes and devices have no size: those are read to their end.
  const end = stat.isFile() ? { end: stat.size - 1 } : {}
  const stream = handle.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false, ...end })
  return stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
}

async function* emptyChunks(): AsyncGenerator<Buffer, void, undefined> {}

async function* unpacked(who: string, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const first = await chunks.next()
  if (first.done === true) return
  const whole = resume(first.value, chunks)
  const isPacked = first.value.length >= 2 && first.value.readUInt16BE(0) === 0x1f8b
  const plain = isPacked ? pipeline(whole, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined) : whole
  let isStart = true
  for await (const chunk of plain) {
    if (isStart && isUtf16(chunk as Buffer)) throw utf16(who)
    isStart = false
    yield chunk as Buffer
  }
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
  EACCES: ['no permission to read it', 'Check its permissions.'],
  Z_BUF_ERROR: ['gzip data that ends too early', 'The file is cut off: copy or download it again.'],
  Z_DATA_ERROR: ['damaged gzip data', 'Copy or download it again.'],
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
  readonly chunks: AsyncIterable<Buffer>
  /** Closes the file, wherever reading stopped. */
  close(): Promise<unknown>
}

/**
 * Opens a file and looks at its beginning.
 *
 * @throws {RivuletError} INVALID_OPTION for a path that is no text, READ_FAILED as `readBytes`, EMPTY_DATA for a file that is empty or blank
 */
export async function openSample(who: string, path: string): Promise<SampledText> {
  if (typeof path !== 'string') throw notPath(who, path)
  const bytes = readBytes(who, path)
  const seen: Buffer[] = []
  let length = 0
  while (length < SAMPLE_BYTES) {
    const chunk = await bytes.next()
    if (chunk.done === true) break
    seen.push(chunk.value)
    length += chunk.value.length
  }
  const sample = Buffer.concat(seen)
  if (length < SAMPLE_BYTES && sample.toString().trim() === '') {
    throw emptyFile(who)
  }
  return { sample, chunks: resume(sample, bytes), close: () => bytes.return() }
}

/** The error for a file without a row. */
export function emptyFile(who: string): RivuletError {
  return new RivuletError('EMPTY_DATA', { who, expected: 'rows', got: 'an empty file', todo: 'Check the path.' })
}

function notPath(who: string, path: unknown): RivuletError {
  const todo = 'Give the path as text; fileURLToPath turns a URL into one.'
  return new RivuletError('INVALID_OPTION', { who, expected: 'the path of a file', got: show(path), todo })
}
