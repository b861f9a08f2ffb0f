import { METHOD_NAMES, methodOf, type MethodName, type MethodOptions } from './methods.ts'
import type { Query } from './model.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { requireRow } from '../support/key-index.ts'
import {
  anything,
  finiteNumber,
  either,
  integerAtLeast,
  oneOf,
  resolveOptions,
  type Check,
} from '../support/options.ts'

/** Options of every question about items. */
export interface ListOptions extends MethodOptions {
  /** Most entries of a list; integer >= 1; a catalogue with fewer gives shorter lists. Default 10. */
  readonly k?: number | undefined
  /** The recommender. Default 'label-spreading'. */
  readonly method?: MethodName | undefined
  /** 'seen' leaves out what the profile holds; 'none' keeps it. Default 'seen'. */
  readonly exclude?: 'seen' | 'none' | undefined
  /** Only these items may stand in a list. Default all. */
  readonly allow?: Iterable<string> | undefined
  /** These items never stand in a list. Default none. */
  readonly deny?: Iterable<string> | undefined
  /** Entries with a lower score are left out; scores are the method's own. Default none. */
  readonly minScore?: number | undefined
}

/** Options, checked. */
export interface ListRequest {
  readonly k: number
  readonly method: MethodName
  /** The method's options, defaults filled in. */
  readonly methodOptions: MethodOptions
  readonly minScore: number
  readonly query: Query
}

const SHARED_DEFAULTS = { k: 10, method: 'label-spreading' as MethodName, exclude: 'seen', minScore: -Infinity }

const isIterable: Check = (value) =>
  value !== null && typeof value === 'object' && Symbol.iterator in value ? null : 'ids in an iterable'

const SHARED_CHECKS = {
  k: integerAtLeast(1),
  method: oneOf(...METHOD_NAMES),
  exclude: oneOf('seen', 'none'),
  allow: isIterable,
  deny: isIterable,
  minScore: either(finiteNumber, oneOf(-Infinity)),
}

/**
 * Checks the options of a question about items: the shared ones and those of the chosen method.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION (an option of another method too), UNKNOWN_KEY for an allowed or denied item.
 */
export function resolveList(
  who: string,
  options: ListOptions | undefined,
  items: KeyIndex,
  extra: Readonly<Record<string, Check>> = {},
): ListRequest {
  const name = options?.method ?? SHARED_DEFAULTS.method
  const method = methodOf(who, name)
  const own = Object.keys(method.checks)
  const resolved = resolveOptions<ListOptions>(
    who,
    options,
    { ...SHARED_DEFAULTS, ...method.defaults } as ListOptions,
    {
      ...SHARED_CHECKS,
      ...method.checks,
      ...extra,
    } as Record<keyof ListOptions, Check>,
  )
  const k = Math.min(resolved.k ?? SHARED_DEFAULTS.k, items.size)
  return {
    k,
    method: name,
    methodOptions: Object.fromEntries(own.map((key) => [key, resolved[key as keyof MethodOptions]])),
    minScore: resolved.minScore ?? -Infinity,
    query: { k, excludeSeeds: resolved.exclude === 'seen', allowed: allowedItems(who, items, resolved) },
  }
}

/** Options that say who is asked and how it is watched; they are not part of the question. */
export const CALL_CHECKS: Readonly<Record<string, Check>> = {
  users: isIterable,
  signal: anything,
  onProgress: anything,
}

function allowedItems(who: string, items: KeyIndex, { allow, deny }: ListOptions): Uint8Array {
  const allowed = new Uint8Array(items.size).fill(allow === undefined ? 1 : 0)
  for (const key of allow ?? []) allowed[requireRow(`${who}, option 'allow'`, 'an item', items, key)] = 1
  for (const key of deny ?? []) allowed[requireRow(`${who}, option 'deny'`, 'an item', items, key)] = 0
  return allowed
}
