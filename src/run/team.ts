import type { Control, Member } from './control.ts'

/** One member's view of a team that takes every step of a job together. */
export class Team {
  readonly control: Control
  readonly member: Member
  /** Number of calls of `share`. */
  #turn = 0

  constructor(control: Control, member: Member) {
    this.control = control
    this.member = member
  }

  /** Divides [0, count) among the members in chunks, and waits for all of them. @returns false when the job was stopped. */
  share(count: number, chunk: number, work: (start: number, end: number) => void): boolean {
    const { control, member } = this
    const turn = this.#turn++
    if (member.index === 0) control.resetWindows(turn + 1)
    for (let start = control.claimWindow(turn) * chunk; start < count;) {
      work(start, Math.min(start + chunk, count))
      start = control.claimWindow(turn) * chunk
    }
    return control.barrier(member.count)
  }
}
