/**
 * The one file in a zip archive, found by the directory at its end (APPNOTE 6.3, with the 64-bit records of archives beyond 4 GB). Lengths that the archive
 * states are held against its bytes before anything is read by them.
 */
import type { FileHandle } from 'node:fs/promises'
import { RivuletError, show } from '../support/errors.ts'

/** Where the bytes of a file in an archive stand. */
export interface ZipMember {
  readonly name: string
  readonly start: number
  readonly packedBytes: number
  /** Whether it is packed (deflate), or stands there as it is. */
  readonly isPacked: boolean
}

const END_BYTES = 22
const LONGEST_COMMENT = 65_535
const LOCATOR_BYTES = 20
const END64_BYTES = 56
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30
/** A directory of more bytes is of no archive of data. */
const MOST_DIRECTORY_BYTES = 16 * 1024 * 1024
/** Names that are told of an archive of several files. */
const MOST_NAMES = 6

/**
 * Finds the only file of an archive; folders, hidden files and what macOS adds do not count.
 *
 * @throws {RivuletError} READ_FAILED for an archive that is cut off or damaged, is encrypted, packed in another way, or holds no file or several
 */
export async function findZipMember(who: string, handle: FileHandle, size: number): Promise<ZipMember> {
  const archive = new Archive(who, handle, size)
  const entries = (await archive.entries()).filter(({ name }) => !/(?:^|\/)[._]|\/$|(?:^|\/)__MACOSX\//.test(name))
  const [entry] = entries
  if (entries.length !== 1) throw severalFiles(who, entries)
  return archive.member(entry)
}

interface Entry {
  readonly name: string
  readonly flags: number
  readonly method: number
  readonly packedBytes: number
  readonly offset: number
}

class Archive {
  readonly #who: string
  readonly #handle: FileHandle
  readonly #size: number

  constructor(who: string, handle: FileHandle, size: number) {
    this.#who = who
    this.#handle = handle
    this.#size = size
  }

  async entries(): Promise<Entry[]> {
    const { offset, bytes } = await this.#directory()
    if (bytes > MOST_DIRECTORY_BYTES) throw this.#damaged('a directory that is too large')
    const directory = await this.#read(offset, bytes)
    const entries: Entry[] = []
    for (let at = 0; at + ENTRY_BYTES <= directory.length && directory.readUInt32LE(at) === 0x02014b50;) {
      const [name, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field))
      const end = at + ENTRY_BYTES + name + extra + comment
      if (end > directory.length) throw this.#damaged('a directory that ends too early')
      entries.push(this.#entry(directory, at, name, extra))
      at = end
    }
    return entries
  }

  /** @throws {RivuletError} READ_FAILED for what is not read here */
  async member({ name, flags, method, packedBytes, offset }: Entry): Promise<ZipMember> {
    const who = `${this.#who}, file ${show(name)}`
    if ((flags & 1) !== 0) throw refused(who, 'a file that is not encrypted', 'an encrypted one', 'Unpack it first.')
    if (method !== 0 && method !== 8)
      throw refused(who, 'a file compressed with deflate', `method ${method}`, 'Unpack it first: unzip FILE.')
    const local = await this.#read(offset, LOCAL_BYTES)
    if (local.readUInt32LE(0) !== 0x04034b50) throw this.#damaged('no file where the directory says')
    const start = offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28)
    if (start + packedBytes > this.#size) throw this.#damaged('a file that ends too early')
    return { name, start, packedBytes, isPacked: method === 8 }
  }

  async #directory(): Promise<{ offset: number; bytes: number }> {
    const from = Math.max(0, this.#size - END_BYTES - LONGEST_COMMENT)
    const tail = await this.#read(from, this.#size - from)
    const at = tail.lastIndexOf(Buffer.from('504b0506', 'hex'))
    if (at < 0 || at + END_BYTES > tail.length) throw this.#damaged('no directory at its end')
    const [bytes, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)]
    if (offset !== 0xffffffff && bytes !== 0xffffffff) return { offset, bytes }
    const locator = at - LOCATOR_BYTES
    if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) throw this.#damaged('no directory at its end')
    const end = await this.#read(Number(tail.readBigUInt64LE(locator + 8)), END64_BYTES)
    if (end.readUInt32LE(0) !== 0x06064b50) throw this.#damaged('no directory at its end')
    return { offset: Number(end.readBigUInt64LE(48)), bytes: Number(end.readBigUInt64LE(40)) }
  }

  #entry(directory: Buffer, at: number, nameBytes: number, extraBytes: number): Entry {
    const nameAt = at + ENTRY_BYTES
    const long = longFields(directory.subarray(nameAt + nameBytes, nameAt + nameBytes + extraBytes))
    // In this order, those that do not fit their 32 bits.
    const [, packedBytes, offset] = [24, 20, 42].map((field) => {
      const short = directory.readUInt32LE(at + field)
      return short === 0xffffffff ? (long.shift() ?? short) : short
    })
    return {
      name: directory.toString('utf8', nameAt, nameAt + nameBytes),
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      packedBytes,
      offset,
    }
  }

  async #read(offset: number, bytes: number): Promise<Buffer> {
    if (offset + bytes > this.#size) throw this.#damaged('parts that lie beyond its end')
    const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(bytes), 0, bytes, offset)
    if (bytesRead < bytes) throw this.#damaged('parts that lie beyond its end')
    return buffer
  }

  #damaged(got: string): RivuletError {
    return refused(this.#who, 'a whole zip archive', got, 'The file is cut off or damaged: copy or download it again.')
  }
}

/** The 64-bit numbers of an entry's extra fields. */
function longFields(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
    return Array.from({ length: Math.floor(field.length / 8) }, (_, number) =>
      Number(field.readBigUInt64LE(8 * number)),
    )
  }
  return []
}

function severalFiles(who: string, entries: readonly Entry[]): RivuletError {
  const names = entries.map(({ name }) => name)
  if (names.includes('[Content_Types].xml'))
    return refused(who, 'a file of data', 'an Office workbook or document', 'Save the sheet as CSV.')
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  const got = names.length === 0 ? 'none' : `${names.slice(0, MOST_NAMES).map(show).join(', ')}${more}`
  const todo = 'Unzip it, or pipe one of its files: unzip -p FILE NAME | rivulet inspect -'
  return refused(who, 'an archive of one file', got, todo)
}

const refused = (who: string, expected: string, got: string, todo: string): RivuletError =>
  new RivuletError('READ_FAILED', { who, expected, got, todo })
