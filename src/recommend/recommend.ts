import { assignAnswers } from '../graph/assign.ts'
import { requireGraph, type AbstractGraph } from '../graph/check.ts'
import { type Source } from '../network/open.ts'
import type { Algorithm } from '../request/request.ts'
import { atOnce, drive } from '../support/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import type { Id } from '../support/key-index.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { defaultsOf, resolve, text, type Given } from '../support/spec.ts'
import { Catalogue } from './catalogue.ts'
import { explainScore, type Explanation } from './explain.ts'
import { takeLists } from './list-room.ts'
import { askAboutProfiles, itemProfiles, profilesAt } from './profile-question.ts'
import type { ProfileSource } from './profile.ts'
import { joinRankings, listAt, type RankedItems, type Rankings, type Recommendation } from './rankings.ts'
import {
  listOptions,
  recommenderOptions,
  resolveList,
  resolveRecommender,
  usersOptions,
  type ListOptions,
  type RecommenderOptions,
} from './request.ts'
import { rounds, userRows } from './rounds.ts'
import { openSource, sourceOptions, type SourceOptions } from '../method/source-options.ts'
import { similarUsersOn, similarUsersOptions, type SimilarUser } from './similar-users.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Options of `recommend`. */
export interface RecommendOptions
  extends ListOptions, SourceOptions, Given<typeof usersOptions>, Given<typeof edgeOptions> {}

export const edgeOptions = {
  /** Name of the edges that `.assign` adds, which replace earlier ones of that name. Default 'recommended'. */
  edge: text('recommended'),
}

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
  const opened = open('recommend', source, options)
  const lists = new Map<string, Recommendation[]>()
  for (const rankings of rankedRounds(opened, options)) opened.run(addLists(lists, rankings, opened.catalogue))
  return lists
}

/**
 * Adds what `recommend` answers to the graph: an edge from user to item for every entry, with attributes `score`, `rank` (from 1) and, where it is so,
 * `prior`. No function of this library reads such edges as interactions.
 *
 * @throws {RivuletError} as `recommend`; UNSUPPORTED_GRAPH for a pair that has an edge already, in a graph that is not multi
 */
recommend.assign = (graph: AbstractGraph, options?: RecommendOptions): void => {
  const opened = open('recommend', requireGraph('recommend', graph), options)
  const { nodes } = opened.network
  const { users, items } = opened.catalogue
  const { edge = edgeOptions.edge.fallback } = options ?? {}
  const answers = [...rankedRounds(opened, options)].flatMap((rankings) =>
    [...rankings.users].flatMap((user, place) =>
      listAt(rankings, place, items).map(({ item, ...entry }, at) => ({
        source: nodes.keyOf(user),
        target: nodes.keyOf(users.size + items.rowOf(item)),
        attributes: { ...entry, rank: at + 1 },
      })),
    ),
  )
  assignAnswers('recommend', graph, edge, answers)
}

/** What `recommend` answers as typed arrays, for many users without a string each. @throws {RivuletError} as `recommend` */
recommend.detailed = (source: Source, options?: RecommendOptions): RankedItems => {
  const opened = open('recommend', source, options)
  const { users, items } = opened.catalogue
  return { userKeys: users, itemKeys: items, ...joinRankings([...rankedRounds(opened, options)]) }
}

const ownOptions = { ...sourceOptions, ...usersOptions, ...edgeOptions }

/** What the options are that are not given; those of the methods apart. */
recommend.defaults = defaultsOf({ ...recommenderOptions, ...listOptions, ...ownOptions })

function* rankedRounds({ catalogue, run }: Opened, options: RecommendOptions | undefined): Generator<Rankings> {
  const request = resolveList('recommend', options, catalogue.items, ownOptions)
  const users = userRows('recommend', catalogue.users, options?.users)
  takeLists('recommend', catalogue, users.length, request)
  for (const rows of rounds(users, request.k)) yield run(catalogue.rankUsers(rows, request))
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
  return rankProfiles('recommendFor', source, [profile], options)[0]
}

/** A list for each profile. */
function rankProfiles(
  who: string,
  source: Source,
  sources: readonly ProfileSource[],
  options: (ListOptions & SourceOptions) | undefined,
): Recommendation[][] {
  const { catalogue, run } = open(who, source, options)
  const { request, profiles } = askAboutProfiles(who, catalogue, sources, options, sourceOptions)
  const places = Int32Array.from(profiles, (_, place) => place)
  return [...rounds(places, request.k)].flatMap((round) => {
    const rankings = run(catalogue.rankProfiles(profilesAt(profiles, round), request))
    return [...round].map((_, place) => listAt(rankings, place, catalogue.items))
  })
}

/**
 * Ranks the items that spreading from one item reaches, itself left out (unless `exclude` is 'none'); of many items, a list for each.
 *
 * @param item one id, which gives a list, or an array of them, which gives item -> list in their order
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
export function similarItems(source: Source, item: Id, options?: ListOptions & SourceOptions): Recommendation[]
export function similarItems(
  source: Source,
  item: readonly Id[],
  options?: ListOptions & SourceOptions,
): Map<string, Recommendation[]>
export function similarItems(
  source: Source,
  item: Id | readonly Id[],
  options?: ListOptions & SourceOptions,
): Recommendation[] | Map<string, Recommendation[]> {
  const lists = rankProfiles('similarItems', source, itemProfiles(item), options)
  return Array.isArray(item) ? new Map(item.map((id: Id, at) => [String(id), lists[at]])) : lists[0]
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
