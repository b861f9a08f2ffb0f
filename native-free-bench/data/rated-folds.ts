import { fileURLToPath } from 'node:url'
import { rowsWhere, seededRandom, takeRows } from '../../src/advanced.ts'
import { fromColumns, type Interactions, readInteractions } from '../../src/index.ts'
import { publicFile } from './public-sets.ts'

export type RatedSet = 'films' | 'ml-1m-mixed' | 'ml-100k' | 'bookcrossing'

/** Ratings to learn from, with what else is known, and ratings to predict. */
export interface RatedFold {
  readonly name: string
  /** Signals 'rating' and 'seen'; a pair to predict is in neither. */
  readonly train: Interactions
  /** The same with the pairs to predict among what was seen: what would she say of what she is known to have seen? `null` without 'seen'. */
  readonly transductive: Interactions | null
  /** Rows of signal 'rating' alone, over the same users and items. */
  readonly test: Interactions
}

/** A rated set cut into five folds; `null` when it is not on this machine. Folds are made one at a time. */
export interface RatedFolds {
  readonly names: readonly string[]
  fold(at: number): RatedFold
}

/** A table by columns. */
export interface Columns {
  readonly user: string[]
  readonly item: string[]
  readonly value: number[]
  readonly fold: number[]
}

const LOADERS: Readonly<Record<RatedSet, () => Promise<RatedFolds | null>>> = {
  // MovieTweetings, which is in the repository: a quarter of the stars is kept, in five random folds.
  films: async () => {
    const all = columnsOf(await readInteractions(FILMS))
    const random = seededRandom(1)
    const kept = all.user.map(() => random.next() < 0.25)
    const pick = <T>(column: readonly T[]): T[] => column.filter((_, row) => kept[row])
    const [user, item, value] = [pick(all.user), pick(all.item), pick(all.value)]
    return foldsOf({ user, item, value, fold: user.map(() => 1 + random.below(5)) }, all)
  },
  // The file's own folds of the stars; every pair of MovieLens-1M is evidence.
  'ml-1m-mixed': async () => {
    const stars = await readColumns('ml-1m-mixed/stars_20pct.tsv.gz', { user: 0, item: 1, value: 2, fold: 4 }, false)
    const pairs = await readColumns('ml-1m-mixed/pairs_all.tsv.gz', { user: 0, item: 1 }, false)
    return stars && pairs && foldsOf(stars, pairs)
  },
  // u1 to u5 test disjoint fifths; nothing but ratings is known.
  'ml-100k': async () => {
    const parts: Columns[] = []
    for (let fold = 1; fold <= 5; fold++) {
      const part = await readColumns(`ml-100k/u${fold}.test.gz`, { user: 0, item: 1, value: 2 }, false)
      if (part === null) return null
      parts.push({ ...part, fold: part.user.map(() => fold) })
    }
    const all = (name: keyof Columns): never[] => parts.flatMap((part) => part[name] as never[])
    return foldsOf({ user: all('user'), item: all('item'), value: all('value'), fold: all('fold') }, null)
  },
  // Five random folds, seeded; the history holds every pair that was read, rated or not.
  bookcrossing: async () => {
    const ratings = await readColumns('bookcrossing/ratings.tsv.gz', { user: 0, item: 1, value: 2 }, true)
    const history = await readColumns('bookcrossing/history.tsv.gz', { user: 0, item: 1 }, true)
    const random = seededRandom(1)
    return ratings && history && foldsOf({ ...ratings, fold: ratings.user.map(() => 1 + random.below(5)) }, history)
  },
}

const FILMS = fileURLToPath(new URL('../../docs/data/movietweetings/ratings.tsv.gz', import.meta.url))

/** @returns `null` when the set is not on this machine */
export async function loadRatedFolds(set: RatedSet): Promise<RatedFolds | null> {
  return LOADERS[set]()
}

async function readColumns(
  path: string,
  {
    fold,
    ...places
  }: { readonly user: number; readonly item: number; readonly value?: number; readonly fold?: number },
  header: boolean,
): Promise<Columns | null> {
  const file = publicFile(...path.split('/'))
  if (file === null) return null
  const columns = { ...places, ...(fold !== undefined && { time: fold }) }
  return columnsOf(await readInteractions(file, { columns, header }))
}

/** Folds stand in the column of times. */
function columnsOf({ users, items, user, item, value, time }: Interactions): Columns {
  return {
    user: Array.from(user, (row) => users.keyOf(row)),
    item: Array.from(item, (row) => items.keyOf(row)),
    value: Array.from(user, (_, row) => value?.[row] ?? 1),
    fold: Array.from(user, (_, row) => time?.[row] ?? 0),
  }
}

/** Cuts ratings by their fold; of what was seen each fold loses the pairs that it holds out. */
export function foldsOf(ratings: Columns, seen: Columns | null): RatedFolds {
  const names = [...new Set(ratings.fold)].sort((a, b) => a - b)
  const { length } = ratings.user
  const table = fromColumns({
    user: [...ratings.user, ...(seen?.user ?? [])],
    item: [...ratings.item, ...(seen?.item ?? [])],
    value: Float32Array.from([...ratings.value, ...(seen?.user.map(() => 1) ?? [])]),
    signal: [...ratings.user.map(() => 'rating'), ...(seen?.user.map(() => 'seen') ?? [])],
  })
  const pairOf = (row: number): number => table.user[row] * table.items.size + table.item[row]
  const rowsOf = (isWanted: (row: number) => boolean): Interactions =>
    takeRows(table, rowsWhere(table.length, isWanted))
  return {
    names: names.map(String),
    fold: (at) => {
      const isRating = (row: number): boolean => row < length
      const isHeld = (row: number): boolean => isRating(row) && ratings.fold[row] === names[at]
      const held = new Set(
        Array.from({ length }, (_, row) => row)
          .filter(isHeld)
          .map(pairOf),
      )
      return {
        name: String(names[at]),
        train: rowsOf((row) => (isRating(row) ? !isHeld(row) : !held.has(pairOf(row)))),
        transductive: seen && rowsOf((row) => !isHeld(row)),
        test: rowsOf(isHeld),
      }
    },
  }
}
