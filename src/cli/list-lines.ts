/** Lists of recommendations as lines of a file. */
import type { Recommendation } from '../index.ts'
import { delimitedLine } from '../io/delimited-lines.ts'
import type { TextWriters } from './text-writers.ts'
import type { Titles } from './titles.ts'

export interface UserList {
  readonly user: string
  readonly items: readonly Recommendation[]
}

type Writer = (lists: AsyncIterable<UserList>, titles?: Titles) => AsyncGenerator<string, void, undefined>

export const LIST_WRITERS: TextWriters<Writer> = {
  csv: (lists, titles) => delimitedLists(lists, ',', titles),
  tsv: (lists, titles) => delimitedLists(lists, '\t', titles),
  jsonl: jsonLists,
}

/** A list with the titles of its items. */
export function titled({ user, items }: UserList, titles?: Titles): UserList {
  if (titles === undefined) return { user, items }
  return { user, items: items.map((entry) => ({ ...entry, title: titles.get(entry.item) ?? null })) }
}

async function* jsonLists(lists: AsyncIterable<UserList>, titles?: Titles): ReturnType<Writer> {
  for await (const list of lists) yield JSON.stringify(titled(list, titles))
}

async function* delimitedLists(lists: AsyncIterable<UserList>, delimiter: string, titles?: Titles): ReturnType<Writer> {
  const head = ['user', 'rank', 'item', 'score', 'prior']
  yield delimitedLine(titles ? [...head, 'title'] : head, delimiter)
  for await (const { user, items } of lists) {
    for (const [at, { item, score, prior }] of items.entries()) {
      const fields = [user, at + 1, item, score, prior ? 1 : 0]
      yield delimitedLine(titles ? [...fields, titles.get(item) ?? ''] : fields, delimiter)
    }
  }
}
