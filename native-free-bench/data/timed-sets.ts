import { fileURLToPath } from 'node:url'
import { type Interactions, readInteractions } from '../../src/index.ts'
import { publicFile } from './public-sets.ts'

export const TIMED_NAMES = [
  'movietweetings',
  'ml-100k',
  'ml-1m-stars',
  'retail-rocket-views',
  'retail-rocket-purchases',
] as const

export type TimedName = (typeof TIMED_NAMES)[number]

/** A public table whose times are known: what is later can be foretold from what was before. */
export interface TimedSet {
  readonly name: TimedName
  readonly title: string
  /** `null` when the data is not on this machine. */
  readonly load: () => Promise<Interactions | null>
}

const DEMO = fileURLToPath(new URL('../../docs/data/movietweetings/ratings.tsv.gz', import.meta.url))
const TRIPLES = { user: 0, item: 1, time: 2 }
const RATINGS = { user: 0, item: 1, value: 2, time: 3 }

export const TIMED_SETS: readonly TimedSet[] = [
  { name: 'movietweetings', title: 'MovieTweetings', load: () => readInteractions(DEMO) },
  published('ml-100k', 'MovieLens-100K', ['ml-100k', 'u.data.gz'], RATINGS),
  published('ml-1m-stars', 'MovieLens-1M, a fifth of the stars', ['ml-1m-mixed', 'stars_20pct.tsv.gz'], RATINGS),
  published('retail-rocket-views', 'Retail Rocket, views', ['retail-rocket', 'view.tsv.gz'], TRIPLES),
  published('retail-rocket-purchases', 'Retail Rocket, purchases', ['retail-rocket', 'buy.tsv.gz'], TRIPLES),
]

function published(
  name: TimedName,
  title: string,
  path: readonly string[],
  columns: Readonly<Record<string, number>>,
): TimedSet {
  const file = publicFile(...path)
  const load = async (): Promise<Interactions | null> =>
    file === null ? null : await readInteractions(file, { columns, header: false })
  return { name, title, load }
}
