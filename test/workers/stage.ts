/** One prepared graph and one pool of faulty workers, and the answer that honest work gives. */
import { pathToFileURL } from 'node:url'
import type { RecurrenceStep } from '../../src/kernel/kernel.ts'
import { readMachine } from '../../src/plan/machine.ts'
import { planSweepOn, readSweep, writeSweep, type SweepJob } from '../../src/run/sweep-job.ts'
import { WorkerPool, type PoolOptions } from '../../src/run/pool.ts'
import type { Watch } from '../../src/run/protocol.ts'
import type { Sweep } from '../../src/request/sweep.ts'
import { built } from '../build.ts'
import { bipartite, prepare, problemOn, rowSeeds, solve, type Solution } from '../graphs.ts'
import type { Network } from '../../src/network/network.ts'

export const FAULTY = pathToFileURL(built('test/workers/fixtures/faulty-entry.ts'))
export const BROKEN = pathToFileURL(built('test/workers/fixtures/broken-entry.ts'))

/** Minutes of work: nobody waits for its end. */
export const ENDLESS = { columns: 16_000, sweeps: 10_000 }

/** So long that only a hanging worker reaches it. */
const PATIENCE_MS = 20_000

export interface JobWish {
  readonly columns?: number
  readonly sweeps?: number
  readonly threads?: number
  readonly partition?: 'columns' | 'rows'
}

export class Stage {
  /** Enough pairs a column for several row windows, so that a team by rows has something to share. */
  readonly prepared: Network = prepare(bipartite({ users: 500, items: 20, pairs: 6000 }))
  readonly pool: WorkerPool

  constructor(options: Partial<PoolOptions> = {}) {
    this.pool = new WorkerPool(this.prepared.stored.arena, {
      threads: 2,
      deadlineMs: PATIENCE_MS,
      entry: FAULTY,
      ...options,
    })
  }

  problem(name: string, { columns = 40, sweeps: count = 6 }: JobWish = {}): Sweep {
    const seeds = rowSeeds(this.prepared, columns)
    const steps = Array<RecurrenceStep>(count).fill({ a: 1, b: 0, c: 0, d: 1 })
    const schedule = { solver: 'power', steps, stopBelow: 0 } as const
    return problemOn(this.prepared, { name, schedule, seeds, output: { kind: 'top-k', k: 5 } })
  }

  write(name: string, wish: JobWish = {}): SweepJob {
    const { threads = 2, partition = 'columns' } = wish
    const problem = this.problem(name, wish)
    const options = { threads, partition, memoryLimitBytes: 1e9, kernel: 'auto' } as const
    return writeSweep(this.prepared, problem, planSweepOn(this.prepared, problem, options, readMachine()))
  }

  async run(name: string, wish: JobWish = {}, watch: Watch = {}): Promise<Solution> {
    const job = this.write(name, wish)
    await this.pool.run(job, watch)
    return readSweep(this.prepared.stored.arena, job)
  }

  /** What a job of this size must answer. */
  expected(wish: JobWish = {}): Solution {
    const twin = new Stage()
    return solve(twin.prepared, twin.problem('honest', wish))
  }
}
