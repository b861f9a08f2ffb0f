/**
 * ClickHouse's Native format: blocks of columns, each with its name, its type and its values. Numbers have the layout of typed arrays.
 *
 *   block = columns (varint), rows (varint), then for each column: name, type (texts), values
 *   text = length in bytes (varint), UTF-8
 */
import { RivuletError } from '../support/errors.ts'
import type { Columns, ResultColumn } from './connection.ts'
import { joined, textFrom, varint } from './protobuf.ts'
import type { ColumnKind } from './statement.ts'

const NUMBERS = {
  Int8: Int8Array,
  UInt8: Uint8Array,
  Int16: Int16Array,
  UInt16: Uint16Array,
  Int32: Int32Array,
  UInt32: Uint32Array,
  Int64: BigInt64Array,
  UInt64: BigUint64Array,
  Float32: Float32Array,
  Float64: Float64Array,
} as const

/** Reads blocks from bytes that arrive in arbitrary pieces. */
export async function* readNative(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Columns> {
  let held = new Uint8Array(0)
  for await (const piece of pieces) {
    held = joined([held, piece])
    for (let block = readBlock(held); block !== null; block = readBlock(held)) {
      held = held.subarray(block.end)
      yield block.columns
    }
  }
  if (held.length > 0) throw brokenAnswer('a complete block at the end of the response', `${held.length} bytes of one`)
}

/** The first block, or `null` if its end has not arrived yet. */
function readBlock(bytes: Uint8Array): { columns: Columns; end: number } | null {
  const reader = new Reader(bytes)
  const [count, rows] = [reader.varint(), reader.varint()]
  const columns: Record<string, ResultColumn> = {}
  for (let column = 0; column < count && !reader.isShort; column++) {
    const [name, type] = [reader.text(), reader.text()]
    if (!reader.isShort) columns[name] = reader.values(type, rows)
  }
  return reader.isShort ? null : { columns, end: reader.at }
}

class Reader {
  at = 0
  /** Set when the bytes end too early; the values read are then meaningless. */
  isShort = false
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  varint(): number {
    let [value, factor] = [0, 1]
    for (;;) {
      if (this.at >= this.#bytes.length) return this.#short()
      const byte = this.#bytes[this.at++]
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
  }

  text(): string {
    return textFrom(this.#take(this.varint()))
  }

  values(type: string, rows: number): ResultColumn {
    if (type === 'String') return Array.from({ length: rows }, () => (this.isShort ? '' : this.text()))
    if (!(type in NUMBERS)) throw brokenAnswer('numbers or texts', `a column of type ${type}`)
    const Numbers = NUMBERS[type as keyof typeof NUMBERS]
    // A copy, because typed arrays need aligned bytes.
    const { buffer } = this.#take(rows * Numbers.BYTES_PER_ELEMENT).slice()
    return this.isShort ? [] : new Numbers(buffer)
  }

  #take(length: number): Uint8Array {
    const end = this.at + length
    if (this.isShort || end > this.#bytes.length) {
      this.#short()
      return new Uint8Array(0)
    }
    const taken = this.#bytes.subarray(this.at, end)
    this.at = end
    return taken
  }

  #short(): number {
    this.isShort = true
    return 0
  }
}

/** One block of numbers. */
export function writeNative(columns: Columns, kinds: Readonly<Record<string, ColumnKind>>): Uint8Array {
  const names = Object.keys(columns)
  const rows = columns[names[0]].length
  const parts = [varint(names.length), varint(rows)]
  for (const name of names) {
    const [type, values] = bytesOf(columns[name], kinds[name])
    parts.push(text(name), text(type), values)
  }
  return joined(parts)
}

function bytesOf(column: ResultColumn, kind: ColumnKind): readonly [type: string, values: Uint8Array] {
  if (kind === 'text') return ['String', joined(Array.from(column as ArrayLike<unknown>, (one) => text(String(one))))]
  const values = column as ArrayLike<number>
  const [type, numbers] =
    kind === 'int'
      ? (['Int32', Int32Array.from(values)] as const)
      : kind === 'single'
        ? (['Float32', Float32Array.from(values)] as const)
        : (['Float64', Float64Array.from(values)] as const)
  return [type, new Uint8Array(numbers.buffer)]
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value)
  const length = varint(bytes.length)
  return joined([length, bytes])
}

function brokenAnswer(expected: string, got: string): RivuletError {
  return new RivuletError('READ_FAILED', {
    who: 'the response of the database',
    expected,
    got,
    todo: 'Check that the address is a ClickHouse server, and that no proxy cuts off its responses.',
  })
}
