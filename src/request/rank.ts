import type { ColumnLists, RowSeeds, SparseSeeds } from './sweep.ts'

/**
 * The best items of many profiles, by what every item lends to others and by vectors:
 *
 *   scores = walk S' r + R (head o (L' r) + (1'r) lent),   only those above 0
 *
 * r a profile (items with weights), S (items x items) sparse, L and R (items x dimensions). What can't reach a list is left out by bounds; the lists are
 * those of all scores, but for what rounding decides. Without vectors sums are in float64, in the order of the profile.
 * Cost of a profile: the entries of its items' rows of S, and with vectors about items x `first` multiplications.
 */
export interface Rank {
  readonly kind: 'rank'
  /** Who asks, for messages. */
  readonly name: string
  readonly table: RankTable
  /** Known users, whose `scale` is not looked at, or anybody. */
  readonly profiles: RowSeeds | SparseSeeds
  /** What the parts of a score are multiplied by. */
  readonly filters: readonly RankFilter[]
  /** The filter of each profile, shape (profiles). */
  readonly filterOf: Uint8Array
  /** Entries of a list; integer >= 1. */
  readonly k: number
  /** 1 where an item may be listed, shape (items). */
  readonly allowed: Uint8Array
  /** Keeps a profile's own items out of its list. */
  readonly excludeSeeds: boolean
  /** Keeps these items out too, a list for each profile. */
  readonly excluded?: ColumnLists | undefined
  /** What the plan is to say of how scores come about. */
  readonly notes?: readonly string[]
}

export interface RankFilter {
  readonly walk: number
  /** Shape (dimensions). */
  readonly head: Float32Array
  /** What each unit of weight of a profile is given, shape (dimensions). Default: nothing. */
  readonly lent?: Float32Array
}

/**
 * What profiles are ranked by, in the order in which items are looked at: those first that can score most. One table asked again and again is written once.
 */
export interface RankTable {
  readonly items: number
  /** Of vectors; a multiple of 4, 0 for none. */
  readonly dimensions: number
  /** Dimensions of the heads of vectors, which every item is looked at by; the rest bounds itself by its length. */
  readonly first: number
  /** The item at each place, shape (items); empty without vectors, where items keep their order. */
  readonly ids: Int32Array
  /** L, by item; shape (items x dimensions), row-major. */
  readonly left: Float32Array
  /** R by place, its first dimensions and the others; row-major. */
  readonly heads: Float32Array
  readonly tails: Float32Array
  /** At least the length of the others, shape (items); empty without vectors. */
  readonly rooms: Float32Array
  /** S: rows by item, columns by place; `null` for none. */
  readonly lists: LentLists | null
}

/** Rows of a matrix of items. */
export interface LentLists {
  /** Empty where rows are whole. */
  readonly indptr: Uint32Array
  /** `null` where rows are whole, one number an item: of tables without vectors only. */
  readonly indices: Uint32Array | null
  readonly data: Float32Array
}
