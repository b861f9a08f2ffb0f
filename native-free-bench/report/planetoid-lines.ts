import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pairedBootstrap } from '../../src/index.ts'
import { describeMachine, readManifest, type Machine } from './record.ts'

/** A mean, or a mean difference, with its 95 % interval over draws. */
export interface Interval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** The mean of a less b, paired. */
export function intervalOf(a: readonly number[], b: readonly number[] = a.map(() => 0)): Interval {
  const { difference, low, high } = pairedBootstrap(a, b)
  return { mean: difference, low, high }
}

/** A method over the draws of so many labels a class, alone and with self-training. Test accuracy in percent. */
export interface DrawsRow {
  readonly label: string
  readonly alone: Interval
  readonly trained: Interval
  /** Trained less alone, in points. */
  readonly gain: Interval
  /** Share of the draws where self-training was decided for. */
  readonly taken: number
}

export interface DrawsResult {
  readonly kind: 'draws'
  readonly perClass: number
  readonly draws: number
  readonly rows: readonly DrawsRow[]
}

/** The public split: what the validation nodes choose of all that was tried. Percent. */
export interface StandardResult {
  readonly kind: 'standard'
  readonly tried: number
  readonly rows: readonly {
    readonly label: string
    readonly options: string
    readonly validation: number
    readonly test: number
  }[]
}

/** What flipped pseudo-labels cost, in points of test accuracy below no self-training, and what a round costs. */
export interface GuardResult {
  readonly kind: 'guards'
  readonly draws: number
  readonly noise: readonly {
    readonly flipped: number
    /** Pseudo-labels that weigh as much as labels, kept unjudged. */
    readonly unguarded: Interval
    /** The same, judged by validation labels. */
    readonly judged: Interval
    /** Judged, and weighed softly. */
    readonly guarded: Interval
  }[]
  /** Time of a round of self-training over that of one spread, by method. */
  readonly roundOverSpread: Readonly<Record<string, number>>
}

/** A measurement as it is kept. */
export interface PlanetoidLine {
  readonly graph: string
  readonly date: string
  readonly result: DrawsResult | StandardResult | GuardResult
  readonly versions: { readonly rivulet: string; readonly node: string }
  readonly machine: Machine
}

const FILE = 'semi-planetoid.jsonl'

/** Keeps a measurement in `semi-planetoid.jsonl` in the place of an older one of the same; at once, since a long run may be interrupted. */
export async function keepPlanetoid(folder: string, graph: string, result: PlanetoidLine['result']): Promise<void> {
  const line: PlanetoidLine = {
    graph,
    date: new Date().toISOString(),
    result,
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  const others = (await readPlanetoid(folder)).filter((old) => keyOf(old) !== keyOf(line))
  const text = [...others, line]
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .map((kept) => `${JSON.stringify(kept)}\n`)
  await writeFile(join(folder, FILE), text.join(''))
}

/** All that is kept; nothing when there is no file. */
export async function readPlanetoid(folder: string): Promise<PlanetoidLine[]> {
  if (!existsSync(join(folder, FILE))) return []
  const lines = (await readFile(join(folder, FILE), 'utf8')).split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as PlanetoidLine)
}

const keyOf = ({ graph, result }: PlanetoidLine): string =>
  `${graph} ${result.kind} ${result.kind === 'draws' ? String(result.perClass).padStart(3) : ''}`
