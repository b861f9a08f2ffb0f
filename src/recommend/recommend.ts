import { type Source } from '../network/open.ts'
import type { Algorithm } from '../request/request.ts'
import { atOnce, drive } from '../support/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import type { Id } from '../support/key-index.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { resolve, type Given } from '../support/spec.ts'
import { Catalogue } from './catalogue.ts'
import { explainScore, type Explanation } from './explain.ts'
import { takeLists } from './list-room.ts'
import { methodOf } from './methods/methods.ts'
import { readProfile, type ProfileSource } from './profile.ts'
import { listAt, type Rankings, type Recommendation } from './rankings.ts'
import { resolveList, resolveRecommender, usersOptions, type ListOptions, type RecommenderOptions } from './request.ts'
import { rounds, userRows } from './rounds.ts'
import { openSource, sourceOptions, type SourceOptions } from '../method/source-options.ts'
import { similarUsersOn, similarUsersOptions, type SimilarUser } from './similar-users.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Options of `recommend`. */
export interface RecommendOptions extends ListOptions, SourceOptions, Given<typeof usersOptions> {}

/** A source opened for one call on the calling thread. */
export interface Opened {
  readonly network: NamedNetwork
  readonly catalogue: Catalogue
  run<Result>(algorithm: Algorithm<Result>): Result
}

/** @throws {RivuletError} INVALID_OPTION, MEMORY_LIMIT, or what the source is refused for. */
export function open(who: string, source: Source, options: SourceOptions | undefined): Opened {
  const asked = Object.keys(sourceOptions).map((name) => [name, options?.[name as keyof SourceOptions]])
  const network = atOnce(openSource(who, source, resolve(who, sourceOptions, Object.fromEntries(asked))))
  const solve = solveInThread(network)
  return { network, catalogue: new Catalogue(who, network), run: (algorithm) => drive(algorithm, solve) }
}

/** Operations that an entry with its key costs. */
const ENTRY_COST = 50

/** Adds the lists of a round to a map, in the order of the users. */
export function* addLists(
  lists: Map<string, Recommendation[]>,
  rankings: Rankings,
  { users, items }: Catalogue,
): Sliced<void> {
  const slices = new Slices()
  for (let place = 0; place < rankings.users.length; place++) {
    lists.set(users.keyOf(rankings.users[place]), listAt(rankings, place, items))
    if (slices.full(ENTRY_COST * rankings.k)) yield PAUSE
  }
}

/**
 * Ranks the items that every user has not seen yet.
 *
 * A user without interactions, and a list that spreading cannot fill, gets popular items, marked `prior: true`.
 *
 * @param source a bipartite graphology graph or a table of interactions
 * @returns user -> best items first
 * @throws {RivuletError} UNSUPPORTED_GRAPH, EMPTY_DATA, INVALID_DATA, INVALID_OPTION, UNKNOWN_OPTION, UNKNOWN_KEY, MEMORY_LIMIT.
 * @example
 * ```ts
 * import { fromRows, recommend } from 'rivulet'
 *
 * const table = fromRows(
 *   [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'bread']].map(([user, item]) => ({ user, item })),
 *   { user: 'user', item: 'item' },
 * )
 * console.log(recommend(table, { k: 1 }).get('ann')?.[0].item) // bread
 * ```
 */
export function recommend(source: Source, options?: RecommendOptions): Map<string, Recommendation[]> {
  const { catalogue, run } = open('recommend', source, options)
  const request = resolveList('recommend', options, catalogue.items, { ...sourceOptions, ...usersOptions })
  const lists = new Map<string, Recommendation[]>()
  const users = userRows('recommend', catalogue.users, options?.users)
  takeLists('recommend', catalogue, users.length, request)
  for (const rows of rounds(users, request.k)) run(addLists(lists, run(catalogue.rankUsers(rows, request)), catalogue))
  return lists
}

/**
 * Ranks items for somebody who is not in the data, from items alone.
 *
 * @example
 * ```ts
 * import { fromRows, recommendFor } from 'rivulet'
 *
 * const rows = [{ user: 'ann', item: 'tea' }, { user: 'ann', item: 'milk' }]
 * const [first] = recommendFor(fromRows(rows, { user: 'user', item: 'item' }), ['tea'])
 * console.log(first.item) // milk
 * ```
 */
export function recommendFor(
  source: Source,
  profile: ProfileSource,
  options?: ListOptions & SourceOptions,
): Recommendation[] {
  return rankProfile('recommendFor', source, profile, options)
}

function rankProfile(
  who: string,
  source: Source,
  profile: ProfileSource,
  options: (ListOptions & SourceOptions) | undefined,
): Recommendation[] {
  const { catalogue, run } = open(who, source, options)
  const request = resolveList(who, options, catalogue.items, sourceOptions)
  takeLists(who, catalogue, 1, request)
  const { signed } = methodOf(who, request.method)
  const entries = readProfile(who, catalogue.items, profile, { signed, scale: catalogue.scale })
  return listAt(run(catalogue.rankProfile(entries, request)), 0, catalogue.items)
}

/**
 * Ranks the items that spreading from one item reaches, itself left out (unless `exclude` is 'none').
 *
 * @throws {RivuletError} as `recommend`; UNKNOWN_KEY for an item that is not there.
 * @example
 * ```ts
 * import { fromRows, similarItems } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'tea'], ['cid', 'oil']].map(([user, item]) => ({ user, item }))
 * const [nearest] = similarItems(fromRows(rows, { user: 'user', item: 'item' }), 'tea')
 * console.log(nearest.item) // milk
 * ```
 */
export function similarItems(source: Source, item: Id, options?: ListOptions & SourceOptions): Recommendation[] {
  return rankProfile('similarItems', source, [{ item }], options)
}

export interface SimilarUsersOptions extends SourceOptions, Given<typeof similarUsersOptions> {}

/**
 * Ranks the users that spreading from one user's interactions reaches, herself left out.
 *
 * @throws {RivuletError} as `recommend`; UNKNOWN_KEY for a user who is not there.
 * @example
 * ```ts
 * import { fromRows, similarUsers } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'tea'], ['cid', 'oil']].map(([user, item]) => ({ user, item }))
 * const [nearest] = similarUsers(fromRows(rows, { user: 'user', item: 'item' }), 'ann')
 * console.log(nearest.user) // bob
 * ```
 */
export function similarUsers(source: Source, user: Id, options?: SimilarUsersOptions): SimilarUser[] {
  const { k } = resolve('similarUsers', { ...sourceOptions, ...similarUsersOptions }, options)
  const { network, catalogue, run } = open('similarUsers', source, options)
  return run(similarUsersOn(network, catalogue, user, k))
}

/** Why `item` scores what it scores for `user`: the exact contribution of each of her interactions. */
export function explain(source: Source, user: Id, item: Id, options?: RecommenderOptions & SourceOptions): Explanation {
  const { catalogue, run } = open('explain', source, options)
  const request = resolveRecommender('explain', options, sourceOptions)
  return run(explainScore(catalogue, user, item, request))
}
