/** Room for the lists of a call, asked for before any of them is made. */
import { requireRoom } from '../memory/limit.ts'
import { freeHeapBytes } from '../plan/machine.ts'
import { listBytes, MAP_ENTRY_BYTES, rankingBytes } from '../memory/outside-bytes.ts'
import type { Catalogue } from './catalogue.ts'
import type { Selection } from './selection.ts'

/** What functions make of lists: all of them with ids at once, or rows of numbers. The others hold one list at a time. */
const MADE: Readonly<Record<string, 'lists' | 'rows'>> = {
  recommend: 'lists',
  similarItems: 'lists',
  rank: 'rows',
}

const TODO =
  "Raise memoryLimitBytes, lower 'k', or ask for fewer users at a time: recommendAll holds one list, rank none with ids."

/**
 * Counts the lists of a call as taken until the function that it returns is called.
 *
 * @param who the function that is asked
 * @param users how many it is asked about
 * @throws {RivuletError} MEMORY_LIMIT when they do not fit, or lists with ids not into the heap.
 */
export function takeLists(
  who: string,
  { budget, items }: Catalogue,
  users: number,
  { k, query }: Selection,
): () => void {
  const as = MADE[who]
  const what = `lists of ${k} entries for ${users} users`
  const atOnce = as === 'lists' ? users : Math.min(1, users)
  // Rows stand twice while rounds are joined.
  const lists = as === 'rows' ? 2 * rankingBytes(users, k) : listBytes(atOnce, k, items) + atOnce * MAP_ENTRY_BYTES
  if (as !== 'rows') {
    requireRoom(who, what, { shared: 0, outside: { lists } }, freeHeapBytes(), TODO, 'the heap, --max-old-space-size')
  }
  // What is allowed, what is open, and what is not masked: a few bytes an item.
  return budget.take({ who, what, parts: { lists, 'list masks': 2 * query.allowed.length }, todo: TODO })
}

/** The rounds of a call; gives its room back when they end, however they end. */
export async function* until<Round>(release: () => void, rounds: AsyncGenerator<Round>): AsyncGenerator<Round> {
  try {
    yield* rounds
  } finally {
    release()
  }
}
