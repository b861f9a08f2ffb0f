/** Reads cells of Arrow: locates the buffers of a column in a batch and decodes them. Every length is checked against the bytes. */
import * as zlib from 'node:zlib'
import { ARROW_TYPE, type ArrowBatch, type ArrowField } from './arrow-messages.ts'
import type { CellBatch } from './cell-batches.ts'
import { insist } from './damage.ts'
import type { FlatTable } from './flat-buffer.ts'
import { MOST_LZ4_GROWTH, unpackLz4 } from './lz4.ts'
import { textOf, type Values } from './parquet-values.ts'
import { HARMLESS_BYTES, MOST_GROWTH, unknownZstd } from './unpack.ts'

const T = ARROW_TYPE

/** The cells of some columns of a batch. */
export class ArrowCells {
  readonly rows: number
  readonly #who: string
  readonly #batch: ArrowBatch
  readonly #dictionaries: ReadonlyMap<number, Values>
  /** The first node and buffer of each column. */
  readonly #places = new Map<ArrowField, { readonly node: number; readonly buffer: number; readonly more: number }>()
  #nodes = 0
  #buffers = 0
  #views = 0

  /** @param fields all columns, in order */
  constructor(
    who: string,
    batch: ArrowBatch,
    fields: readonly ArrowField[],
    dictionaries: ReadonlyMap<number, Values>,
  ) {
    this.#who = who
    this.#batch = batch
    this.#dictionaries = dictionaries
    this.rows = batch.facts.long(0)
    for (const field of fields) this.#place(field)
  }

  read(field: ArrowField): CellBatch {
    const place = this.#places.get(field)
    insist(place !== undefined, 'a column that is not there')
    const length = this.#nodeLength(place.node)
    insist(length === this.rows, `${length} cells in ${this.rows} rows`)
    const missing = this.#missing(place.node, place.buffer)
    if (field.dictionary !== undefined) return this.#byPlace(field.dictionary, place.buffer, missing)
    const values = this.#values(field, place.buffer + 1, place.more)
    if (missing === null) return { length, values }
    return { length, values, places: missing }
  }

  /** Records where a column and its children begin. */
  #place(field: ArrowField): void {
    const isView = field.type === T.utf8View || field.type === T.binaryView
    const views = this.#batch.facts.vector(4, 8)
    const hasMore = isView && field.dictionary === undefined
    insist(!hasMore || this.#views < views.length, 'views without buffers')
    const more = hasMore ? this.#batch.facts.longAt(views.start + 8 * this.#views++) : 0
    this.#places.set(field, { node: this.#nodes++, buffer: this.#buffers, more })
    this.#buffers += field.dictionary === undefined ? buffersOf(field) + more : 2
    if (field.dictionary === undefined) for (const child of field.children) this.#place(child)
  }

  #nodeLength(node: number): number {
    const { facts } = this.#batch
    const { start, length } = facts.vector(1, 16)
    insist(node < length, 'fewer columns than the schema has')
    return facts.longAt(start + 16 * node)
  }

  /** The index of each cell in the values of all rows, -1 for an empty cell; `null` if none is empty. */
  #missing(node: number, buffer: number): Int32Array | null {
    const { facts } = this.#batch
    if (facts.longAt(facts.vector(1, 16).start + 16 * node + 8) === 0) return null
    const bits = this.#buffer(buffer)
    insist(bits.length * 8 >= this.rows, 'marks of empty cells that end too early')
    const places = new Int32Array(this.rows)
    for (let row = 0; row < places.length; row++) places[row] = ((bits[row >> 3] >> (row & 7)) & 1) === 1 ? row : -1
    return places
  }

  #byPlace(
    { id, index }: NonNullable<ArrowField['dictionary']>,
    buffer: number,
    missing: Int32Array | null,
  ): CellBatch {
    const values = this.#dictionaries.get(id)
    insist(values !== undefined, 'places in a dictionary that is not there')
    const integers = this.#integers(buffer + 1, index)
    const places =
      integers instanceof BigInt64Array
        ? Int32Array.from(integers as ArrayLike<unknown> as number[], Number)
        : new Int32Array(integers)
    for (let row = 0; row < this.rows; row++) {
      if (missing !== null && missing[row] < 0) places[row] = -1
      else insist(places[row] >= 0 && places[row] < values.length, 'places beyond the end of a dictionary')
    }
    return { length: this.rows, values, places }
  }

  #values({ type, facts }: ArrowField, buffer: number, more: number): Values {
    const { rows } = this
    if (type === T.int) return this.#integers(buffer, facts)
    if (type === T.float) {
      const own = this.#own(buffer, facts?.short(0) === 2 ? 8 : 4)
      return facts?.short(0) === 2 ? new Float64Array(own) : new Float32Array(own)
    }
    if (type === T.date || type === T.timestamp) return this.#times(type, facts, buffer)
    if (type === T.utf8) return this.#texts(new Int32Array(this.#own(buffer, 4, rows + 1)), buffer)
    if (type === T.largeUtf8) return this.#texts(new BigInt64Array(this.#own(buffer, 8, rows + 1)), buffer)
    if (type === T.utf8View) return this.#views16(buffer, more)
    insist(type === T.bool, 'a type that is not read')
    const bits = this.#buffer(buffer)
    insist(bits.length * 8 >= rows, 'values that end too early')
    return Array.from({ length: rows }, (_, row) => ((bits[row >> 3] >> (row & 7)) & 1) === 1)
  }

  #integers(buffer: number, facts: FlatTable | undefined): Values & (Int32Array | BigInt64Array | ArrayLike<number>) {
    const [bits, isSigned] = [facts?.int(0) ?? 32, facts === undefined || facts.byte(1) !== 0]
    const own = this.#own(buffer, bits / 8)
    if (bits === 8) return isSigned ? new Int8Array(own) : new Uint8Array(own)
    if (bits === 16) return isSigned ? new Int16Array(own) : new Uint16Array(own)
    if (bits === 32) return isSigned ? new Int32Array(own) : new Uint32Array(own)
    insist(bits === 64, `integers of ${bits} bits`)
    return (isSigned ? new BigInt64Array(own) : new BigUint64Array(own)) as BigInt64Array
  }

  /** As seconds since 1970. */
  #times(type: number, facts: FlatTable | undefined, buffer: number): Float64Array {
    if (type === T.date && facts?.short(0, 1) === 0)
      return Float64Array.from(new Int32Array(this.#own(buffer, 4)), (days) => days * 86_400)
    const unit = type === T.date ? 1e3 : UNITS[facts?.short(0) ?? 0]
    insist(unit !== undefined, 'times of an unknown unit')
    return Float64Array.from(
      new BigInt64Array(this.#own(buffer, 8)) as ArrayLike<unknown> as number[],
      (one) => Number(one) / unit,
    )
  }

  #texts(ends: Int32Array | BigInt64Array, buffer: number): string[] {
    const bytes = this.#buffer(buffer + 1)
    return Array.from({ length: this.rows }, (_, row) => {
      const [start, end] = [Number(ends[row]), Number(ends[row + 1])]
      insist(start >= 0 && start <= end && end <= bytes.length, 'a text that ends too early')
      return textOf(bytes, start, end)
    })
  }

  /** Texts by views of 16 bytes: the length, then the text itself, or its prefix and its place in another buffer. */
  #views16(buffer: number, more: number): string[] {
    const views = Buffer.from(this.#own(buffer, 16))
    const others = Array.from({ length: more }, (_, at) => this.#buffer(buffer + 1 + at))
    return Array.from({ length: this.rows }, (_, row) => {
      const at = 16 * row
      const length = views.readInt32LE(at)
      insist(length >= 0, 'a text that ends too early')
      if (length <= 12) return textOf(views, at + 4, at + 4 + length)
      const other: Buffer | undefined = others[views.readInt32LE(at + 8)]
      const start = views.readInt32LE(at + 12)
      insist(other !== undefined && start >= 0 && start + length <= other.length, 'a text that ends too early')
      return textOf(other, start, start + length)
    })
  }

  /** A copy of `count` numbers, which is aligned for their type. */
  #own(buffer: number, width: number, count = this.rows): ArrayBuffer {
    const bytes = this.#buffer(buffer)
    // Without rows the offsets may be missing, even the first one.
    if (this.rows === 0) return new ArrayBuffer(count * width)
    insist(count * width <= bytes.length, 'values that end too early')
    return new Uint8Array(bytes.subarray(0, count * width)).buffer
  }

  #buffer(number: number): Buffer {
    const { facts, body } = this.#batch
    const list = facts.vector(2, 16)
    insist(number < list.length, 'fewer buffers than the schema needs')
    const start = facts.longAt(list.start + 16 * number)
    const length = facts.longAt(list.start + 16 * number + 8)
    insist(start + length <= body.length, 'buffers that lie beyond the end')
    const bytes = body.subarray(start, start + length)
    const packing = facts.table(3)
    return packing === undefined || length === 0 ? bytes : unpackBuffer(this.#who, bytes, packing.byte(0))
  }
}

const UNITS: readonly (number | undefined)[] = [1, 1e3, 1e6, 1e9]

const NO_BUFFERS = new Set<number>([T.null, T.runs])
const ONE_BUFFER = new Set<number>([T.struct, T.fixedList])
const THREE_BUFFERS = new Set<number>([T.utf8, T.binary, T.largeUtf8, T.largeBinary, T.listView, T.largeListView])

/** Number of buffers of a column, without those of its children and the data buffers of views. */
function buffersOf({ type, facts }: ArrowField): number {
  if (NO_BUFFERS.has(type)) return 0
  if (ONE_BUFFER.has(type)) return 1
  if (type === T.union) return facts?.short(0) === 1 ? 2 : 1
  return THREE_BUFFERS.has(type) ? 3 : 2
}

/** In Node from 22.15 and 23.8; the types here are those of Node 20. */
const { zstdDecompressSync } = zlib as {
  zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer
}

function unpackBuffer(who: string, bytes: Buffer, codec: number): Buffer {
  const length = Number(bytes.readBigInt64LE(0))
  const packed = bytes.subarray(8)
  if (length === -1) return packed
  const most = codec === 0 ? MOST_LZ4_GROWTH * packed.length : Math.max(HARMLESS_BYTES, MOST_GROWTH * packed.length)
  insist(length >= 0 && length <= most, `${length} bytes in ${packed.length}`)
  if (length === 0) return packed.subarray(0, 0)
  if (codec === 0) return Buffer.from(unpackLz4(packed, length).buffer)
  insist(codec === 1, 'buffers packed in an unknown way')
  if (zstdDecompressSync === undefined) throw unknownZstd(who)
  const unpacked = zstdDecompressSync(packed, { maxOutputLength: length })
  insist(unpacked.length === length, `${unpacked.length} bytes where it says ${length}`)
  return unpacked
}
