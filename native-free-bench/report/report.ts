import type { Lap } from '../timing/race.ts'
import { alignTable } from './table.ts'

/** A contestant's line in the record. */
export interface Measurement extends Lap {
  /** Its best time over ours: 8 means that ours is 8 times as fast. */
  readonly timesOurs: number
  /** Units of work a second at the best time. */
  readonly perSecond?: number
}

/** A number that was asked for, or that explains others. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly atLeast?: number
  readonly atMost?: number
}

/** One race or one set of figures. */
export interface Entry {
  readonly suite: string
  readonly graph: string
  readonly task: string
  readonly measurements: readonly Measurement[]
  readonly figures: readonly Figure[]
}

/** What is wanted of a race's numbers. */
export interface RaceRecord {
  readonly suite: string
  readonly graph: string
  readonly task: string
  /** Ours comes first. */
  readonly laps: readonly Lap[]
  /** Work of one run, for rates. */
  readonly work?: { readonly amount: number; readonly unit: string }
  /** How many times as slow as ours a rival is to be, by the beginning of its name. */
  readonly goals?: Readonly<Record<string, number>>
  /** Further figures from the laps. */
  readonly figures?: (laps: readonly Lap[]) => readonly Figure[]
}

/** Collects what the suites measure and prints it as it comes. A figure out of reach is printed, never thrown; a wrong answer is a failure. */
export class Report {
  readonly entries: Entry[] = []
  readonly skipped: string[] = []
  readonly failures: string[] = []
  readonly #print: (text: string) => void
  readonly #judging: boolean

  /** @param judging whether figures are held to what was asked; at smoke size times mean nothing */
  constructor(print: (text: string) => void, judging: boolean) {
    this.#print = print
    this.#judging = judging
  }

  race({ suite, graph, task, laps, work, goals = {}, figures: further }: RaceRecord): void {
    const ours = laps[0].bestMs
    const measurements = laps.map((lap) => ({
      ...lap,
      timesOurs: lap.bestMs / ours,
      ...(work !== undefined && { perSecond: work.amount / (lap.bestMs / 1000) }),
    }))
    const figures = Object.entries(goals).flatMap(([rival, atLeast]) =>
      measurements
        .filter(({ name }) => name.startsWith(rival))
        .map(({ name, timesOurs }) => ({ name: `${name} over ours`, value: timesOurs, unit: 'x', atLeast })),
    )
    this.#add({ suite, graph, task, measurements, figures: [...figures, ...(further?.(laps) ?? [])] }, work?.unit)
  }

  figures(suite: string, graph: string, task: string, figures: readonly Figure[]): void {
    this.#add({ suite, graph, task, measurements: [], figures })
  }

  /** Figures that are read side by side: printed as the given rows, the first the heads; recorded one by one. */
  table(
    { suite, graph, task }: Pick<Entry, 'suite' | 'graph' | 'task'>,
    rows: readonly (readonly string[])[],
    figures: readonly Figure[],
  ): void {
    const judged = this.#judged(figures)
    this.entries.push({ suite, graph, task, measurements: [], figures: judged })
    this.#print(`${suite} | ${graph} | ${task}\n${alignTable(rows)}`)
    for (const figure of judged) {
      if (figure.atLeast !== undefined || figure.atMost !== undefined) this.#print(`  ${figureLine(figure)}`)
    }
    this.#print('')
  }

  /** A line for whoever waits, or copies: no part of the record. */
  say(text: string): void {
    this.#print(text)
  }

  skip(what: string): void {
    this.skipped.push(what)
    this.#print(`-- skipped: ${what}\n`)
  }

  /** Holds an answer to ours: too far apart, not a number or of another length is a failure. */
  expect(what: string, distance: number, atMost: number): boolean {
    if (distance <= atMost) return true
    this.fail(`${what}: off by ${distance.toExponential(2)} where ${atMost.toExponential(0)} is allowed`)
    return false
  }

  fail(what: string): void {
    this.failures.push(what)
    this.#print(`!! WRONG ANSWER ${what}\n`)
  }

  #judged(figures: readonly Figure[]): readonly Figure[] {
    return this.#judging ? figures : figures.map(({ name, value, unit }) => ({ name, value, unit }))
  }

  #add(measured: Entry, unit = ''): void {
    const entry = { ...measured, figures: this.#judged(measured.figures) }
    this.entries.push(entry)
    this.#print(`${entry.suite} | ${entry.graph} | ${entry.task}`)
    if (entry.measurements.length > 0) this.#print(alignTable(timeRows(entry.measurements, unit)))
    for (const figure of entry.figures) this.#print(`  ${figureLine(figure)}`)
    this.#print('')
  }
}

function timeRows(measurements: readonly Measurement[], unit: string): string[][] {
  const header = ['', 'best', 'median', 'rounds', 'x ours', unit === '' ? '' : `${unit}/s`, '']
  return [
    header,
    ...measurements.map(({ name, bestMs, medianMs, rounds, timesOurs, perSecond, note }) => [
      name,
      milliseconds(bestMs),
      milliseconds(medianMs),
      String(rounds),
      timesOurs.toFixed(2),
      perSecond === undefined ? '' : thousands(perSecond),
      note ?? '',
    ]),
  ]
}

function figureLine({ name, value, unit, atLeast, atMost }: Figure): string {
  const shown = `${name}: ${showNumber(value)} ${unit}`
  if (atLeast !== undefined) return `${shown} (asked: at least ${atLeast}; ${value >= atLeast ? 'met' : 'MISSED'})`
  if (atMost !== undefined) return `${shown} (asked: at most ${atMost}; ${value <= atMost ? 'met' : 'MISSED'})`
  return shown
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(2) : ms < 1000 ? ms.toFixed(1) : ms.toFixed(0)} ms`
/** Small ones as they are: what differs by 1e-7 is not 0. */
const showNumber = (value: number): string => {
  const rounded = Number(value.toPrecision(4))
  return Math.abs(rounded) < 1e-5 ? `${rounded}` : rounded.toLocaleString('en', { maximumFractionDigits: 6 })
}

const thousands = (count: number): string => Math.round(count).toLocaleString('en')
