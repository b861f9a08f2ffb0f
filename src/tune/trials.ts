/** The trials of a search: recalled from its log, or measured and logged; a candidate that is refused has failed, and the search goes on. */
import type { NamedNetwork } from '../network/network.ts'
import { RivuletError, type RivuletErrorCode } from '../support/errors.ts'
import type { Attempt, Memory, Question, Trial } from './trial-log.ts'

/** What a trial gave. */
export interface Measured<Options> {
  readonly score: number
  /** What has that score, where it is not what was asked. */
  readonly options?: Options
  readonly state?: unknown
  /** Examples that it was scored on, where they are fewer than were asked for. */
  readonly resource?: number
}

/** How a search is watched and ended. */
export interface Setting {
  readonly who: string
  readonly signal: AbortSignal | undefined
  /** Tells how many trials are done; false when the budget is spent. @throws the reason of the signal */
  readonly goOn: (done: number, total: number) => boolean
  /** Whether an error is the candidate's. Any other ends the search, and leaves no line in its log. */
  readonly isOfTrial: (error: unknown) => boolean
}

/** What a search of a source is given beside its options. */
export interface Run extends Setting {
  readonly memoryLimitBytes: number
  /** The source as it is opened already, if it is. */
  readonly network: NamedNetwork | null
}

interface Watching {
  readonly budgetMs: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

export function settingOf(
  who: string,
  { budgetMs, signal, onProgress }: Watching,
  isOfTrial: Setting['isOfTrial'],
): Setting {
  const end = performance.now() + budgetMs
  const goOn = (done: number, total: number): boolean => {
    onProgress?.({ done, total })
    signal?.throwIfAborted()
    return performance.now() < end
  }
  signal?.throwIfAborted()
  return { who, signal, goOn, isOfTrial }
}

/** How many trials there will be, and whose the first candidate is. */
export interface Course {
  readonly total: number
  /** Whether the first candidate is what the caller gave: what is refused there is not the search's to pass over. Default false. */
  readonly givenFirst?: boolean
}

export class Trials<Options> {
  /** In the order in which they were asked. */
  readonly all: Trial<Options>[] = []
  /** Why no more were asked. */
  stopped: 'trials' | 'budget' = 'trials'
  readonly #setting: Setting
  readonly #memory: Memory<Options> | null
  readonly #course: Course
  #cause: unknown

  constructor(setting: Setting, memory: Memory<Options> | null, course: Course) {
    this.#setting = setting
    this.#memory = memory
    this.#course = course
  }

  /** Whether there is time for another one. */
  goOn(): boolean {
    if (!this.#setting.goOn(this.all.length, this.#course.total)) this.stopped = 'budget'
    return this.stopped === 'trials'
  }

  /** Tells that all is done, unless it was stopped. */
  finish(): void {
    if (this.stopped === 'trials') this.#setting.goOn(this.#course.total, this.#course.total)
  }

  /** @throws what `measure` throws that is not the candidate's; INVALID_DATA for the log of another search */
  *run<Asked>(
    question: Question<Options>,
    measure: () => Generator<Asked, Measured<Options>, unknown>,
  ): Generator<Asked, Attempt<Options>, unknown> {
    let attempt = this.#memory?.recall(question)
    if (attempt === undefined) {
      const began = performance.now()
      attempt = yield* this.#measured(question, measure)
      this.#memory?.record(question, attempt, Math.round(performance.now() - began))
    }
    this.all.push(attempt.trial)
    return attempt
  }

  *#measured<Asked>(
    question: Question<Options>,
    measure: () => Generator<Asked, Measured<Options>, unknown>,
  ): Generator<Asked, Attempt<Options>, unknown> {
    try {
      const { score, options = question.options, resource = question.resource, state } = yield* measure()
      if (!Number.isFinite(score)) throw new ScoreError(`a score of ${score}`)
      return { trial: { ...question, options, resource, score, error: null }, state }
    } catch (error) {
      const { signal, isOfTrial } = this.#setting
      // A call that was cancelled says nothing about the candidate, whatever it failed with.
      signal?.throwIfAborted()
      const isGiven = this.#course.givenFirst === true && this.all.length === 0
      if (!(error instanceof ScoreError) && (isGiven || !isOfTrial(error))) throw error
      this.#cause ??= error
      return { trial: { ...question, score: null, error: error instanceof Error ? error.message : String(error) } }
    }
  }

  /** What to throw when no trial on all examples succeeded. */
  allFailed(): RivuletError {
    const failed = this.all.filter(({ error }) => error !== null)
    return new RivuletError('TRIALS_FAILED', {
      who: this.#setting.who,
      expected: 'at least one successful trial',
      got: `${failed.length} failed trials, the first with: ${String(failed[0]?.error)}`,
      todo: 'Check the errors of the trials, and narrow the space.',
      details: { errors: failed.map(({ error }) => error) },
      cause: this.#cause,
    })
  }
}

/** More examples first, then the better score, then the earlier trial; failed ones last. */
export function bestFirst<Options>(
  trials: readonly Trial<Options>[],
  better: 'higher' | 'lower' = 'higher',
): Trial<Options>[] {
  const sign = better === 'higher' ? 1 : -1
  return [...trials].sort((a, b) => {
    if (a.score === null || b.score === null)
      return Number(a.score === null) - Number(b.score === null) || a.trial - b.trial
    return b.resource - a.resource || sign * (b.score - a.score) || a.trial - b.trial
  })
}

/** A figure that is none. */
class ScoreError extends Error {}

/**
 * What an error of a trial says: something about its options, so that the same options would fail again anywhere; or something about the machine,
 * the threads, the memory or the caller, which the next run may not meet.
 */
const FAULTS: ReadonlySet<RivuletErrorCode> = new Set<RivuletErrorCode>([
  'WORKER_FAILED',
  'DEADLINE',
  'MEMORY_LIMIT',
  'CLOSED',
  'READ_FAILED',
  'WRITE_FAILED',
])

/** Whether a trial of this library failed by its own options: they, or the data with them, were refused. Everything else ends a search. */
export const isRefusal = (error: unknown): boolean => error instanceof RivuletError && !FAULTS.has(error.code)

/** Whether what a caller's own function threw is the trial's: anything but a fault that this library names, and a call that was cancelled. */
export const isOwnFailure = (error: unknown): boolean =>
  error instanceof RivuletError ? isRefusal(error) : (Object(error) as { name?: unknown }).name !== 'AbortError'
