import { RivuletError, show } from '../support/errors.ts'
import { idText, type Id } from '../support/key-index.ts'
import type { ExtendedKeyIndex } from './aligned-split.ts'
import type { RankedRows } from './score-lists.ts'

/** A recommended item, or only its id; the order of the list is the ranking, the score is only checked. */
export type RankedItem = Id | { readonly item: Id; readonly score?: number | undefined }

/** One user's list, best first: an entry of a Map, or an object of an iterable. */
export type RankedList =
  readonly [Id, readonly RankedItem[]] | { readonly user: Id; readonly items: readonly RankedItem[] }

/** Lists of many users: a Map from user to list, or any sync or async iterable of lists. */
export type RankedLists = Iterable<RankedList> | AsyncIterable<RankedList>

/** A custom model. */
export interface RankingModel {
  /** The best `k` items of each user, or a promise of them; a user that is left out has an empty list. */
  recommend(users: string[], k: number): RankedLists | Promise<RankedLists>
}

/** Something that ranks items for users. */
export type Recommender = (users: string[]) => RankedLists | Promise<RankedLists>

/**
 * Asks a recommender for lists, a batch of users at a time, and converts keys to rows immediately, so that only one batch of objects is in memory.
 * A requested user without a list gets an empty one; lists of other users are ignored; items after rank k are cut off.
 *
 * @param items numbers the recommended items; items that are in neither training nor test are added, and count as misses
 * @throws {RivuletError} INVALID_DATA if the answer is not lists, a user has two lists, or a score is NaN
 */
export async function collectLists(
  recommender: Recommender | RankedLists | RankingModel,
  rows: Int32Array,
  userKeys: ExtendedKeyIndex,
  items: ExtendedKeyIndex,
  { k, batchSize }: { readonly k: number; readonly batchSize: number },
): Promise<RankedRows> {
  const ranked = new Int32Array(rows.length * k).fill(-1)
  const waiting = new Map<string, number>()
  for (let position = 0; position < rows.length; position++) waiting.set(userKeys.keyOf(rows[position]), position)
  const answered = new Set<string>()

  const take = async (lists: RankedLists): Promise<void> => {
    for await (const entry of requireIterable(lists)) {
      const [user, list] = userAndItems(entry)
      const position = waiting.get(user)
      if (position === undefined) continue
      if (answered.has(user)) throw invalid(`one list for user ${show(user)}`, 'a second one', { user })
      answered.add(user)
      writeList(user, list, items, ranked.subarray(position * k, (position + 1) * k))
    }
  }

  const ask = askOf(recommender, k)
  if (ask === null) {
    await take(recommender as RankedLists)
  } else {
    const keys = [...waiting.keys()]
    for (let start = 0; start < keys.length; start += batchSize)
      await take(await ask(keys.slice(start, start + batchSize)))
  }
  return { users: rows, k, items: ranked }
}

/** The function to ask a recommender; `null` for finished lists. */
function askOf(recommender: Recommender | RankedLists | RankingModel, k: number): Recommender | null {
  if (typeof recommender === 'function') return recommender
  const { recommend } = Object(recommender) as Partial<RankingModel>
  return typeof recommend === 'function' ? (users) => recommend.call(recommender, users, k) : null
}

function writeList(user: string, list: readonly RankedItem[], items: ExtendedKeyIndex, ranked: Int32Array): void {
  for (let rank = 0; rank < Math.min(list.length, ranked.length); rank++) {
    const entry: unknown = list[rank]
    const { item, score } = (entry !== null && typeof entry === 'object' ? entry : { item: entry }) as {
      readonly item?: unknown
      readonly score?: unknown
    }
    const id = idText(item)
    if (id === null) throw invalid("an item's id, or { item }", show(entry), { user, rank })
    if (Number.isNaN(score)) throw invalid('a score that orders the items', 'NaN', { user, rank, item: id })
    ranked[rank] = items.add(id)
  }
}

function userAndItems(entry: RankedList): readonly [string, readonly RankedItem[]] {
  const [user, list] = Array.isArray(entry) ? (entry as unknown[]) : userAndItemsOf(Object(entry))
  const id = idText(user)
  if (id !== null && Array.isArray(list)) return [id, list as readonly RankedItem[]]
  throw invalid('[user, items] or { user, items }', show(entry), {})
}

function userAndItemsOf({ user, items }: { readonly user?: unknown; readonly items?: unknown }): unknown[] {
  return [user, items]
}

function requireIterable(lists: RankedLists): RankedLists {
  const iterable =
    lists !== null && typeof lists === 'object' && (Symbol.iterator in lists || Symbol.asyncIterator in lists)
  if (iterable) return lists
  throw invalid('a Map of user to items, or an iterable of { user, items }', show(lists), {})
}

function invalid(expected: string, got: string, details: Readonly<Record<string, unknown>>): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: "evaluate, the recommender's answer",
    expected,
    got,
    todo: 'Correct what the recommender returns.',
    details,
  })
}
