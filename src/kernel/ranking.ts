import type { Loop, MatrixOffsets } from './loop.ts'

/** Loops that rank items for RANKED_TOGETHER profiles at a time; offsets and counts as in `Kernel`. */
export interface RankingLoops {
  /** Profile c: z_cj = factor_c sum over i of w_ri s_ij, r = rows_c: the lists of the profile's items, added up. */
  readonly addLists: Loop<AddedLists>
  /**
   * Offers items, from a multiple of ITEMS_TOGETHER on, to the lists of all profiles: z_cj + v_j c. An item that cannot reach any list is left out early: the dimensions from
   * BOUNDED_AT[l] on add at most room_lj length_lc, by Cauchy and Schwarz, so that only rounding could list it. Only scores above 0 are listed, ties to the lower id.
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

/** Dimensions that are summed before each bound on the rest. */
export const BOUNDED_AT = [0, 16, 48] as const

/** The parts that vectors are cut into, by dimensions. */
export const partsOf = (dimensions: number): readonly { readonly from: number; readonly to: number }[] =>
  BOUNDED_AT.map((from, level) => ({
    from: Math.min(from, dimensions),
    to: Math.min(BOUNDED_AT[level + 1] ?? dimensions, dimensions),
  }))

/** Numbers that the candidates of `offerItems` take: sixty-four items with sixteen scores each. */
export const CANDIDATES_ROOM = 64 * (RANKED_TOGETHER + 1)

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
  /** Of vectors, may be 0. */
  readonly dimensions: number
  /** Cut at BOUNDED_AT: the first dimensions of all items, then the next ones; each part row-major, of `stride` rows. */
  readonly vectors: number
  /** dimensions x RANKED_TOGETHER. */
  readonly coefficients: number
  /** At least the length of each profile's coefficients from a bound on, BOUNDED_AT x RANKED_TOGETHER. */
  readonly lengths: number
  /** The same of each item's vector, BOUNDED_AT x `stride`; NaN keeps an item out, and stands where there is none. */
  readonly rooms: number
  /** Scores by profile, `stride` each; -Infinity keeps an item out of a list. */
  readonly z: number
  readonly stride: number
  /** Workspace of CANDIDATES_ROOM numbers. */
  readonly candidates: number
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
