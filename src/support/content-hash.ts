import { crc32, crc32InSlices } from './crc32.ts'
import type { Sliced } from './pause.ts'

type Content = ArrayBufferView | string

/** Eight hexadecimal digits that tell contents apart: of bytes, or of a text. */
export const contentHash = (content: Content): string => digitsOf(crc32(bytesOf(content)))

/** As `contentHash`; `null` of nothing. */
export function* hashInSlices(content: Content | null | undefined): Sliced<string | null> {
  if (content === null || content === undefined) return null
  return digitsOf(yield* crc32InSlices(bytesOf(content)))
}

const digitsOf = (sum: number): string => sum.toString(16).padStart(8, '0')

function bytesOf(content: Content): Uint8Array {
  if (typeof content === 'string') return new TextEncoder().encode(content)
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
}
