import { roundingOf } from './levels.ts'
import type { Loop } from './loop.ts'

/**
 * Loops that rank items for one profile by packed rows and vectors; offsets and counts as in `Kernel`. Items are at places, those with the longest vectors
 * first, SERVED_TOGETHER of them in a block. Scores that are -Infinity are left out.
 */
export interface ServingLoops {
  /** z_p += weight_e times step_i level_ip for every entry p of row i, the item of entry e of the profile; in float32. Marks the blocks of p. */
  readonly addPacked: Loop<AddedPacked>
  /**
   * Offers the places of blocks [start, end) to a list, as long as one of a block could enter it by its vector alone. z and marks are 0 afterwards.
   *
   * @returns the block that it stopped at
   */
  readonly offerLongest: (start: number, end: number, given: OfferedPlaces) => number
  /** The same for those of blocks [start, end) that are marked. */
  readonly offerMarked: Loop<OfferedPlaces>
}

/** Places of a block. */
export const SERVED_TOGETHER = 64

/** Dimensions of vectors are a multiple of this. */
export const VECTOR_STEP = 16

export interface AddedPacked {
  /** int32: items of the profile. */
  readonly items: number
  /** One an entry of the profile. */
  readonly weights: number
  /** uint32: where rows of words begin, each a place in its low `bits` and a level in the others: `recommend/packed-rows.ts`. */
  readonly indptr: number
  /** uint32. */
  readonly words: number
  readonly bits: number
  /** Float64, one a row. */
  readonly steps: number
  /** Whether levels have a sign. */
  readonly signed: boolean
  /** A number, not an offset. */
  readonly times: number
  /** One a place. */
  readonly z: number
  /** uint32, one a block: whether anything was added there. */
  readonly marks: number
}

/**
 * Scores z_p + v_p c; only those above 0 are listed, ties to the lower item. A place is left out where a bound rules it out of the list: by the lengths of v_p
 * and c, and by their product in whole numbers,
 *
 *   v_p c <= rooms_p length (levels_p coefficientLevels / LEVELS^2 + slack)
 */
export interface OfferedPlaces {
  /** Entries of the list. */
  readonly k: number
  /** Of vectors; a multiple of VECTOR_STEP, may be 0. */
  readonly dimensions: number
  /** Row-major, by place. */
  readonly vectors: number
  /** int16: v_p LEVELS / rooms_p, rounded. */
  readonly levels: number
  readonly coefficients: number
  /** int16: c LEVELS / length, rounded. */
  readonly coefficientLevels: number
  /** A number: at least the length of c. */
  readonly length: number
  /** A number: `slackOf(dimensions)`. */
  readonly slack: number
  /** At least the length of each place's vector; NaN keeps it out. */
  readonly rooms: number
  /** At least the length of all vectors of a block, one a block, descending. */
  readonly longest: number
  readonly z: number
  readonly marks: number
  /** int32: the item at each place. */
  readonly order: number
  /** A list as of `topK`, preset to -1 and 0. */
  readonly rows: number
  readonly scores: number
}

/** What rounding to whole numbers, and of sums to single precision, may add to v c over rooms length. */
export const slackOf = (dimensions: number): number => 1.01 * roundingOf(dimensions) + dimensions * 2 ** -22
