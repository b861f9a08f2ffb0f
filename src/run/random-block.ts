/**
 * A uniform number in [0, 1) that is a function of its place, so that threads need not draw in turn.
 *
 * The finaliser of MurmurHash3 (Austin Appleby, public domain), twice.
 */
export function hashedUniform(seed: number, row: number, column: number): number {
  return mix(mix(Math.imul(seed, 0x9e3779b1) ^ row) ^ Math.imul(column + 1, 0x85ebca77)) / 4294967296
}

function mix(bits: number): number {
  let mixed = bits
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
