/**
 * Arrow's streaming format, as far as Spark Connect uses it: columns of numbers and texts. Numbers have the layout of typed arrays.
 *
 *   stream  = messages: a schema, then record batches
 *   message = 0xffffffff, length of its head (int32), head (a flatbuffer, padded to 8 bytes), body (buffers, each padded to 8 bytes)
 *
 * https://arrow.apache.org/docs/format/Columnar.html, format/Schema.fbs and format/Message.fbs of Arrow 1.0
 */
import { RivuletError } from '../support/errors.ts'
import type { Columns, ResultColumn } from './connection.ts'
import { Flat, scalar, structs, table, texts, vector, written, type Part } from './flatbuffer.ts'
import { joined, textFrom } from './protobuf.ts'
import type { NumberKind } from './statement.ts'

const CONTINUATION = 0xff_ff_ff_ff
const METADATA_V5 = 4
const [SCHEMA, RECORD_BATCH] = [1, 3]
const [INT, FLOATING_POINT, UTF8, BOOL, LARGE_UTF8, UTF8_VIEW] = [2, 3, 5, 6, 20, 24]
const [SINGLE, DOUBLE] = [1, 2]

const SIGNED = { 8: Int8Array, 16: Int16Array, 32: Int32Array, 64: BigInt64Array } as const
const UNSIGNED = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array } as const

/** A column of the schema: its name, and a reader of its values from the buffers of a batch. */
interface ArrowField {
  readonly name: string
  readonly read: (buffers: Buffers, rows: number) => ResultColumn
}

/** The batches of a whole stream. @throws {RivuletError} READ_FAILED for columns other than numbers and texts, for NULLs, and if bytes are missing at the end */
export function readArrow(stream: Uint8Array): Columns[] {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength)
  const batches: Columns[] = []
  let fields: ArrowField[] = []
  try {
    for (let at = 0; at + 8 <= stream.length;) {
      const length = view.getUint32(at + 4, true)
      if (view.getUint32(at, true) !== CONTINUATION || length === 0) break
      const message = Flat.root(view, at + 8)
      const head = message.table(2)
      const bodyAt = at + 8 + length
      if (message.byte(1) === SCHEMA) fields = head.tables(1).map(fieldOf)
      else if (message.byte(1) === RECORD_BATCH) batches.push(readBatch(head, fields, stream, bodyAt))
      else throw broken('columns without a dictionary', 'another kind of message')
      const bodyBytes = message.long(3)
      if (bodyBytes < 0) throw broken('whole columns', `columns of ${bodyBytes} bytes`)
      at = bodyAt + bodyBytes
    }
  } catch (error) {
    if (error instanceof RangeError) throw broken('whole columns', 'bytes that end too early')
    throw error
  }
  return batches
}

function readBatch(batch: Flat, fields: readonly ArrowField[], stream: Uint8Array, bodyAt: number): Columns {
  if (batch.has(3)) throw broken('uncompressed columns', 'compressed ones')
  const rows = batch.long(0)
  const nulls = batch.longs(1, 2)
  const buffers = new Buffers(stream, bodyAt, batch.longs(2, 2), batch.longs(4, 1))
  const columns = fields.map(({ name, read }, column) => {
    if (nulls[2 * column + 1] > 0) throw missingValues(name, nulls[2 * column + 1])
    buffers.skip()
    return [name, read(buffers, rows)] as const
  })
  return Object.fromEntries(columns)
}

/** The buffers of a batch, in order. */
class Buffers {
  readonly #stream: Uint8Array
  readonly #bodyAt: number
  readonly #places: readonly number[]
  readonly #views: readonly number[]
  #next = 0
  #nextViews = 0

  constructor(stream: Uint8Array, bodyAt: number, places: readonly number[], views: readonly number[]) {
    this.#stream = stream
    this.#bodyAt = bodyAt
    this.#places = places
    this.#views = views
  }

  skip(): void {
    this.#next++
  }

  take(): Uint8Array {
    const [offset, length] = this.#places.slice(2 * this.#next, 2 * this.#next + 2)
    this.#next++
    const from = this.#bodyAt + offset
    if (!(from + length <= this.#stream.length)) throw new RangeError('short')
    // A copy, because typed arrays need aligned bytes; by this method, because slice of a Node Buffer does not copy.
    return Uint8Array.prototype.slice.call(this.#stream, from, from + length)
  }

  /** The data buffers of a column of string views. */
  takeViews(): Uint8Array[] {
    return Array.from({ length: this.#views[this.#nextViews++] }, () => this.take())
  }
}

function fieldOf(field: Flat): ArrowField {
  const [name, kind] = [field.text(0), field.byte(2)]
  const type = field.table(3)
  if (kind === INT) {
    const byBits: Readonly<Partial<Record<number, NumberArray>>> = type.byte(1) === 1 ? SIGNED : UNSIGNED
    const Numbers = byBits[type.int(0)]
    if (Numbers !== undefined) return { name, read: numbers(Numbers) }
  }
  const precision = kind === FLOATING_POINT ? type.short(0) : 0
  if (precision === SINGLE) return { name, read: numbers(Float32Array) }
  if (precision === DOUBLE) return { name, read: numbers(Float64Array) }
  if (kind === UTF8)
    return { name, read: (buffers, rows) => readTexts(numbers(Int32Array)(buffers, rows + 1), buffers) }
  if (kind === LARGE_UTF8)
    return { name, read: (buffers, rows) => readTexts(numbers(BigInt64Array)(buffers, rows + 1), buffers) }
  if (kind === BOOL) return { name, read: readBits }
  if (kind === UTF8_VIEW) return { name, read: readTextViews }
  throw broken('numbers or text', `column ${name} of Arrow's type ${kind}`)
}

type NumberArray = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayLike<number> | ArrayLike<bigint>

const numbers =
  (Numbers: NumberArray) =>
  (buffers: Buffers, rows: number): ArrayLike<number> | ArrayLike<bigint> =>
    rows === 0 ? [] : new Numbers(buffers.take().buffer as ArrayBuffer, 0, rows)

function readBits(buffers: Buffers, rows: number): Uint8Array {
  const bytes = buffers.take()
  return Uint8Array.from({ length: rows }, (_, row) => (bytes[row >> 3] >> (row & 7)) & 1)
}

function readTexts(ends: ArrayLike<number | bigint>, buffers: Buffers): string[] {
  const bytes = buffers.take()
  return Array.from({ length: Math.max(0, ends.length - 1) }, (_, row) =>
    textFrom(bytes.subarray(Number(ends[row]), Number(ends[row + 1]))),
  )
}

/** 16 bytes per text: its length, then its bytes if there are at most 12, else 4 bytes of prefix, a buffer number and an offset. */
function readTextViews(buffers: Buffers, rows: number): string[] {
  const views = buffers.take()
  const bytes = buffers.takeViews()
  const view = new DataView(views.buffer)
  return Array.from({ length: rows }, (_, row) => {
    const [length, from] = [view.getInt32(16 * row, true), view.getInt32(16 * row + 12, true)]
    return textFrom(
      length <= 12
        ? views.subarray(16 * row + 4, 16 * row + 4 + length)
        : bytes[view.getInt32(16 * row + 8, true)].subarray(from, from + length),
    )
  })
}

/** Columns of numbers as a stream with one batch. */
export function writeArrow(columns: Columns, kinds: Readonly<Record<string, NumberKind>>): Uint8Array {
  const names = Object.keys(columns)
  const rows = columns[names[0]].length
  const bodies = names.map((name) => filled(bytesOf(columns[name] as ArrayLike<number>, kinds[name])))
  let at = 0
  const places = bodies.flatMap((body) => {
    const from = at
    at += body.length
    // An empty validity bitmap: no value is missing.
    return [from, 0, from, body.length]
  })
  const fields = names.map((name) => fieldPart(name, kinds[name]))
  const batch = table(
    scalar(8, rows),
    structs(
      names.flatMap(() => [rows, 0]),
      2,
    ),
    structs(places, 2),
  )
  const schema = table(scalar(2, 0), vector(fields))
  return joined([framed(SCHEMA, schema, 0), framed(RECORD_BATCH, batch, at), ...bodies, END])
}

const END = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)

function framed(kind: number, head: Part, bodyLength: number): Uint8Array {
  const message = filled(written(table(scalar(2, METADATA_V5), scalar(1, kind), head, scalar(8, bodyLength))))
  const start = new DataView(new ArrayBuffer(8))
  start.setUint32(0, CONTINUATION, true)
  start.setInt32(4, message.length, true)
  return joined([new Uint8Array(start.buffer), message])
}

function fieldPart(name: string, kind: NumberKind): Part {
  const type =
    kind === 'int' ? table(scalar(4, 32), scalar(1, 1)) : table(scalar(2, kind === 'single' ? SINGLE : DOUBLE))
  const number = scalar(1, kind === 'int' ? INT : FLOATING_POINT)
  return table(texts(name), scalar(1, 0), number, type, undefined, vector([]))
}

function bytesOf(values: ArrayLike<number>, kind: NumberKind): Uint8Array {
  const Numbers = { int: Int32Array, single: Float32Array, double: Float64Array }[kind]
  return new Uint8Array(Numbers.from(values).buffer)
}

function filled(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 8 === 0) return bytes
  const longer = new Uint8Array(8 * Math.ceil(bytes.length / 8))
  longer.set(bytes)
  return longer
}

function missingValues(name: string, rows: number): RivuletError {
  return new RivuletError('READ_FAILED', {
    who: 'the response of the database',
    expected: `values in column ${name}`,
    got: `NULL in ${rows} rows`,
    todo: 'Check whether another client changed or dropped tables of this run.',
  })
}

function broken(expected: string, got: string): RivuletError {
  return new RivuletError('READ_FAILED', {
    who: 'the response of the database',
    expected,
    got,
    todo: 'Check that the address is a Spark Connect server, and that no proxy cuts off its responses.',
  })
}
