/** Lists of recommendations as lines of a file. */
import type { Recommendation } from '../index.ts'
import type { LineOf, TextWriters } from './text-writers.ts'
import type { Titles } from './titles.ts'

export interface UserList {
  readonly user: string
  readonly items: readonly Recommendation[]
}

type Lines = AsyncGenerator<string, void, undefined>

export const LIST_WRITERS: TextWriters<[lists: AsyncIterable<UserList>, titles?: Titles], Lines> = {
  delimited: (lineOf) => (lists, titles) => delimitedLists(lineOf, lists, titles),
  jsonl: jsonLists,
}

/** A list with the titles of its items. */
export function titled({ user, items }: UserList, titles?: Titles): UserList {
  if (titles === undefined) return { user, items }
  return { user, items: items.map((entry) => ({ ...entry, title: titles.get(entry.item) ?? null })) }
}

async function* jsonLists(lists: AsyncIterable<UserList>, titles?: Titles): Lines {
  for await (const list of lists) yield JSON.stringify(titled(list, titles))
}

async function* delimitedLists(lineOf: LineOf, lists: AsyncIterable<UserList>, titles?: Titles): Lines {
  const head = ['user', 'rank', 'item', 'score', 'prior']
  yield lineOf(titles ? [...head, 'title'] : head)
  for await (const { user, items } of lists) {
    for (const [at, { item, score, prior }] of items.entries()) {
      const fields = [user, at + 1, item, score, prior ? 1 : 0]
      yield lineOf(titles ? [...fields, titles.get(item) ?? ''] : fields)
    }
  }
}
