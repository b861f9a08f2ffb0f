/** Public tables with what is known of their users and items beside. */
import { fileURLToPath } from 'node:url'
import { type Interactions, readInteractions, readRecords, type Relations } from '../../src/index.ts'
import { publicFile } from './public-sets.ts'

export interface RelatedSet {
  readonly title: string
  readonly table: Interactions
  readonly relations: Relations
  /** Whether its values are ratings. */
  readonly isRated?: true
}

const demo = (name: string): string => fileURLToPath(new URL(`../../docs/data/movietweetings/${name}`, import.meta.url))

type Row = Readonly<Record<string, string>>

async function rowsOf(path: string, options: Parameters<typeof readRecords>[1] = {}): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of readRecords(path, options)) rows.push(row)
  return rows
}

async function movieTweetings(): Promise<RelatedSet> {
  const rows = await rowsOf(demo('movies.tsv.gz'))
  return {
    title: 'MovieTweetings',
    table: await readInteractions(demo('ratings.tsv.gz')),
    isRated: true,
    relations: { genre: { rows, item: 'item', attribute: 'genres', separator: '|' } },
  }
}

/** Genres are columns of 0 and 1 behind the first five. */
const FIRST_GENRE = 5

async function movieLens(): Promise<RelatedSet | null> {
  const [data, items, users] = ['u.data.gz', 'u.item.gz', 'u.user.gz'].map((name) => publicFile('ml-100k', name))
  if (data === null || items === null || users === null) return null
  const plain = { header: false, delimiter: '|', encoding: 'latin1' } as const
  const films = await rowsOf(items, plain)
  const people = (await rowsOf(users, plain)).map((row) => Object.values(row))
  const genres = films.flatMap((row) => {
    const [item, ...cells] = Object.values(row)
    return cells.flatMap((cell, at) => (at >= FIRST_GENRE - 1 && cell === '1' ? [{ item, genre: `genre ${at}` }] : []))
  })
  return {
    title: 'MovieLens-100K',
    isRated: true,
    table: await readInteractions(data, { columns: { user: 0, item: 1, value: 2, time: 3 }, header: false }),
    relations: {
      genre: { rows: genres, item: 'item', attribute: 'genre' },
      age: {
        rows: people.map(([user, age]) => ({ user, age: Math.floor(Number(age) / 10) })),
        user: 'user',
        attribute: 'age',
      },
      occupation: { rows: people.map(([user, , , job]) => ({ user, job })), user: 'user', attribute: 'job' },
    },
  }
}

async function lastfm(): Promise<RelatedSet | null> {
  const [data, friends] = [publicFile('lastfm', 'user_artists.dat.gz'), publicFile('lastfm', 'user_friends.dat.gz')]
  if (data === null || friends === null) return null
  const rows = await rowsOf(friends)
  return {
    title: 'Last.fm',
    table: await readInteractions(data, { columns: { user: 0, item: 1, value: 2 } }),
    relations: { friend: { rows, user: 'userID', other: 'friendID' } },
  }
}

async function onlineRetail(): Promise<RelatedSet | null> {
  const [data, names] = ['purchases.tsv.gz', 'products.tsv.gz'].map((name) => publicFile('demo-online-retail', name))
  if (data === null || names === null) return null
  const rows = await rowsOf(names)
  return {
    title: 'Online retail',
    table: await readInteractions(data, { columns: { user: 'user', item: 'item' } }),
    relations: { word: { rows, item: 'item', attribute: 'name', separator: ' ' } },
  }
}

/** Those that are on this machine. @param isSmoke only the demo */
export async function relatedSets(isSmoke: boolean): Promise<readonly RelatedSet[]> {
  const sets = isSmoke ? [movieTweetings()] : [movieTweetings(), movieLens(), lastfm(), onlineRetail()]
  return (await Promise.all(sets)).filter((set) => set !== null)
}
