import { bestKernel, openKernel } from '../kernel/select.ts'
import type { KernelName } from '../kernel/kernel.ts'
import { readMachine } from '../plan/machine.ts'
import { planProblem, readSolution, writeJob } from './job.ts'
import { readLesson, writeLesson } from './lesson-job.ts'
import { learn } from './lesson-member.ts'
import { isLesson } from './lesson.ts'
import { workOn } from './member.ts'
import type { PreparedMatrix } from './prepared.ts'
import type { Asked, Solution } from './problem.ts'

/** Where and within what an in-thread solver works. */
export interface InThreadOptions {
  readonly memoryLimitBytes: number
  readonly kernel: KernelName | 'auto'
}

/** A synchronous solver on the calling thread: no workers, no `node:` modules, so it also runs in a browser. */
export function solveInThread(
  prepared: PreparedMatrix,
  { memoryLimitBytes, kernel }: InThreadOptions,
): (asked: Asked) => Solution {
  const machine = readMachine()
  const { arena } = prepared
  const alone = { index: 0, count: 1 }
  return (asked) => {
    if (isLesson(asked)) {
      const lesson = writeLesson(prepared, asked, 1, kernel === 'auto' ? bestKernel() : kernel)
      learn(lesson, arena, openKernel(lesson.head.kernel, arena.memory), alone)
      return readLesson(arena, lesson, asked)
    }
    const options = { threads: 1, partition: 'auto', memoryLimitBytes, kernel } as const
    const plan = planProblem(prepared, asked, options, machine)
    const job = writeJob(prepared, asked, plan)
    workOn(job, arena, openKernel(plan.kernel, arena.memory), alone)
    return readSolution(arena, job)
  }
}
