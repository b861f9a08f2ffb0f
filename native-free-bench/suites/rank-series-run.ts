/** A process of its own: streams lists of everybody in a generated graph to a file, and prints what that took. */
import { statSync } from 'node:fs'
import { Engine, fromColumns, writeTextFile, type Forecast, type Interactions } from '../../src/index.ts'
import { powerLaw, type PowerLawShape } from '../data/power-law.ts'

export interface SeriesTask extends Omit<PowerLawShape, 'seed'> {
  /** Where the lists go: a .jsonl file. */
  readonly path: string
  readonly k: number
}

/** What this process prints, as JSON. */
export interface SeriesReading {
  readonly forecast: Forecast | null
  readonly threads: number
  /** From the built matrix to the end of the file. */
  readonly seconds: number
  /** The same, of all threads. */
  readonly cpuSeconds: number
  readonly lists: number
  readonly fileBytes: number
  /** Most that any plan took. */
  readonly plannedBytes: number
  /** Most that was resident at any time. */
  readonly peakBytes: number
}

function makeTable(shape: Omit<PowerLawShape, 'seed'>): Interactions {
  const { row, column } = powerLaw({ ...shape, seed: 1 })
  return fromColumns({ user: row, item: column })
}

async function stream({ path, k, ...shape }: SeriesTask): Promise<SeriesReading> {
  await using engine = await Engine.create(makeTable(shape))
  const forecast = engine.forecast({ k })
  const [began, before] = [performance.now(), process.cpuUsage()]
  let lists = 0
  async function* lines(): AsyncGenerator<string, void, undefined> {
    for await (const list of engine.recommendAll({ k })) {
      lists++
      yield JSON.stringify(list)
    }
  }
  await writeTextFile(path, lines())
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  return {
    ...{ forecast, seconds, cpuSeconds: (user + system) / 1e6, lists, fileBytes: statSync(path).size },
    threads: engine.plan?.details.threads ?? 1,
    plannedBytes: engine.plan?.peakBytes ?? 0,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }
}

const task = JSON.parse(process.argv[2]) as SeriesTask
console.log(JSON.stringify(await stream(task)))
