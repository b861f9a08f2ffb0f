/** Every kind of work on a matrix: how it is planned, written, executed and read. A new kind is a branch in `planWork` and one in `workOnJob`. */
import type { Kernel } from '../kernel/kernel.ts'
import { openKernel } from '../kernel/kernels.ts'
import type { Arena } from '../memory/arena.ts'
import type { Plan } from '../plan/explain.ts'
import type { Machine } from '../plan/machine.ts'
import type { PlanOptions } from '../plan/plan.ts'
import type { Work } from '../request/request.ts'
import type { Sliced } from '../support/pause.ts'
import type { Member } from './control.ts'
import { planInverseOn, readInverse, writeInverse } from './inverse-job.ts'
import { invertOn } from './inverse-member.ts'
import { multiplyOn } from './product-member.ts'
import { planProductOn, productCosts, readProduct, writeProduct } from './product-job.ts'
import type { AnyJob } from './protocol.ts'
import { planRankOn, readRank, writeRank, writeTable } from './rank-job.ts'
import { rankOn } from './rank-member.ts'
import { planSweepOn, readSweep, writeSweep } from './sweep-job.ts'
import { workOn } from './sweep-member.ts'
import { planTrainOn, readTrained, writeTrain } from './train-job.ts'
import { trainOn } from './train-member.ts'
import type { Network } from '../network/network.ts'

/** Work that is planned but not started. */
export interface PlannedWork {
  readonly plan: Plan
  /** Makes room and writes the job; `read` returns its answer when it is done. */
  write(): { readonly job: AnyJob; read(): Sliced<unknown> }
  /** Whether a dead worker may leave the job's input changed, so that it must be written again. */
  readonly changesWhatItReads: boolean
  /** Whose progress its blocks are: the call's ('asked'), that of its preparation ('preliminary'), or none because the algorithm reports itself ('never'). */
  readonly told: 'asked' | 'preliminary' | 'never'
}

type Reader<Job> = (arena: Arena, job: Job) => Sliced<unknown>

const inOneGo = <Job>(read: (arena: Arena, job: Job) => unknown): Reader<Job> =>
  // eslint-disable-next-line require-yield -- the same shape as answers that take long
  function* (arena, job) {
    return read(arena, job)
  }

/** Plans work. @throws {RivuletError} MEMORY_LIMIT */
export function* planWork(network: Network, asked: Work, options: PlanOptions, machine: Machine): Sliced<PlannedWork> {
  const { arena } = network.stored
  const planned = <Job extends AnyJob>(
    plan: Plan,
    write: () => Job,
    read: Reader<Job>,
    facts: Partial<Pick<PlannedWork, 'changesWhatItReads' | 'told'>> = {},
  ): PlannedWork => ({
    plan,
    write: () => {
      network.budget.makeRoom(plan.bytes.total)
      const job = write()
      return { job, read: () => read(arena, job) }
    },
    changesWhatItReads: false,
    told: 'preliminary' in asked && asked.preliminary ? 'preliminary' : 'asked',
    ...facts,
  })
  if (asked.kind === 'train') {
    const plan = planTrainOn(network, asked, options, machine)
    return planned(plan, () => writeTrain(network, asked, plan), inOneGo(readTrained), {
      changesWhatItReads: true,
      told: 'never',
    })
  }
  if (asked.kind === 'product') {
    const costs = yield* productCosts(network, asked)
    const plan = planProductOn(network, asked, costs, options, machine)
    return planned(plan, () => writeProduct(network, asked, costs, plan), readProduct)
  }
  if (asked.kind === 'inverse') {
    const plan = planInverseOn(network, asked, options, machine)
    return planned(plan, () => writeInverse(network, asked, plan), readInverse, {
      changesWhatItReads: true,
      told: 'preliminary',
    })
  }
  if (asked.kind === 'rank') {
    const plan = planRankOn(network, asked, options, machine)
    yield* writeTable(network, asked.table, plan)
    return planned(plan, () => writeRank(network, asked, plan), inOneGo(readRank))
  }
  const plan = planSweepOn(network, asked, options, machine)
  return planned(plan, () => writeSweep(network, asked, plan), inOneGo(readSweep))
}

/** One member's part of a job, until it is done or stopped. */
export function workOnJob(job: AnyJob, arena: Arena, kernel: Kernel, member: Member): void {
  if (job.kind === 'train') trainOn(job, arena, kernel, member)
  else if (job.kind === 'product') multiplyOn(job, arena, kernel, member)
  else if (job.kind === 'inverse') invertOn(job, arena, kernel, member)
  else if (job.kind === 'rank') rankOn(job, arena, kernel, member)
  else workOn(job, arena, kernel, member)
}

/** The whole of a job, on the calling thread. */
export const workAlone = (job: AnyJob, arena: Arena): void =>
  workOnJob(job, arena, openKernel(job.head.kernel, arena.memory), { index: 0, count: 1 })
