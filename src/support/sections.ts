/**
 * A file of named sections: magic, version, a JSON header that says what and where, then the sections; all of it under checksums.
 *
 *   bytes 0-7    magic                    16-19  CRC-32 of the header
 *         8-11   version of the format    20-23  0
 *         12-15  bytes of the header      24-    header, UTF-8 JSON, filled up with blanks to a multiple of 8; then the sections
 *
 * Numbers are little-endian. Each section is filled up with zeros to a multiple of 8.
 */
import { crc32 } from './crc32.ts'
import { RivuletError } from './errors.ts'

/** What one kind of file is called and which version of it is written and read. */
export interface SectionFormat {
  /** For messages: 'a compiled recommender'. */
  readonly what: string
  /** Eight characters, each below U+0100. */
  readonly magic: string
  readonly version: number
}

interface Place {
  readonly name: string
  readonly bytes: number
  readonly checksum: number
}

interface Header {
  readonly facts: unknown
  readonly sections: readonly Place[]
}

const PRELUDE_BYTES = 24
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8

/** A view's memory, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Facts (anything JSON can hold) and sections as bytes. The same input gives the same bytes. */
export function writeSections(
  { magic, version }: SectionFormat,
  facts: unknown,
  sections: Readonly<Record<string, Uint8Array>>,
): Uint8Array {
  const entries = Object.entries(sections)
  const places: Place[] = entries.map(([name, bytes]) => ({ name, bytes: bytes.length, checksum: crc32(bytes) }))
  const json = new TextEncoder().encode(JSON.stringify({ facts, sections: places } satisfies Header))
  const header = new Uint8Array(padded(json.length)).fill(0x20)
  header.set(json)
  const end = entries.reduce((sum, [, bytes]) => sum + padded(bytes.length), PRELUDE_BYTES + header.length)
  const file = new Uint8Array(end)
  file.set(Uint8Array.from(magic, (letter) => letter.charCodeAt(0)))
  const view = new DataView(file.buffer)
  view.setUint32(8, version, true)
  view.setUint32(12, header.length, true)
  view.setUint32(16, crc32(header), true)
  file.set(header, PRELUDE_BYTES)
  let at = PRELUDE_BYTES + header.length
  for (const [, bytes] of entries) {
    file.set(bytes, at)
    at += padded(bytes.length)
  }
  return file
}

/**
 * The facts and sections of such bytes, checked against their checksums. Sections are copies, aligned for every typed array.
 *
 * @param who the reader and its path, for messages
 * @throws {RivuletError} READ_FAILED for another kind of file, another version, one that is cut off or damaged, naming the part
 */
export function readSections(
  who: string,
  { what, magic, version }: SectionFormat,
  given: Uint8Array,
): { facts: unknown; sections: ReadonlyMap<string, Uint8Array> } {
  // A Buffer would slice without copying.
  const file = new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
  const fail = (expected: string, got: string, todo: string): RivuletError =>
    new RivuletError('READ_FAILED', { who, expected, got, todo })
  const cut = (bytes: number): RivuletError =>
    fail(`at least ${bytes} bytes`, `${file.length}`, 'The file is cut off: copy it again, or make it anew.')
  const damaged = (part: string): RivuletError =>
    fail(`an undamaged ${part}`, 'one that its checksum does not fit', 'Copy the file again, or make it anew.')

  if (
    Array.from(magic).some((letter, at) => at < file.length && file[at] !== letter.charCodeAt(0)) ||
    file.length === 0
  )
    throw fail(what, file.length === 0 ? 'an empty file' : 'another kind of file', 'Check the path.')
  if (file.length < PRELUDE_BYTES) throw cut(PRELUDE_BYTES)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const found = view.getUint32(8, true)
  if (found !== version) {
    const todo = found > version ? 'Read it with a newer rivulet, or make it anew.' : 'Make it anew.'
    throw fail(`version ${version} of the format`, `version ${found}`, todo)
  }
  const start = PRELUDE_BYTES + view.getUint32(12, true)
  if (file.length < start) throw cut(start)
  const bytes = file.subarray(PRELUDE_BYTES, start)
  if (crc32(bytes) !== view.getUint32(16, true) || view.getUint32(20, true) !== 0) throw damaged('header')
  const { facts, sections: places } = JSON.parse(new TextDecoder().decode(bytes)) as Header

  const sections = new Map<string, Uint8Array>()
  let at = start
  for (const { name, bytes: length, checksum } of places) {
    const end = at + padded(length)
    if (file.length < end) throw cut(end)
    const section = file.slice(at, at + length)
    const filling = file.subarray(at + length, end)
    if (crc32(section) !== checksum || filling.some((byte) => byte !== 0)) throw damaged(`section '${name}'`)
    sections.set(name, section)
    at = end
  }
  if (file.length > at) throw fail(`${at} bytes`, `${file.length}`, 'Something was added to the file: make it anew.')
  return { facts, sections }
}
