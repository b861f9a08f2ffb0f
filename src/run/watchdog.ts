import { RivuletError } from '../support/errors.ts'
import type { Control } from './control.ts'
import type { Progress } from './protocol.ts'

/** How often the main thread looks at a running job, in milliseconds. */
const LOOK_MS = 25
/**
 * How much of the time between two looks may have been silence. A look that comes later was held up, by other work on its thread or because the whole
 * process was stopped (SIGSTOP, a closed lid), and then the workers may have been stopped with it: the rest of that time is a pause.
 */
const LONGEST_LOOK_MS = 4 * LOOK_MS
/** How long threads may take to load where deadlineMs is shorter: that is the machine's pace, not the job's. */
const LOADING_MS = 30_000

/** For how long there was no sign of life, by a clock that is looked at now and then. */
export class Silence {
  #sign = -1
  #look: number
  #silentMs = 0

  /** @param now when the clock was looked at first, in milliseconds, as for `look` */
  constructor(now: number) {
    this.#look = now
  }

  /** @param sign a number that is another one after every sign of life. @returns how long there was none, in milliseconds without pauses */
  look(sign: number, now: number): number {
    this.#silentMs = sign === this.#sign ? this.#silentMs + Math.min(now - this.#look, LONGEST_LOOK_MS) : 0
    this.#sign = sign
    this.#look = now
    return this.#silentMs
  }
}

/** What a watchdog watches, and whom it tells. */
export interface Watching {
  readonly control: Control
  readonly blocks: number
  readonly deadlineMs: number
  /** Whether some of the job's threads are still being loaded. */
  readonly isLoading: () => boolean
  readonly onProgress: ((progress: Progress) => void) | undefined
}

/** Looks at a running job: reports progress, and rejects when its heart has stopped. */
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
      // That all have been loaded is a sign, too.
      const silentMs = silence.look(loading ? -2 : control.beats, performance.now())
      if (silentMs > (loading ? Math.max(deadlineMs, LOADING_MS) : deadlineMs)) expire(deadlinePassed(deadlineMs))
    }, LOOK_MS)
  }

  /** Tells the caller how many blocks are done, when that has changed since it was last told. */
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
