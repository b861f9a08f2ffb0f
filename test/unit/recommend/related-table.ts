import { fromRows } from '../../../src/data/from-rows.ts'
import type { Relations } from '../../../src/data/relation-options.ts'
import { seededRandom } from '../../../src/support/random.ts'
import type { DenseRelation } from '../../oracle/relations.ts'

export const USERS = 12
export const ITEMS = 15

/** The last user and the last two items have no interactions. */
export function related() {
  const random = seededRandom(7)
  const w = Array.from({ length: USERS }, (_, user) =>
    Array.from({ length: ITEMS }, (_, item) => (user < USERS - 1 && item < ITEMS - 2 && random.next() < 0.4 ? 1 : 0)),
  )
  const rows = w.flatMap((row, user) =>
    row.flatMap((value, item) => (value ? [{ user: `u${user}`, item: `i${item}` }] : [])),
  )
  const genres = Array.from({ length: ITEMS }, (_, item) => [item % 3, 3 + (item % 2)])
  const friends = Array.from({ length: USERS }, (_, user) => [user, (user * 5 + 1) % USERS]).filter(([a, b]) => a !== b)
  const pairs = Array.from(new Set(friends.map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`)))
  const relations: Relations = {
    genre: {
      rows: genres.map((own, item) => ({ item: `i${item}`, genre: own.join('|') })),
      ...{ item: 'item', attribute: 'genre', separator: '|', weight: 0.2 },
    },
    friend: { rows: friends.map(([a, b]) => ({ a: `u${a}`, b: `u${b}` })), user: 'a', other: 'b', weight: 0.1 },
  }
  const dense: DenseRelation[] = [
    {
      side: 'item',
      weight: 0.2,
      holds: genres.map((own) => [0, 1, 2, 3, 4].map((genre) => Number(own.includes(genre)))),
    },
    {
      side: 'user',
      weight: 0.1,
      holds: Array.from({ length: USERS }, (_, user) =>
        pairs.map((pair) => Number(pair.split(' ').includes(String(user)))),
      ),
    },
  ]
  return { table: fromRows(rows, { user: 'user', item: 'item' }), w, relations, dense, genres, pairs }
}
