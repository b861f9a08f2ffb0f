/** The trials of a search, recalled from its log or measured and logged. If a candidate is refused its trial fails, and the search continues. */
import type { NamedNetwork } from '../network/network.ts'
import { RivuletError, type RivuletErrorCode } from '../support/errors.ts'
import type { Attempt, Memory, Question, Trial } from './trial-log.ts'

/** Result of measuring a trial. */
export interface Measured<Options> {
  readonly score: number
  /** The options with that score, if they are not those asked for. */
  readonly options?: Options
  readonly state?: unknown
  /** Number of examples scored, if fewer than asked for. */
  readonly resource?: number
}

/** How a search reports progress and ends. */
export interface Setting {
  readonly who: string
  readonly signal: AbortSignal | undefined
  /** Reports the number of finished trials; false if the budget is spent. @throws the reason of the signal */
  readonly goOn: (done: number, total: number) => boolean
  /** Whether an error is due to the candidate. Any other error ends the search and is not logged. */
  readonly isOfTrial: (error: unknown) => boolean
}

/** Context of a search of a source, besides its options. */
export interface Run extends Setting {
  readonly memoryLimitBytes: number
  /** The network of the source if it is already open. */
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

/** The number of trials, and who chose the first candidate. */
export interface Course {
  readonly total: number
  /** Whether the first candidate was given by the caller: if it is refused, the search ends with that error. Default false. */
  readonly givenFirst?: boolean
}

export class Trials<Options> {
  /** In the order in which they were asked. */
  readonly all: Trial<Options>[] = []
  /** Why the search ended. */
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

  /** Whether the budget allows another trial. */
  goOn(): boolean {
    if (!this.#setting.goOn(this.all.length, this.#course.total)) this.stopped = 'budget'
    return this.stopped === 'trials'
  }

  /** Reports all trials as done, unless the search was stopped. */
  finish(): void {
    if (this.stopped === 'trials') this.#setting.goOn(this.#course.total, this.#course.total)
  }

  /** @throws errors of `measure` that are not due to the candidate; INVALID_DATA for the log of another search */
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
      // Errors of a cancelled call say nothing about the candidate.
      signal?.throwIfAborted()
      const isGiven = this.#course.givenFirst === true && this.all.length === 0
      if (!(error instanceof ScoreError) && (isGiven || !isOfTrial(error))) throw error
      this.#cause ??= error
      return { trial: { ...question, score: null, error: error instanceof Error ? error.message : String(error) } }
    }
  }

  /** The error if no trial on all examples succeeded. */
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

/** A score that is not finite. */
class ScoreError extends Error {}

/**
 * Codes of errors that say nothing about the options of a trial, but about the machine, its threads, memory or files: the same options may succeed in
 * the next run.
 */
const FAULTS: ReadonlySet<RivuletErrorCode> = new Set<RivuletErrorCode>([
  'WORKER_FAILED',
  'DEADLINE',
  'MEMORY_LIMIT',
  'CLOSED',
  'READ_FAILED',
  'WRITE_FAILED',
])

/** Whether a trial failed because its options, or the data with these options, were refused. Any other error ends a search. */
export const isRefusal = (error: unknown): boolean => error instanceof RivuletError && !FAULTS.has(error.code)

/** Whether an error of a caller's function makes its trial fail: any except the codes of `FAULTS` and an AbortError. */
export const isOwnFailure = (error: unknown): boolean =>
  error instanceof RivuletError ? isRefusal(error) : (Object(error) as { name?: unknown }).name !== 'AbortError'
