import { randomBytes } from 'node:crypto'
import { createWriteStream, renameSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { RivuletError, show } from '../support/errors.ts'

/** Text is handed to the system in blocks of about this many characters. */
const BLOCK_CHARACTERS = 64 * 1024
/** Bytes in blocks of as many. */
const BLOCK_BYTES = 1024 * 1024

/**
 * Writes lines to a file, whole or not at all: into a temporary file beside it, renamed when everything is on disk. When anything fails
 * the temporary file is removed, and a file that was there before is as it was. A device or pipe is written directly.
 *
 * @param path the file; packed with gzip when the name ends in .gz
 * @param lines without line breaks; whatever they throw comes out unchanged
 * @throws {RivuletError} WRITE_FAILED naming the path, when the system refuses (no such folder, no permission, disk full ...)
 */
export async function writeTextFile(path: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const source = new Blocks(lines)
  try {
    await writeWhole(path, source)
  } catch (error) {
    throw source.failed ? source.failure : writeFailed(path, error as NodeJS.ErrnoException)
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
    if (isDevice(statSync(path, { throwIfNoEntry: false }))) writeFileSync(path, packed)
    else replaceFile(path, packed)
  } catch (error) {
    throw writeFailed(path, error as NodeJS.ErrnoException)
  }
}

function replaceFile(path: string, bytes: Uint8Array): void {
  const target = temporaryBeside(path)
  try {
    writeFileSync(target, bytes, { flag: 'wx', flush: true })
    renameSync(target, path)
  } catch (error) {
    rmSync(target, { force: true })
    throw error
  }
}

const temporaryBeside = (path: string): string => `${path}.tmp-${randomBytes(6).toString('hex')}`

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) yield bytes.subarray(at, at + BLOCK_BYTES)
}

async function writeWhole(path: string, source: Iterable<Uint8Array> | AsyncIterable<string>): Promise<void> {
  const direct = isDevice(await stat(path).catch(() => undefined))
  const target = direct ? path : temporaryBeside(path)
  try {
    const packers = path.endsWith('.gz') ? [createGzip()] : []
    const sink = createWriteStream(target, direct ? { flags: 'w' } : { flags: 'wx', flush: true })
    await pipeline([Readable.from(source), ...packers, sink])
    if (!direct) await rename(target, path)
  } catch (error) {
    if (!direct) await rm(target, { force: true })
    throw error
  }
}

function isDevice(found: Stats | undefined): boolean {
  if (found?.isDirectory() === true) throw Object.assign(new Error('a directory'), { code: 'EISDIR' })
  return found !== undefined && !found.isFile()
}

/** Joins lines into blocks, and remembers what the lines threw, to tell it from the file's failures. */
class Blocks implements AsyncIterable<string> {
  failed = false
  failure: unknown
  readonly #lines: Iterable<string> | AsyncIterable<string>

  constructor(lines: Iterable<string> | AsyncIterable<string>) {
    this.#lines = lines
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    let block = ''
    try {
      for await (const line of this.#lines) {
        block += `${line}\n`
        if (block.length < BLOCK_CHARACTERS) continue
        yield block
        block = ''
      }
    } catch (error) {
      this.failed = true
      this.failure = error
      throw error
    }
    if (block !== '') yield block
  }
}

const EXPLAINED: Readonly<Record<string, readonly [got: string, todo: string]>> = {
  ENOENT: ['a folder that does not exist', 'Make the folder first.'],
  ENOTDIR: ['a path through a file', 'Check the path.'],
  EISDIR: ['a directory', 'Name a file in it.'],
  EACCES: ['no permission to write there', 'Check the permissions of the folder.'],
  EROFS: ['a read-only disk', 'Choose another place.'],
  ENOSPC: ['a full disk', 'Make room or choose another place.'],
}

function writeFailed(path: string, error: NodeJS.ErrnoException): RivuletError {
  const [got, todo] = EXPLAINED[error.code ?? ''] ?? [error.message, 'Check the path.']
  const complaint = { who: `writing ${show(path)}`, expected: 'a file that can be written', got, todo }
  return new RivuletError('WRITE_FAILED', complaint, { path, system: error.code }, error)
}
