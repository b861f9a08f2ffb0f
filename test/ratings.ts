/** Small worlds of ratings: users and items of groups, who rate as their groups say, and what they looked at besides. */
import type { Interactions } from '../src/data/interactions.ts'
import { GrowingKeyIndex } from '../src/support/key-index.ts'
import { seededRandom } from '../src/support/random.ts'

/** One row of a table of labels and evidence. */
export interface RatedRow {
  readonly user: string
  readonly item: string
  readonly signal: string
  readonly value: number
}

export interface RatedWorld {
  readonly users: number
  readonly items: number
  /** Ratings and views of each user. */
  readonly labels: number
  readonly views: number
  /** Whether users look at items of their own group, or at any. */
  readonly telling: boolean
  readonly seed?: number
}

const GROUPS = 4

/** Ratings of 1 to 5 that depend on the groups of the two, signal 'stars', and views, signal 'view'. */
export function ratedWorld({ users, items, labels, views, telling, seed = 1 }: RatedWorld): RatedRow[] {
  const random = seededRandom(seed)
  const ownItem = (user: number): number => GROUPS * random.below(items / GROUPS) + (user % GROUPS)
  const rows = new Map<string, RatedRow>()
  const add = (user: number, item: number, signal: string, value: number): void => {
    const row = { user: `u${user}`, item: `i${item}`, signal, value }
    rows.set(Object.values(row).slice(0, 3).join(' '), row)
  }
  for (let user = 0; user < users; user++) {
    for (let draw = 0; draw < labels; draw++) {
      const item = random.next() < 0.5 ? ownItem(user) : random.below(items)
      const liked = (user - item) % GROUPS === 0
      add(user, item, 'stars', Math.round((liked ? 3.5 : 1) + 1.5 * random.next()))
    }
    for (let draw = 0; draw < views; draw++) add(user, telling ? ownItem(user) : random.below(items), 'view', 1)
  }
  return [...rows.values()]
}

/** Rows as a table, keys numbered in order of appearance; 'a x stars 4' is a row too. */
export function ratedTable(
  rows: readonly (RatedRow | string)[],
  signals: readonly string[] = ['stars', 'view'],
): Interactions {
  const [users, items] = [new GrowingKeyIndex(), new GrowingKeyIndex()]
  const cells = rows.map((row) => (typeof row === 'string' ? parsed(row) : row))
  return {
    users,
    items,
    signals,
    length: cells.length,
    user: Int32Array.from(cells, ({ user }) => users.add(user)),
    item: Int32Array.from(cells, ({ item }) => items.add(item)),
    signal: Uint8Array.from(cells, ({ signal }) => signals.indexOf(signal)),
    value: Float32Array.from(cells, ({ value }) => value),
  }
}

function parsed(row: string): RatedRow {
  const [user, item, signal, value = '1'] = row.split(' ')
  return { user, item, signal, value: Number(value) }
}

/** The rules of such a table, said outright. */
export const RATED = { stars: { role: 'label' }, view: { weight: 1 } } as const

/** Pearson's correlation. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const centred = (values: ArrayLike<number>): number[] => {
    const all = Array.from(values)
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length
    return all.map((value) => value - mean)
  }
  const [x, y] = [centred(a), centred(b)]
  return x.reduce((sum, value, at) => sum + value * y[at], 0) / (Math.hypot(...x) * Math.hypot(...y))
}
