import { crc32 } from './crc32.ts'

/** Eight hexadecimal digits that tell contents apart: of bytes, or of a text; `null` of nothing. */
export function contentHash(content: ArrayBufferView | string): string
export function contentHash(content: ArrayBufferView | string | null | undefined): string | null
export function contentHash(content: ArrayBufferView | string | null | undefined): string | null {
  if (content === null || content === undefined) return null
  const view = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const { buffer, byteOffset, byteLength } = view
  return crc32(new Uint8Array(buffer, byteOffset, byteLength))
    .toString(16)
    .padStart(8, '0')
}
