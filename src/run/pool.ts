import type { Piscina } from 'piscina'
import { RivuletError } from '../support/errors.ts'
import type { Arena } from '../memory/arena.ts'
import { Control, type JobHead } from './control.ts'
import type { AnyJob, Task, Watch } from './protocol.ts'
import { Watchdog } from './watchdog.ts'

/** Timeout for stopped workers before their threads are terminated, in milliseconds. */
const GRACE_MS = 2000
/** A job whose worker died is retried once. */
const ATTEMPTS = 2

/** Options of a pool. */
export interface PoolOptions {
  readonly threads: number
  /** Timeout in milliseconds: a job without a heartbeat for this long fails. Time during which the whole process is stopped does not count. */
  readonly deadlineMs: number
  /** The worker; tests replace it with a faulty one. */
  readonly entry?: URL
}

const isBuilt = import.meta.url.endsWith('.js')
const ENTRY = new URL(isBuilt ? './entry.js' : './entry.ts', import.meta.url)
const LOADER = new URL('./load-entry.cjs', import.meta.url)

/** Worker threads over one arena. One job at a time: two teams waiting at barriers on the same threads would dead-lock. */
export class WorkerPool {
  readonly #arena: Arena
  readonly #options: PoolOptions
  #piscina: Piscina | null = null
  /** Threads that have not yet loaded the worker. */
  #loading: ReadonlySet<unknown> = new Set()
  #closed: Promise<void> | null = null

  constructor(arena: Arena, options: PoolOptions) {
    this.#arena = arena
    this.#options = options
  }

  /**
   * Runs a job that was written to the arena.
   *
   * A worker that dies is replaced, and unfinished blocks are retried once. An error thrown by `onProgress` stops the job and is rethrown.
   *
   * @param restore rewrites a job that a dead worker may have left incomplete; default: nothing, because blocks do not change their input
   * @throws {RivuletError} WORKER_FAILED after a second death, DEADLINE without progress for `deadlineMs`, CLOSED after `close()`.
   * @throws `signal.reason` when cancelled.
   */
  async run(job: AnyJob, watch: Watch, restore: () => void = () => undefined): Promise<void> {
    const { head } = job
    const control = new Control(this.#arena.int32(head.control), this.#arena.int32(head.blockState))
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#attempt(job, control, watch)
        return
      } catch (failure) {
        watch.signal?.throwIfAborted()
        if (!(failure instanceof WorkerDeath)) throw failure
        // Piscina does not replace a thread that died while loading, so all threads are replaced.
        await this.#endThreads()
        if (this.#closed === null && attempt === ATTEMPTS) throw workerFailed(head, failure.cause)
        control.restart()
        restore()
      }
    }
  }

  /** Terminates all threads; a running job rejects with CLOSED. A second call waits for the first. */
  close(): Promise<void> {
    this.#closed ??= this.#endThreads()
    return this.#closed
  }

  async #endThreads(): Promise<void> {
    const piscina = this.#piscina
    this.#piscina = null
    await piscina?.destroy()
  }

  #threads(Threads: typeof Piscina): Piscina {
    const { threads, entry = ENTRY } = this.#options
    if (this.#piscina !== null) return this.#piscina
    const piscina = new Threads({
      // Threads that run the TypeScript sources have a loader for require() only.
      filename: (isBuilt ? LOADER : entry).href,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
      workerData: { memory: this.#arena.memory, entry: entry.href },
    })
    // An unhandled 'error' event, of a thread that dies without a task, would end the process.
    piscina.on('error', () => undefined)
    const loading = new Set(piscina.threads)
    // Tasks and their answers use a separate port: the first message of a thread says that it is ready.
    for (const thread of loading) thread.once('message', () => loading.delete(thread))
    this.#loading = loading
    this.#piscina = piscina
    return piscina
  }

  async #attempt(job: AnyJob, control: Control, watch: Watch): Promise<void> {
    const { signal } = watch
    // Loaded here, so that work on the calling thread, and in a browser, never needs it. The job may be cancelled meanwhile.
    const { Piscina } = await import('piscina')
    signal?.throwIfAborted()
    if (this.#closed !== null) throw poolClosed(job.head)
    const piscina = this.#threads(Piscina)
    const { threads } = job.head
    const tasks = Array.from({ length: threads }, (_, index) =>
      piscina.run({ job, member: { index, count: threads } } satisfies Task),
    )
    const onAbort = (): void => control.stop()
    signal?.addEventListener('abort', onAbort, { once: true })
    const watchdog = new Watchdog({
      control,
      blocks: job.head.blocks,
      deadlineMs: this.#options.deadlineMs,
      isLoading: () => this.#loading.size > 0,
      onProgress: watch.onProgress,
    })
    try {
      await Promise.race([whole(tasks, control), watchdog.expired])
      signal?.throwIfAborted()
      watchdog.report()
    } catch (failure) {
      await this.#subside(tasks, control)
      throw failure
    } finally {
      watchdog.end()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** After a failure: stops the workers, and terminates all threads unless every worker stops within GRACE_MS. */
  async #subside(tasks: readonly Promise<unknown>[], control: Control): Promise<void> {
    control.stop()
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), GRACE_MS)))
    const outcome = await Promise.race([Promise.allSettled(tasks), grace])
    clearTimeout(timer)
    if (outcome !== 'late') return
    await this.#endThreads()
    await Promise.allSettled(tasks)
  }
}

/** A task that ended without finishing: the only failure that is retried. */
class WorkerDeath extends Error {}

/** Waits for all tasks; the first failure stops the others. */
async function whole(tasks: readonly Promise<unknown>[], control: Control): Promise<void> {
  try {
    await Promise.all(tasks)
  } catch (cause) {
    control.stop()
    throw new WorkerDeath('a worker died', { cause })
  }
}

function poolClosed({ name }: JobHead): RivuletError {
  return new RivuletError('CLOSED', {
    who: name,
    expected: 'a pool that is open',
    got: 'one that was closed',
    todo: 'Close it after the last job, or create another one.',
  })
}

function workerFailed({ name }: JobHead, cause: unknown): RivuletError {
  return new RivuletError('WORKER_FAILED', {
    who: name,
    expected: 'workers that complete their task',
    got: `two failures, the last: ${cause instanceof Error ? cause.message : String(cause)}`,
    todo: 'Check the cause; functions called without an engine use no workers.',
    cause,
  })
}
