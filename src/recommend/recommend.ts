/** Functions of a source: ranked items for users, for new profiles, and similar items. */
import { assignAnswers, type EdgeAnswer } from '../graph/assign.ts'
import { requireGraph, type AbstractGraph } from '../graph/check.ts'
import { defineFunction, type Definition, type SourceFunction } from '../method/define-method.ts'
import type { RelationOptions } from '../data/relation-options.ts'
import { relatedOptions, type SourceOptions } from '../method/source-options.ts'
import type { NamedNetwork } from '../network/network.ts'
import type { Source } from '../network/open.ts'
import type { Detached } from '../request/request.ts'
import type { Id } from '../support/key-index.ts'
import { text, type Defaults, type Given, type Resolved } from '../support/spec.ts'
import { UnknownIds } from '../support/unknown-ids.ts'
import { Catalogue } from './catalogue.ts'
import type { Person } from './person.ts'
import type { ProfileSource } from './profile.ts'
import { eachList, joinRounds, rankProfiles, rankUsers } from './ranked-rounds.ts'
import { asLists, asRankedItems, userAt, type RankedItems, type Rankings, type Recommendation } from './rankings.ts'
import { profileListOptions, userListOptions, type ListOptions, type UserListOptions } from './request.ts'

/** Options of `recommend`. */
export type RecommendOptions = UserListOptions & SourceOptions & RelationOptions & Given<typeof edgeOptions>

export const edgeOptions = {
  /** Name of the edges that `.assign` adds; they replace earlier edges with this name. Default 'recommended'. */
  edge: text('recommended'),
}

type ListsOfUsers = SourceFunction<
  [],
  UserListOptions,
  Map<string, Recommendation[]>,
  RecommendOptions,
  Defaults<typeof userListOptions & typeof relatedOptions & typeof edgeOptions>
>

/** Recommends in graphology's style. */
export interface ItemRecommender extends ListsOfUsers {
  /**
   * Adds the result of `recommend` to the graph: an edge from user to item for every entry, with attributes `score`, `rank` (from 1) and, for entries of the
   * prior, `prior`. No function of this library reads such edges as interactions.
   *
   * @throws {RivuletError} as `recommend`; UNSUPPORTED_GRAPH for a pair that already has an edge in a graph without parallel edges
   */
  assign(graph: AbstractGraph, options?: RecommendOptions): void
  /** The result of `recommend` as typed arrays, without strings, for many users. @throws {RivuletError} as `recommend` */
  detailed(source: Source, options?: RecommendOptions): RankedItems
}

const WHO = 'recommend'

type UserList = Resolved<typeof userListOptions>

/** `recommend` with its result converted. */
const recommending = <Answer>(
  inRounds: (network: NamedNetwork, options: UserList) => Detached<Answer>,
): Definition<typeof userListOptions, [], Answer> => ({
  name: WHO,
  needsSides: true,
  takesRelations: true,
  options: userListOptions,
  beside: { ...relatedOptions, ...edgeOptions },
  inRounds,
})

function* listsOfUsers(network: NamedNetwork, options: UserList): Detached<Map<string, Recommendation[]>> {
  const { users, items } = Catalogue.of(WHO, network)
  const lists = asLists(new Map())
  const rounds = rankUsers(WHO, network, options, 'lists')
  yield* eachList(rounds, items, (list, place, rankings) => lists.set(userAt(rankings, place, users), list))
  return lists
}

function* edgesToItems(network: NamedNetwork, options: UserList): Detached<EdgeAnswer[]> {
  const { users, items } = Catalogue.of(WHO, network)
  const edges: EdgeAnswer[] = []
  yield* eachList(rankUsers(WHO, network, options, 'lists'), items, (list, place, rankings) => {
    const user = rankings.users[place]
    // Unknown users have no node.
    if (user < 0) return
    const source = network.nodes.keyOf(user)
    for (const [at, { item, ...entry }] of list.entries()) {
      const target = network.nodes.keyOf(users.size + items.rowOf(item))
      edges.push({ source, target, attributes: { ...entry, rank: at + 1 } })
    }
  })
  return edges
}

function* rankedItems(network: NamedNetwork, options: UserList): Detached<RankedItems> {
  const catalogue = Catalogue.of(WHO, network)
  const { users, items } = catalogue
  const ids = new UnknownIds(options.unknown)
  const ranked = yield* joinRounds(rankUsers(WHO, network, options, 'rows', ids))
  const notes = [...(network.notes ?? []), ...catalogue.notes, ...ids.notes]
  return asRankedItems({ userKeys: users, itemKeys: items, notes, ...ranked })
}

const edges: SourceFunction<[], UserListOptions, EdgeAnswer[], RecommendOptions> = defineFunction(
  recommending(edgesToItems),
)
const detailed: SourceFunction<[], UserListOptions, RankedItems, RecommendOptions> = defineFunction(
  recommending(rankedItems),
)

/**
 * Recommends items that users have not seen yet.
 *
 * Users without interactions, and lists that spreading cannot fill, get popular items, marked `prior: true`.
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
export const recommend: ItemRecommender = Object.assign<ListsOfUsers, Pick<ItemRecommender, 'assign' | 'detailed'>>(
  defineFunction(recommending(listsOfUsers)),
  { assign, detailed },
)

function assign(graph: AbstractGraph, options?: RecommendOptions): void {
  const answers = edges(requireGraph(WHO, graph), options)
  assignAnswers(WHO, graph, options?.edge ?? edgeOptions.edge.fallback, answers)
}

/** The engine's method with typed arrays. */
export const rank: SourceFunction<[], UserListOptions, Rankings> = defineFunction({
  name: 'rank',
  takesRelations: true,
  options: userListOptions,
  inRounds: (network: NamedNetwork, options: UserList) => joinRounds(rankUsers('rank', network, options, 'rows')),
})

/** A function with the options of lists. */
export type ListFunction<About extends readonly unknown[], Answer> = SourceFunction<
  About,
  ListOptions,
  Answer,
  ListOptions & SourceOptions & RelationOptions,
  Defaults<typeof profileListOptions & typeof relatedOptions>
>

/**
 * Ranks items for a user who is not in the data, from items alone, or from `{ items, attributes }` with attributes of relations: an age, friends, liked genres.
 *
 * @throws {RivuletError} as `recommend`; UNKNOWN_KEY for an unknown item, relation or value, naming the nearest
 * @example
 * ```ts
 * import { fromRows, recommendFor } from 'rivulet'
 *
 * const rows = [{ user: 'ann', item: 'tea' }, { user: 'ann', item: 'milk' }]
 * const [first] = recommendFor(fromRows(rows, { user: 'user', item: 'item' }), ['tea'])
 * console.log(first.item) // milk
 * ```
 */
export const recommendFor: ListFunction<[profile: ProfileSource | Person], Recommendation[]> = defineFunction({
  name: 'recommendFor',
  needsSides: true,
  takesRelations: true,
  beside: relatedOptions,
  options: profileListOptions,
  arity: 1,
  *inRounds(network, options: Resolved<typeof profileListOptions>, profiles: readonly [ProfileSource | Person]) {
    const { items } = Catalogue.of('recommendFor', network)
    let answer: Recommendation[] = []
    const rounds = rankProfiles('recommendFor', network, options, profiles, 'a list')
    yield* eachList(rounds, items, (list) => (answer = list))
    return answer
  },
})

type ListsOfItems = ListFunction<[item: Id | readonly Id[]], Recommendation[] | Map<string, Recommendation[]>>

/** A list for one item, or lists for many. */
export interface SimilarItems extends Pick<ListsOfItems, 'defaults' | 'name' | 'task'> {
  (source: Source, item: Id, options?: ListOptions & SourceOptions & RelationOptions): Recommendation[]
  (
    source: Source,
    item: readonly Id[],
    options?: ListOptions & SourceOptions & RelationOptions,
  ): Map<string, Recommendation[]>
}

/**
 * Ranks the items most similar to an item, without the item itself (unless `exclude` is 'none'); for several items, a list for each.
 *
 * @param item one id, which gives a list, or an array of them, which gives item -> list in their order
 * @throws {RivuletError} as `recommend`; UNKNOWN_KEY for an unknown item.
 * @example
 * ```ts
 * import { fromRows, similarItems } from 'rivulet'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'tea'], ['cid', 'oil']].map(([user, item]) => ({ user, item }))
 * const [nearest] = similarItems(fromRows(rows, { user: 'user', item: 'item' }), 'tea')
 * console.log(nearest.item) // milk
 * ```
 */
export const similarItems = defineFunction({
  name: 'similarItems',
  needsSides: true,
  takesRelations: true,
  beside: relatedOptions,
  options: profileListOptions,
  arity: 1,
  *inRounds(network, options: Resolved<typeof profileListOptions>, [asked]: readonly [Id | readonly Id[]]) {
    const { items } = Catalogue.of('similarItems', network)
    const ids = Array.isArray(asked) ? (asked as readonly Id[]) : [asked as Id]
    const unknown = new UnknownIds(options.unknown)
    const isKept = (id: Id): boolean =>
      options.unknown !== 'drop' || unknown.rowOf('similarItems', 'an item', items, id) >= 0
    const kept = ids.filter(isKept)
    const profiles = kept.map((item) => [{ item }])
    const rounds = rankProfiles('similarItems', network, options, profiles, 'lists', { alone: true }, unknown)
    const lists: Recommendation[][] = []
    yield* eachList(rounds, items, (list) => lists.push(list))
    return ids === asked ? asLists(new Map(kept.map((id, at) => [String(id), lists[at]]))) : (lists[0] ?? [])
  },
}) as SimilarItems
