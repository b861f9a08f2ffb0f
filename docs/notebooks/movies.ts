import { fileURLToPath } from 'node:url'
// With the package installed: from 'rivulet'.
import { readInteractions, readRecords, type Interactions } from '../../src/index.ts'

const path = (name: string): string => fileURLToPath(new URL(`../data/movietweetings/${name}`, import.meta.url))

/** The ratings in docs/data/movietweetings. */
export function readRatings(): Promise<Interactions> {
  return readInteractions(path('ratings.tsv.gz'))
}

/** IMDb number -> title. */
export async function readTitles(): Promise<Map<string, string>> {
  const titles = new Map<string, string>()
  for await (const { item, title } of readRecords(path('movies.tsv.gz'))) titles.set(item, title)
  return titles
}
