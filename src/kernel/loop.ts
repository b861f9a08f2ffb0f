import type { Memory } from '../memory/arena.ts'

/** A loop of a kernel, over rows or elements [start, end). */
export type Loop<Given> = (start: number, end: number, given: Given) => void

/** Offsets of a CSR matrix W. */
export interface MatrixOffsets {
  readonly indptr: number
  readonly indices: number
  /** 0 for a pattern. */
  readonly data: number
}

/** Drops entries e for which the hash of (seed, e), of 24 bits, is below `below`; 0 for none. */
export interface Drop {
  readonly seed: number
  readonly below: number
}

/** One memory, viewed by element type. Ids of rows are below 2^31, so that -1 can mean none. */
export interface Views {
  readonly floats: Float32Array
  readonly words: Int32Array
  readonly shorts: Int16Array
  readonly bytes: Uint8Array
  readonly doubles: Float64Array
}

export const viewsOf = ({ buffer }: Memory): Views => ({
  floats: new Float32Array(buffer),
  words: new Int32Array(buffer),
  shorts: new Int16Array(buffer, 0, Math.floor(buffer.byteLength / Int16Array.BYTES_PER_ELEMENT)),
  bytes: new Uint8Array(buffer),
  doubles: new Float64Array(buffer, 0, Math.floor(buffer.byteLength / Float64Array.BYTES_PER_ELEMENT)),
})
