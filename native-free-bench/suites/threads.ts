import {
  type Coordinates,
  type PlanOptions,
  planSweepOn,
  type Network,
  prepareNetwork,
  readMachine,
  readSweep,
  type Sweep,
  type SweepAnswer,
  WorkerPool,
  writeSweep,
} from '../../src/advanced.ts'
import { describeGraph, GRAPHS } from '../data/graphs.ts'
import { powerLaw } from '../data/power-law.ts'
import { distance } from '../timing/agree.ts'
import { race } from '../timing/race.ts'
import type { Contestant } from '../timing/race.ts'
import { spreadingProblem } from './spreading-problem.ts'
import type { Bench, Suite } from './suite.ts'

const SWEEPS = 6
const DEADLINE_MS = 120_000

/** Two threads over one, by rows and by columns, and what planning and the pool cost. */
export const threadsSuite: Suite = {
  about: 'two worker threads over one, by rows and by columns; what planning and the pool cost',
  run: async (bench) => {
    for (const { name, load } of GRAPHS[bench.size]) {
      const pairs = await load()
      if (pairs === null) bench.report.skip(`threads on ${name}: not below RIVULET_DATA`)
      else await compareThreads(bench, describeGraph(name, pairs), pairs)
    }
  },
}

interface Cut {
  readonly partition: 'rows' | 'columns'
  readonly columns: number
  readonly atLeast: number
}

/** By rows one block is shared; by columns each thread has blocks of its own. */
const CUTS: readonly Cut[] = [
  { partition: 'rows', columns: 16, atLeast: 1.7 },
  { partition: 'columns', columns: 32, atLeast: 1.85 },
]

async function compareThreads(bench: Bench, graph: string, pairs: Coordinates): Promise<void> {
  const { report, raceOptions, size } = bench
  const prepared = prepareNetwork('threads', pairs, false, Infinity)
  for (const { partition, columns, atLeast } of CUTS) {
    const problem = spreadingProblem(prepared, columns, SWEEPS)
    const [one, two] = [1, 2].map((threads) => new PooledSolver(prepared, problem, { threads, partition }))
    try {
      const task = `${SWEEPS} sweeps of ${columns} columns, two threads by ${partition}`
      const expected = topOf(await two.solve())
      if (!report.expect(`threads on ${graph}, ${task}`, distance(expected, topOf(await one.solve())), 0)) continue
      const laps = await race([two.contestant('two threads'), one.contestant('one thread')], raceOptions)
      report.race({
        suite: 'threads',
        graph,
        task,
        laps,
        ...(size === 'large' && { goals: { 'one thread': atLeast } }),
      })
      reportOverhead(bench, graph, task, two.planningMs, await poolRoundTrip(), laps[0].bestMs)
    } finally {
      await Promise.all([one.close(), two.close()])
    }
  }
}

function reportOverhead(
  { report, size }: Bench,
  graph: string,
  task: string,
  planningMs: number,
  poolMs: number,
  runMs: number,
): void {
  const percent = (100 * (planningMs + poolMs)) / runMs
  report.figures('threads', graph, `overhead of ${task}`, [
    { name: 'planning, writing seeds, reading lists', value: planningMs, unit: 'ms' },
    { name: 'piscina: two tasks there and back', value: poolMs, unit: 'ms' },
    { name: 'together, of the run', value: percent, unit: '%', ...(size === 'large' && { atMost: 2 }) },
  ])
}

/** Solves one problem again and again on a pool, from the plan to the lists. */
class PooledSolver {
  /** The least that planning, writing the job and reading the answer took, in milliseconds. */
  planningMs = Infinity
  readonly #prepared: Network
  readonly #problem: Sweep
  readonly #options: PlanOptions
  readonly #pool: WorkerPool

  constructor(prepared: Network, problem: Sweep, { threads, partition }: Pick<PlanOptions, 'threads' | 'partition'>) {
    this.#prepared = prepared
    this.#problem = problem
    this.#options = { threads, partition, kernel: 'auto', memoryLimitBytes: Infinity }
    this.#pool = new WorkerPool(prepared.stored.arena, { threads: Number(threads), deadlineMs: DEADLINE_MS })
  }

  async solve(): Promise<SweepAnswer> {
    const began = performance.now()
    const plan = planSweepOn(this.#prepared, this.#problem, this.#options, readMachine())
    const job = writeSweep(this.#prepared, this.#problem, plan)
    const written = performance.now()
    await this.#pool.run(job, {})
    const ran = performance.now()
    const solution = readSweep(this.#prepared.stored.arena, job)
    this.planningMs = Math.min(this.planningMs, written - began + performance.now() - ran)
    return solution
  }

  contestant(name: string): Contestant {
    return { name, run: async () => void (await this.solve()), answer: async () => topOf(await this.solve()) }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

/** What is left of a run when there is next to nothing to do: two tasks of a tiny problem, on warm threads, in milliseconds. */
async function poolRoundTrip(): Promise<number> {
  const prepared = prepareNetwork('pool', powerLaw({ users: 200, items: 40, pairs: 1000, seed: 1 }), false, Infinity)
  const solver = new PooledSolver(prepared, spreadingProblem(prepared, 32, 1), { threads: 2, partition: 'columns' })
  try {
    const [lap] = await race([solver.contestant('pool')], { atLeast: 20, atMost: 50 })
    return lap.bestMs
  } finally {
    await solver.close()
  }
}

function topOf(answer: SweepAnswer): Int32Array {
  if (!('top' in answer)) throw new Error('a problem without lists')
  return answer.top.rows
}
