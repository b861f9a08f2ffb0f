/**
 * Frames of LZ4, unpacked into a buffer whose length is known: no byte is written beyond it, and none is read from before its beginning.
 *
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md, lz4_Block_format.md. Checksums are not looked at.
 */
import { insist } from './damage.ts'

const MAGIC = 0x184d2204

/** A byte of a length stands for 255 bytes at most. */
export const MOST_LZ4_GROWTH = 255

/** @throws {Error} for bytes that are no frame, or do not become as many as `length` */
export function unpackLz4(packed: Buffer, length: number): Uint8Array {
  insist(packed.readUInt32LE(0) === MAGIC, 'no frame of LZ4')
  const flags = packed.readUInt8(4)
  const [hasBlockChecksum, hasSize, hasDictionary] = [16, 8, 1].map((flag) => (flags & flag) !== 0)
  insist(flags >> 6 === 1 && !hasDictionary, 'a frame of LZ4 of another version')
  const output = new Uint8Array(length)
  let at = 7 + (hasSize ? 8 : 0)
  let filled = 0
  for (;;) {
    const head = packed.readUInt32LE(at)
    at += 4
    if (head === 0) break
    const end = at + (head & 0x7fffffff)
    insist(end <= packed.length, 'a block that ends too early')
    if (head >>> 31 === 1) {
      insist(filled + end - at <= length, 'more bytes than it says')
      output.set(packed.subarray(at, end), filled)
      filled += end - at
    } else filled = unpackBlock(packed, at, end, output, filled)
    at = end + (hasBlockChecksum ? 4 : 0)
  }
  insist(filled === length, `${filled} bytes where it says ${length}`)
  return output
}

/** @returns where the output ends now */
function unpackBlock(packed: Buffer, start: number, end: number, output: Uint8Array, filled: number): number {
  let at = start
  const lengthOf = (short: number): number => {
    let length = short
    for (let byte = short === 15 ? 255 : 0; byte === 255; length += byte) {
      insist(at < end, 'a length that ends too early')
      byte = packed[at++]
    }
    return length
  }
  while (at < end) {
    const token = packed[at++]
    const literals = lengthOf(token >> 4)
    insist(at + literals <= end && filled + literals <= output.length, 'more bytes than it says')
    output.set(packed.subarray(at, at + literals), filled)
    at += literals
    filled += literals
    // The last sequence is literals alone.
    if (at === end) return filled
    insist(at + 2 <= end, 'a distance that ends too early')
    const distance = packed[at] | (packed[at + 1] << 8)
    at += 2
    const copied = 4 + lengthOf(token & 15)
    insist(distance > 0 && distance <= filled && filled + copied <= output.length, 'a copy of what is not there')
    // Byte by byte: what is copied may overlap where it comes from.
    for (let byte = 0; byte < copied; byte++, filled++) output[filled] = output[filled - distance]
  }
  return filled
}
