/** Remainders of single bytes by the reversed polynomial of IEEE 802.3, as in zip and PNG. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  return remainder
})

/** CRC-32 of bytes, in [0, 2^32): sees every error in up to 32 bits running, and all but 2^-32 of the others. */
export function crc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff
  for (let at = 0; at < bytes.length; at++) remainder = TABLE[(remainder ^ bytes[at]) & 255] ^ (remainder >>> 8)
  return (remainder ^ 0xffffffff) >>> 0
}
