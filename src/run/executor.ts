import { watched } from './watched.ts'
import { bestKernel } from '../kernel/select.ts'
import { readMachine } from '../plan/machine.ts'
import { WORKER_BYTES } from '../plan/outside-bytes.ts'
import type { Plan, PlanOptions } from '../plan/plan.ts'
import { RivuletError } from '../support/errors.ts'
import type { Pause, Sliced } from '../support/pause.ts'
import { driveAsync, workAsync, type Algorithm } from './drive.ts'
import { solveInThread } from './in-thread.ts'
import { planProblem, readSolution, writeJob } from './job.ts'
import { WorkerPool } from './pool.ts'
import type { PreparedMatrix } from './prepared.ts'
import { readLesson, writeLesson, type LessonJob } from './lesson-job.ts'
import { isLesson, type Lesson } from './lesson.ts'
import type { Problem, Solution } from './problem.ts'
import type { Watch } from './protocol.ts'

/** How an executor works: the plan's options, and how long it waits for a sign of life. */
export interface ExecutorOptions extends PlanOptions {
  readonly threads: number
  /** Milliseconds. */
  readonly deadlineMs: number
}

/** Runs algorithms on one prepared matrix, on its worker threads. They queue up: one at a time has all threads. */
export class Executor {
  readonly #who: string
  readonly #prepared: PreparedMatrix
  readonly #options: ExecutorOptions
  readonly #pool: WorkerPool | null
  readonly #guests = new Set<Executor>()
  #queue: Promise<unknown> = Promise.resolve()
  #plan: Plan | null = null
  #peakBytes = 0
  #closed = false
  /** Set from the first job of the worker threads on. */
  #dismiss: (() => void) | null = null
  /** Tells the executor that lent this one. */
  #leave: () => unknown = () => undefined

  constructor(who: string, prepared: PreparedMatrix, options: ExecutorOptions) {
    const { threads, deadlineMs } = options
    this.#who = who
    this.#prepared = prepared
    this.#options = options
    this.#pool = readMachine().threads ? new WorkerPool(prepared.arena, { threads, deadlineMs }) : null
  }

  /** The plan of the last problem that was solved; `null` before the first. */
  get plan(): Plan | null {
    return this.#plan
  }

  /** Most bytes that any plan took so far. */
  get peakBytes(): number {
    return this.#peakBytes
  }

  /** Queues an algorithm: it starts when those before it have ended, however they ended. Cancelling is heard while it waits. */
  async run<Result>(algorithm: Algorithm<Result>, watch: Watch = {}): Promise<Result> {
    const { signal } = watched(this.#who, watch)
    signal?.throwIfAborted()
    const turn = this.#queue.then(() =>
      this.runBeside(
        algorithm,
        (asked) => (isLesson(asked) ? this.#learn(asked, watch) : this.#solve(asked, watch)),
        watch,
      ),
    )
    this.#queue = turn.catch(() => undefined)
    return signal === undefined ? turn : orAborted(turn, signal)
  }

  /** Does work that asks for nothing, beside the queue: until it is cancelled, or this executor closed. */
  async runAlone<Result>(work: Sliced<Result>, watch: Watch = {}): Promise<Result> {
    return workAsync(work, () => this.#goOn(watch))
  }

  /** Runs an algorithm whose questions are answered elsewhere, beside the queue: until it is cancelled, or this executor closed. */
  async runBeside<Question, Answer, Result>(
    algorithm: Generator<Question | Pause, Result, Answer>,
    solve: (asked: Question) => Promise<Answer>,
    watch: Watch,
  ): Promise<Result> {
    return driveAsync(algorithm, solve, () => this.#goOn(watch))
  }

  #goOn({ signal }: Watch): void {
    signal?.throwIfAborted()
    if (this.#closed) throw this.#closedError()
  }

  /** Runs an algorithm on another matrix, beside the queue: on threads of its own, which end with it or with this executor. */
  async runApart<Result>(
    who: string,
    prepared: PreparedMatrix,
    algorithm: Algorithm<Result>,
    watch: Watch = {},
  ): Promise<Result> {
    const guest = await this.lend(who, prepared)
    try {
      return await guest.run(algorithm, watch)
    } finally {
      await guest.close()
    }
  }

  /** An executor for another matrix, beside the queue, on threads of its own: they end when it is closed, or with this one. */
  async lend(who: string, prepared: PreparedMatrix): Promise<Executor> {
    const guest = new Executor(who, prepared, this.#options)
    this.#guests.add(guest)
    guest.#leave = () => this.#guests.delete(guest)
    if (this.#closed) await guest.close()
    return guest
  }

  /** Ends all threads. What is under way fails with CLOSED. A second call does nothing. */
  async close(): Promise<void> {
    this.#closed = true
    this.#leave()
    await Promise.all([this.#pool, ...this.#guests].map(async (one) => one?.close()))
    this.#dismiss?.()
  }

  async #solve(problem: Problem, { signal, onProgress }: Watch): Promise<Solution> {
    const watch = problem.preliminary ? { signal } : { signal, onProgress }
    if (this.#closed) throw this.#closedError()
    const pooled = this.#pool !== null
    const plan = planProblem(this.#prepared, problem, { ...this.#options, pooled }, readMachine())
    this.#plan = plan
    this.#peakBytes = Math.max(this.#peakBytes, plan.bytes.total)
    const { memoryLimitBytes, kernel } = this.#options
    if (this.#pool === null || plan.workers === 0) {
      const solution = solveInThread(this.#prepared, { memoryLimitBytes, kernel })(problem)
      watch.onProgress?.({ done: plan.blocks, total: plan.blocks })
      return solution
    }
    this.#hire()
    const job = writeJob(this.#prepared, problem, plan)
    try {
      await this.#pool.run(job, watch)
    } catch (cause) {
      throw this.#closed ? this.#closedError(cause) : cause
    }
    return readSolution(this.#prepared.arena, job)
  }

  /** A lesson has all threads; its progress is its asker's to tell. */
  async #learn(lesson: Lesson, { signal }: Watch): Promise<Solution> {
    if (this.#closed) throw this.#closedError()
    const { memoryLimitBytes, kernel, threads } = this.#options
    if (this.#pool === null) {
      return solveInThread(this.#prepared, { memoryLimitBytes, kernel })(lesson)
    }
    const write = (): LessonJob =>
      writeLesson(this.#prepared, lesson, threads, kernel === 'auto' ? bestKernel() : kernel)
    this.#hire()
    const job = write()
    try {
      await this.#pool.run(job, { signal }, write)
    } catch (cause) {
      throw this.#closed ? this.#closedError(cause) : cause
    }
    return readLesson(this.#prepared.arena, job, lesson)
  }

  /** Counts the worker threads from their first job until this executor is closed. */
  #hire(): void {
    const { threads } = this.#options
    this.#dismiss ??= this.#prepared.budget.take({
      who: this.#who,
      what: `${threads} worker thread(s)`,
      parts: { threads: threads * WORKER_BYTES },
      todo: 'Raise memoryLimitBytes, or use fewer threads.',
    })
  }

  #closedError(cause?: unknown): RivuletError {
    return new RivuletError(
      'CLOSED',
      {
        who: this.#who,
        expected: 'an open engine',
        got: 'one that was closed',
        todo: 'Make a new one with Engine.create.',
      },
      {},
      cause,
    )
  }
}

/** The result, or the reason for cancelling, whichever comes first. */
function orAborted<Result>(turn: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    void turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
