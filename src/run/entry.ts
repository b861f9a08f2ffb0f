/** The worker: a piscina task is one member of one job. */
import { workerData } from 'node:worker_threads'
import { openKernel } from '../kernel/kernels.ts'
import { Arena, type Memory } from '../memory/arena.ts'
import { trainOn } from './train-member.ts'
import { workOn } from './sweep-member.ts'
import type { Task } from './protocol.ts'

const arena = new Arena((workerData as { memory: Memory }).memory)

export default function work({ job, member }: Task): void {
  const kernel = openKernel(job.head.kernel, arena.memory)
  if (job.kind === 'train') trainOn(job, arena, kernel, member)
  else workOn(job, arena, kernel, member)
}
