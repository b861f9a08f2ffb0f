/** Scores of given pairs, to rank a candidate list of another system by a method here. */
import { defineFunction, type SourceFunction } from '../method/define-method.ts'
import type { RelationOptions } from '../data/relation-options.ts'
import { relatedOptions, type SourceOptions } from '../method/source-options.ts'
import type { NamedNetwork } from '../network/network.ts'
import type { Detached } from '../request/request.ts'
import { show } from '../support/errors.ts'
import type { Id } from '../support/key-index.ts'
import { checkOption, isIterable } from '../support/options.ts'
import { defaultsOf, type Defaults, type Given, type Resolved } from '../support/spec.ts'
import { UnknownIds, unknownOptions } from '../support/unknown-ids.ts'
import { Catalogue } from './catalogue.ts'
import { rankUsers } from './ranked-rounds.ts'
import { askedOptions, userListOptions, type AskedOptions } from './request.ts'

/** Score of an item for a user. */
export interface ScoredPair {
  readonly user: string
  readonly item: string
  /** The method's own score, 0 if the user's items do not reach the item; comparable within one method and user. */
  readonly score: number
}

export const scorePairsOptions = { ...askedOptions, ...unknownOptions }

/** Options of `score`. */
export type ScorePairsOptions = AskedOptions & Given<typeof unknownOptions>

const WHO = 'score'

/**
 * Scores pairs of user and item, in their order: what the item would score in the user's list. Items of the user are scored too.
 *
 * Cost: that of lists for these users, with as many entries as there are items among the pairs.
 *
 * @throws {RivuletError} as `recommend`; UNKNOWN_KEY for a pair of an unknown user or item, unless `unknown` drops it
 * @example
 * ```ts
 * import { fromRows } from 'rivulet'
 * import { score } from 'rivulet/advanced'
 *
 * const rows = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'milk'], ['bob', 'bread'], ['cid', 'oil']].map(([user, item]) => ({ user, item }))
 * const [bread, oil] = score(fromRows(rows, { user: 'user', item: 'item' }), [['ann', 'bread'], ['ann', 'oil']])
 * console.log(bread.score > 0, oil.score) // true 0
 * ```
 */
export const score: SourceFunction<
  [pairs: Iterable<readonly [user: Id, item: Id]>],
  ScorePairsOptions,
  ScoredPair[],
  ScorePairsOptions & SourceOptions & RelationOptions,
  Defaults<typeof scorePairsOptions & typeof relatedOptions>
> = defineFunction({
  name: WHO,
  needsSides: true,
  takesRelations: true,
  beside: relatedOptions,
  options: scorePairsOptions,
  arity: 1,
  inRounds: scorePairs,
})

function* scorePairs(
  network: NamedNetwork,
  { unknown, ...options }: Resolved<typeof scorePairsOptions>,
  [pairs]: readonly [Iterable<readonly [Id, Id]>],
): Detached<ScoredPair[]> {
  const { users, items } = Catalogue.of(WHO, network)
  const asked = knownPairs(pairs, { users, items }, new UnknownIds(unknown))
  const scores = new Map<number, Map<number, number>>()
  for (const [user] of asked) scores.set(user, new Map())
  const wanted = [...new Set(asked.map(([, item]) => item))]
  if (wanted.length === 0) return []
  const list = {
    ...defaultsOf(userListOptions),
    ...options,
    users: Array.from(scores.keys(), (row) => users.keyOf(row)),
    allow: wanted.map((row) => items.keyOf(row)),
    deny: undefined,
    k: wanted.length,
    exclude: 'none' as const,
  }
  for (const round of rankUsers(WHO, network, list, 'a list')) {
    const { users: ranked, k, items: rows, scores: values, priorFrom } = yield* round
    ranked.forEach((user, place) => {
      // Entries of the prior are listed because they are popular: the profile did not reach them.
      for (let at = place * k; at < place * k + priorFrom[place]; at++) scores.get(user)?.set(rows[at], values[at])
    })
  }
  return asked.map(([user, item]) => ({
    user: users.keyOf(user),
    item: items.keyOf(item),
    score: scores.get(user)?.get(item) ?? 0,
  }))
}

function knownPairs(
  pairs: Iterable<readonly [Id, Id]>,
  { users, items }: Pick<Catalogue, 'users' | 'items'>,
  ids: UnknownIds,
): (readonly [user: number, item: number])[] {
  checkOption(WHO, 'pairs', pairs, isIterable)
  const known: (readonly [number, number])[] = []
  for (const pair of pairs) {
    const isPair = Array.isArray(pair) && pair.length === 2
    if (!isPair) checkOption(WHO, 'pairs', pairs, () => `pairs [user, item], not ${show(pair)}`)
    const user = ids.rowOf(`${WHO}, user of a pair`, 'a user', users, pair[0])
    const item = ids.rowOf(`${WHO}, item of a pair`, 'an item', items, pair[1])
    if (user >= 0 && item >= 0) known.push([user, item])
  }
  return known
}
