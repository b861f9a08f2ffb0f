/** One thread's place in a job. */
export interface Member {
  readonly index: number
  readonly count: number
}
