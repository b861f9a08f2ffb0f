import { describe, expect, it } from 'vitest'
import { openKernel } from '../../../src/kernel/kernels.ts'
import type { Section } from '../../../src/memory/layout.ts'
import { readMachine } from '../../../src/plan/machine.ts'
import type { SectionName } from '../../../src/plan/plan.ts'
import { planSweepOn, writeSweep } from '../../../src/run/sweep-job.ts'
import { workOn } from '../../../src/run/sweep-member.ts'
import { bipartite, prepare, problemOn, rowSeeds } from '../../graphs.ts'

describe('a member of a job by columns', () => {
  const workspaces: SectionName[] = ['z', 'previous', 'rhs', 'accumulators', 'memberResiduals']

  it.each([0, 1, 2])('leaves the workspaces and the residuals of the others alone: member %i of 3', (index) => {
    const prepared = prepare(bipartite({ users: 300, items: 20, pairs: 3000 }))
    const problem = problemOn(prepared, { seeds: rowSeeds(prepared, 48), output: { kind: 'top-k', k: 3 } })
    const options = { threads: 3, partition: 'columns', memoryLimitBytes: 1e9, kernel: 'auto' } as const
    const job = writeSweep(prepared, problem, planSweepOn(prepared, problem, options, readMachine()))
    const { arena } = prepared.stored
    const { sections } = job.plan.layout
    const shareOf = (section: Section, member: number): Float32Array => {
      const length = section.length / job.plan.teams
      return arena.float32(section).subarray(member * length, (member + 1) * length)
    }
    for (const name of workspaces) arena.float32(sections[name]).fill(-7)
    workOn(job, arena, openKernel(job.plan.kernel, arena.memory), { index, count: 3 })
    for (const name of workspaces) {
      for (const member of [0, 1, 2]) {
        const isTouched = shareOf(sections[name], member).some((value) => value !== -7)
        expect(isTouched, `${name} of member ${member}`).toBe(member === index)
      }
    }
  })
})
