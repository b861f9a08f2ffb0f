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
  /** The recommender, which has options of its own. Default 'graph-filter'. */
  method: opening<MethodName>('graph-filter', METHOD_OPTIONS),
}

export const recommenderOptions = { ...methodOption, ...recencyOptions }

/** Which recommender answers, and its own options. */
export type RecommenderOptions<Name extends MethodName = MethodName> = MethodChoice<Name> & RecencyOptions

/** Of a recommender that is asked about a profile. */
export const askedOptions = { ...recommenderOptions, ...orderOptions }

/** Which recommender answers, and how it reads a profile. */
export type AskedOptions = RecommenderOptions & OrderOptions

const isSignalExclusion: Check = (value) => {
  const expected = '{ signals: [...] } with at least one name'
  if (value === null || typeof value !== 'object' || Object.keys(value).join() !== 'signals') return expected
  const names: unknown = (value as { readonly signals: unknown }).signals
  const areNames = Array.isArray(names) && names.length > 0 && names.every((name) => isString(name) === null)
  return areNames ? null : expected
}

/** What is left out of a list. */
export type Exclusion = 'seen' | 'none' | { readonly signals: readonly string[] }

/** Items by their ids, or by a question about each: what is known of an item is the caller's, who looks it up by the id. */
export type ItemFilter = Iterable<Id> | ((item: string) => boolean)

const isFilter = either(isIterable, isFunction)

export const selectionOptions = {
  /** Most entries of a list; integer >= 1; a catalogue with fewer gives shorter lists. Default 10. */
  k: integer(10, 1),
  /**
   * 'seen' leaves out what the profile holds, 'none' nothing, `{ signals: ['buy'] }` what a user of the data did with these signals, whatever they weigh: what
   * she only viewed may stand in her list. Lists of users only. Default 'seen'.
   */
  exclude: option<Exclusion>('seen', either(oneOf('seen', 'none'), isSignalExclusion)),
  /** Only these items may stand in a list: ids, or a function of an id that gives true or false, asked once for each item. Default all. */
  allow: optional<ItemFilter>(isFilter),
  /** These items never stand in a list; as `allow`. Default none. */
  deny: optional<ItemFilter>(isFilter),
  /** Entries with a lower score are left out, and no prior fills up; scores are the method's own. Default none. */
  minScore: option(-Infinity, either(finiteNumber, oneOf(-Infinity))),
  /** Profiles of at most so many items get the prior alone; integer >= 0. Default 0: the prior only fills up. */
  priorUpTo: integer(0, 0),
}

/** Which items may stand in a list, and how many. */
export interface SelectionOptions extends Given<typeof selectionOptions> {}

const priorOptions = {
  /** What fills up lists where nothing of the profile reaches: popular items, or those popular in the clusters that the profile fits. Default 'popularity'. */
  prior: option<'popularity' | UserClusters>('popularity', either(oneOf('popularity'), isUserClusters)),
  /**
   * What becomes of users and items that are named and not known: 'error' refuses the first; 'drop' goes on without them, so that such a user has no list; 'prior' gives
   * such a user the list of somebody without interactions, and drops such items. Both say in notes how many. Default 'error'.
   */
  unknown: choice<UnknownRule>('error', ['error', 'drop', 'prior']),
}

const listOptions = { ...selectionOptions, ...priorOptions }

/** Options of every question for a list of items. */
export type ListOptions = AskedOptions & SelectionOptions & Given<typeof priorOptions>

export const usersOptions = {
  /** Whom to answer, by id. Default all users. */
  users: optional<Iterable<Id>>(isIterable),
}

/** Of lists for profiles. */
export const profileListOptions = { ...askedOptions, ...listOptions }

/** Of lists for users. */
export const userListOptions = { ...profileListOptions, ...usersOptions }

/** Options of lists for many users. */
export type UserListOptions = ListOptions & Given<typeof usersOptions>

/** A recommender's options, checked. */
export interface RecommenderRequest {
  /** The function that was asked. */
  readonly who: string
  readonly method: MethodName
  /** The method's options, defaults filled in. */
  readonly methodOptions: MethodOptions
  readonly embedding: StoredEmbedding | null
  readonly recent: RecencyRequest
  /** Places after which an item of a profile counts half; `null` where all count whole. */
  readonly profileHalfLife: number | null
}

/** Options of a question for a list, checked. */
export interface ListRequest extends RecommenderRequest, Selection {
  readonly prior: 'popularity' | UserClusters
}

/** Which recommender is asked, of options that are checked. */
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

/** Popular items are recommended to everybody. @throws {RivuletError} INVALID_OPTION for a method that looks at no profile */
export function requireProfileMethod({ who, method }: RecommenderRequest): void {
  if (method !== 'popularity') return
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, option 'method'`,
    expected: 'a method that looks at the user',
    got: "'popularity'",
    todo: 'Choose another method: popular items are recommended to everybody.',
    details: { option: 'method' },
  })
}

/** A question for a list. @throws {RivuletError} UNKNOWN_KEY for an allowed or denied item. */
export function listRequestOf(
  who: string,
  items: KeyIndex,
  { unknown, ...options }: Resolved<typeof profileListOptions>,
  ids = new UnknownIds(unknown),
): ListRequest {
  return { ...requestOf(who, options), ...selectionOf(who, items, options, ids), prior: options.prior }
}

/**
 * Checks the options of a question for a list: the shared ones and those of the chosen method.
 *
 * @param further what else the caller takes
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION (an option of another method too), UNKNOWN_KEY for an allowed or denied item.
 */
export const resolveList = (who: string, options: unknown, items: KeyIndex, further?: Spec): ListRequest =>
  listRequestOf(who, items, resolve(who, { ...profileListOptions, ...further }, options))

/** Checks the options of a question that is not for a list. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const resolveRecommender = (who: string, options: unknown): RecommenderRequest =>
  requestOf(who, resolve(who, askedOptions, options))

/** What stands in the lists of a recommender that is already chosen. @throws {RivuletError} UNKNOWN_KEY. */
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
    expected: "'seen' or 'none', as nobody knows by which signals a profile came about",
    got: show({ signals: excludeSignals }),
    todo: "Give exclude: 'none', and the items to leave out as 'deny'.",
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

/** @throws {RivuletError} INVALID_OPTION for an answer that is neither true nor false: one that was forgotten, or is still to come */
function markWhere(from: string, items: KeyIndex, holds: (item: string) => boolean, mark: (row: number) => void): void {
  for (let row = 0; row < items.size; row++) {
    const key = items.keyOf(row)
    const answer: unknown = holds(key)
    if (typeof answer !== 'boolean') {
      throw new RivuletError('INVALID_OPTION', {
        who: from,
        expected: 'a function that gives true or false',
        got: `${show(answer)} for item ${show(key)}`,
        todo: 'Look up beforehand what it asks about.',
        details: { item: key },
      })
    }
    if (answer) mark(row)
  }
}
