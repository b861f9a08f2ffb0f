const { imul } = Math

/** 24 random bits of a seed and a counter: two rounds of multiplication and shift (Mueller's and Wellons's search for low-bias constants). */
export function hash(seed: number, counter: number): number {
  let x = (seed + imul(counter, 0x9e3779b9)) | 0
  x = imul(x ^ (x >>> 16), 0x21f0aaad)
  x = imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 8
}
