/** The worker: a piscina task is one member of one job. */
import { workerData } from 'node:worker_threads'
import { openKernel } from '../kernel/select.ts'
import { Arena, type Memory } from '../memory/arena.ts'
import { workOn } from './member.ts'
import type { Task } from './protocol.ts'

const arena = new Arena((workerData as { memory: Memory }).memory)

export default function work({ job, member }: Task): void {
  workOn(job, arena, openKernel(job.plan.kernel, arena.memory), member)
}
