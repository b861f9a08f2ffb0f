/**
 * Searches options by what they score on examples that are held out: every candidate in full, or the poor ones on few examples only.
 *
 * Successive halving: n candidates are scored on R / 3^s examples, the best third of them on three times as many, and so on; those of the last rung on
 * all R. Every rung costs about the same, s + 1 rungs about (s + 1) n / 3^s full trials instead of n. The examples of a rung are part of those
 * of the next and the same for all candidates, so that candidates are compared pair by pair.
 * Jamieson and Talwalkar, AISTATS 2016; Li et al., Hyperband, JMLR 2018. Differs from the papers: one bracket; the defaults are scored in full beside it.
 *
 * A generator: what the objective asks is asked of the driver, so that one search serves callers that wait and callers that do not. Trials of a run
 * that was interrupted are recalled: the same search goes on where that one ended.
 */
import { pairedBootstrap, type PairedBootstrap } from '../evaluate/significance.ts'
import type { Detached } from '../request/request.ts'
import type { Signals } from '../data/signal-rules.ts'
import type { HoldOutOptions, Validation } from './hold-out.ts'
import type { Point, SearchSpace } from './search-space.ts'
import type { Memory, SearchFacts, Trial } from './trial-log.ts'
import { bestFirst, Trials, type Setting } from './trials.ts'

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

/** What is held out, and how options of one method score on it. */
export interface Objective {
  readonly metric: Metric
  /** How many examples there are: users, draws of seeds. Candidates are scored on the first so many of them. */
  readonly examples: number
  /** Fewest that tell candidates apart; all of them where fewer would cost as much. */
  readonly leastExamples: number
  readonly validation: Validation
  /** What is searched when nothing else is asked for. */
  readonly space: SearchSpace
  /** What the method's options are when nothing is said, as far as they can be searched. */
  readonly defaults: Point
  /** What tells this objective from another. */
  readonly facts: SearchFacts
  /** The options at a point, as the method takes them. @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION */
  optionsAt(point: Point): object
  /** A score of each of the first examples. */
  scores(point: Point, examples: number): Detached<ArrayLike<number>>
}

/** What an objective is made of: the options of its search. */
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

/** Candidates that are scored on so many examples. */
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

export interface SearchRequest<Options, Asked> {
  readonly setting: Setting
  /** The candidates; the first are the defaults, or what the others must beat. */
  readonly options: readonly Options[]
  readonly rungs: readonly Rung[]
  readonly metric: Metric
  readonly seed: number
  /** A score of each of the first examples. */
  readonly scores: (options: Options, resource: number) => Generator<Asked, ArrayLike<number>, unknown>
  readonly memory: Memory<Options> | null
}

/** What every search found. Plain JSON. */
export interface Search<Options, Tried = Options> {
  /** The best options; the defaults when nothing better was found. */
  readonly best: Options
  /** Whether `best` is something that was found, or the defaults. */
  readonly decision: 'tuned' | 'default'
  /** What `score`, `defaultScore` and `gain` are figures of: 'ndcg@20', 'rmse', 'accuracy' ... */
  readonly metric: string
  /** Of `best`, on all examples. */
  readonly score: number
  /** `null` when the defaults failed. */
  readonly defaultScore: number | null
  /** What the best candidate gains over the defaults, paired by example; > 0 is better. `null` when the defaults failed, or there are too few examples. */
  readonly gain: PairedBootstrap | null
  readonly trials: readonly Trial<Tried>[]
  /** Why it ended. */
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

/** The candidates, and what is known of them. */
class Field<Options, Asked> extends Trials<Options> {
  /** All examples. */
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

  /** Scores the candidates rung by rung, on each the best of the one before. */
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

  /** What was found so far is not thrown away for want of one trial. */
  *#finishLeader(): Generator<Asked, void, unknown> {
    const [leader] = this.#standing(this.all.filter(({ trial }) => trial > 0))
    if (leader !== undefined && leader.resource < this.most) yield* this.ask(leader.trial, this.most)
  }

  /** Those that did not fail, best first. */
  #standing(trials: readonly Trial<Options>[]): Trial<Options>[] {
    return bestFirst(trials, this.#request.metric.better).filter(({ error }) => error === null)
  }

  /** The scores behind a figure on all examples; a trial that was recalled lacks them. */
  *scoresOf({ trial, options, resource }: Trial<Options>): Generator<Asked, ArrayLike<number>, unknown> {
    return this.#scoresInFull.get(trial) ?? (yield* this.#request.scores(options, resource))
  }
}
