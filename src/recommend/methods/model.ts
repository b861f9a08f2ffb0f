import type { SparseRows } from '../../matrix/csr.ts'
import type { Network } from '../../network/network.ts'
import { interactionsOf, itemsAmong } from '../../network/relations.ts'
import type { Algorithm } from '../../request/request.ts'
import type { ColumnLists, RowSeeds, SparseSeeds, TopLists } from '../../request/sweep.ts'
import type { Profile } from '../profile.ts'
import type { AskedLists, Expected } from './expected.ts'

/** Which items may stand in a list. */
export interface Query {
  /** Most entries of a list. */
  readonly k: number
  /** Leave out the items that the profile was made of. */
  readonly excludeSeeds: boolean
  /** Leave these items out too, a list for each profile. */
  readonly excluded?: ColumnLists | undefined
  /** 1 where an item is allowed, shape (items). */
  readonly allowed: Uint8Array
  /** How many profiles the whole call is about, where these are only a part. */
  readonly asked?: number
  /** Whether the profile is not that of a user, so that no average user is added. Default false. */
  readonly alone?: boolean
  /** Notes for the plan on how scores are computed. */
  readonly notes?: readonly string[]
}

/** The profiles to answer: rows of the matrix (known users), or sparse columns of item weights (anybody). */
export type Profiles = RowSeeds | SparseSeeds

/** Items of one of the profiles: a view. @param known where rows are read */
export function profileItems(profiles: Profiles, place: number, known: SparseRows): Int32Array | Uint32Array {
  if (profiles.kind === 'rows') return known.columnsOf(profiles.rows[place])
  return profiles.indices.subarray(profiles.indptr[place], profiles.indptr[place + 1])
}

/** What they weigh. */
export function profileWeights(profiles: Profiles, place: number, known: SparseRows): Float32Array {
  if (profiles.kind === 'rows') return known.weightsOf(profiles.rows[place])
  return profiles.data.subarray(profiles.indptr[place], profiles.indptr[place + 1])
}

/** Items that are kept out of the list of one of the profiles beside its own: a view. */
export const excludedOf = (excluded: ColumnLists | undefined, place: number): Int32Array =>
  excluded?.indices.subarray(excluded.indptr[place], excluded.indptr[place + 1]) ?? NO_ITEMS

const NO_ITEMS = new Int32Array(0)

/** How many they are; what a user holds by relations does not count. */
export const profileLength = (profiles: Profiles, place: number, known: Pick<Network, 'rows' | 'relations'>): number =>
  profiles.kind === 'rows'
    ? interactionsOf(known, profiles.rows[place])
    : itemsAmong(profileItems(profiles, place, known.rows), known)

/** How much each item of a profile adds to one item's score, and what the item holds; the parts sum to the score. */
export interface Contributions {
  /** Columns of the matrix: what a user holds by relations too. */
  readonly items: Int32Array
  readonly parts: Float64Array
  /** What arrives by relations of the item, and no more counts in `parts`. Default: nothing does. */
  readonly arrived?: Arrived
}

/** Parts of a score by the rows of the matrix that an item holds. */
export interface Arrived {
  readonly rows: Int32Array
  readonly parts: Float64Array
}

/** What arrives at the rows behind the users. An item scores the sum over those that it holds, where nothing else leads to it. */
export interface BroughtToValues {
  /** Shape (values x profiles), row-major. */
  readonly brought: Float32Array
  /** What an item's score is multiplied by: of a value it takes as much as it weighs there; shape (columns). */
  readonly taken: Float32Array
}

/**
 * A recommender over one network: a linear map from a profile (items with weights) to scores of all items, one for
 * profiles of each number of items.
 *
 * Only items with a score above zero are ranked; lists are filled up with row -1.
 */
export interface Model {
  /** The best items of each profile, best first, ties to the lower item. */
  rank(profiles: Profiles, query: Query): Algorithm<TopLists>
  /** The parts of `item`'s score that come from the items of a profile. */
  contributions(profile: Profile, item: number): Algorithm<Contributions>
  /**
   * What profiles bring to what items hold, in the last step of their spreading. Default: the method takes no relations.
   *
   * @param alone as of a query
   */
  arrivals?(profiles: SparseSeeds, alone: boolean): Algorithm<BroughtToValues>
  /** What lists cost now that it is there. Default: what is expected of the method, its making left out. */
  expected?(asked: AskedLists): Expected | null
}
