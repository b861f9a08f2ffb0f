import type { Size } from '../data/graphs.ts'
import { SETS_OF_SIZE, type SetName } from '../data/splits.ts'
import type { TimedName } from '../data/timed-sets.ts'
import type { Report } from '../report/report.ts'
import type { Tools } from '../rivals/tools.ts'
import type { RaceOptions } from '../timing/race.ts'

/** Sets of the suite `semi`. */
export const STUDY_NAMES = [
  'films',
  'ml-1m-mixed',
  'ml-100k',
  'bookcrossing',
  'retail-rocket',
  'next-purchase',
  'lastfm-plays',
  'planetoid',
  'pseudo-likes',
  'calibration',
  'tuning',
] as const

/** Pieces of the suite `embed` with data of their own. */
export const EMBED_NAMES = ['spectral', 'accuracy', 'sparse', 'noise', 'variants', 'clusters', 'prior'] as const

export type EmbedName = (typeof EMBED_NAMES)[number]

export type StudyName = (typeof STUDY_NAMES)[number]

/** What a suite has at hand. */
export interface Bench {
  readonly size: Size
  readonly tools: Tools
  readonly report: Report
  /** An empty folder for exchange with rivals, removed at the end. */
  readonly folder: string
  /** Where figures are kept that documents quote; `folder` at smoke size. */
  readonly results: string
  /** Only these splits, where a suite measures on splits; default those of the size. */
  readonly sets?: readonly SetName[] | undefined
  /** Of the suite `time`, only these sets; default all. */
  readonly timed?: readonly TimedName[] | undefined
  /** Of the suite `semi`, only these; default all. */
  readonly studies?: readonly StudyName[] | undefined
  /** Of the suite `embed`, only these pieces; default all. */
  readonly pieces?: readonly EmbedName[] | undefined
  /** Only recipes whose label contains one of these texts; of baselines that are tuned, only these methods. */
  readonly labels?: readonly string[] | undefined
  /** Shorter when only answers matter. */
  readonly raceOptions: RaceOptions
}

/** A set of measurements that belong together. */
export interface Suite {
  /** What it measures, in one line. */
  readonly about: string
  readonly run: (bench: Bench) => Promise<void>
}

/** The splits that are asked for. */
export function setsOf({ size, sets }: Bench): readonly SetName[] {
  return sets !== undefined && sets.length > 0 ? sets : SETS_OF_SIZE[size]
}
