/**
 * Searches options by their scores on held-out examples: every candidate in full, or poor ones on few examples only.
 *
 * Successive halving: n candidates are scored on R / 3^s examples, the best third of them on three times as many, and so on; those of the last rung on
 * all R. Every rung costs about the same, s + 1 rungs about (s + 1) n / 3^s full trials instead of n. The examples of a rung are part of those
 * of the next and the same for all candidates, so that candidates are compared pair by pair.
 * Jamieson and Talwalkar, AISTATS 2016; Li et al., Hyperband, JMLR 2018. Differs from the papers: one bracket; the defaults are scored in full beside it.
 *
 * A generator that passes requests of the objective on to its driver, so that one search serves synchronous and asynchronous callers. Trials of an
 * interrupted run are recalled from its log, and the search resumes where it ended.
 */
import { mean, pairedBootstrap, type PairedBootstrap } from '../evaluate/significance.ts'
import type { Detached } from '../request/request.ts'
import type { Signals } from '../data/signal-rules.ts'
import type { HoldOutOptions, Validation } from './hold-out.ts'
import type { Point, SearchSpace } from './search-space.ts'
import type { Memory, SearchFacts, Trial } from './trial-log.ts'
import { bestFirst, Trials, type Setting } from './trials.ts'

/** How the scores of examples are aggregated and compared. */
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
    score: mean,
    gain: (a, b, seed) => (better === 'higher' ? pairedBootstrap(a, b, { seed }) : pairedBootstrap(b, a, { seed })),
  }
}

/** Held-out data, and the scores of options of one method on them. */
export interface Objective {
  readonly metric: Metric
  /** Number of examples: users, or draws of seeds. Candidates are scored on the first of them, or on all. */
  readonly examples: number
  /** Fewest examples on which candidates can be compared; all if fewer would cost as much. */
  readonly leastExamples: number
  readonly validation: Validation
  /** Default search space. */
  readonly space: SearchSpace
  /** Default values of the options that can be searched. */
  readonly defaults: Point
  /** Identifies this objective in the log. */
  readonly facts: SearchFacts
  /** The options at a point, in the form the method takes. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
  optionsAt(point: Point): object
  /** A score of each of the first examples. */
  scores(point: Point, examples: number): Detached<ArrayLike<number>>
}

/** Options of a search that its objective depends on. */
export interface ObjectiveOptions extends HoldOutOptions {
  readonly method: string
  /** Options that are not searched. */
  readonly fixed: object
  readonly metric: string
  readonly k: number
  readonly validationUsers: number
  readonly weighted: boolean | undefined
  readonly signals: Signals | null | undefined
  readonly memoryLimitBytes: number
}

export type Strategy = 'random' | 'halving'

/** A round of successive halving: `trials` candidates are scored on the first `resource` examples. */
export interface Rung {
  readonly trials: number
  readonly resource: number
}

/** One in KEPT candidates of a rung is promoted. */
const KEPT = 3

/** @param least fewest examples on which candidates can be compared. @param most number of all examples */
export function planRungs(strategy: Strategy, trials: number, least: number, most: number): Rung[] {
  const thirds = (ratio: number): number => Math.floor(Math.log(ratio) / Math.log(KEPT) + 1e-9)
  const last = strategy === 'random' ? 0 : Math.max(0, Math.min(thirds(trials), thirds(most / least)))
  return Array.from({ length: last + 1 }, (_, rung) => ({
    trials: Math.floor(trials / KEPT ** rung),
    resource: Math.ceil(most / KEPT ** (last - rung)),
  }))
}

export interface SearchRequest<Options, Asked> {
  readonly setting: Setting
  /** The candidates; the first are the defaults. */
  readonly options: readonly Options[]
  readonly rungs: readonly Rung[]
  readonly metric: Metric
  readonly seed: number
  /** A score of each of the first examples. */
  readonly scores: (options: Options, resource: number) => Generator<Asked, ArrayLike<number>, unknown>
  readonly memory: Memory<Options> | null
}

/** Fields common to the results of all searches. Plain JSON. */
export interface Search<Options, Tried = Options> {
  /** The best options; the defaults if nothing better was found. */
  readonly best: Options
  /** Whether `best` was found by the search, or is the defaults. */
  readonly decision: 'tuned' | 'default'
  /** The metric of `score`, `defaultScore` and `gain`: 'ndcg@20', 'rmse', 'accuracy' ... */
  readonly metric: string
  /** Score of `best` on all examples. */
  readonly score: number
  /** Score of the defaults; `null` if they failed. */
  readonly defaultScore: number | null
  /** Gain of the best candidate over the defaults, paired by example; > 0 is better. `null` if the defaults failed, or there are too few examples. */
  readonly gain: PairedBootstrap | null
  readonly trials: readonly Trial<Tried>[]
  /** Why the search ended. */
  readonly stopped: 'trials' | 'budget'
}

/** @returns trials best first: those scored on more examples before the others, failed ones last. @throws {RivuletError} TRIALS_FAILED when no trial on all examples succeeded. */
export function* search<Options, Asked>(
  request: SearchRequest<Options, Asked>,
): Generator<Asked, Search<Options>, unknown> {
  const { rungs, metric, seed } = request
  const field = new Field(request)
  yield* field.ask(0, field.most)
  yield* field.promote(rungs)
  field.finish()
  const [byDefault] = field.all
  const trials = bestFirst(field.all, metric.better)
  const [best] = trials
  if (best.score === null || best.resource < field.most) throw field.allFailed()
  const scores = yield* field.scoresOf(best)
  const comparable = byDefault.error === null && scores.length > 1
  return {
    best: best.options,
    decision: best.trial > 0 ? 'tuned' : 'default',
    metric: metric.name,
    score: best.score,
    defaultScore: byDefault.score,
    gain: comparable ? metric.gain(scores, yield* field.scoresOf(byDefault), seed) : null,
    trials,
    stopped: field.stopped,
  }
}

/** The candidates and their scores. */
class Field<Options, Asked> extends Trials<Options> {
  /** Number of all examples. */
  readonly most: number
  readonly #request: SearchRequest<Options, Asked>
  readonly #scoresInFull = new Map<number, ArrayLike<number>>()

  constructor(request: SearchRequest<Options, Asked>) {
    const { setting, rungs, memory } = request
    super(setting, memory, { total: rungs.reduce((sum, { trials }) => sum + trials, 1) })
    this.#request = request
    this.most = rungs[rungs.length - 1].resource
  }

  *ask(trial: number, resource: number): Generator<Asked, Trial<Options>, unknown> {
    const { options, scores, metric } = this.#request
    const [one, most, known] = [options[trial], this.most, this.#scoresInFull]
    const attempt = yield* this.run({ trial, options: one, resource }, function* () {
      const found = yield* scores(one, resource)
      if (resource === most) known.set(trial, found)
      return { score: metric.score(found) }
    })
    return attempt.trial
  }

  /** Scores the candidates rung by rung, each rung the best of the one before. */
  *promote(rungs: readonly Rung[]): Generator<Asked, void, unknown> {
    let candidates = Array.from({ length: rungs[0].trials }, (_, at) => at + 1)
    for (const { trials, resource } of rungs) {
      const scored: Trial<Options>[] = []
      for (const candidate of candidates.slice(0, trials)) {
        if (!this.goOn()) return yield* this.#finishLeader()
        scored.push(yield* this.ask(candidate, resource))
      }
      candidates = this.#standing(scored).map(({ trial }) => trial)
    }
  }

  /** Scores the best candidate so far on all examples, so that a search that runs out of budget has a result. */
  *#finishLeader(): Generator<Asked, void, unknown> {
    const [leader] = this.#standing(this.all.filter(({ trial }) => trial > 0))
    if (leader !== undefined && leader.resource < this.most) yield* this.ask(leader.trial, this.most)
  }

  /** Successful trials, best first. */
  #standing(trials: readonly Trial<Options>[]): Trial<Options>[] {
    return bestFirst(trials, this.#request.metric.better).filter(({ error }) => error === null)
  }

  /** The scores of a trial on all examples; computed again if the trial was recalled from the log. */
  *scoresOf({ trial, options, resource }: Trial<Options>): Generator<Asked, ArrayLike<number>, unknown> {
    return this.#scoresInFull.get(trial) ?? (yield* this.#request.scores(options, resource))
  }
}
