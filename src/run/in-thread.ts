import { openKernel } from '../kernel/select.ts'
import type { KernelName } from '../kernel/kernel.ts'
import { readMachine } from '../plan/machine.ts'
import { planProblem, readSolution, writeJob } from './job.ts'
import { workOn } from './member.ts'
import type { PreparedMatrix } from './prepared.ts'
import type { Problem, Solution } from './problem.ts'

/** Where and within what an in-thread solver works. */
export interface InThreadOptions {
  readonly memoryLimitBytes: number
  readonly kernel: KernelName | 'auto'
}

/** A synchronous solver on the calling thread: no workers, no `node:` modules, so it also runs in a browser. */
export function solveInThread(
  prepared: PreparedMatrix,
  { memoryLimitBytes, kernel }: InThreadOptions,
): (problem: Problem) => Solution {
  const machine = readMachine()
  return (problem) => {
    const options = { threads: 1, partition: 'auto', memoryLimitBytes, kernel } as const
    const plan = planProblem(prepared, problem, options, machine)
    const job = writeJob(prepared, problem, plan)
    workOn(job, prepared.arena, openKernel(plan.kernel, prepared.arena.memory), { index: 0, count: 1 })
    return readSolution(prepared.arena, job)
  }
}
