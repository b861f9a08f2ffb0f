import { RivuletError } from '../support/errors.ts'
import type { Control } from './control.ts'
import type { Progress } from './protocol.ts'

/** Interval at which the main thread checks a running job, in milliseconds. */
const LOOK_MS = 25
/**
 * Longest time between two checks that counts as silence. A later check was delayed, by other work on its thread or because the whole process was
 * stopped (SIGSTOP, a closed lid); the workers may have been stopped too, so the rest of that time does not count.
 */
const LONGEST_LOOK_MS = 4 * LOOK_MS
/** Least timeout while threads are loading, which depends on the machine and not on the job. */
const LOADING_MS = 30_000

/** Measures the time without a sign of life by checks at irregular intervals. */
export class Silence {
  #sign = -1
  #look: number
  #silentMs = 0

  /** @param now time of creation in milliseconds, by the clock of `look` */
  constructor(now: number) {
    this.#look = now
  }

  /** @param sign a number that changes with every sign of life. @returns milliseconds without a change, pauses excluded */
  look(sign: number, now: number): number {
    this.#silentMs = sign === this.#sign ? this.#silentMs + Math.min(now - this.#look, LONGEST_LOOK_MS) : 0
    this.#sign = sign
    this.#look = now
    return this.#silentMs
  }
}

/** The job that a watchdog watches, and its listener. */
export interface Watching {
  readonly control: Control
  readonly blocks: number
  readonly deadlineMs: number
  /** Whether some of the job's threads are still being loaded. */
  readonly isLoading: () => boolean
  readonly onProgress: ((progress: Progress) => void) | undefined
}

/** Watches a running job: reports progress, and rejects when heartbeats stop. */
export class Watchdog {
  readonly expired: Promise<never>
  readonly #timer: NodeJS.Timeout
  readonly #watching: Watching
  #reported = -1

  constructor(watching: Watching) {
    this.#watching = watching
    const { control, deadlineMs, isLoading } = watching
    const silence = new Silence(performance.now())
    let expire: (error: unknown) => void
    this.expired = new Promise((_, reject) => (expire = reject))
    this.expired.catch(() => undefined)
    this.#timer = setInterval(() => {
      try {
        this.report()
      } catch (thrown) {
        expire(thrown)
      }
      const loading = isLoading()
      // The change from loading to running is a sign of life, too.
      const silentMs = silence.look(loading ? -2 : control.beats, performance.now())
      if (silentMs > (loading ? Math.max(deadlineMs, LOADING_MS) : deadlineMs)) expire(deadlinePassed(deadlineMs))
    }, LOOK_MS)
  }

  /** Reports the number of finished blocks if it has changed. */
  report(): void {
    const { control, blocks, onProgress } = this.#watching
    const done = control.blocksDone
    if (done === this.#reported) return
    this.#reported = done
    onProgress?.({ done, total: blocks })
  }

  end(): void {
    clearInterval(this.#timer)
  }
}

function deadlinePassed(deadlineMs: number): RivuletError {
  return new RivuletError('DEADLINE', {
    who: 'WorkerPool',
    expected: `progress from the workers within ${deadlineMs} ms (deadlineMs)`,
    got: 'none',
    todo: 'Raise deadlineMs if the machine is overloaded; the threads were terminated.',
    details: { deadlineMs },
  })
}
