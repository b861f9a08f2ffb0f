/**
 * A file of named sections: magic, version, a JSON header with facts and section sizes, then the sections; all with checksums.
 *
 *   bytes 0-7    magic                    16-19  CRC-32 of the header
 *         8-11   version of the format    20-23  0
 *         12-15  bytes of the header      24-    header, UTF-8 JSON, filled up with blanks to a multiple of 8; then the sections
 *
 * Numbers are little-endian. Each section is filled up with zeros to a multiple of 8.
 *
 * Files are untrusted: a file is read from front to back, no number in it is used before it is checked against the bytes, and it is refused at the first
 * violation of the format. Checksums detect damage, not intent.
 */
import { checkArgument } from './arguments.ts'
import { crc32 } from './content-hash.ts'
import { RivuletError } from './errors.ts'
import { DenseKeyIndex, isKeyIndex, type KeyIndex } from './key-index.ts'
import { isString, type Check } from './options.ts'
import { haveMagic, refusalsOf, type Refusals, type SavedKind } from './saved-kind.ts'
import { SectionContents } from './section-contents.ts'
import { fields, integerBetween, listOf } from './shape.ts'
import { HeapRoom, parseStoredJson } from './stored-json.ts'

/** One kind of file: its contents, and how a value is serialised and restored. Everything else is common to all kinds. */
export interface SavedFormat<Value, Facts = unknown, Name extends string = string> extends SavedKind {
  /** The argument of the writer, for messages. */
  readonly argument: string
  /** Check of a value to write. */
  readonly value: Check
  /** Check of the facts when reading. */
  readonly facts: Check
  /** Names of all sections, in their order. */
  readonly sections: readonly Name[]
  take(value: Value): { readonly facts: Facts; readonly contents: Readonly<Record<Name, Content>> }
  /** @throws {RivuletError} READ_FAILED for sections that do not fit together. */
  make(facts: Facts, sections: SectionContents<Name>): Value
  /** The next version. A value is written in the last version that it needs; all are read. */
  readonly next?: SavedFormat<Value> & { isNeeded(value: Value): boolean }
}

/** All versions of a format, the first one first. */
function versionsOf<Value>(first: SavedFormat<Value>): [SavedFormat<Value>, ...SavedFormat<Value>[]] {
  return [first, ...(first.next ? versionsOf(first.next) : [])]
}

/** The version that a value is written as. */
function versionFor<Value>(format: SavedFormat<Value>, value: Value, needed = format): SavedFormat<Value> {
  const { next } = format
  return next === undefined ? needed : versionFor(next, value, next.isNeeded(value) ? next : needed)
}

/** A section: numbers as they lie in memory, ids, any other list as JSON; `null` for none. */
export type Content = ArrayBufferView | KeyIndex | readonly unknown[] | null

/** Memory limits for reading a file. */
export interface SavedLimits {
  /** Bytes of the file, unpacked. */
  readonly bytes: number
  /** Heap bytes of the parsed JSON. */
  readonly heapBytes: number
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
const MOST_HEADER_BYTES = 2 ** 22
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8

const isPlace = fields<Place>({
  name: isString,
  bytes: integerBetween(0, 2 ** 52),
  checksum: integerBetween(0, 2 ** 32 - 1),
})

/** A value as bytes; the same value gives the same. @throws {RivuletError} INVALID_OPTION naming the argument, for what is no such value. */
export function encodeSaved<Value>(first: SavedFormat<Value>, value: Value): Uint8Array {
  checkArgument(first.writer, first.argument, value, first.value)
  const format = versionFor(first, value)
  const { facts, contents } = format.take(value)
  const entries = format.sections.map((name) => [name, bytesOf(contents[name])] as const)
  const places: Place[] = entries.map(([name, bytes]) => ({ name, bytes: bytes.length, checksum: crc32(bytes) }))
  const json = jsonBytes({ facts, sections: places } satisfies Header)
  const header = new Uint8Array(padded(json.length)).fill(0x20)
  header.set(json)
  const end = entries.reduce((sum, [, bytes]) => sum + padded(bytes.length), PRELUDE_BYTES + header.length)
  const file = new Uint8Array(end)
  file.set(Uint8Array.from(format.magic, (letter) => letter.charCodeAt(0)))
  const view = new DataView(file.buffer)
  view.setUint32(8, format.version, true)
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

/** Ids that are the row numbers themselves take no room. */
function bytesOf(content: Content): Uint8Array {
  if (content === null || content instanceof DenseKeyIndex) return new Uint8Array()
  if (ArrayBuffer.isView(content)) return new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
  return jsonBytes(isKeyIndex(content) ? [...content.keys()] : content)
}

const jsonBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** A parser that yields the number of bytes it needs next, and is sent a copy of them: fewer only at the end of the file. */
export type Parsing<Result> = Generator<number, Result, Uint8Array>

/**
 * Reads what `encodeSaved` wrote.
 *
 * @param who the reader and its path, for messages
 * @throws {RivuletError} READ_FAILED for another kind of file, another version, one that is cut off, damaged, forged or larger than the limits, naming the part
 */
export function* parseSaved<Value>(who: string, first: SavedFormat<Value>, limits: SavedLimits): Parsing<Value> {
  const room = new HeapRoom(limits.heapBytes)
  const versions = versionsOf(first)
  const refuse = refusalsOf(who, versions[versions.length - 1])
  const { format, headerBytes, checksum } = readPrelude(yield PRELUDE_BYTES, versions, refuse)
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
  return format.make(facts, new SectionContents(refuse, contents, room))
}

/** Runs a parser on bytes in memory. */
export function parseBytes<Result>(who: string, parsing: Parsing<Result>, given: Uint8Array): Result {
  if (!ArrayBuffer.isView(given)) {
    const parts = { who, expected: 'bytes', got: 'something else', todo: 'Give a Uint8Array.' }
    throw new RivuletError('READ_FAILED', parts)
  }
  // A Buffer would slice without copying.
  const file = new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
  let at = 0
  let step = parsing.next()
  while (step.done !== true) {
    const bytes = file.slice(at, at + step.value)
    at += bytes.length
    step = parsing.next(bytes)
  }
  return step.value
}

function readPrelude<Kind extends SavedKind>(
  prelude: Uint8Array,
  versions: readonly Kind[],
  refuse: Refusals,
): { readonly format: Kind; readonly headerBytes: number; readonly checksum: number } {
  if (prelude.length === 0) throw refuse.foreign('an empty file')
  if (!haveMagic(prelude, versions[0])) throw refuse.foreign('another kind of file')
  if (prelude.length < PRELUDE_BYTES) throw refuse.cut(PRELUDE_BYTES, prelude.length)
  const view = new DataView(prelude.buffer, prelude.byteOffset, prelude.byteLength)
  const version = view.getUint32(8, true)
  const format = versions.find((one) => one.version === version)
  if (format === undefined) throw refuse.version(version)
  const headerBytes = view.getUint32(12, true)
  if (headerBytes > MOST_HEADER_BYTES || headerBytes % 8 !== 0 || view.getUint32(20, true) !== 0) {
    throw refuse.damaged('header')
  }
  return { format, headerBytes, checksum: view.getUint32(16, true) }
}

function readHeader(
  json: unknown,
  format: Pick<SavedFormat<never>, 'facts' | 'sections'>,
  refuse: Refusals,
): { readonly facts: unknown; readonly places: readonly Place[] } {
  const expected = fields<Header>({ facts: format.facts, sections: listOf(isPlace) })(json)
  if (expected !== null) throw refuse.forged(`a header with ${expected}`)
  const { facts, sections: places } = json as Header
  if (JSON.stringify(places.map(({ name }) => name)) !== JSON.stringify(format.sections)) {
    throw refuse.forged(`a header with the sections ${format.sections.join(', ')}`)
  }
  return { facts, places }
}
