import { fromColumns, type Interactions, readInteractions } from '../../src/index.ts'
import { publicFile } from './public-sets.ts'
import type { TrainAndTest } from './splits.ts'

export interface LastfmPlays extends TrainAndTest {
  readonly validation: Interactions
  /** Pairs of the three parts, and how many of them have a play count. */
  readonly pairs: number
  readonly matched: number
}

/**
 * Last.fm in the AdaGCL split, with the play counts of HetRec 2011: the split numbers users and artists in the order in which `user_artists.dat` names
 * them. A pair without a count, were there one, would count 1. `null` when it is not on this machine.
 */
export async function loadLastfmPlays(): Promise<LastfmPlays | null> {
  const [counts, ...parts] = ['user_artists.dat.gz', 'train.tsv.gz', 'validation.tsv.gz', 'test.tsv.gz'].map((name) =>
    publicFile('lastfm', name),
  )
  if (counts === null) return null
  const columns = { user: 0, item: 1, value: 2 } as const
  const all = await readInteractions(counts, { columns, header: false })
  const [users, artists] = [numbersOf(all.users), numbersOf(all.items)]
  const plays = new Map(
    Array.from(all.user, (user, row) => [`${users[user]} ${artists[all.item[row]]}`, all.value?.[row] ?? 1]),
  )
  let [pairs, matched] = [0, 0]
  const tables: Interactions[] = []
  for (const part of parts) {
    if (part === null) return null
    const table = await readInteractions(part)
    const value = Float32Array.from(table.user, (user, row) => {
      const found = plays.get(`${table.users.keyOf(user)} ${table.items.keyOf(table.item[row])}`)
      pairs++
      if (found !== undefined) matched++
      return found ?? 1
    })
    const { users, items, user, item } = table
    tables.push(fromColumns({ users, items, user, item, value, signals: ['play'] }))
  }
  const [train, validation, test] = tables
  return { train, validation, test, pairs, matched }
}

/** Keys numbered by first appearance. One artist of one line has blanks behind its number, and is the same artist. */
function numbersOf(index: Interactions['items']): number[] {
  const trimmed = new Map<string, number>()
  return Array.from(index.keys(), (key) => {
    const number = trimmed.get(key.trim()) ?? trimmed.size
    trimmed.set(key.trim(), number)
    return number
  })
}
