import type { Kernel } from '../kernel/kernel.ts'
import type { Arena } from '../memory/arena.ts'
import type { Section } from '../memory/layout.ts'
import { Control, type Member } from './control.ts'
import { inSlices, SLICE, untilStopped } from './pace.ts'
import { pacedKernel } from './paced-kernel.ts'
import type { ProductJob } from './product-job.ts'

/** Works on a product until it is done or stopped, claiming free blocks of rows. */
export function multiplyOn(
  { head, plan, product, blockRows }: ProductJob,
  arena: Arena,
  kernel: Kernel,
  member: Member,
): void {
  const control = new Control(arena.int32(head.control), arena.int32(head.blockState))
  const { sections } = plan.layout
  /** This member's part of a section with one part per member. */
  const own = (section: Section): Section => {
    const length = section.length / member.count
    const bytes = section.type === 'float64' ? 8 : 4
    return { ...section, length, offset: section.offset + member.index * length * bytes }
  }
  untilStopped(() => {
    const paced = pacedKernel(kernel, control, arena.memory)
    const [sums, marks] = [own(sections.sums), own(sections.marks)]
    // An earlier job may have been stopped in the middle of a row.
    for (const words of [arena.float64(sums), arena.int32(marks)]) {
      inSlices(control, 0, words.length, SLICE, (from, to) => words.fill(0, from, to))
    }
    const work = {
      ...{ ...product, sums: sums.offset, marks: marks.offset },
      ...{ met: own(sections.met).offset, scores: own(sections.scores).offset },
    }
    for (let block = control.claimBlock(head.blocks); block >= 0; block = control.claimBlock(head.blocks)) {
      paced.largestProducts(blockRows[block], blockRows[block + 1], work)
      control.markDone(block)
    }
  })
}
