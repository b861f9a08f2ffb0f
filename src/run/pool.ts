import { Piscina } from 'piscina'
import { RivuletError } from '../support/errors.ts'
import type { Arena } from '../memory/arena.ts'
import { Control } from './control.ts'
import type { Job } from './job.ts'
import type { Progress, Task, Watch } from './protocol.ts'

/** How often the main thread looks at a running job, in milliseconds. */
const LOOK_MS = 25
/** How long stopped workers may take to notice before their threads are ended, in milliseconds. */
const GRACE_MS = 2000
/** A job whose worker died is tried once more. */
const ATTEMPTS = 2

/** What a pool is made with. */
export interface PoolOptions {
  readonly threads: number
  /** Without a sign of life for this long a job is given up, in milliseconds. */
  readonly deadlineMs: number
  /** The worker; tests put a faulty one here. */
  readonly entry?: URL
}

const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './entry.ts' : './entry.js', import.meta.url)

/** Worker threads over one arena. One job at a time: two teams waiting at barriers on the same threads would dead-lock. */
export class WorkerPool {
  readonly #arena: Arena
  readonly #options: PoolOptions
  #piscina: Piscina | null = null

  constructor(arena: Arena, options: PoolOptions) {
    this.#arena = arena
    this.#options = options
  }

  /**
   * Runs a job that is written in the arena.
   *
   * A worker that dies is replaced and its blocks are done again, once.
   *
   * @throws {RivuletError} WORKER_FAILED after a second death, DEADLINE when nothing moved for `deadlineMs`.
   * @throws `signal.reason` when cancelled.
   */
  async run(job: Job, watch: Watch): Promise<void> {
    const { sections } = job.plan.layout
    const control = new Control(this.#arena.int32(sections.control), this.#arena.int32(sections.blockState))
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#attempt(job, control, watch)
        return
      } catch (cause) {
        watch.signal?.throwIfAborted()
        if (cause instanceof RivuletError) throw cause
        if (attempt === ATTEMPTS) throw workerFailed(job, cause)
        control.restart()
      }
    }
  }

  /** Ends every thread. A second call does nothing. */
  async close(): Promise<void> {
    const piscina = this.#piscina
    this.#piscina = null
    await piscina?.destroy()
  }

  #threads(): Piscina {
    const { threads, entry = ENTRY } = this.#options
    this.#piscina ??= new Piscina({
      filename: entry.href,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
      workerData: { memory: this.#arena.memory },
    })
    return this.#piscina
  }

  async #attempt(job: Job, control: Control, watch: Watch): Promise<void> {
    const { signal } = watch
    signal?.throwIfAborted()
    const piscina = this.#threads()
    const { threads } = job.plan
    const tasks = Array.from({ length: threads }, (_, index) =>
      piscina.run({ job, member: { index, count: threads } } satisfies Task),
    )
    const onAbort = (): void => control.stop()
    signal?.addEventListener('abort', onAbort, { once: true })
    const watchdog = new Watchdog(control, job.plan.blocks, this.#options.deadlineMs, watch.onProgress)
    try {
      await Promise.race([whole(tasks, control), watchdog.expired])
      signal?.throwIfAborted()
    } catch (failure) {
      await this.#subside(tasks, control)
      throw failure
    } finally {
      watchdog.end()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** After a failure: workers that notice the stop word stay; if any does not in time, all threads are ended. */
  async #subside(tasks: readonly Promise<unknown>[], control: Control): Promise<void> {
    control.stop()
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), GRACE_MS)))
    const outcome = await Promise.race([Promise.allSettled(tasks), grace])
    clearTimeout(timer)
    if (outcome !== 'late') return
    await this.close()
    await Promise.allSettled(tasks)
  }
}

/** All tasks; the first failure stops the others. */
async function whole(tasks: readonly Promise<unknown>[], control: Control): Promise<void> {
  try {
    await Promise.all(tasks)
  } catch (failure) {
    control.stop()
    throw failure
  }
}

/** Looks at a running job: reports progress, and rejects when its heart has stopped. */
class Watchdog {
  readonly expired: Promise<never>
  readonly #timer: NodeJS.Timeout

  constructor(control: Control, blocks: number, deadlineMs: number, onProgress: ((progress: Progress) => void) | undefined) {
    let beats = -1
    let done = -1
    let lastSign = performance.now()
    let expire: (error: unknown) => void
    this.expired = new Promise((_, reject) => (expire = reject))
    this.expired.catch(() => undefined)
    this.#timer = setInterval(() => {
      if (control.blocksDone !== done && onProgress !== undefined) {
        done = control.blocksDone
        try {
          onProgress({ done, total: blocks })
        } catch (thrown) {
          expire(thrown)
        }
      }
      if (control.beats !== beats) {
        beats = control.beats
        lastSign = performance.now()
      } else if (performance.now() - lastSign > deadlineMs) {
        expire(deadlinePassed(deadlineMs))
      }
    }, LOOK_MS)
  }

  end(): void {
    clearInterval(this.#timer)
  }
}

function deadlinePassed(deadlineMs: number): RivuletError {
  return new RivuletError(
    'DEADLINE',
    {
      who: 'WorkerPool',
      expected: `a sign of life from the workers every ${deadlineMs} ms (deadlineMs)`,
      got: 'none',
      todo: 'Raise deadlineMs if the machine is overloaded; the threads were ended.',
    },
    { deadlineMs },
  )
}

function workerFailed(job: Job, cause: unknown): RivuletError {
  return new RivuletError(
    'WORKER_FAILED',
    {
      who: job.plan.name,
      expected: 'workers that finish',
      got: `two failures, the last: ${cause instanceof Error ? cause.message : String(cause)}`,
      todo: 'Look at the cause; with threads: 1 the work runs without workers.',
    },
    {},
    cause,
  )
}
