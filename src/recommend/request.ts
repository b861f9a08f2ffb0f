import type { StoredEmbedding } from '../embed/embedding-facts.ts'
import { isUserClusters, type UserClusters } from './cluster-prior.ts'
import { METHOD_NAMES, methodOf, type MethodName, type MethodOptions } from './methods/methods.ts'
import type { Selection } from './selection.ts'
import { requireRow, type Id, type KeyIndex } from '../support/key-index.ts'
import { RivuletError } from '../support/errors.ts'
import {
  either,
  finiteNumber,
  integerAtLeast,
  isAbortSignal,
  isFunction,
  isIterable,
  oneOf,
  resolveOptions,
  type Check,
} from '../support/options.ts'

/** Which recommender answers, and its own options. */
export interface RecommenderOptions extends MethodOptions {
  /** The recommender. Default 'graph-filter'. */
  readonly method?: MethodName | undefined
  /**
   * `graph-filter`: the vectors of the recipe's operator 'embedding', made of the same users, items and pairs as are recommended from. Default: none, and
   * a recipe without that operator.
   */
  readonly embedding?: StoredEmbedding | undefined
}

/** Which items may stand in a list, and how many. */
export interface SelectionOptions {
  /** Most entries of a list; integer >= 1; a catalogue with fewer gives shorter lists. Default 10. */
  readonly k?: number | undefined
  /** 'seen' leaves out what the profile holds; 'none' keeps it. Default 'seen'. */
  readonly exclude?: 'seen' | 'none' | undefined
  /** Only these items may stand in a list. Default all. */
  readonly allow?: Iterable<Id> | undefined
  /** These items never stand in a list. Default none. */
  readonly deny?: Iterable<Id> | undefined
  /** Entries with a lower score are left out; scores are the method's own. Default none. */
  readonly minScore?: number | undefined
  /** Profiles of at most so many items get the prior alone; integer >= 0. Default 0: the prior only fills up. */
  readonly priorUpTo?: number | undefined
}

/** Options of every question for a list of items. */
export interface ListOptions extends RecommenderOptions, SelectionOptions {
  /** What fills up lists where nothing of the profile reaches: popular items, or those popular in the clusters that the profile fits. Default 'popularity'. */
  readonly prior?: 'popularity' | UserClusters | undefined
}

/** A recommender's options, checked. */
export interface RecommenderRequest {
  readonly method: MethodName
  /** The method's options, defaults filled in. */
  readonly methodOptions: MethodOptions
  readonly embedding: StoredEmbedding | null
}

/** Options of a question for a list, checked. */
export interface ListRequest extends RecommenderRequest, Selection {
  readonly prior: 'popularity' | UserClusters
}

type Checks = Readonly<Record<string, Check>>

const DEFAULT_METHOD: MethodName = 'graph-filter'

const LIST_DEFAULTS = { k: 10, exclude: 'seen', minScore: -Infinity, priorUpTo: 0 } as const

const LIST_CHECKS: Checks = {
  k: integerAtLeast(1),
  exclude: oneOf('seen', 'none'),
  allow: isIterable,
  deny: isIterable,
  minScore: either(finiteNumber, oneOf(-Infinity)),
  priorUpTo: integerAtLeast(0),
}

const PRIOR_CHECK: Checks = { prior: either(oneOf('popularity'), isUserClusters) }

/**
 * Checks the options of a question for a list: the shared ones and those of the chosen method.
 *
 * @param extra checks of further options that the caller itself reads
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION (an option of another method too), UNKNOWN_KEY for an allowed or denied item.
 */
export function resolveList(
  who: string,
  options: ListOptions | undefined,
  items: KeyIndex,
  extra: Checks = {},
): ListRequest {
  const checks = { ...LIST_CHECKS, ...PRIOR_CHECK, ...extra }
  const { resolved, request } = resolveWith<ListOptions>(who, options, LIST_DEFAULTS, checks)
  return { ...request, ...selectionOf(who, items, resolved), prior: resolved.prior ?? 'popularity' }
}

/** The same for a recommender that is already chosen. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, UNKNOWN_KEY. */
export function resolveSelection(
  who: string,
  options: SelectionOptions | undefined,
  items: KeyIndex,
  extra: Checks = {},
): Selection {
  const checks = { ...LIST_CHECKS, ...extra } as Parameters<typeof resolveOptions<SelectionOptions>>[3]
  return selectionOf(who, items, resolveOptions<SelectionOptions>(who, options, LIST_DEFAULTS, checks))
}

function selectionOf(who: string, items: KeyIndex, options: SelectionOptions): Selection {
  const {
    k = LIST_DEFAULTS.k,
    minScore = LIST_DEFAULTS.minScore,
    priorUpTo = LIST_DEFAULTS.priorUpTo,
    exclude,
  } = options
  const most = Math.min(k, items.size)
  const allowed = allowedItems(who, items, options)
  return { k: most, minScore, priorUpTo, query: { k: most, excludeSeeds: exclude === 'seen', allowed } }
}

/** Checks the options of a question that is not for a list. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export function resolveRecommender(
  who: string,
  options: RecommenderOptions | undefined,
  extra: Checks = {},
): RecommenderRequest {
  return resolveWith<RecommenderOptions>(who, options, {}, extra).request
}

/** How a call is watched: no part of the question. */
export const CALL_CHECKS: Checks = { signal: isAbortSignal, onProgress: isFunction }

/** Who is asked about. */
export const USERS_CHECK: Checks = { users: isIterable }

function resolveWith<Options extends RecommenderOptions>(
  who: string,
  options: Options | undefined,
  defaults: Partial<Options>,
  checks: Checks,
): { resolved: Options; request: RecommenderRequest } {
  const name = options?.method ?? DEFAULT_METHOD
  const method = methodOf(who, name)
  refuseOtherMethods(who, name, options, checks)
  const all: Checks = { ...checks, ...method.checks, method: oneOf(...METHOD_NAMES) }
  const resolved = resolveOptions<Options>(
    who,
    options,
    { ...method.defaults, ...defaults } as Options,
    all as Parameters<typeof resolveOptions<Options>>[3],
  )
  const names = Object.keys(method.checks) as (keyof MethodOptions | 'embedding')[]
  const own = names.filter((key): key is keyof MethodOptions => key !== 'embedding')
  const methodOptions = Object.fromEntries(own.map((key) => [key, resolved[key]]))
  return { resolved, request: { method: name, methodOptions, embedding: resolved.embedding ?? null } }
}

/** An option of another method would otherwise be taken for a misspelling. */
function refuseOtherMethods(who: string, name: MethodName, options: object | null | undefined, known: Checks): void {
  const takes = (method: MethodName, key: string): boolean => Object.hasOwn(methodOf(who, method).checks, key)
  for (const key of Object.keys(options ?? {})) {
    const owners = METHOD_NAMES.filter((method) => takes(method, key))
    if (owners.length === 0 || owners.includes(name) || Object.hasOwn(known, key)) continue
    throw new RivuletError(
      'UNKNOWN_OPTION',
      {
        who,
        expected: `options of method '${name}'`,
        got: `'${key}', an option of ${owners.join(', ')}`,
        todo: 'Leave it out or choose that method.',
      },
      { option: key, method: name },
    )
  }
}

function allowedItems(who: string, items: KeyIndex, { allow, deny }: SelectionOptions): Uint8Array {
  const allowed = new Uint8Array(items.size).fill(allow === undefined ? 1 : 0)
  for (const key of allow ?? []) allowed[requireRow(`${who}, option 'allow'`, 'an item', items, key)] = 1
  for (const key of deny ?? []) allowed[requireRow(`${who}, option 'deny'`, 'an item', items, key)] = 0
  return allowed
}
