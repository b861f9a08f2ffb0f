import { roundingOf } from './levels.ts'
import type { Loop } from './loop.ts'

/**
 * Loops that rank items for one profile by packed rows and vectors; offsets and counts as in `Kernel`. Items are ordered by the length of their vectors, the
 * longest first, SERVED_TOGETHER of them in a block. Scores of -Infinity are excluded.
 */
export interface ServingLoops {
  /** z_p += weight_e times step_i level_ip for every entry p of row i, the item of entry e of the profile; in float32. Marks the blocks of p. */
  readonly addPacked: Loop<AddedPacked>
  /**
   * Offers the places of blocks [start, end) to a list, as long as a place of a block could enter it by its vector alone. z and marks are 0 afterwards.
   *
   * @returns the block at which it stopped
   */
  readonly offerLongest: (start: number, end: number, given: OfferedPlaces) => number
  /** Offers the places of marked blocks among [start, end). */
  readonly offerMarked: Loop<OfferedPlaces>
}

/** Places of a block. */
export const SERVED_TOGETHER = 64

/** Dimensions of vectors are a multiple of this. */
export const VECTOR_STEP = 16

export interface AddedPacked {
  /** int32: items of the profile. */
  readonly items: number
  /** One per entry of the profile. */
  readonly weights: number
  /** uint32: starts of rows of words, each a place in its low `bits` and a level in the others: `recommend/packed-rows.ts`. */
  readonly indptr: number
  /** uint32. */
  readonly words: number
  readonly bits: number
  /** Float64, one per row. */
  readonly steps: number
  /** Whether levels have a sign. */
  readonly signed: boolean
  /** A number, not an offset. */
  readonly times: number
  /** One per place. */
  readonly z: number
  /** uint32, one per block: whether anything was added there. */
  readonly marks: number
}

/**
 * Scores z_p + v_p c; only those above 0 are listed, ties to the lower item. A place is skipped if a bound excludes it from the list: by the lengths of v_p
 * and c, and by their product in whole numbers,
 *
 *   v_p c <= rooms_p length (levels_p coefficientLevels / LEVELS^2 + slack)
 */
export interface OfferedPlaces {
  /** Entries of the list. */
  readonly k: number
  /** Dimensions of vectors; a multiple of VECTOR_STEP, may be 0. */
  readonly dimensions: number
  /** Row-major, by place. */
  readonly vectors: number
  /** int16: v_p LEVELS / rooms_p, rounded. */
  readonly levels: number
  readonly coefficients: number
  /** int16: c LEVELS / length, rounded. */
  readonly coefficientLevels: number
  /** A number: upper bound of the length of c. */
  readonly length: number
  /** A number: `slackOf(dimensions)`. */
  readonly slack: number
  /** Upper bounds of the lengths of the places' vectors; NaN excludes a place. */
  readonly rooms: number
  /** Upper bounds of the lengths of all vectors of a block, one per block, descending. */
  readonly longest: number
  readonly z: number
  readonly marks: number
  /** int32: the item at each place. */
  readonly order: number
  /** A list as in `topK`, preset to -1 and 0. */
  readonly rows: number
  readonly scores: number
}

/** Largest rounding error of v c, in whole numbers and of sums in single precision, relative to rooms length. */
export const slackOf = (dimensions: number): number => 1.01 * roundingOf(dimensions) + dimensions * 2 ** -22
