import { isSignals, type Signals } from '../data/signal-rules.ts'
import { openNetwork, type Source } from '../network/network.ts'
import { readMachine } from '../plan/machine.ts'
import type { Algorithm } from '../request/request.ts'
import { drive } from '../support/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import type { Id } from '../support/key-index.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { flag, number, option, resolve, type Given } from '../support/spec.ts'
import { Catalogue } from './catalogue.ts'
import { explainScore, type Explanation } from './explain.ts'
import { takeLists } from './list-room.ts'
import { methodOf } from './methods/methods.ts'
import { readProfile, type ProfileSource } from './profile.ts'
import { listAt, type Rankings, type Recommendation } from './rankings.ts'
import { resolveList, resolveRecommender, usersOptions, type ListOptions, type RecommenderOptions } from './request.ts'
import { rounds, userRows } from './rounds.ts'

export const readOptions = {
  /** Whether interaction values weigh; otherwise every pair counts 1. Default false. */
  weighted: flag(false),
  /**
   * What interactions weigh by the names of their signals, finite, below 0 for dislikes (`{ buy: 1, view: 0.2, dislike: -1 }`): a pair counts
   * with the sum over its signals, each once, or times its values where they weigh. A rule instead of a number says more
   * (`{ play: { transform: 'log1p', halfLife: 30 } }`); 'auto' takes the rules that `inferSignals` finds in the data. Interactions with other signals
   * are left out, as if they were not in the data; one that weighs 0 counts as seen and as nothing else. Default null: signals do not matter.
   */
  signals: option<Signals | null>(null, isSignals),
  /** Most bytes that the matrix and one round of users may take. Default: what the machine has free. */
  memoryLimitBytes: number(Infinity, 0, Infinity, '(]'),
}

/** How the functions read a graph or table. */
export interface ReadOptions extends Given<typeof readOptions> {}

/** Options of `recommend`. */
export interface RecommendOptions extends ListOptions, ReadOptions, Given<typeof usersOptions> {}

/** A source opened for one call on the calling thread. */
export interface Opened {
  readonly catalogue: Catalogue
  run<Result>(algorithm: Algorithm<Result>): Result
}

/** @throws {RivuletError} INVALID_OPTION, MEMORY_LIMIT, or what the source is refused for. */
export function open(who: string, source: Source, options: ReadOptions | undefined): Opened {
  const asked = Object.keys(readOptions).map((name) => [name, options?.[name as keyof ReadOptions]])
  const { weighted, signals, ...machine } = resolve(who, readOptions, Object.fromEntries(asked))
  const memoryLimitBytes = Math.min(machine.memoryLimitBytes, readMachine().memoryBytes)
  const network = openNetwork(who, source, { weighted, signals, direction: 'both', memoryLimitBytes })
  const solve = solveInThread(network.prepared)
  return { catalogue: new Catalogue(who, network), run: (algorithm) => drive(algorithm, solve) }
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
  const request = resolveList('recommend', options, catalogue.items, { ...readOptions, ...usersOptions })
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
  options?: ListOptions & ReadOptions,
): Recommendation[] {
  const { catalogue, run } = open('recommendFor', source, options)
  const request = resolveList('recommendFor', options, catalogue.items, readOptions)
  takeLists('recommendFor', catalogue, 1, request)
  const { signed } = methodOf('recommendFor', request.method)
  const entries = readProfile('recommendFor', catalogue.items, profile, { signed, scale: catalogue.scale })
  return listAt(run(catalogue.rankProfile(entries, request)), 0, catalogue.items)
}

/** Why `item` scores what it scores for `user`: the exact contribution of each of her interactions. */
export function explain(source: Source, user: Id, item: Id, options?: RecommenderOptions & ReadOptions): Explanation {
  const { catalogue, run } = open('explain', source, options)
  const request = resolveRecommender('explain', options, readOptions)
  return run(explainScore(catalogue, user, item, request))
}
