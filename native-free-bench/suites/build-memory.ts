/** A process of its own: reads columns, builds the matrix, solves 16 columns once, prints what it took. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { planSweepOn, prepareNetwork, readMachine, solveInThread } from '../../src/advanced.ts'
import { spreadingProblem } from './spreading-problem.ts'

/** What this process prints, as JSON. */
export interface MemoryReading {
  readonly peakBytes: number
  readonly columnBytes: number
  /** Resident before the columns were read. */
  readonly idleBytes: number
  readonly plannedBytes: number
  /** Size of the shared memory in the end. */
  readonly usedBytes: number
  readonly buildMs: number
  readonly solveMs: number
}

const SWEEPS = 6
const MOST_BYTES_AT_ONCE = 1 << 26

function readColumn(path: string): Int32Array {
  const file = openSync(path, 'r')
  const bytes = new Uint8Array(fstatSync(file).size)
  for (let at = 0; at < bytes.length;)
    at += readSync(file, bytes, at, Math.min(MOST_BYTES_AT_ONCE, bytes.length - at), null)
  closeSync(file)
  return new Int32Array(bytes.buffer)
}

const [rowFile, columnFile, rowCount, columnCount] = process.argv.slice(2)
const idleBytes = process.memoryUsage.rss()
const row = readColumn(rowFile)
const column = readColumn(columnFile)
const options = { threads: 1, partition: 'auto', kernel: 'auto', memoryLimitBytes: Infinity } as const

const began = performance.now()
const prepared = prepareNetwork(
  'build',
  { rowCount: Number(rowCount), columnCount: Number(columnCount), row, column },
  false,
  Infinity,
)
const built = performance.now()
const problem = spreadingProblem(prepared, 16, SWEEPS)
const plan = planSweepOn(prepared, problem, options, readMachine())
solveInThread(prepared, options)(problem)
const solved = performance.now()

const reading: MemoryReading = {
  // In kilobytes on every platform Node runs on.
  peakBytes: process.resourceUsage().maxRSS * 1024,
  columnBytes: row.byteLength + column.byteLength,
  idleBytes,
  plannedBytes: plan.bytes.total,
  usedBytes: prepared.stored.arena.bytes,
  buildMs: built - began,
  solveMs: solved - built,
}
console.log(JSON.stringify(reading))
