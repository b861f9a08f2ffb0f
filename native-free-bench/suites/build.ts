import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Coordinates, prepareNetwork } from '../../src/advanced.ts'
import { built } from '../../test/build.ts'
import { describeGraph, GRAPHS } from '../data/graphs.ts'
import { inRandomOrder } from '../data/power-law.ts'
import { race } from '../timing/race.ts'
import type { MemoryReading } from './build-memory.ts'
import type { Bench, Suite } from './suite.ts'

const CHILD = 'native-free-bench/suites/build-memory.ts'

/** From columns to a matrix in shared memory: pairs a second, and the peak memory of a whole process that then solves 16 columns. */
export const buildSuite: Suite = {
  about: 'from columns to a matrix: pairs a second; peak memory of a process that builds and solves 16 columns',
  run: async (bench) => {
    for (const { name, load } of GRAPHS[bench.size]) {
      const pairs = await load()
      if (pairs === null) {
        bench.report.skip(`build on ${name}: not below RIVULET_DATA`)
        continue
      }
      const graph = describeGraph(name, pairs)
      await buildFrom(bench, graph, 'rows user after user', pairs)
      inRandomOrder(pairs, 7)
      await buildFrom(bench, graph, 'rows in random order', pairs)
      await measureMemory(bench, graph, pairs)
    }
  },
}

async function buildFrom(
  { report, raceOptions, size }: Bench,
  graph: string,
  task: string,
  pairs: Coordinates,
): Promise<void> {
  const complaint = checkMatrix(pairs)
  if (complaint !== null) return report.fail(`build on ${graph}, ${task}: ${complaint}`)
  const run = (): void => void prepareNetwork('build', pairs, false, Infinity)
  const laps = await race([{ name: 'rivulet', run, answer: () => [] }], {
    ...raceOptions,
    atMost: Math.min(5, raceOptions.atMost ?? 5),
  })
  report.race({
    suite: 'build',
    graph,
    task,
    laps,
    work: { amount: pairs.row.length, unit: 'pairs' },
    figures: ([{ bestMs }]) => [
      {
        name: 'built',
        value: pairs.row.length / bestMs / 1000,
        unit: 'M pairs/s',
        ...(size === 'large' && { atLeast: 5 }),
      },
    ],
  })
}

/** Rows ascending, every pair there: the sums of a hash over the pairs are the same on both sides. */
function checkMatrix(pairs: Coordinates): string | null {
  const { rows: matrix } = prepareNetwork('build', pairs, false, Infinity)
  if (matrix.nnz !== pairs.row.length) return `${matrix.nnz} pairs kept`
  let expected = 0
  for (let at = 0; at < pairs.row.length; at++) expected = (expected + mix(pairs.row[at], pairs.column[at])) | 0
  let found = 0
  for (let row = 0; row < matrix.rowCount; row++) {
    for (let edge = matrix.indptr[row]; edge < matrix.indptr[row + 1]; edge++) {
      if (edge > matrix.indptr[row] && matrix.indices[edge] <= matrix.indices[edge - 1])
        return `row ${row} is not ascending`
      found = (found + mix(row, matrix.indices[edge])) | 0
    }
  }
  return found === expected ? null : 'the pairs are not those given'
}

const mix = (row: number, column: number): number => {
  const mixed = Math.imul(row ^ Math.imul(column, 0x9e3779b1), 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

async function measureMemory({ report, folder, size }: Bench, graph: string, pairs: Coordinates): Promise<void> {
  const files = [join(folder, 'row'), join(folder, 'column')]
  await writeFile(files[0], pairs.row)
  await writeFile(files[1], pairs.column)
  const sizes = [pairs.rowCount, pairs.columnCount].map(String)
  const { stdout } = await promisify(execFile)(process.execPath, [built(CHILD), ...files, ...sizes])
  const { peakBytes, columnBytes, idleBytes, buildMs, solveMs, plannedBytes, usedBytes } = JSON.parse(
    stdout,
  ) as MemoryReading
  const length = pairs.row.length
  const goal = size === 'large' ? { atMost: 16 } : {}
  report.figures('build', graph, 'memory of a process that builds and solves 16 columns, rows in random order', [
    {
      name: 'peak of the whole process beyond the columns',
      value: (peakBytes - columnBytes) / length,
      unit: 'bytes a pair',
      ...goal,
    },
    { name: 'peak of the whole process', value: peakBytes / 1e6, unit: 'MB' },
    { name: 'of which the columns given', value: columnBytes / 1e6, unit: 'MB' },
    { name: 'of which Node before it began', value: idleBytes / 1e6, unit: 'MB' },
    { name: 'planned', value: plannedBytes / 1e6, unit: 'MB' },
    { name: 'used of what was planned', value: usedBytes / 1e6, unit: 'MB' },
    { name: 'build', value: buildMs, unit: 'ms' },
    { name: 'solve, 6 sweeps of 16 columns', value: solveMs, unit: 'ms' },
  ])
}
