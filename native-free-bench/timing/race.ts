/** One of several ways to the same answer. */
export interface Contestant {
  /** Name and version: 'scipy 1.17.1'. */
  readonly name: string
  /** Runs once. @returns milliseconds, as measured by whoever runs it; without a number the call itself is timed. */
  readonly run: () => Promise<number | void> | number | void
  /** The answer, computed before anything is timed. */
  readonly answer: () => Promise<ArrayLike<number>> | ArrayLike<number>
  readonly note?: string
}

/** Ours, which answers at once and in one kind of array. */
export interface Ours<Answer extends ArrayLike<number>> extends Contestant {
  readonly answer: () => Answer
}

/** What a contestant needed. */
export interface Lap {
  readonly name: string
  readonly bestMs: number
  readonly medianMs: number
  readonly rounds: number
  readonly note?: string
}

/** How long a race lasts. */
export interface RaceOptions {
  /** Rounds after the warm-up; default 3. */
  readonly atLeast?: number
  /** Default 25. */
  readonly atMost?: number
  /** After this much time no new round begins, in milliseconds; default 8000. */
  readonly budgetMs?: number
  /** Whether everybody runs once uncounted; default true. Not where a run takes minutes: the answers have warmed up then. */
  readonly warmUp?: boolean
}

/**
 * Times contestants in turn, round after round: whatever slows the machine for a while slows everybody.
 *
 * One uncounted round warms caches and compilers up.
 */
export async function race(contestants: readonly Contestant[], options: RaceOptions = {}): Promise<Lap[]> {
  const { atLeast = 3, atMost = 25, budgetMs = 8000, warmUp = true } = options
  const times = contestants.map((): number[] => [])
  if (warmUp) for (const contestant of contestants) await timeOf(contestant)
  const began = performance.now()
  for (let round = 0; round < atMost; round++) {
    if (round >= atLeast && performance.now() - began > budgetMs) break
    for (const [index, contestant] of contestants.entries()) times[index].push(await timeOf(contestant))
  }
  return contestants.map(({ name, note }, index) => {
    const sorted = times[index].sort((a, b) => a - b)
    return {
      name,
      bestMs: sorted[0],
      medianMs: sorted[sorted.length >> 1],
      rounds: sorted.length,
      ...(note !== undefined && { note }),
    }
  })
}

async function timeOf({ run }: Contestant): Promise<number> {
  const began = performance.now()
  const measured = await run()
  return typeof measured === 'number' ? measured : performance.now() - began
}
