import { readMachine } from '../plan/machine.ts'
import type { Plan } from '../plan/explain.ts'
import type { PlanOptions } from '../plan/plan.ts'
import { WORKER_BYTES } from '../memory/outside-bytes.ts'
import {
  askedBy,
  type Algorithm,
  type Detached,
  type On,
  type Question,
  type Share,
  type Work,
} from '../request/request.ts'
import { driveAsync, nextTask, workAsync } from '../support/drive.ts'
import { RivuletError } from '../support/errors.ts'
import { answerFromEdges, isAboutEdges } from './edge-answers.ts'
import { planWork, workAlone, type PlannedWork } from './jobs.ts'
import { WorkerPool } from './pool.ts'
import { watched, type AnyJob, type Watch } from './protocol.ts'
import { ShareProgress, type SharedWatch } from './share-progress.ts'
import type { Network } from '../network/network.ts'

/** Options of an executor: those of the plan, and the timeout for a heartbeat. */
export interface ExecutorOptions extends PlanOptions {
  readonly threads: number
  /** Milliseconds. */
  readonly deadlineMs: number
}

/** Executors kept open on other matrices: a search alternates between at most this many. */
const MOST_OTHERS = 3

/** Runs algorithms on one prepared matrix, on its own worker threads. Algorithms are queued: one at a time uses all threads. */
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
  /** Removes this executor from the one that opened it. */
  #leave: () => unknown = () => undefined
  /** Returns the memory of the worker threads to the budget; set by their first job. */
  #dismiss: (() => void) | null = null

  constructor(who: string, network: Network, options: ExecutorOptions) {
    const { threads, deadlineMs } = options
    this.#who = who
    this.#network = network
    this.#options = options
    this.#pool = readMachine().threads ? new WorkerPool(network.stored.arena, { threads, deadlineMs }) : null
  }

  /** The plan of the last solved problem; `null` before the first. */
  get plan(): Plan | null {
    return this.#plan
  }

  /** Largest number of bytes of any plan so far. */
  get peakBytes(): number {
    return this.#peakBytes
  }

  /**
   * Queues an algorithm: it starts when those before it have ended, successfully or not. It can be cancelled while it waits.
   *
   * @param who the function that was called
   */
  async run<Result>(algorithm: Algorithm<Result>, watch: Watch = {}, who?: string): Promise<Result> {
    const { signal } = watched(who ?? this.#who, watch)
    signal?.throwIfAborted()
    const turn = this.#queue.then(() => this.#drive(algorithm, watch, who, true))
    this.#queue = turn.catch(() => undefined)
    return signal === undefined ? turn : orAborted(turn, signal)
  }

  /** Runs outside the queue, until cancelled or this executor is closed; only its requests on this executor's own matrix are queued. */
  async runBeside<Result>(algorithm: Detached<Result>, watch: Watch = {}, who?: string): Promise<Result> {
    return this.#drive(algorithm, watched(who ?? this.#who, watch), who, false)
  }

  /** @param inTurn whether the algorithm holds the threads, as the head of the queue */
  async #drive<Result>(
    algorithm: Algorithm<Result>,
    watch: SharedWatch,
    who: string | undefined,
    inTurn: boolean,
  ): Promise<Result> {
    // Executors of the matrices used last, in order of use, so that many requests on a few matrices share threads.
    const others = new Map<Network, Executor>()
    const executorOn = async (network: Network): Promise<Executor> => {
      const other = others.get(network) ?? this.#open(network, who)
      others.delete(network)
      others.set(network, other)
      const [[oldest, idle]] = others
      if (others.size > MOST_OTHERS) {
        others.delete(oldest)
        await idle.close()
      }
      return other
    }
    const runOn = async ({ network, algorithm: part, who: asker, share }: On): Promise<unknown> => {
      const watching = share === undefined ? watch : watchShare(watch, share)
      // A task, not a microtask: many short shares would otherwise block the event loop.
      if (share !== undefined && share.from > 0) await nextTask()
      if (network === this.#network && inTurn) return this.#drive(part, watching, asker, true)
      if (network === this.#network) return this.run(part, watching, asker)
      return (await executorOn(network)).run(part, watching, asker)
    }
    const answer = async (given: Question): Promise<unknown> => {
      const asked = askedBy(who, given)
      if (isAboutEdges(asked))
        return workAsync(answerFromEdges(this.#network, asked), () => this.#goOn(watch, asked.name))
      if (asked.kind !== 'on') return this.#work(asked, watch)
      const result = await runOn(asked)
      if (asked.share !== undefined) watch.onProgress?.({ done: asked.share.to, total: asked.share.of })
      return result
    }
    try {
      return await driveAsync(algorithm, answer, () => this.#goOn(watch, who))
    } finally {
      await Promise.all(Array.from(others.values(), (other) => other.close()))
    }
  }

  /** An executor on another matrix, with its own threads. It is closed with this one, if not before. */
  #open(network: Network, who: string | undefined): Executor {
    if (this.#closed) throw this.#closedError(who)
    const other = new Executor(who ?? this.#who, network, this.#options)
    this.#others.add(other)
    other.#leave = () => this.#others.delete(other)
    return other
  }

  #goOn({ signal }: Watch, who: string | undefined): void {
    signal?.throwIfAborted()
    if (this.#closed) throw this.#closedError(who)
  }

  /** Terminates all threads. Running calls fail with CLOSED. A second call does nothing. */
  async close(): Promise<void> {
    this.#closed = true
    this.#leave()
    await Promise.all([this.#pool, ...this.#others].map(async (one) => one?.close()))
    this.#dismiss?.()
  }

  async #work(asked: Work, watch: SharedWatch): Promise<unknown> {
    const { signal } = watch
    const planning = planWork(this.#network, asked, this.#planOptions(), readMachine())
    const planned = await workAsync(planning, () => this.#goOn(watch, asked.name))
    const plan = this.#follow(asked.name, planned.plan)
    const onProgress = listenerOf(planned, watch)
    const { job, read } = planned.write()
    if (plan.workers === 0) {
      workAlone(job, this.#network.stored.arena)
      onProgress?.({ done: job.head.blocks, total: job.head.blocks })
    } else {
      const restore = planned.changesWhatItReads ? planned.write : undefined
      await this.#pooled(asked.name, job, { signal, onProgress }, restore)
    }
    return workAsync(read(), () => this.#goOn(watch, asked.name))
  }

  #planOptions(): PlanOptions {
    return { ...this.#options, pooled: this.#pool !== null }
  }

  #follow<Made extends Plan>(who: string, plan: Made): Made {
    if (this.#closed) throw this.#closedError(who)
    this.#plan = plan
    this.#peakBytes = Math.max(this.#peakBytes, plan.bytes.total)
    return plan
  }

  async #pooled(who: string, job: AnyJob, watch: Watch, restore?: () => void): Promise<void> {
    this.#hire(who)
    try {
      await this.#pool?.run(job, watch, restore)
    } catch (cause) {
      throw this.#closed ? this.#closedError(who, cause) : cause
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

  #closedError(who = this.#who, cause?: unknown): RivuletError {
    return new RivuletError('CLOSED', {
      who,
      expected: 'an open engine',
      got: 'one that was closed',
      todo: 'Make a new one with Engine.create.',
      cause,
    })
  }
}

/** Watches a share of a call: its progress is reported as part of the call's. */
const watchShare = ({ signal, onProgress }: Watch, share: Share): SharedWatch => ({
  ...{ signal, onProgress },
  ...(onProgress && { share: new ShareProgress(share, onProgress) }),
})

/** The listener for progress of a problem's blocks, if any. */
function listenerOf({ plan: { cost }, told }: PlannedWork, { share, onProgress }: SharedWatch): Watch['onProgress'] {
  if (told === 'never') return undefined
  if (share === undefined) return told === 'asked' ? onProgress : undefined
  return (progress) => share.tell({ ...progress, cost, preliminary: told === 'preliminary' })
}

/** The result, or the reason for cancelling, whichever comes first. */
function orAborted<Result>(turn: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    void turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
