/**
 * The wire format of Protocol Buffers, as far as Spark Connect needs it: numbered fields of varints or bytes.
 *
 *   field = number << 3 | kind (varint), then a varint (kind 0), or a length (varint) and that many bytes (kind 2)
 *
 * https://protobuf.dev/programming-guides/encoding
 */
import { RivuletError } from '../support/errors.ts'

/** A field to write: a number, a text, bytes, or a nested message. */
export type Field = readonly [number: number, value: number | string | Uint8Array]

/** Encodes a message. */
export function message(...fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value]) => {
    if (typeof value === 'number') return [varint(8 * number), varint(value)]
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
    return [varint(8 * number + 2), varint(bytes.length), bytes]
  })
  return joined(parts)
}

/** The bytes of each field with the given number, in order: texts, bytes and messages. */
export function fieldsOf(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = []
  let at = 0
  const next = (): number => {
    let [value, factor] = [0, 1]
    for (; bytes[at] >= 128; factor *= 128) value += (bytes[at++] - 128) * factor
    return value + bytes[at++] * factor
  }
  while (at < bytes.length) {
    const key = next()
    const kind = key % 8
    if (kind === 0) next()
    else {
      const length = kind === 2 ? next() : kind === 1 ? 8 : 4
      if (Math.floor(key / 8) === wanted) found.push(bytes.subarray(at, at + length))
      at += length
    }
  }
  return found
}

/** Seven bits per byte, the lowest first. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes a text exactly: texts that differ by a byte stay different. @throws {RivuletError} INVALID_DATA for bytes that are not UTF-8, because replacing them could make two keys equal */
export function textFrom(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes)
  } catch {
    const shown = Array.from(bytes.subarray(0, MOST_BYTES_SHOWN), (byte) => byte.toString(16).padStart(2, '0'))
    throw new RivuletError('INVALID_DATA', {
      who: 'the response of the database',
      expected: 'UTF-8 text',
      got: `the bytes ${shown.join(' ')}${bytes.length > MOST_BYTES_SHOWN ? ' ...' : ''}`,
      todo: 'Create a view in which such keys are UTF-8 or hexadecimal digits, and use it as the table.',
    })
  }
}
const MOST_BYTES_SHOWN = 16

/** Concatenates bytes. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
