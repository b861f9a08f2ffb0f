import { inSlices, type Sliced } from './pause.ts'

type Content = ArrayBufferView | string

/** Eight hexadecimal digits that identify bytes or a text. */
export const contentHash = (content: Content): string => digitsOf(crc32(bytesOf(content)))

/** As `contentHash`; `null` without content. */
export function* hashInSlices(content: Content | null | undefined): Sliced<string | null> {
  if (content === null || content === undefined) return null
  return digitsOf(yield* crc32InSlices(bytesOf(content)))
}

/** As `hashInSlices`, of each. */
export function* hashesInSlices(contents: readonly (Content | null | undefined)[]): Sliced<(string | null)[]> {
  const hashes: (string | null)[] = []
  for (const content of contents) hashes.push(yield* hashInSlices(content))
  return hashes
}

const digitsOf = (sum: number): string => sum.toString(16).padStart(8, '0')

function bytesOf(content: Content): Uint8Array {
  if (typeof content === 'string') return new TextEncoder().encode(content)
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
}

/** Remainders of single bytes by the reversed polynomial of IEEE 802.3, as in zip and PNG. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  return remainder
})

/** CRC-32 of bytes, in [0, 2^32): detects every error within 32 consecutive bits, and all but 2^-32 of the others. */
export const crc32 = (bytes: Uint8Array): number => finished(continued(bytes, BEGINNING, 0, bytes.length))

/** As `crc32`. */
export function* crc32InSlices(bytes: Uint8Array): Sliced<number> {
  let remainder = BEGINNING
  const go = (from: number, to: number): void => {
    remainder = continued(bytes, remainder, from, to)
  }
  yield* inSlices(bytes.length, go, BYTE_COST)
  return finished(remainder)
}

const BEGINNING = 0xffffffff
const BYTE_COST = 2

function continued(bytes: Uint8Array, remainder: number, from: number, to: number): number {
  for (let at = from; at < to; at++) remainder = TABLE[(remainder ^ bytes[at]) & 255] ^ (remainder >>> 8)
  return remainder
}

const finished = (remainder: number): number => (remainder ^ 0xffffffff) >>> 0
