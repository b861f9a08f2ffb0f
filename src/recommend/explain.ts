import { defineFunction, type SourceFunction } from '../method/define-method.ts'
import type { sourceOptions, SourceOptions } from '../method/source-options.ts'
import type { NamedNetwork } from '../network/network.ts'
import type { Algorithm } from '../request/request.ts'
import { requireRow, type Id, type KeyIndex } from '../support/key-index.ts'
import type { Defaults, Resolved } from '../support/spec.ts'
import { Catalogue } from './catalogue.ts'
import { askedOptions, requestOf, requireProfileMethod, type AskedOptions } from './request.ts'

/** Why an item scores what it scores for a user. */
export interface Explanation {
  readonly user: string
  readonly item: string
  /** The sum of the contributions. */
  readonly score: number
  /** What each of the user's own items adds, largest first. Exact: the score is linear in the profile. */
  readonly contributions: readonly Contribution[]
}

export interface Contribution {
  /** One of the user's own items. */
  readonly item: string
  readonly score: number
  /** Part of the whole score, 0 when that is 0. */
  readonly share: number
}

const WHO = 'explain'

/**
 * Why `item` scores what it scores for `user`: the exact contribution of each of her interactions.
 *
 * @throws {RivuletError} as `recommend`; UNKNOWN_KEY for a user or an item; INVALID_OPTION for popularity, where nothing of the user's counts.
 */
export const explain: SourceFunction<
  [user: Id, item: Id],
  AskedOptions,
  Explanation,
  AskedOptions & SourceOptions,
  Defaults<typeof askedOptions & typeof sourceOptions>
> = defineFunction({ name: WHO, needsSides: true, options: askedOptions, arity: 2, on: explainScore })

function* explainScore(
  network: NamedNetwork,
  options: Resolved<typeof askedOptions>,
  [userKey, itemKey]: readonly [Id, Id],
): Algorithm<Explanation> {
  const catalogue = Catalogue.of(WHO, network)
  const user = requireRow(WHO, 'a user', catalogue.users, userKey)
  const item = requireRow(WHO, 'an item', catalogue.items, itemKey)
  const request = requestOf(WHO, options)
  requireProfileMethod(request)
  const { items, parts } = yield* catalogue.contributions(user, item, request)
  const named = { user: catalogue.users.keyOf(user), item: catalogue.items.keyOf(item) }
  return { ...named, ...contributionsOf(items, parts, catalogue.items) }
}

/** The parts of a score by item id, largest first, with their sum. */
export function contributionsOf(
  items: Int32Array,
  parts: Float64Array,
  index: KeyIndex,
): Pick<Explanation, 'score' | 'contributions'> {
  const score = parts.reduce((sum, part) => sum + part, 0)
  const contributions = Array.from(parts, (part, at) => ({
    item: index.keyOf(items[at]),
    score: part,
    share: score === 0 ? 0 : part / score,
  }))
  contributions.sort((a, b) => b.score - a.score)
  return { score, contributions }
}
