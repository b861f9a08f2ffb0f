import type { Loop } from './loop.ts'

/** Loops that rank items for one profile by packed rows and vectors; offsets and counts as in `Kernel`. Scores that are -Infinity are done with. */
export interface ServingLoops {
  /** z_j += weight_e times step_i level_ij for every entry j of row i, the item of entry e of the profile; sums in float64, z in float32. */
  readonly addPacked: Loop<AddedPacked>
  /**
   * Offers the items at places [start, end) to a list, as long as an item that nothing was added to could enter it; they are done with then. Places descend by
   * `rooms`.
   *
   * @returns the place that it stopped at
   */
  readonly offerOrdered: (start: number, end: number, given: OfferedOrder) => number
  /** Offers what `addPacked` met, each item once; z is 0 afterwards where it is not -Infinity. */
  readonly offerPacked: Loop<OfferedPacked>
}

/** Rows of words, an item in the low `bits` of each and its level in the others: `recommend/packed-rows.ts`. */
export interface PackedOffsets {
  /** int32: items of the profile. */
  readonly items: number
  /** uint32. */
  readonly indptr: number
  /** uint32. */
  readonly words: number
  readonly bits: number
}

export interface AddedPacked extends PackedOffsets {
  /** One an entry of the profile. */
  readonly weights: number
  /** Float64, one a row. */
  readonly steps: number
  /** Whether levels have a sign. */
  readonly signed: boolean
  /** A number, not an offset. */
  readonly times: number
  /** One an item. */
  readonly z: number
}

/** Dimensions between two looks at whether an item can still be listed. */
export const LOOKED_AFTER = 16

/**
 * Scores z_j + v_j c; only those above 0 are listed, ties to the lower item. After every LOOKED_AFTER dimensions an item is left out that the others cannot
 * lift into the list.
 */
export interface OfferedScores {
  /** Entries of the list. */
  readonly k: number
  /** Of vectors; a multiple of LOOKED_AFTER, may be 0. */
  readonly dimensions: number
  /** Row-major, by place. */
  readonly vectors: number
  /** int32: where each item's vector is. */
  readonly places: number
  readonly coefficients: number
  /** At least the lengths of the coefficients from 0, LOOKED_AFTER ... on; 0 where there are none. */
  readonly lengths: number
  /** At least the length of each item's vector, by item; NaN keeps an item out. */
  readonly rooms: number
  /** The same from LOOKED_AFTER, twice as many ... on, and 0: one for each length, by place. */
  readonly tails: number
  readonly z: number
  /** A list as of `topK`, preset to -1 and 0. */
  readonly rows: number
  readonly scores: number
}

export interface OfferedOrder extends OfferedScores {
  /** int32: the item at each place. */
  readonly order: number
}

export interface OfferedPacked extends OfferedScores, PackedOffsets {}
