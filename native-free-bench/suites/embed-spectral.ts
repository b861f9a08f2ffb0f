import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Coordinates,
  drive,
  Executor,
  prepareNetwork,
  singularVectors,
  solveInThread,
} from '../../src/advanced.ts'
import { describeGraph, GRAPHS, type Size } from '../data/graphs.ts'
import type { Figure } from '../report/report.ts'
import { answerOf, RivalProcess } from '../rivals/rival-process.ts'
import { race } from '../timing/race.ts'
import type { Contestant } from '../timing/race.ts'
import type { Bench } from './suite.ts'

const PYTHON = fileURLToPath(new URL('../rivals/svds.py', import.meta.url))
/** How far a singular value may be from scipy's, relative to itself. */
const NEAR = 1e-4
const DEADLINE_MS = 600_000

/** Directions at each size, on the public graphs but for `smoke`. */
const DIMENSIONS: Readonly<Record<Size, readonly number[]>> = { smoke: [8], small: [64], medium: [64, 512], large: [] }
/** From here on a run takes up to minutes: one is timed, after the one that was checked. */
const LONG = 256

/** Singular values against scipy's `svds`, and time: one thread, and two. */
export async function embedSpectral(bench: Bench): Promise<void> {
  for (const { name, load } of GRAPHS[bench.size === 'medium' ? 'small' : bench.size]) {
    if (DIMENSIONS[bench.size].length === 0) continue
    const pairs = await load()
    if (pairs === null) bench.report.skip(`spectral embedding on ${name}: not below RIVULET_DATA`)
    else for (const k of DIMENSIONS[bench.size]) await compare(bench, describeGraph(name, pairs), pairs, k)
  }
}

async function compare(bench: Bench, graph: string, pairs: Coordinates, k: number): Promise<void> {
  const { report } = bench
  const prepared = prepareNetwork('bench', pairs, false, Infinity)
  const solve = solveInThread(prepared, { memoryLimitBytes: Infinity, kernel: 'auto' })
  const options = { threads: 2, kernel: 'auto', partition: 'auto', memoryLimitBytes: Infinity } as const
  const executor = new Executor('bench', prepared, { ...options, deadlineMs: DEADLINE_MS })
  const ask = { k } as const
  const ours = drive(singularVectors('bench', prepared, ask), solve)
  if (!ours.converged) report.fail(`spectral embedding on ${graph}: not converged`)
  const contestants: Contestant[] = [
    {
      name: 'rivulet, one thread',
      run: () => void drive(singularVectors('bench', prepared, ask), solve),
      answer: () => ours.values,
    },
    {
      name: 'rivulet, two threads',
      run: async () => void (await executor.run(singularVectors('bench', prepared, ask))),
      answer: async () => (await executor.run(singularVectors('bench', prepared, ask))).values,
    },
  ]
  const rivals = await startScipy(bench, pairs, k)
  try {
    const agreeing = [contestants[0]]
    const differences: Figure[] = []
    for (const contestant of [...contestants.slice(1), ...rivals.contestants]) {
      const what = `singular values of ${graph}, k = ${k}, ${contestant.name}`
      const difference = relative(ours.values, await contestant.answer())
      differences.push({
        name: `largest relative difference of a value, ${contestant.name}`,
        value: 1e6 * difference,
        unit: 'x 1e-6',
        atMost: 1e6 * NEAR,
      })
      if (report.expect(what, difference, NEAR)) agreeing.push(contestant)
    }
    const laps = await race(agreeing, k < LONG ? bench.raceOptions : { atLeast: 1, atMost: 1, warmUp: false })
    const [one, two] = laps
    report.race({
      suite: 'embed',
      graph,
      task: `${k} singular values and vectors`,
      laps,
      goals: { scipy: 1 },
      figures: () => [
        { name: 'one thread over two', value: one.bestMs / two.bestMs, unit: 'x', atLeast: 1.7 },
        ...differences,
      ],
    })
  } finally {
    rivals.close()
    await executor.close()
  }
}

interface Scipy {
  readonly contestants: readonly Contestant[]
  readonly close: () => void
}

async function startScipy({ tools, folder }: Bench, pairs: Coordinates, k: number): Promise<Scipy> {
  const version = tools.packages['scipy']
  if (tools.python === null || version === undefined) return { contestants: [], close: () => undefined }
  for (const name of ['row', 'column'] as const) await writeFile(join(folder, name), Int32Array.from(pairs[name]))
  const sizes = [k, pairs.rowCount, pairs.columnCount].map(String)
  const python = new RivalProcess(tools.python, [PYTHON, folder, ...sizes])
  const contestants = ['float64', 'float32'].map((kind) => ({
    name: `scipy ${version}, svds in ${kind}`,
    run: () => python.time(kind),
    answer: () => answerOf(python, kind, folder),
  }))
  return { contestants, close: () => python.close() }
}

/** The largest relative difference of two lists of values. */
function relative(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Infinity
  return Array.from(ours, (value, at) => Math.abs(theirs[at] / value - 1)).reduce((a, b) => Math.max(a, b), 0)
}
