import type { Loop, MatrixOffsets } from './loop.ts'

/** Loops that rank items for RANKED_TOGETHER profiles at a time; offsets and counts as in `Kernel`. */
export interface RankingLoops {
  /** Profile c: z_cj += factor_c sum over i of w_ri s_ij, r = rows_c: lists of items that the items of a profile lend to. */
  readonly addLists: Loop<AddedLists>
  /**
   * Offers items, from a multiple of ITEMS_TOGETHER on, to the lists of all profiles: z_cj + v_j c, v_j being the head of an item's vector and its tail. An item whose tail cannot lift it into any
   * list is left out: |v_j c| over the tail is at most room_j length_c, so that only rounding could list it. Only scores above 0 are listed, ties to the lower id. z is 0 afterwards.
   */
  readonly offerItems: Loop<OfferedItems>
  /** Entries of a profile: sums_j += factor w_e s_ij in float64, i the item of entry e. */
  readonly sumLists: Loop<SummedLists>
  /** Entries of a profile: offers what their lists hold, by its sum. Only scores above 0 are listed, ties to the lower item; sums are 0 afterwards. */
  readonly offerMet: Loop<MetItems>
  /** Items: offers them as `offerMet` does. */
  readonly offerSums: Loop<OfferedSums>
}

/** What rounding may add to the length of a vector, and its products to their sum. */
export const ROUNDING = 1 + 1e-4

/** Profiles that are ranked together. */
export const RANKED_TOGETHER = 16

/** Items that are looked at together. */
export const ITEMS_TOGETHER = 4

/** Scores of a profile before those of the next: a whole number of ITEMS_TOGETHER. */
export const strideOf = (items: number): number => Math.ceil(items / ITEMS_TOGETHER) * ITEMS_TOGETHER

export interface AddedLists {
  /** Scores of z from one profile to the next: those of one lie together, because they are added anywhere. */
  readonly stride: number
  /** int32; default: r = c. */
  readonly rows?: number
  /** Profiles by rows. */
  readonly matrix: MatrixOffsets
  /** One a profile. */
  readonly factors: number
  /** S, whose columns are items of z. */
  readonly lists: MatrixOffsets
  /** Scores by profile. */
  readonly z: number
}

export interface OfferedItems {
  /** Entries of a list. */
  readonly k: number
  /** Dimensions of the heads and of the tails of vectors, either may be 0. */
  readonly first: number
  readonly rest: number
  /** Row-major. */
  readonly heads: number
  readonly tails: number
  /** (first + rest) x RANKED_TOGETHER. */
  readonly coefficients: number
  /** At least the length of the coefficients of each profile's tail. */
  readonly lengths: number
  /** At least the length of each item's tail; NaN keeps an item out. */
  readonly rooms: number
  /** Scores by profile, `stride` each; -Infinity keeps an item out of a list. */
  readonly z: number
  readonly stride: number
  /** Room for the scores of ITEMS_TOGETHER items. */
  readonly sums: number
  /** int32: what the items are called in the lists. */
  readonly ids: number
  /** Lists as of `topK`, preset to -1 and 0. */
  readonly rows: number
  readonly scores: number
  /** The worst score of each list, preset to 0. */
  readonly bars: number
}

export interface SummedLists {
  readonly entries: ProfileEntries
  /** S by rows; indices of 0 say that rows are whole: `columns` numbers each, and pointers are not looked at. */
  readonly lists: MatrixOffsets
  readonly columns: number
  /** Float64, one a column of S. */
  readonly sums: number
}

/** Items with weights, in the order in which they are added. */
export interface ProfileEntries {
  readonly indices: number
  /** 0 where every item weighs 1. */
  readonly data: number
  readonly factor: number
}

/** Entries of one list of `topK`, preset to -1 and 0. */
export interface OfferedSums {
  readonly k: number
  /** NaN keeps an item out. */
  readonly rooms: number
  readonly rows: number
  readonly scores: number
  readonly sums: number
}

/** Lists that are not whole. */
export interface MetItems extends OfferedSums, SummedLists {}
