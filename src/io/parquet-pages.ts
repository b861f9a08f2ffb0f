/**
 * The pages of a column of a Parquet file, one after the other, as batches of cells. Dictionaries stay dictionaries: a text is made once, and numbered once.
 *
 * Every length that a page states is held against the bytes that are there and the rows that may come, before memory is taken by it.
 * Format: https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import type { ColumnMetaData, Compressors, PageHeader } from 'hyparquet'
import type { CellBatch } from './cell-batches.ts'
import { insist } from './damage.ts'
import type { ParquetField } from './parquet-file.ts'
import { readHybrid, readPlain, textOf, type Values } from './parquet-values.ts'

interface Reader {
  readonly view: DataView<ArrayBuffer>
  offset: number
}

/** What other packages do. */
export interface ParquetParts {
  readonly parquetHeader: (reader: Reader) => PageHeader
  readonly deltaBinaryUnpack: (reader: Reader, count: number, output: Int32Array | BigInt64Array) => void
  readonly byteStreamSplit: (
    reader: Reader,
    count: number,
    type: NonNullable<ParquetField['element']['type']>,
    length?: number,
  ) => unknown
  readonly compressors: Compressors
}

/** A page of more bytes is none: writers make them of about one. */
const MOST_PAGE_BYTES = 256 * 1024 * 1024

/** @throws whatever a damaged page makes it throw; no more is taken than the limits allow */
export function* cellsOf(
  bytes: Uint8Array<ArrayBuffer>,
  rows: number,
  field: ParquetField,
  facts: ColumnMetaData,
  parts: ParquetParts,
): Generator<CellBatch, void, undefined> {
  const reader: Reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
  let dictionary: Values | undefined
  let left = rows
  while (left > 0) {
    const header = parts.parquetHeader(reader)
    const packed = lengthOf(header.compressed_page_size, bytes.length - reader.offset)
    const size = lengthOf(header.uncompressed_page_size, MOST_PAGE_BYTES)
    const page = bytes.subarray(reader.offset, reader.offset + packed)
    reader.offset += packed
    const { dictionary_page_header: entries, data_page_header: first, data_page_header_v2: second } = header
    if (header.type === 'DICTIONARY_PAGE' && entries !== undefined) {
      const content = unpack(page, size, facts, parts)
      dictionary = readPlain(content, 0, lengthOf(entries.num_values, 8 * size), field.element)
    } else if (header.type === 'DATA_PAGE' && first !== undefined) {
      const count = lengthOf(first.num_values, left)
      const content = unpack(page, size, facts, parts)
      yield new DataPage(field, parts, dictionary, content, count).read(first.encoding, first.definition_level_encoding)
      left -= count
    } else if (header.type === 'DATA_PAGE_V2' && second !== undefined) {
      const count = lengthOf(second.num_values, left)
      insist(second.repetition_levels_byte_length === 0, 'lists in a flat column')
      const levels = lengthOf(second.definition_levels_byte_length, Math.min(page.length, size))
      const isPacked = second.is_compressed !== false && size > levels
      const content = isPacked ? unpack(page.subarray(levels), size - levels, facts, parts) : page.subarray(levels)
      yield new DataPage(field, parts, dictionary, content, count).readAfter(page.subarray(0, levels), second.encoding)
      left -= count
    }
    // Indexes of pages are skipped.
  }
}

function lengthOf(stated: number, most: number): number {
  insist(Number.isInteger(stated) && stated >= 0 && stated <= most, `a length of ${stated} where at most ${most} fits`)
  return stated
}

function unpack(page: Uint8Array, size: number, { codec }: ColumnMetaData, { compressors }: ParquetParts): Uint8Array {
  if (codec === 'UNCOMPRESSED') return page
  const unpacker = Object.hasOwn(compressors, codec) ? compressors[codec] : undefined
  insist(unpacker !== undefined, `pages packed with ${codec}, which is not known`)
  const content = unpacker(page, size)
  insist(content.length === size, `a page of ${content.length} bytes that says ${size}`)
  return content
}

/** The cells of one page. */
class DataPage {
  readonly #field: ParquetField
  readonly #parts: ParquetParts
  readonly #dictionary: Values | undefined
  readonly #content: Uint8Array
  readonly #count: number

  constructor(
    field: ParquetField,
    parts: ParquetParts,
    dictionary: Values | undefined,
    content: Uint8Array,
    count: number,
  ) {
    this.#field = field
    this.#parts = parts
    this.#dictionary = dictionary
    this.#content = content
    this.#count = count
  }

  /** Of the first version: which cells hold something stands in the content. */
  read(encoding: string, levels: string): CellBatch {
    if (!this.#isOptional) return this.#cells(encoding, null, 0)
    insist(levels === 'RLE', `levels written as ${levels}`)
    const end = 4 + lengthOf(this.#uint32(0), this.#content.length - 4)
    return this.#cells(encoding, this.#presence(this.#content.subarray(4, end)), end)
  }

  /** Of the second: it stands before it. */
  readAfter(levels: Uint8Array, encoding: string): CellBatch {
    return this.#cells(encoding, this.#isOptional ? this.#presence(levels) : null, 0)
  }

  get #isOptional(): boolean {
    return this.#field.element.repetition_type !== 'REQUIRED'
  }

  #presence(levels: Uint8Array): Int32Array | null {
    const presence = new Int32Array(this.#count)
    readHybrid(levels, 0, 1, presence)
    return presence.includes(0) ? presence : null
  }

  #cells(encoding: string, presence: Int32Array | null, start: number): CellBatch {
    const present = presence === null ? this.#count : presence.reduce((sum, one) => sum + one, 0)
    const isByPlace = /_DICTIONARY$/.test(encoding)
    insist(!isByPlace || this.#dictionary !== undefined, 'places in a dictionary that is not there')
    const found = isByPlace ? this.#places(start, present) : null
    const values =
      this.#dictionary !== undefined && isByPlace ? this.#dictionary : this.#values(encoding, start, present)
    if (presence === null) return { length: this.#count, values, ...(found && { places: found }) }
    let next = 0
    const places = presence.map((one) => (one === 0 ? -1 : (found?.[next++] ?? next++)))
    return { length: this.#count, values, places }
  }

  #places(start: number, count: number): Int32Array {
    const places = new Int32Array(count)
    const most = this.#dictionary?.length ?? 0
    if (count > 0) readHybrid(this.#content, start + 1, this.#content[start], places)
    insist(
      places.every((place) => place >= 0 && place < most),
      'places beyond the end of a dictionary',
    )
    return places
  }

  #values(encoding: string, start: number, count: number): Values {
    const content = this.#content
    const { element } = this.#field
    const { type } = element
    if (encoding === 'PLAIN' || count === 0) return readPlain(content, start, count, element)
    // Parts of other packages take what they read from a buffer of its own.
    const own = content.slice(start)
    const reader: Reader = { view: new DataView(own.buffer), offset: 0 }
    const numbers = (length: number): Int32Array => {
      const output = new Int32Array(length)
      this.#parts.deltaBinaryUnpack(reader, length, output)
      return output
    }
    if (encoding === 'DELTA_BINARY_PACKED' && type === 'INT64') {
      const output = new BigInt64Array(count)
      this.#parts.deltaBinaryUnpack(reader, count, output)
      return readPlain(new Uint8Array(output.buffer), 0, count, element)
    }
    if (encoding === 'DELTA_BINARY_PACKED') return readPlain(new Uint8Array(numbers(count).buffer), 0, count, element)
    if (encoding === 'DELTA_LENGTH_BYTE_ARRAY') return joinTexts(new Int32Array(count), numbers(count), reader, own)
    if (encoding === 'DELTA_BYTE_ARRAY') return joinTexts(numbers(count), numbers(count), reader, own)
    if (encoding === 'RLE' && type === 'BOOLEAN') {
      const bits = new Int32Array(count)
      readHybrid(own, 4, 1, bits)
      return Array.from(bits, (bit) => bit === 1)
    }
    insist(encoding === 'BYTE_STREAM_SPLIT' && type !== undefined, `values written as ${encoding}`)
    const split = this.#parts.byteStreamSplit(reader, count, type, element.type_length)
    insist(ArrayBuffer.isView(split), `values written as ${encoding}`)
    return readPlain(new Uint8Array(split.buffer), 0, count, element)
  }

  #uint32(at: number): number {
    return new DataView(this.#content.buffer, this.#content.byteOffset, this.#content.byteLength).getUint32(at, true)
  }
}

/** Texts that begin like the one before: how many bytes they share with it, and how many follow. */
function joinTexts(shared: Int32Array, lengths: Int32Array, reader: Reader, bytes: Uint8Array): string[] {
  const texts: string[] = []
  let before = Buffer.alloc(0)
  let [at, total] = [reader.offset, 0]
  for (const [row, length] of lengths.entries()) {
    insist(length >= 0 && at + length <= bytes.length && shared[row] >= 0, 'a text that ends too early')
    insist(shared[row] <= before.length, 'a text that shares more than there is')
    total += shared[row] + length
    insist(total <= MOST_PAGE_BYTES, 'texts without end')
    const text = Buffer.concat([before.subarray(0, shared[row]), bytes.subarray(at, at + length)])
    texts.push(textOf(text, 0, text.length))
    at += length
    before = text
  }
  return texts
}
