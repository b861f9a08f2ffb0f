import { readMachine } from '../plan/machine.ts'
import type { Plan } from '../plan/explain.ts'
import type { PlanOptions } from '../plan/plan.ts'
import { WORKER_BYTES } from '../memory/outside-bytes.ts'
import type { Algorithm, Detached, Question, Work } from '../request/request.ts'
import { driveAsync, workAsync } from '../support/drive.ts'
import { RivuletError } from '../support/errors.ts'
import { planWork, workAlone } from './jobs.ts'
import { WorkerPool } from './pool.ts'
import { watched, type AnyJob, type Watch } from './protocol.ts'
import type { Network } from '../network/network.ts'

/** How an executor works: the plan's options, and how long it waits for a sign of life. */
export interface ExecutorOptions extends PlanOptions {
  readonly threads: number
  /** Milliseconds. */
  readonly deadlineMs: number
}

/** Runs algorithms on one prepared matrix, on its worker threads. They queue up: one at a time has all threads. */
export class Executor {
  readonly #who: string
  readonly #network: Network
  readonly #options: ExecutorOptions
  readonly #pool: WorkerPool | null
  readonly #others = new Set<Executor>()
  #queue: Promise<unknown> = Promise.resolve()
  #plan: Plan | null = null
  #peakBytes = 0
  #closed = false
  /** Tells the executor that opened this one. */
  #leave: () => unknown = () => undefined
  /** Set from the first job of the worker threads on. */
  #dismiss: (() => void) | null = null

  constructor(who: string, network: Network, options: ExecutorOptions) {
    const { threads, deadlineMs } = options
    this.#who = who
    this.#network = network
    this.#options = options
    this.#pool = readMachine().threads ? new WorkerPool(network.stored.arena, { threads, deadlineMs }) : null
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
    const turn = this.#queue.then(() => this.#drive(algorithm, watch))
    this.#queue = turn.catch(() => undefined)
    return signal === undefined ? turn : orAborted(turn, signal)
  }

  /** Runs what asks nothing of this executor's own matrix beside the queue: until it is cancelled, or this executor closed. */
  async runBeside<Result>(algorithm: Detached<Result>, watch: Watch = {}): Promise<Result> {
    return this.#drive(algorithm, watch)
  }

  async #drive<Result>(algorithm: Algorithm<Result>, watch: Watch): Promise<Result> {
    /** Of the matrix that was asked last: many questions about one have the same threads. */
    let other: Executor | null = null
    const answer = async (asked: Question): Promise<unknown> => {
      if (asked.kind !== 'on') return this.#work(asked, watch)
      if (other === null || other.#network !== asked.network) {
        await other?.close()
        other = this.#open(asked.network)
      }
      return other.run(asked.algorithm, watch)
    }
    try {
      return await driveAsync(algorithm, answer, () => this.#goOn(watch))
    } finally {
      await (other as Executor | null)?.close()
    }
  }

  /** An executor on another matrix: on threads of its own, which end with it or with this one. */
  #open(network: Network): Executor {
    if (this.#closed) throw this.#closedError()
    const other = new Executor(this.#who, network, this.#options)
    this.#others.add(other)
    other.#leave = () => this.#others.delete(other)
    return other
  }

  #goOn({ signal }: Watch): void {
    signal?.throwIfAborted()
    if (this.#closed) throw this.#closedError()
  }

  /** Ends all threads. What is under way fails with CLOSED. A second call does nothing. */
  async close(): Promise<void> {
    this.#closed = true
    this.#leave()
    await Promise.all([this.#pool, ...this.#others].map(async (one) => one?.close()))
    this.#dismiss?.()
  }

  async #work(asked: Work, watch: Watch): Promise<unknown> {
    const { signal } = watch
    const planning = planWork(this.#network, asked, this.#planOptions(), readMachine())
    const planned = await workAsync(planning, () => this.#goOn(watch))
    const plan = this.#follow(planned.plan)
    const onProgress = planned.isTold ? watch.onProgress : undefined
    const { job, read } = planned.write()
    if (plan.workers === 0) {
      workAlone(job, this.#network.stored.arena)
      onProgress?.({ done: job.head.blocks, total: job.head.blocks })
    } else {
      const restore = planned.changesWhatItReads ? planned.write : undefined
      await this.#pooled(asked.name, job, { signal, onProgress }, restore)
    }
    return read()
  }

  #planOptions(): PlanOptions {
    return { ...this.#options, pooled: this.#pool !== null }
  }

  #follow<Made extends Plan>(plan: Made): Made {
    if (this.#closed) throw this.#closedError()
    this.#plan = plan
    this.#peakBytes = Math.max(this.#peakBytes, plan.bytes.total)
    return plan
  }

  async #pooled(who: string, job: AnyJob, watch: Watch, restore?: () => void): Promise<void> {
    this.#hire(who)
    try {
      await this.#pool?.run(job, watch, restore)
    } catch (cause) {
      throw this.#closed ? this.#closedError(cause) : cause
    }
  }

  /** Counts the worker threads from their first job until this executor is closed. @param who whose job it is */
  #hire(who: string): void {
    const { threads } = this.#options
    this.#dismiss ??= this.#network.budget.take({
      who,
      what: `${threads} worker thread(s)`,
      parts: { threads: threads * WORKER_BYTES },
      todo: 'Raise memoryLimitBytes, or use fewer threads.',
    })
  }

  #closedError(cause?: unknown): RivuletError {
    return new RivuletError('CLOSED', {
      who: this.#who,
      expected: 'an open engine',
      got: 'one that was closed',
      todo: 'Make a new one with Engine.create.',
      cause,
    })
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
