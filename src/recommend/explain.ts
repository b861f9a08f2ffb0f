import { RivuletError } from '../support/errors.ts'
import { requireRow, type Id, type KeyIndex } from '../support/key-index.ts'
import type { Algorithm } from '../request/request.ts'
import type { Catalogue } from './catalogue.ts'
import type { RecommenderRequest } from './request.ts'

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

/**
 * The exact contribution of each of a user's interactions to an item's score.
 *
 * @throws {RivuletError} UNKNOWN_KEY for a user or an item; INVALID_OPTION for popularity, where nothing of the user's counts.
 */
export function* explainScore(
  catalogue: Catalogue,
  userKey: Id,
  itemKey: Id,
  request: RecommenderRequest,
): Algorithm<Explanation> {
  const { who } = request
  const user = requireRow(who, 'a user', catalogue.users, userKey)
  const item = requireRow(who, 'an item', catalogue.items, itemKey)
  if (request.method === 'popularity') {
    throw new RivuletError('INVALID_OPTION', {
      who: `${who}, option 'method'`,
      expected: 'a method that looks at the user',
      got: "'popularity'",
      todo: 'Choose another method: popular items are recommended to everybody.',
    })
  }
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
