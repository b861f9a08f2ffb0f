/** Wall-clock time by stage, in order of first appearance. */
export class Stages {
  readonly #elapsedMs = new Map<string, number>()

  /** Runs the work and adds its time to the stage. */
  async time<Result>(stage: string, work: () => Result | Promise<Result>): Promise<Result> {
    const start = performance.now()
    try {
      return await work()
    } finally {
      this.#elapsedMs.set(stage, (this.#elapsedMs.get(stage) ?? 0) + performance.now() - start)
    }
  }

  entries(): [stage: string, elapsedMs: number][] {
    return [...this.#elapsedMs]
  }
}
