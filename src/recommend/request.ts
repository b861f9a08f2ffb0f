import type { StoredEmbedding } from '../embed/data-facts.ts'
import { isUserClusters, type UserClusters } from './cluster-prior.ts'
import {
  METHOD_NAMES,
  methodOf,
  type EmbeddingOptions,
  type MethodName,
  type MethodOptions,
} from './methods/methods.ts'
import type { Selection } from './selection.ts'
import { requireRow, type Id, type KeyIndex } from '../support/key-index.ts'
import { RivuletError } from '../support/errors.ts'
import { either, finiteNumber, isAbortSignal, isFunction, isIterable, oneOf } from '../support/options.ts'
import { choice, integer, option, optional, resolve, type Given, type Resolved, type Spec } from '../support/spec.ts'
import type { Progress } from '../run/protocol.ts'

export const recommenderOptions = {
  /** The recommender, which has options of its own. Default 'graph-filter'. */
  method: choice<MethodName>('graph-filter', METHOD_NAMES),
}

/** Which recommender answers, and its own options. */
export interface RecommenderOptions extends MethodOptions, EmbeddingOptions, Given<typeof recommenderOptions> {}

export const selectionOptions = {
  /** Most entries of a list; integer >= 1; a catalogue with fewer gives shorter lists. Default 10. */
  k: integer(10, 1),
  /** 'seen' leaves out what the profile holds; 'none' keeps it. Default 'seen'. */
  exclude: choice<'seen' | 'none'>('seen', ['seen', 'none']),
  /** Only these items may stand in a list. Default all. */
  allow: optional<Iterable<Id>>(isIterable),
  /** These items never stand in a list. Default none. */
  deny: optional<Iterable<Id>>(isIterable),
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
}

export const listOptions = { ...selectionOptions, ...priorOptions }

/** Options of every question for a list of items. */
export interface ListOptions extends RecommenderOptions, SelectionOptions, Given<typeof priorOptions> {}

/** How a call is watched: no part of the question. */
export const callOptions = {
  signal: optional<AbortSignal>(isAbortSignal),
  onProgress: optional<(progress: Progress) => void>(isFunction),
}

export const usersOptions = {
  /** Whom to answer, by id. Default all users. */
  users: optional<Iterable<Id>>(isIterable),
}

/** A recommender's options, checked. */
export interface RecommenderRequest {
  /** The function that was asked. */
  readonly who: string
  readonly method: MethodName
  /** The method's options, defaults filled in. */
  readonly methodOptions: MethodOptions
  readonly embedding: StoredEmbedding | null
}

/** Options of a question for a list, checked. */
export interface ListRequest extends RecommenderRequest, Selection {
  readonly prior: 'popularity' | UserClusters
}

/**
 * Checks the options of a question for a list: the shared ones and those of the chosen method.
 *
 * @param extra further options that the caller itself reads
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION (an option of another method too), UNKNOWN_KEY for an allowed or denied item.
 */
export function resolveList(who: string, options: unknown, items: KeyIndex, extra: Spec = {}): ListRequest {
  const { resolved, request } = resolveWith<typeof listOptions>(who, options, { ...listOptions, ...extra })
  return { ...request, ...selectionOf(who, items, resolved), prior: resolved.prior }
}

/** What stands in the lists of a recommender that is already chosen. @throws {RivuletError} UNKNOWN_KEY. */
export function selectionOf(who: string, items: KeyIndex, options: Resolved<typeof selectionOptions>): Selection {
  const { k, minScore, priorUpTo, exclude } = options
  const most = Math.min(k, items.size)
  const allowed = allowedItems(who, items, options)
  return { k: most, minScore, priorUpTo, query: { k: most, excludeSeeds: exclude === 'seen', allowed } }
}

/** Checks the options of a question that is not for a list. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export function resolveRecommender(who: string, options: unknown, extra: Spec = {}): RecommenderRequest {
  return resolveWith(who, options, extra).request
}

function resolveWith<Own extends Spec>(
  who: string,
  options: unknown,
  own: Own,
): { resolved: Resolved<Own>; request: RecommenderRequest } {
  const name = (options as RecommenderOptions | null | undefined)?.method ?? recommenderOptions.method.fallback
  const { options: taken } = methodOf(who, name)
  refuseOtherMethods(who, name, options, own)
  const resolved = resolve(who, { ...own, ...recommenderOptions, ...taken }, options) as Resolved<Own> &
    EmbeddingOptions
  const { embedding = null } = resolved
  const names = Object.keys(taken).filter((key) => key !== 'embedding')
  const chosen = Object.fromEntries(names.map((key) => [key, resolved[key]]))
  return { resolved, request: { who, method: name, methodOptions: chosen, embedding } }
}

/** It once was the name of that option. */
const KEPT = "Leave it out or choose that method: how many entries of an item are kept is 'entriesPerItem'."

/** An option of another method would otherwise be taken for a misspelling. */
function refuseOtherMethods(who: string, name: MethodName, options: unknown, known: Spec): void {
  const takes = (method: MethodName, key: string): boolean => Object.hasOwn(methodOf(who, method).options, key)
  for (const key of Object.keys(options ?? {})) {
    const owners = METHOD_NAMES.filter((method) => takes(method, key))
    if (owners.length === 0 || owners.includes(name) || Object.hasOwn(known, key)) continue
    throw new RivuletError('UNKNOWN_OPTION', {
      who,
      expected: `options of method '${name}'`,
      got: `'${key}', an option of ${owners.join(', ')}`,
      todo: who === 'compile' && key === 'neighbours' ? KEPT : 'Leave it out or choose that method.',
      details: { option: key, method: name },
    })
  }
}

function allowedItems(who: string, items: KeyIndex, { allow, deny }: SelectionOptions): Uint8Array {
  const allowed = new Uint8Array(items.size).fill(allow === undefined ? 1 : 0)
  for (const key of allow ?? []) allowed[requireRow(`${who}, option 'allow'`, 'an item', items, key)] = 1
  for (const key of deny ?? []) allowed[requireRow(`${who}, option 'deny'`, 'an item', items, key)] = 0
  return allowed
}
