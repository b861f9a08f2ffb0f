import type { KernelName } from '../kernel/kernel.ts'
import type { Section } from '../memory/layout.ts'

/** What a pool has to know of a job, whatever it is about. */
export interface JobHead {
  /** Who asked, for messages. */
  readonly name: string
  readonly threads: number
  /** Parts by which progress is told. */
  readonly blocks: number
  readonly kernel: KernelName
  readonly control: Section
  readonly blockState: Section
}
