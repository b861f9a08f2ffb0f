/**
 * Searches options by what they score on examples that are held out: every candidate in full, or the poor ones on few examples only.
 *
 * Successive halving: n candidates are judged on R / 3^s examples, the best third of them on three times as many, and so on; those of the last rung on
 * all R. Every rung costs about the same, s + 1 rungs about (s + 1) n / 3^s full trials instead of n. The examples of a rung are part of those
 * of the next and the same for all candidates, so that candidates are compared pair by pair.
 * Jamieson and Talwalkar, AISTATS 2016; Li et al., Hyperband, JMLR 2018. Differs from the papers: one bracket; the defaults are judged in full beside it.
 *
 * A generator: it yields questions and is sent answers, so that one search serves callers that wait and callers that do not. What was asked
 * before, in a run that was interrupted, is recalled instead: the same search goes on where that one ended.
 */
import { pairedBootstrap, type PairedBootstrap } from '../evaluate/significance.ts'
import { RivuletError } from '../support/errors.ts'

/** What is asked: how these options score on the first `resource` of the held-out examples. Trial 0 has the defaults. */
export interface Question<Options> {
  readonly trial: number
  readonly options: Options
  readonly resource: number
}

/** A score of every example, or what was thrown instead. */
export type Answer = { readonly scores: ArrayLike<number> } | { readonly error: unknown }

/** A question and what became of it. */
export interface Trial<Options> extends Question<Options> {
  /** By the metric; `null` when it failed. */
  readonly score: number | null
  /** What went wrong; `null` when nothing did. */
  readonly error: string | null
}

/** How the scores of examples become one figure. */
export interface Metric {
  readonly name: string
  readonly better: 'higher' | 'lower'
  score(scores: ArrayLike<number>): number
  /** How much better a is than b, > 0 for better; examples are resampled. */
  gain(a: ArrayLike<number>, b: ArrayLike<number>, seed: number): PairedBootstrap
}

/** The mean over examples. */
export function meanMetric(name: string, better: Metric['better'] = 'higher'): Metric {
  return {
    name,
    better,
    score: (scores) => Array.from(scores).reduce((sum, score) => sum + score, 0) / scores.length,
    gain: (a, b, seed) => (better === 'higher' ? pairedBootstrap(a, b, { seed }) : pairedBootstrap(b, a, { seed })),
  }
}

export type Strategy = 'random' | 'halving'

/** Candidates that are judged on so many examples. */
export interface Rung {
  readonly trials: number
  readonly resource: number
}

/** Of each rung one in so many is promoted. */
const KEPT = 3

/** @param least fewest examples that say anything. @param most all of them */
export function planRungs(strategy: Strategy, trials: number, least: number, most: number): Rung[] {
  const thirds = (ratio: number): number => Math.floor(Math.log(ratio) / Math.log(KEPT) + 1e-9)
  const last = strategy === 'random' ? 0 : Math.max(0, Math.min(thirds(trials), thirds(most / least)))
  return Array.from({ length: last + 1 }, (_, rung) => ({
    trials: Math.floor(trials / KEPT ** rung),
    resource: Math.ceil(most / KEPT ** (last - rung)),
  }))
}

export interface SearchRequest<Options> {
  readonly who: string
  /** The candidates; the first are the defaults, or what the others must beat. */
  readonly options: readonly Options[]
  readonly rungs: readonly Rung[]
  readonly metric: Metric
  readonly seed: number
  /** The trial that answers a question, if it was asked before. */
  readonly recall?: ((question: Question<Options>) => Trial<Options> | undefined) | undefined
  /** Hears of every new trial at once. */
  readonly record?: ((trial: Trial<Options>, elapsedMs: number) => void) | undefined
  /** Hears how many trials are done, and says whether to go on. */
  readonly watch: (done: number, total: number) => boolean
}

/** A search, or a part of one. */
export type Searching<Options, Result> = Generator<Question<Options>, Result, Answer>

/** What a search found. Plain JSON. */
export interface Search<Options> {
  /** The best options that were judged on all examples; the defaults when nothing is better. */
  readonly best: Options
  readonly score: number
  /** `null` when the defaults failed. */
  readonly defaultScore: number | null
  /** What is gained over the defaults, paired by example; > 0 is better. `null` when the defaults failed, or there is one example only. */
  readonly gain: PairedBootstrap | null
  /** Best first: those judged on more examples before the others, failed ones last. */
  readonly trials: readonly Trial<Options>[]
  /** Why it ended. */
  readonly stopped: 'trials' | 'budget'
}

/** @throws {RivuletError} TRIALS_FAILED when no trial on all examples succeeded. */
export function* search<Options>(request: SearchRequest<Options>): Searching<Options, Search<Options>> {
  const { who, rungs, metric, seed, watch } = request
  const judge = new Judge(request)
  const total = rungs.reduce((sum, { trials }) => sum + trials, 1)
  yield* judge.ask(0, judge.most)
  let candidates = Array.from({ length: rungs[0].trials }, (_, at) => at + 1)
  let stopped: Search<Options>['stopped'] = 'trials'
  for (const { trials, resource } of rungs) {
    const judged: Trial<Options>[] = []
    for (const candidate of candidates.slice(0, trials)) {
      if (watch(judge.trials.length, total)) judged.push(yield* judge.ask(candidate, resource))
      else stopped = 'budget'
      if (stopped === 'budget') break
    }
    if (stopped === 'budget') break
    candidates = judge.standing(judged).map(({ trial }) => trial)
  }
  if (stopped === 'trials') watch(total, total)
  else {
    // What was found so far is not thrown away for want of one trial.
    const [leader] = judge.standing(judge.trials.filter(({ trial }) => trial > 0))
    if (leader !== undefined && leader.resource < judge.most) yield* judge.ask(leader.trial, judge.most)
  }

  const trials = [...judge.trials].sort(judge.order)
  const [best] = trials
  if (best.score === null || best.resource < judge.most) throw allFailed(who, trials, judge.cause)
  const byDefault = judge.trials[0]
  const scores = yield* judge.scoresOf(best)
  const comparable = byDefault.error === null && scores.length > 1
  return {
    best: best.options,
    score: best.score,
    defaultScore: byDefault.score,
    gain: comparable ? metric.gain(scores, yield* judge.scoresOf(byDefault), seed) : null,
    trials,
    stopped,
  }
}

/** Asks, recalls and records. */
class Judge<Options> {
  /** In the order in which they were asked; the first has the defaults. */
  readonly trials: Trial<Options>[] = []
  readonly most: number
  readonly order: (a: Trial<Options>, b: Trial<Options>) => number
  /** What the first trial that failed threw. */
  cause: unknown
  readonly #request: SearchRequest<Options>
  readonly #scoresInFull = new Map<number, ArrayLike<number>>()

  constructor(request: SearchRequest<Options>) {
    const { rungs, metric } = request
    this.#request = request
    this.most = rungs[rungs.length - 1].resource
    this.order = bestFirst<Options>(metric)
  }

  *ask(trial: number, resource: number): Searching<Options, Trial<Options>> {
    const { options, recall, record, metric } = this.#request
    const question = { trial, options: options[trial], resource }
    let judged = recall?.(question)
    if (judged === undefined) {
      const began = performance.now()
      const answer = yield question
      if ('error' in answer) this.cause ??= answer.error
      else if (resource === this.most) this.#scoresInFull.set(trial, answer.scores)
      judged = { ...question, ...verdict(answer, metric) }
      record?.(judged, Math.round(performance.now() - began))
    }
    this.trials.push(judged)
    return judged
  }

  /** Those that did not fail, best first. */
  standing(trials: readonly Trial<Options>[]): Trial<Options>[] {
    return trials.filter(({ error }) => error === null).sort(this.order)
  }

  /** The scores behind a figure on all examples; a trial that was recalled lacks them. */
  *scoresOf({ trial, options, resource }: Trial<Options>): Searching<Options, ArrayLike<number>> {
    const known = this.#scoresInFull.get(trial)
    if (known !== undefined) return known
    const answer = yield { trial, options, resource }
    if ('error' in answer) throw answer.error
    return answer.scores
  }
}

function verdict(answer: Answer, metric: Metric): Pick<Trial<unknown>, 'score' | 'error'> {
  if ('error' in answer) {
    const { error } = answer
    return { score: null, error: error instanceof Error ? error.message : String(error) }
  }
  const score = metric.score(answer.scores)
  return Number.isFinite(score) ? { score, error: null } : { score: null, error: `a score of ${score}` }
}

/** More examples first, then the better score, then the earlier trial; failed ones last. */
function bestFirst<Options>({ better }: Metric): (a: Trial<Options>, b: Trial<Options>) => number {
  const sign = better === 'higher' ? 1 : -1
  return (a, b) => {
    if (a.score === null || b.score === null)
      return Number(a.score === null) - Number(b.score === null) || a.trial - b.trial
    return b.resource - a.resource || sign * (b.score - a.score) || a.trial - b.trial
  }
}

function allFailed(who: string, trials: readonly Trial<unknown>[], cause: unknown): RivuletError {
  const failed = trials.filter(({ error }) => error !== null)
  return new RivuletError(
    'TRIALS_FAILED',
    {
      who,
      expected: 'a trial that succeeds',
      got: `${failed.length} that failed, the first one by: ${String(failed[0]?.error)}`,
      todo: 'See the errors of the trials, and narrow the space.',
    },
    { errors: failed.map(({ error }) => error) },
    cause,
  )
}
