/** Values of Parquet as they stand in pages, and what they mean: numbers, texts, seconds since 1970. */
import { isUtf8 } from 'node:buffer'
import type { SchemaElement } from 'hyparquet'
import { insist } from './damage.ts'

/** Values of a page or a dictionary. */
export type Values = ArrayLike<unknown>

const BYTES: Readonly<Record<string, number>> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8, INT96: 12 }

/** Values that stand one after the other. @throws {Error} where there are fewer */
export function readPlain(content: Uint8Array, start: number, count: number, element: SchemaElement): Values {
  const { type, type_length: fixed } = element
  if (type === 'BYTE_ARRAY') return readTexts(content, start, count)
  if (type === 'BOOLEAN') {
    insist(start + count / 8 <= content.length, 'values that end too early')
    return Array.from({ length: count }, (_, at) => ((content[start + (at >> 3)] >> (at & 7)) & 1) === 1)
  }
  const bytes = type === 'FIXED_LEN_BYTE_ARRAY' ? (fixed ?? 0) : BYTES[type ?? '']
  insist(bytes > 0 && start + count * bytes <= content.length, 'values that end too early')
  // A copy of their own, so that they begin where such numbers may.
  const own = content.slice(start, start + count * bytes).buffer
  if (type === 'FIXED_LEN_BYTE_ARRAY') return Array.from({ length: count }, (_, at) => uuidOf(own, at * bytes))
  if (type === 'FLOAT') return new Float32Array(own)
  if (type === 'DOUBLE') return new Float64Array(own)
  if (type === 'INT96') return secondsOfJulian(own, count)
  return meaningOf(type === 'INT32' ? new Int32Array(own) : new BigInt64Array(own), element)
}

/** Parts of a second in one unit of a time. */
const PER_SECOND: Readonly<Record<string, number>> = { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 }

const DAY_SECONDS = 86_400

function meaningOf(numbers: Int32Array | BigInt64Array, element: SchemaElement): Values {
  const { converted_type: converted = '', logical_type: logical, scale = 0 } = element
  if (converted === 'DATE' || logical?.type === 'DATE')
    return Float64Array.from(numbers as Int32Array, (days) => days * DAY_SECONDS)
  if (logical?.type === 'TIMESTAMP') return scaled(numbers, PER_SECOND[logical.unit])
  if (converted.startsWith('TIMESTAMP_')) return scaled(numbers, PER_SECOND[converted.slice('TIMESTAMP_'.length)])
  if (converted === 'DECIMAL') return scaled(numbers, 10 ** scale)
  if (logical?.type === 'DECIMAL') return scaled(numbers, 10 ** logical.scale)
  const isUnsigned = converted.startsWith('UINT_') || (logical?.type === 'INTEGER' && !logical.isSigned)
  if (!isUnsigned) return numbers
  return numbers instanceof Int32Array ? new Uint32Array(numbers.buffer) : new BigUint64Array(numbers.buffer)
}

const scaled = (numbers: Int32Array | BigInt64Array, divisor: number): Float64Array =>
  Float64Array.from(numbers as ArrayLike<number | bigint>, (one) => Number(one) / divisor)

const JULIAN_1970 = 2_440_588

/** Nanoseconds of a day and its number from 4713 BC, as old writers have times. */
function secondsOfJulian(own: ArrayBuffer, count: number): Float64Array {
  const view = new DataView(own)
  return Float64Array.from({ length: count }, (_, at) => {
    const days = view.getInt32(12 * at + 8, true) - JULIAN_1970
    return days * DAY_SECONDS + Number(view.getBigInt64(12 * at, true)) / PER_SECOND.NANOS
  })
}

function readTexts(content: Uint8Array, start: number, count: number): string[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  insist(start + 4 * count <= bytes.length, 'texts that end too early')
  const texts: string[] = new Array<string>(count)
  let at = start
  for (let text = 0; text < count; text++) {
    const end = at + 4 + bytes.readUInt32LE(at)
    insist(end <= bytes.length, 'a text that ends too early')
    texts[text] = textOf(bytes, at + 4, end)
    at = end
  }
  return texts
}

/** @throws {Error} for bytes that are no UTF-8 */
export function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end)
  insist(!text.includes('\ufffd') || isUtf8(bytes.subarray(start, end)), 'bytes that are no UTF-8 text')
  return text
}

function uuidOf(bytes: ArrayBuffer, at: number): string {
  const hex = Buffer.from(bytes, at, 16).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * Small numbers as runs of one and as packed bits, in turns, until `numbers` is full. A run is as long as there is room, whatever it says.
 *
 * @param width bits of a number, up to 32
 * @throws {Error} where bytes are missing
 */
export function readHybrid(bytes: Uint8Array, start: number, width: number, numbers: Int32Array): void {
  insist(width <= 32, `numbers of ${width} bits`)
  // Up to 32 bits of a number may lie in five bytes.
  const mask = width === 32 ? -1 : 2 ** width - 1
  let [at, filled] = [start, 0]
  while (filled < numbers.length) {
    let [header, shift] = [0, 0]
    for (;;) {
      insist(at < bytes.length && shift < 35, 'a run that ends too early')
      header += (bytes[at] & 127) * 2 ** shift
      shift += 7
      if (bytes[at++] < 128) break
    }
    const room = numbers.length - filled
    if (header % 2 === 0) {
      const count = Math.min(header / 2, room)
      const size = (width + 7) >> 3
      insist(at + size <= bytes.length && count > 0, 'a run that ends too early')
      let number = 0
      for (let byte = 0; byte < size; byte++) number |= bytes[at + byte] << (8 * byte)
      numbers.fill(number, filled, filled + count)
      at += size
      filled += count
    } else {
      const stated = 8 * Math.floor(header / 2)
      const count = Math.min(stated, room)
      insist(stated > 0 && at + Math.ceil((count * width) / 8) <= bytes.length, 'packed bits that end too early')
      let bit = 0
      let byte = at
      for (let number = 0; number < count; number++) {
        const low = bytes[byte] | (bytes[byte + 1] << 8) | (bytes[byte + 2] << 16) | (bytes[byte + 3] << 24)
        const high = bit === 0 ? 0 : bytes[byte + 4] << (32 - bit)
        numbers[filled++] = ((low >>> bit) | high) & mask
        bit += width
        byte += bit >> 3
        bit &= 7
      }
      at += (stated / 8) * width
    }
  }
}
