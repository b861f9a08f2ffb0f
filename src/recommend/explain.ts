import type { RelationOptions } from '../data/relation-options.ts'
import { defineFunction, type SourceFunction } from '../method/define-method.ts'
import { relatedOptions, type SourceOptions } from '../method/source-options.ts'
import type { NamedNetwork } from '../network/network.ts'
import { heldAt } from '../network/relations.ts'
import type { Algorithm } from '../request/request.ts'
import { requireRow, type Id, type KeyIndex } from '../support/key-index.ts'
import type { Defaults, Resolved } from '../support/spec.ts'
import { Catalogue } from './catalogue.ts'
import { askedOptions, requestOf, requireProfileMethod, type AskedOptions } from './request.ts'

/** The contributions to an item's score for a user. */
export interface Explanation {
  readonly user: string
  readonly item: string
  /** The sum of the contributions, including those of relations. */
  readonly score: number
  /** Contribution of each of the user's own items, largest first. Exact, because the score is linear in the profile. */
  readonly contributions: readonly Contribution[]
  /**
   * Contributions of relations, largest first: those that start from the user's attributes, and those that arrive at the item by its attributes. The latter are
   * not counted for the user's items; what passes through relations on the way counts for its start. Empty without relations.
   */
  readonly relations: readonly RelationContribution[]
}

export interface Contribution {
  /** One of the user's own items. */
  readonly item: string
  readonly score: number
  /** Fraction of the whole score, 0 when that is 0. */
  readonly share: number
}

/** Contribution of a relation: 'because of genre: horror'. */
export interface RelationContribution {
  /** Name of the relation. */
  readonly relation: string
  /** Attribute of the user or the item; for a pair, the other node. */
  readonly value: string
  readonly score: number
  /** Fraction of the whole score, 0 when that is 0. */
  readonly share: number
}

const WHO = 'explain'

/**
 * The exact contribution of each of the user's interactions, and of relations, to the score of `item` for `user`.
 *
 * @throws {RivuletError} as `recommend`; UNKNOWN_KEY for a user or an item; INVALID_OPTION for popularity, which does not depend on the user.
 */
export const explain: SourceFunction<
  [user: Id, item: Id],
  AskedOptions,
  Explanation,
  AskedOptions & SourceOptions & RelationOptions,
  Defaults<typeof askedOptions & typeof relatedOptions>
> = defineFunction({
  name: WHO,
  needsSides: true,
  takesRelations: true,
  beside: relatedOptions,
  options: askedOptions,
  arity: 2,
  on: explainScore,
})

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
  const { items, parts, arrived } = yield* catalogue.contributions(user, item, request)
  const named = { user: catalogue.users.keyOf(user), item: catalogue.items.keyOf(item) }
  const { relations } = network
  if (relations === undefined) return { ...named, ...explanationOf(items, parts, catalogue.items) }
  const isOwn = (column: number): boolean => column < relations.itemCount
  const has = Array.from(items, (column, at) => ({ column, score: parts[at] }))
    .filter(({ column }) => !isOwn(column))
    .map(({ column, score }) => ({ ...heldAt(relations, 'user', column, user), score }))
  const { rows, parts: arrivals } = arrived ?? { rows: [], parts: [] }
  const came = Array.from(rows, (row, at) => ({ ...heldAt(relations, 'item', row, item), score: arrivals[at] }))
  const own = parts.filter((_, at) => isOwn(items[at]))
  return { ...named, ...explanationOf(items.filter(isOwn), own, catalogue.items, [...has, ...came]) }
}

/** The parts of a score, largest first, with their sum. */
export function explanationOf(
  items: Int32Array,
  parts: Float64Array,
  index: KeyIndex,
  relations: readonly Omit<RelationContribution, 'share'>[] = [],
): Omit<Explanation, 'user' | 'item'> {
  const score = [...parts, ...relations.map((part) => part.score)].reduce((sum, part) => sum + part, 0)
  const shared = <Part extends { readonly score: number }>(some: readonly Part[]) =>
    some.map((part) => ({ ...part, share: score === 0 ? 0 : part.score / score })).sort((a, b) => b.score - a.score)
  const contributions = Array.from(parts, (part, at) => ({ item: index.keyOf(items[at]), score: part }))
  return { score, contributions: shared(contributions), relations: shared(relations) }
}
