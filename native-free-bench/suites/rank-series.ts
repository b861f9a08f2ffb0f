import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { built } from '../../test/build.ts'
import { SERIES, type Size } from '../data/graphs.ts'
import { describeMachine } from '../report/record.ts'
import type { Figure } from '../report/report.ts'
import { keepSeries } from '../report/series-lines.ts'
import { timeAgainstPairs } from '../report/time-against-pairs.ts'
import type { SeriesReading, SeriesTask } from './rank-series-run.ts'
import type { Bench } from './suite.ts'

const K = 20
/** Pairs up to which a size goes. */
const UP_TO: Readonly<Record<Size, number>> = { smoke: 0, small: 0, medium: 3e6, large: Infinity }
/** What was asked of the largest. */
const [ASKED_SECONDS, ASKED_BYTES] = [4500, 6e9]

/** Lists of everybody in graphs of one shape that grow, streamed to a file; all that are kept are drawn. */
export async function rankSeries({ report, size, folder, results }: Bench): Promise<void> {
  const shapes = SERIES.filter(({ pairs }) => pairs <= UP_TO[size])
  if (shapes.length === 0) return
  for (const shape of shapes) {
    const path = join(folder, 'lists.jsonl')
    const reading = await run({ ...shape, path, k: K })
    await rm(path)
    const isLargest = shape === SERIES.at(-1)
    const graph = `${shape.users.toLocaleString('en')} x ${shape.items.toLocaleString('en')}, ${shape.pairs.toLocaleString('en')} pairs`
    report.figures('rank-all', graph, `lists of ${K} for everybody, streamed to a file`, figuresOf(reading, isLargest))
    if (reading.lists !== shape.users) report.fail(`rank-all on ${graph}: ${reading.lists} lists`)
    const kept = await keepSeries(results, {
      ...shape,
      ...reading,
      date: new Date().toISOString(),
      machine: describeMachine(),
    })
    if (kept.length > 1) await writeFile(join(results, 'time-against-pairs.svg'), timeAgainstPairs(kept))
  }
}

function figuresOf(
  { forecast, threads, seconds, cpuSeconds, fileBytes, plannedBytes, peakBytes }: SeriesReading,
  isLargest: boolean,
): Figure[] {
  const expected = forecast === null ? [] : [{ name: 'expected seconds', value: forecast.seconds, unit: 's' }]
  return [
    {
      name: 'from the matrix to the end of the file',
      value: seconds,
      unit: 's',
      ...(isLargest && { atMost: ASKED_SECONDS }),
    },
    { name: 'the same, of all threads', value: cpuSeconds, unit: 'CPU s' },
    ...expected,
    ...(forecast
      ? [{ name: 'CPU seconds over expected', value: cpuSeconds / (forecast.seconds * threads), unit: '' }]
      : []),
    { name: 'file', value: fileBytes / 1e6, unit: 'MB' },
    { name: 'peak of the plans', value: plannedBytes / 1e6, unit: 'MB' },
    {
      name: 'peak of the process',
      value: peakBytes / 1e6,
      unit: 'MB',
      ...(isLargest && { atMost: ASKED_BYTES / 1e6 }),
    },
  ]
}

async function run(task: SeriesTask): Promise<SeriesReading> {
  const { stdout } = await promisify(execFile)(process.execPath, [built(CHILD), JSON.stringify(task)])
  return JSON.parse(stdout) as SeriesReading
}

const CHILD = 'native-free-bench/suites/rank-series-run.ts'
