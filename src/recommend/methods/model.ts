import type { SparseRows } from '../../matrix/csr.ts'
import type { Network } from '../../network/network.ts'
import { interactionsOf, itemsAmong } from '../../network/relations.ts'
import type { Algorithm } from '../../request/request.ts'
import type { ColumnLists, RowSeeds, SparseSeeds, TopLists } from '../../request/sweep.ts'
import type { Profile } from '../profile.ts'
import type { AskedLists, Expected } from './expected.ts'

/** Which items may be listed. */
export interface Query {
  /** Maximum length of a list. */
  readonly k: number
  /** Excludes the items of the profile. */
  readonly excludeSeeds: boolean
  /** Excludes these items too, a list for each profile. */
  readonly excluded?: ColumnLists | undefined
  /** 1 where an item is allowed, shape (items). */
  readonly allowed: Uint8Array
  /** Number of profiles of the whole call, if these are only a part. */
  readonly asked?: number
  /** Whether the profile is not that of a user, so the average user is not added. Default false. */
  readonly alone?: boolean
  /** Notes for the plan on how scores are computed. */
  readonly notes?: readonly string[]
}

/** The profiles of a query: rows of the matrix (known users), or sparse columns of item weights (any user). */
export type Profiles = RowSeeds | SparseSeeds

/** Items of one of the profiles: a view. @param known the rows of known users */
export function profileItems(profiles: Profiles, place: number, known: SparseRows): Int32Array | Uint32Array {
  if (profiles.kind === 'rows') return known.columnsOf(profiles.rows[place])
  return profiles.indices.subarray(profiles.indptr[place], profiles.indptr[place + 1])
}

/** Their weights. */
export function profileWeights(profiles: Profiles, place: number, known: SparseRows): Float32Array {
  if (profiles.kind === 'rows') return known.weightsOf(profiles.rows[place])
  return profiles.data.subarray(profiles.indptr[place], profiles.indptr[place + 1])
}

/** Items excluded from the list of one of the profiles in addition to its own: a view. */
export const excludedOf = (excluded: ColumnLists | undefined, place: number): Int32Array =>
  excluded?.indices.subarray(excluded.indptr[place], excluded.indptr[place + 1]) ?? NO_ITEMS

const NO_ITEMS = new Int32Array(0)

/** Number of items; a user's values of relations are not counted. */
export const profileLength = (profiles: Profiles, place: number, known: Pick<Network, 'rows' | 'relations'>): number =>
  profiles.kind === 'rows'
    ? interactionsOf(known, profiles.rows[place])
    : itemsAmong(profileItems(profiles, place, known.rows), known)

/** Contribution of each item of a profile, and of the item's values, to one item's score; the parts sum to the score. */
export interface Contributions {
  /** Columns of the matrix, including a user's values of relations. */
  readonly items: Int32Array
  readonly parts: Float64Array
  /** Amounts that arrive through the item's relations; they are not counted in `parts`. Default: none. */
  readonly arrived?: Arrived
}

/** Parts of a score by the rows of the item's values. */
export interface Arrived {
  readonly rows: Int32Array
  readonly parts: Float64Array
}

/** Amounts that arrive at the rows behind the users. An item that is reached in no other way scores the sum over its values. */
export interface BroughtToValues {
  /** Shape (values x profiles), row-major. */
  readonly brought: Float32Array
  /** Factor of an item's score; each value contributes by its weight there; shape (columns). */
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
   * Amounts that profiles bring to the values of items, in the last step of their spreading. Default: the method does not support relations.
   *
   * @param alone as in a query
   */
  arrivals?(profiles: SparseSeeds, alone: boolean): Algorithm<BroughtToValues>
  /** Cost of lists with this model. Default: the cost expected of the method, without that of the model. */
  expected?(asked: AskedLists): Expected | null
}
