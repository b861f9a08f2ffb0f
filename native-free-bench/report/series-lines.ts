import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SeriesReading } from '../suites/rank-series-run.ts'
import type { Machine } from './record.ts'

/** A graph of a series that grows, and what lists of everybody took there. */
export interface SeriesLine extends SeriesReading {
  readonly users: number
  readonly items: number
  readonly pairs: number
  readonly date: string
  readonly machine: Machine
}

/** Keeps a row in `rank-all-series.jsonl`, in the place of one of as many pairs. Returns all that are kept, by pairs. */
export async function keepSeries(folder: string, fresh: SeriesLine): Promise<readonly SeriesLine[]> {
  const path = join(folder, 'rank-all-series.jsonl')
  const text = existsSync(path) ? await readFile(path, 'utf8') : ''
  const known = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as SeriesLine]))
  const kept = [...known.filter(({ pairs }) => pairs !== fresh.pairs), fresh].sort((a, b) => a.pairs - b.pairs)
  await writeFile(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return kept
}
