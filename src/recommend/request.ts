import type { StoredEmbedding } from '../embed/data-facts.ts'
import { isUserClusters, type UserClusters } from './cluster-prior.ts'
import {
  METHOD_OPTIONS,
  type EmbeddingOptions,
  type MethodChoice,
  type MethodName,
  type MethodOptions,
} from './methods/methods.ts'
import type { Selection } from './prior.ts'
import { orderOptions, type OrderOptions } from './profile-order.ts'
import { recencyOptions, type RecencyOptions, type RecencyRequest } from './recency.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { Id, KeyIndex } from '../support/key-index.ts'
import {
  either,
  finiteNumber,
  isFunction,
  isIterable,
  isString,
  oneOf,
  refusedOption,
  type Check,
} from '../support/options.ts'
import { UnknownIds, type UnknownRule } from '../support/unknown-ids.ts'
import {
  choice,
  integer,
  opening,
  option,
  optional,
  resolve,
  type Given,
  type Resolved,
  type Spec,
} from '../support/spec.ts'

const methodOption = {
  /** The recommender; each has options of its own. Default 'graph-filter'. */
  method: opening<MethodName>('graph-filter', METHOD_OPTIONS),
}

export const recommenderOptions = { ...methodOption, ...recencyOptions }

/** The recommender and its own options. */
export type RecommenderOptions<Name extends MethodName = MethodName> = MethodChoice<Name> & RecencyOptions

/** Options of a recommender that reads profiles. */
export const askedOptions = { ...recommenderOptions, ...orderOptions }

/** The recommender and the order of profiles. */
export type AskedOptions = RecommenderOptions & OrderOptions

const isSignalExclusion: Check = (value) => {
  const expected = '{ signals: [...] } with at least one name'
  if (value === null || typeof value !== 'object' || Object.keys(value).join() !== 'signals') return expected
  const names: unknown = (value as { readonly signals: unknown }).signals
  const areNames = Array.isArray(names) && names.length > 0 && names.every((name) => isString(name) === null)
  return areNames ? null : expected
}

/** Items to exclude from a list. */
export type Exclusion = 'seen' | 'none' | { readonly signals: readonly string[] }

/** Items by id, or a predicate of the id: the caller looks up its own data about the item. */
export type ItemFilter = Iterable<Id> | ((item: string) => boolean)

const isFilter = either(isIterable, isFunction)

export const selectionOptions = {
  /** Maximum length of a list; integer >= 1; smaller catalogues give shorter lists. Default 10. */
  k: integer(10, 1),
  /**
   * 'seen' leaves out the items of the profile, 'none' leaves out nothing, `{ signals: ['buy'] }` the items of a user with these signals, whatever their weight, so that items
   * that were only viewed may be listed. Only for lists of users in the data. Default 'seen'.
   */
  exclude: option<Exclusion>('seen', either(oneOf('seen', 'none'), isSignalExclusion)),
  /** Only these items may be listed: ids, or a function of an id that returns true or false, called once per item. Default all. */
  allow: optional<ItemFilter>(isFilter),
  /** These items are never listed; in the same form as `allow`. Default none. */
  deny: optional<ItemFilter>(isFilter),
  /** Entries with a lower score are left out, and the prior does not fill the list; in the unit of the method's scores. Default none. */
  minScore: option(-Infinity, either(finiteNumber, oneOf(-Infinity))),
  /** Profiles with at most this many items get only the prior; integer >= 0. Default 0: the prior only fills short lists. */
  priorUpTo: integer(0, 0),
}

/** Which items may be listed, and how many. */
export interface SelectionOptions extends Given<typeof selectionOptions> {}

const priorOptions = {
  /** What fills lists when the profile reaches too few items: popular items, or items popular in the clusters that fit the profile. Default 'popularity'. */
  prior: option<'popularity' | UserClusters>('popularity', either(oneOf('popularity'), isUserClusters)),
  /**
   * What happens to unknown users and items: 'error' fails at the first; 'drop' skips them, so that such a user has no list; 'prior' gives such a user
   * the list of a user without interactions, and skips such items. Both report the number in notes. Default 'error'.
   */
  unknown: choice<UnknownRule>('error', ['error', 'drop', 'prior']),
}

const listOptions = { ...selectionOptions, ...priorOptions }

/** Options of every request for a list of items. */
export type ListOptions = AskedOptions & SelectionOptions & Given<typeof priorOptions>

export const usersOptions = {
  /** Ids of the users. Default all users. */
  users: optional<Iterable<Id>>(isIterable),
}

/** Options of lists for profiles. */
export const profileListOptions = { ...askedOptions, ...listOptions }

/** Options of lists for users. */
export const userListOptions = { ...profileListOptions, ...usersOptions }

/** Options of lists for many users. */
export type UserListOptions = ListOptions & Given<typeof usersOptions>

/** A recommender's options, checked. */
export interface RecommenderRequest {
  /** The called function. */
  readonly who: string
  readonly method: MethodName
  /** The method's options, defaults filled in. */
  readonly methodOptions: MethodOptions
  readonly embedding: StoredEmbedding | null
  readonly recent: RecencyRequest
  /** Number of places after which an item of a profile counts half; `null` if all count fully. */
  readonly profileHalfLife: number | null
}

/** Checked options of a request for a list. */
export interface ListRequest extends RecommenderRequest, Selection {
  readonly prior: 'popularity' | UserClusters
}

/** The recommender of checked options. */
export function requestOf(
  who: string,
  {
    method,
    recency,
    now,
    profileHalfLife = null,
    ...options
  }: Resolved<typeof recommenderOptions> & Partial<Resolved<typeof orderOptions>>,
): RecommenderRequest {
  const { embedding = null, ...given } = options as MethodOptions & EmbeddingOptions
  const own = Object.keys(METHOD_OPTIONS[method]) as (keyof MethodOptions)[]
  const chosen = own.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]])
  return {
    who,
    method,
    methodOptions: Object.fromEntries(chosen) as MethodOptions,
    embedding,
    recent: { recency, now: now ?? null },
    profileHalfLife,
  }
}

/** Refuses popularity, which is the same for everybody. @throws {RivuletError} INVALID_OPTION for a method that does not depend on profiles */
export function requireProfileMethod({ who, method }: RecommenderRequest): void {
  if (method !== 'popularity') return
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, option 'method'`,
    expected: 'a personalized method',
    got: "'popularity'",
    todo: 'Choose another method: popular items are the same for all users.',
    details: { option: 'method' },
  })
}

/** A request for a list. @throws {RivuletError} UNKNOWN_KEY for an allowed or denied item. */
export function listRequestOf(
  who: string,
  items: KeyIndex,
  { unknown, ...options }: Resolved<typeof profileListOptions>,
  ids = new UnknownIds(unknown),
): ListRequest {
  return { ...requestOf(who, options), ...selectionOf(who, items, options, ids), prior: options.prior }
}

/**
 * Checks the options of a request for a list: the shared ones and those of the chosen method.
 *
 * @param further options of the caller
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION (an option of another method too), UNKNOWN_KEY for an allowed or denied item.
 */
export const resolveList = (who: string, options: unknown, items: KeyIndex, further?: Spec): ListRequest =>
  listRequestOf(who, items, resolve(who, { ...profileListOptions, ...further }, options))

/** Checks the options of a request for something other than a list. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const resolveRecommender = (who: string, options: unknown): RecommenderRequest =>
  requestOf(who, resolve(who, askedOptions, options))

/** Which items may be listed by a given recommender. @throws {RivuletError} UNKNOWN_KEY. */
export function selectionOf(
  who: string,
  items: KeyIndex,
  options: Resolved<typeof selectionOptions>,
  ids = new UnknownIds(),
): Selection {
  const { k, minScore, priorUpTo, exclude } = options
  const most = Math.min(k, items.size)
  const allowed = allowedItems(who, items, options, ids)
  const query = { k: most, excludeSeeds: exclude === 'seen', allowed }
  return { k: most, minScore, priorUpTo, excludeSignals: typeof exclude === 'string' ? null : exclude.signals, query }
}

/** Profiles of items have no signals. @throws {RivuletError} INVALID_OPTION */
export function refuseSignals(who: string, { excludeSignals }: Selection): void {
  if (excludeSignals === null) return
  throw refusedOption(who, 'exclude', {
    expected: "'seen' or 'none': a profile has no signals",
    got: show({ signals: excludeSignals }),
    todo: "Set exclude: 'none', and pass the items to leave out as 'deny'.",
  })
}

function allowedItems(who: string, items: KeyIndex, { allow, deny }: SelectionOptions, ids: UnknownIds): Uint8Array {
  const allowed = new Uint8Array(items.size).fill(allow === undefined ? 1 : 0)
  const mark = (option: 'allow' | 'deny', filter: ItemFilter = [], value: number): void => {
    const from = `${who}, option '${option}'`
    if (typeof filter === 'function') return markWhere(from, items, filter, (row) => (allowed[row] = value))
    for (const key of filter) {
      const row = ids.rowOf(from, 'an item', items, key)
      if (row >= 0) allowed[row] = value
    }
  }
  mark('allow', allow, 1)
  mark('deny', deny, 0)
  return allowed
}

/** @throws {RivuletError} INVALID_OPTION for a result that is neither true nor false: a forgotten return value, or a promise */
function markWhere(from: string, items: KeyIndex, holds: (item: string) => boolean, mark: (row: number) => void): void {
  for (let row = 0; row < items.size; row++) {
    const key = items.keyOf(row)
    const answer: unknown = holds(key)
    if (typeof answer !== 'boolean') {
      throw new RivuletError('INVALID_OPTION', {
        who: from,
        expected: 'a function that returns true or false',
        got: `${show(answer)} for item ${show(key)}`,
        todo: 'Make it synchronous: look up the data beforehand.',
        details: { item: key },
      })
    }
    if (answer) mark(row)
  }
}
