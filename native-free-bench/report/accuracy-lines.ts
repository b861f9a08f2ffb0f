import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Chosen } from '../data/recipes.ts'
import { recipesOf } from '../data/recipes.ts'
import { SET_NAMES } from '../data/splits.ts'
import type { SetName } from '../data/splits.ts'
import type { AccuracyReading, AccuracyTask } from '../suites/accuracy-run.ts'
import type { Machine } from './record.ts'

/** A row of the accuracy tables as it is kept: how good, how dear, how it came about and on what it was measured. */
export interface AccuracyLine extends AccuracyTask, AccuracyReading {
  readonly date: string
  readonly label: string
  readonly chosen: Chosen
  readonly versions: { readonly rivulet: string; readonly node: string }
  readonly machine: Machine
}

/**
 * Keeps rows of a set in `accuracy-SET.jsonl`, a line of JSON each: new ones replace those of the same label, the others stay unless the list
 * of recipes has given them up. Returns all that are kept, in the order of that list.
 */
export async function keepAccuracy(
  folder: string,
  set: SetName,
  fresh: readonly AccuracyLine[],
): Promise<readonly AccuracyLine[]> {
  const known = new Map([...(await readAccuracy(folder, set)), ...fresh].map((line) => [line.label, line]))
  const kept = recipesOf(set).flatMap(({ label }) => known.get(label) ?? [])
  await writeFile(fileOf(folder, set), kept.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return kept
}

/** The rows that are kept of a set; none when there is no file. */
export async function readAccuracy(folder: string, set: SetName): Promise<AccuracyLine[]> {
  if (!existsSync(fileOf(folder, set))) return []
  const text = await readFile(fileOf(folder, set), 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AccuracyLine)
}

/** The rows of every set of which some are kept. */
export async function readAllAccuracy(folder: string): Promise<[SetName, AccuracyLine[]][]> {
  const sets = await Promise.all(
    SET_NAMES.map(async (set): Promise<[SetName, AccuracyLine[]]> => [set, await readAccuracy(folder, set)]),
  )
  return sets.filter(([, lines]) => lines.length > 0)
}

const fileOf = (folder: string, set: SetName): string => join(folder, `accuracy-${set}.jsonl`)
