import type { Size } from '../data/graphs.ts'
import type { Report } from '../report/report.ts'
import type { Tools } from '../rivals/tools.ts'
import type { RaceOptions } from '../timing/race.ts'

/** What a suite has at hand. */
export interface Bench {
  readonly size: Size
  readonly tools: Tools
  readonly report: Report
  /** An empty folder for exchange with rivals, removed at the end. */
  readonly folder: string
  /** Shorter when only answers matter. */
  readonly raceOptions: RaceOptions
}

/** A set of measurements that belong together. */
export interface Suite {
  /** What it measures, in one line. */
  readonly about: string
  readonly run: (bench: Bench) => Promise<void>
}
