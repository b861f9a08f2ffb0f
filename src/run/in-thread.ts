import type { KernelName } from '../kernel/kernel.ts'
import { readMachine } from '../plan/machine.ts'
import { askedBy, type Answer, type On, type Question } from '../request/request.ts'
import { atOnce, drive } from '../support/drive.ts'
import { answerFromEdges, isAboutEdges } from './edge-answers.ts'
import { planWork, workAlone } from './jobs.ts'
import type { Network } from '../network/network.ts'

/** Limits of an in-thread executor. */
export interface InThreadOptions {
  /** Default: the limit of the matrix. */
  readonly memoryLimitBytes?: number
  /** Default 'auto'. */
  readonly kernel?: KernelName | 'auto'
  /** The function that was called, for messages. Default: the name in each request. */
  readonly who?: string | undefined
}

/** Answers a question at once. */
export type Solve = <Asked extends Question>(asked: Asked) => Answer<Asked>

/** Runs algorithms whose only requests are algorithms on other matrices. */
export const answerInThread = ({ network, algorithm, who }: On, kernel: InThreadOptions['kernel'] = 'auto'): unknown =>
  drive(algorithm, solveInThread(network, { kernel, who }))

/** An executor on the calling thread: no workers, no `node:` modules, so it also runs in a browser. */
export function solveInThread(network: Network, given: InThreadOptions = {}): Solve {
  const { memoryLimitBytes = network.budget.limitBytes, kernel = 'auto', who } = given
  const options = { threads: 1, partition: 'auto', memoryLimitBytes, kernel } as const
  const machine = readMachine()
  const answer = (given: Question): unknown => {
    const asked = askedBy(who, given)
    if (asked.kind === 'on') return answerInThread(asked, kernel)
    if (isAboutEdges(asked)) return atOnce(answerFromEdges(network, asked))
    const { job, read } = atOnce(planWork(network, asked, options, machine)).write()
    workAlone(job, network.stored.arena)
    return atOnce(read())
  }
  return answer as Solve
}
