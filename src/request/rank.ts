import type { ColumnLists, RowSeeds, SparseSeeds } from './sweep.ts'

/**
 * The best items for many profiles, from item-item weights and vectors:
 *
 *   scores = walk S' r + R (head o (L' r) + (1'r) lent),   only those above 0
 *
 * r a profile (items with weights), S (items x items) sparse, L and R (items x dimensions). Bounds skip items that cannot reach a list; the lists
 * equal those of all scores, up to rounding. Without vectors sums are in float64, in the order of the profile.
 * Cost of a profile: the entries of its items' rows of S, and with vectors a bound for each item.
 */
export interface Rank {
  readonly kind: 'rank'
  /** Name of the caller, for messages. */
  readonly name: string
  readonly table: RankTable
  /** Users of the network, whose `scale` is ignored, or other profiles. */
  readonly profiles: RowSeeds | SparseSeeds
  /** Factors of the parts of a score. */
  readonly filters: readonly RankFilter[]
  /** The filter of each profile, shape (profiles). */
  readonly filterOf: Uint8Array
  /** Entries of a list; integer >= 1. */
  readonly k: number
  /** 1 where an item may be listed, shape (items). */
  readonly allowed: Uint8Array
  /** Whether a profile's own items are excluded from its list. */
  readonly excludeSeeds: boolean
  /** Further items to exclude, a list for each profile. */
  readonly excluded?: ColumnLists | undefined
  /** Notes for the plan on how scores are computed. */
  readonly notes?: readonly string[]
}

export interface RankFilter {
  readonly walk: number
  /** Shape (dimensions). */
  readonly head: Float32Array
  /** Added per unit of weight of a profile, shape (dimensions). Default: nothing. */
  readonly lent?: Float32Array
}

/**
 * The table for ranking profiles, in the order in which items are visited: those with the highest possible scores first. A table that is used repeatedly is written once.
 */
export interface RankTable {
  readonly items: number
  /** Dimensions of vectors; a multiple of 4, 0 for none. */
  readonly dimensions: number
  /** The item at each place, shape (items); empty without vectors, where items keep their order. */
  readonly ids: Int32Array
  /** L, by item; shape (items x dimensions), row-major. */
  readonly left: Float32Array
  /** R by place, cut and padded as `offerItems` reads it. */
  readonly right: Float32Array
  /** Upper bounds of the length of each row of R from dimension BOUNDED_AT[l] on, shape (BOUNDED_AT x stride), NaN for padding; empty without vectors. */
  readonly rooms: Float32Array
  /** S: rows by item, columns by place; `null` for none. */
  readonly lists: LentLists | null
}

/** Rows of a matrix of items. */
export interface LentLists {
  /** Empty for whole rows. */
  readonly indptr: Uint32Array
  /** `null` for whole rows, with one number per item: only in tables without vectors. */
  readonly indices: Uint32Array | null
  readonly data: Float32Array
}
