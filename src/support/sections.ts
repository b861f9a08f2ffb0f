/**
 * A file of named sections: magic, version, a JSON header that says what and where, then the sections; all of it under checksums.
 *
 *   bytes 0-7    magic                    16-19  CRC-32 of the header
 *         8-11   version of the format    20-23  0
 *         12-15  bytes of the header      24-    header, UTF-8 JSON, filled up with blanks to a multiple of 8; then the sections
 *
 * Numbers are little-endian. Each section is filled up with zeros to a multiple of 8.
 *
 * A file may be anybody's: it is read front to back, no number in it is believed before bytes bear it out, and it is refused at the first thing that
 * is not as the format says. Checksums tell damage, not intent.
 */
import { crc32 } from './crc32.ts'
import { RivuletError } from './errors.ts'
import { isString, type Check } from './options.ts'
import { SectionContents } from './section-contents.ts'
import { fields, integerBetween, listOf } from './shape.ts'
import { HeapRoom, parseStoredJson } from './stored-json.ts'

/** What one kind of file is called, what it holds, and which version of it is written and read. */
export interface SectionFormat<Facts = unknown, Name extends string = string> {
  /** For messages: 'a compiled recommender'. */
  readonly what: string
  /** For messages: the function that writes such a file. */
  readonly writer: string
  /** Eight characters, each below U+0100. */
  readonly magic: string
  readonly version: number
  /** What the facts must be. */
  readonly facts: Check & { readonly of?: Facts }
  /** Names of all sections, in their order. */
  readonly sections: readonly Name[]
}

/** What a file may take when it is read. */
export interface SectionLimits {
  /** Bytes of the file, unpacked. */
  readonly bytes: number
  /** Bytes of what JSON in it becomes. */
  readonly heapBytes: number
}

interface Place {
  readonly name: string
  readonly bytes: number
  readonly checksum: number
}

interface Header<Facts> {
  readonly facts: Facts
  readonly sections: readonly Place[]
}

const PRELUDE_BYTES = 24
const MOST_HEADER_BYTES = 2 ** 22
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8

const isPlace = fields<Place>({
  name: isString,
  bytes: integerBetween(0, 2 ** 52),
  checksum: integerBetween(0, 2 ** 32 - 1),
})

/** A view's memory, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Facts (anything JSON can hold) and sections as bytes. The same input gives the same bytes. */
export function writeSections<Facts, Name extends string>(
  { magic, version, sections: names }: SectionFormat<Facts, Name>,
  facts: Facts,
  sections: Readonly<Record<Name, Uint8Array>>,
): Uint8Array {
  const entries = names.map((name) => [name, sections[name]] as const)
  const places: Place[] = entries.map(([name, bytes]) => ({ name, bytes: bytes.length, checksum: crc32(bytes) }))
  const json = new TextEncoder().encode(JSON.stringify({ facts, sections: places } satisfies Header<Facts>))
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

/** Asks for the next so many bytes, and is sent them as memory of its own: fewer only where the file ends. */
export type Parsing<Result> = Generator<number, Result, Uint8Array>

/** Facts that are what they must be, and sections that have the checksums of the header. */
export interface Parsed<Facts, Name extends string> {
  readonly facts: Facts
  readonly sections: SectionContents<Name>
}

/**
 * Reads a file of sections.
 *
 * @param who the reader and its path, for messages
 * @throws {RivuletError} READ_FAILED for another kind of file, another version, one that is cut off, damaged, forged or larger than the limits, naming the part
 */
export function* parseSections<Facts, Name extends string>(
  who: string,
  format: SectionFormat<Facts, Name>,
  limits: SectionLimits,
): Parsing<Parsed<Facts, Name>> {
  const room = new HeapRoom(limits.heapBytes)
  const refuse = refusals(who, format)
  const { headerBytes, checksum } = readPrelude(yield PRELUDE_BYTES, format, refuse)
  const header = yield headerBytes
  if (header.length < headerBytes) throw refuse.cut(PRELUDE_BYTES + headerBytes, PRELUDE_BYTES + header.length)
  if (crc32(header) !== checksum) throw refuse.damaged('header')
  const { facts, places } = readHeader(parseStoredJson(header, room), format, refuse)

  const total = places.reduce((sum, { bytes }) => sum + padded(bytes), PRELUDE_BYTES + headerBytes)
  if (total > limits.bytes) throw refuse.large(total, limits.bytes)
  const contents = new Map<string, Uint8Array>()
  let at = PRELUDE_BYTES + headerBytes
  for (const place of places) {
    const bytes = yield place.bytes
    const filling = yield padded(place.bytes) - place.bytes
    at += bytes.length + filling.length
    if (bytes.length + filling.length < padded(place.bytes)) throw refuse.cut(total, at)
    if (crc32(bytes) !== place.checksum || filling.some((byte) => byte !== 0)) {
      throw refuse.damaged(`section '${place.name}'`)
    }
    contents.set(place.name, bytes)
  }
  if ((yield 1).length > 0) throw refuse.added(total)
  return { facts, sections: new SectionContents(who, format, contents, room) }
}

/** Lets a parser read bytes that are all there. */
export function parseBytes<Result>(who: string, parsing: Parsing<Result>, given: Uint8Array): Result {
  if (!ArrayBuffer.isView(given)) {
    const complaint = { who, expected: 'bytes', got: 'something else', todo: 'Give a Uint8Array.' }
    throw new RivuletError('READ_FAILED', complaint)
  }
  // A Buffer would slice without copying.
  const file = bytesOf(given)
  let at = 0
  let step = parsing.next()
  while (step.done !== true) {
    const bytes = file.slice(at, at + step.value)
    at += bytes.length
    step = parsing.next(bytes)
  }
  return step.value
}

interface Refusals {
  foreign(got: string): RivuletError
  version(found: number): RivuletError
  damaged(part: string): RivuletError
  forged(expected: string): RivuletError
  cut(bytes: number, got: number): RivuletError
  added(bytes: number): RivuletError
  large(bytes: number, most: number): RivuletError
}

function refusals(who: string, { what, version, writer }: SectionFormat): Refusals {
  const fail = (expected: string, got: string, todo: string): RivuletError =>
    new RivuletError('READ_FAILED', { who, expected, got, todo })
  const again = 'Copy the file again, or make it anew.'
  return {
    foreign: (got) => fail(what, got, 'Check the path.'),
    version: (found) =>
      fail(
        `version ${version} of the format`,
        `version ${found}`,
        found > version ? 'Read it with a newer rivulet, or make it anew.' : 'Make it anew.',
      ),
    damaged: (part) => fail(`an undamaged ${part}`, 'one that its checksum does not fit', again),
    forged: (expected) =>
      fail(`a header with ${expected}`, 'another under a checksum that holds', `Make it anew with ${writer}.`),
    cut: (bytes, got) => fail(`at least ${bytes} bytes`, `${got}`, `The file is cut off. ${again}`),
    added: (bytes) => fail(`${bytes} bytes`, 'more', 'Something was added to the file: make it anew.'),
    large: (bytes, most) =>
      fail(
        `at most ${Math.floor(most)} bytes, unpacked`,
        `${bytes}`,
        "Raise 'memoryLimitBytes' if you trust the file.",
      ),
  }
}

function readPrelude(
  prelude: Uint8Array,
  { magic, version }: SectionFormat,
  refuse: Refusals,
): { readonly headerBytes: number; readonly checksum: number } {
  if (prelude.length === 0) throw refuse.foreign('an empty file')
  const isForeign = Array.from(magic).some((letter, at) => at < prelude.length && prelude[at] !== letter.charCodeAt(0))
  if (isForeign) throw refuse.foreign('another kind of file')
  if (prelude.length < PRELUDE_BYTES) throw refuse.cut(PRELUDE_BYTES, prelude.length)
  const view = new DataView(prelude.buffer, prelude.byteOffset, prelude.byteLength)
  const found = view.getUint32(8, true)
  if (found !== version) throw refuse.version(found)
  const headerBytes = view.getUint32(12, true)
  if (headerBytes > MOST_HEADER_BYTES || headerBytes % 8 !== 0 || view.getUint32(20, true) !== 0) {
    throw refuse.damaged('header')
  }
  return { headerBytes, checksum: view.getUint32(16, true) }
}

function readHeader<Facts>(
  json: unknown,
  { facts: factsCheck, sections: names }: SectionFormat<Facts>,
  refuse: Refusals,
): { readonly facts: Facts; readonly places: readonly Place[] } {
  const expected = fields<Header<Facts>>({ facts: factsCheck, sections: listOf(isPlace) })(json)
  if (expected !== null) throw refuse.forged(expected)
  const { facts, sections: places } = json as Header<Facts>
  if (places.length !== names.length || places.some(({ name }, at) => name !== names[at])) {
    throw refuse.forged(`the sections ${names.join(', ')}`)
  }
  return { facts, places }
}
