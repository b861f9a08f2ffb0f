import { openNetwork, type Source } from '../propagate/network.ts'
import { readMachine } from '../plan/machine.ts'
import { drive, type Algorithm } from '../run/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import { isBoolean, numberBetween } from '../support/options.ts'
import { requireRow, type KeyIndex } from '../support/key-index.ts'
import { Catalogue, listAt, type ProfileEntry, type Rankings, type Recommendation } from './catalogue.ts'
import { explainScore, type Explanation } from './explain.ts'
import { CALL_CHECKS, resolveList, type ListOptions, type ListRequest } from './request.ts'

/** Options of the functions that read a graph or table and answer at once. */
export interface RecommendOptions extends ListOptions {
  /** Whom to answer, by id. Default all users. */
  readonly users?: Iterable<string> | undefined
  /** Whether interaction values weigh; otherwise every pair counts 1. Default false. */
  readonly weighted?: boolean | undefined
  /** Most bytes that the matrix and one round of users may take. Default: what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
}

/** Users that are ranked in one go: enough blocks for every thread, and the results stay small. */
export const USERS_PER_ROUND = 2048

const FUNCTION_CHECKS = { ...CALL_CHECKS, weighted: isBoolean, memoryLimitBytes: numberBetween(0, Infinity, '(]') }

/** A source opened for one call on the calling thread. */
interface Opened {
  readonly catalogue: Catalogue
  readonly request: ListRequest
  run<Result>(algorithm: Algorithm<Result>): Result
}

function open(who: string, source: Source, options: RecommendOptions = {}): Opened {
  const memoryLimitBytes = Math.min(options.memoryLimitBytes ?? Infinity, readMachine().memoryBytes)
  const weighted = options.weighted ?? false
  const network = openNetwork(who, source, { weighted, direction: 'both', memoryLimitBytes })
  const catalogue = new Catalogue(who, network)
  const request = resolveList(who, options, catalogue.items, FUNCTION_CHECKS)
  const solve = solveInThread(network.prepared, { memoryLimitBytes, kernel: 'auto' })
  return { catalogue, request, run: (algorithm) => drive(algorithm, solve) }
}

/** Rows of the named users, or of all. @throws {RivuletError} UNKNOWN_KEY. */
export function userRows(who: string, users: KeyIndex, keys: Iterable<string> | undefined): Int32Array {
  if (keys === undefined) return Int32Array.from({ length: users.size }, (_, row) => row)
  return Int32Array.from(keys, (key) => requireRow(`${who}, option 'users'`, 'a user', users, key))
}

/** Rows cut into rounds. */
export function* rounds(rows: Int32Array): Generator<Int32Array> {
  for (let start = 0; start < rows.length; start += USERS_PER_ROUND) yield rows.subarray(start, start + USERS_PER_ROUND)
}

/** Adds the lists of a round to a map, in the order of the users. */
export function addLists(lists: Map<string, Recommendation[]>, rankings: Rankings, { users, items }: Catalogue): void {
  rankings.users.forEach((user, place) => lists.set(users.keyOf(user), listAt(rankings, place, items)))
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
  const { catalogue, request, run } = open('recommend', source, options)
  const lists = new Map<string, Recommendation[]>()
  for (const rows of rounds(userRows('recommend', catalogue.users, options?.users))) {
    addLists(lists, run(catalogue.rankUsers(rows, request)), catalogue)
  }
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
  profile: Iterable<ProfileEntry | string>,
  options?: Omit<RecommendOptions, 'users'>,
): Recommendation[] {
  const { catalogue, request, run } = open('recommendFor', source, options)
  const entries = catalogue.readProfile('recommendFor', profile)
  return listAt(run(catalogue.rankProfile(entries, request)), 0, catalogue.items)
}

/** Why `item` scores what it scores for `user`: the exact contribution of each of her interactions. */
export function explain(
  source: Source,
  user: string,
  item: string,
  options?: Omit<RecommendOptions, 'users'>,
): Explanation {
  const { catalogue, request, run } = open('explain', source, options)
  return run(explainScore(catalogue, user, item, request))
}
