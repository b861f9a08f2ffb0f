import type { Memory } from '../memory/arena.ts'

/** A loop of a kernel, over rows or elements [start, end). */
export type Loop<Given> = (start: number, end: number, given: Given) => void

/** Where a CSR matrix W lies. */
export interface MatrixOffsets {
  readonly indptr: number
  readonly indices: number
  /** 0 for a pattern. */
  readonly data: number
}

/** Entries e are left out where the hash of (seed, e) is below `below` of 2^24; 0: none. */
export interface Drop {
  readonly seed: number
  readonly below: number
}

/** One memory, as what its elements are. Ids of rows are below 2^31, so that -1 can mean none. */
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
