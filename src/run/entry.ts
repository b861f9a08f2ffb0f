/** The worker: a piscina task is one member of one job. */
import { workerData } from 'node:worker_threads'
import { openKernel } from '../kernel/kernels.ts'
import { Arena, type Memory } from '../memory/arena.ts'
import { workOnJob } from './jobs.ts'
import type { Task } from './protocol.ts'

const arena = new Arena((workerData as { memory: Memory }).memory)

export default function work({ job, member }: Task): void {
  workOnJob(job, arena, openKernel(job.head.kernel, arena.memory), member)
}
