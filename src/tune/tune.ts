import type { PredictRatingsOptions } from '../ratings/options.ts'
import { readMachine } from '../plan/machine.ts'
import type { Source } from '../network/network.ts'
import type { MethodOptions } from '../recommend/methods/methods.ts'
import { atOnce, drive } from '../support/drive.ts'
import { answerInThread } from '../run/in-thread.ts'
import { RivuletError, show } from '../support/errors.ts'
import type { Sliced } from '../support/pause.ts'
import type { Exam, Judging, Validation } from './exam.ts'
import { LabelExam, type LabellerName, type LabellerOptionsByName } from './label-exam.ts'
import { isRankingMetric, RankingExam } from './ranking-exam.ts'
import { RatingExam, type RatingMetricName } from './rating-exam.ts'
import { runSearch } from './run-search.ts'
import { drawPoints, extremesOf, requireSpace, type Point, type SearchSpace } from './search-space.ts'
import { planRungs, search, type Search, type Searching, type Strategy } from './search.ts'
import { isRefusal } from './trial-error.ts'
import { readLog } from './trial-log.ts'
import {
  isLabeller,
  resolveTune,
  type ResolvedTuneOptions,
  type TunableName,
  type TunedOptions,
  type TuneOptions,
} from './tune-options.ts'

/** What `tune` found. Plain JSON, as far as the options are. */
export interface Tuning<Name extends TunableName = TunableName> extends Omit<Search<Point>, 'best'> {
  readonly method: Name
  /** Give it to the method as it is: `recommend(source, best)`. The defaults when nothing better was found. */
  readonly best: TunedOptions<Name>
  /** 'ndcg@20', 'rmse', 'accuracy' ... */
  readonly metric: string
  readonly strategy: Strategy
  readonly validation: Validation
}

/**
 * Searches the options of a recommender, of `predictRatings` or of a function that labels nodes, by what is held out of the source: never by a test set.
 *
 * By default the latest fifth of the interactions is held out where times are known, and forty candidates are halved down on up to 1,500 users. Seeded:
 * the same source, options and seed give the same trials and answer, whether interrupted and resumed from a `log` or not, unless `budgetMs` cuts it
 * short. A trial whose options are refused has failed, and the search goes on; any other error ends it and leaves no line in the log.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, EMPTY_DATA when nothing is left to judge by, INVALID_DATA for the log of another search,
 * TRIALS_FAILED, MEMORY_LIMIT when a trial does not fit, and what the source is refused for.
 * @example
 * ```ts
 * import { fromRows, recommend, tune } from 'rivulet'
 *
 * const bought = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'tea'], ['bob', 'milk'], ['eve', 'milk'], ['eve', 'bread']]
 * const table = fromRows(bought.map(([user, item]) => ({ user, item })), { user: 'user', item: 'item' })
 * const { best, validation } = tune(table, { method: 'rp3beta', trials: 5, heldOutShare: 0.5 })
 * console.log(validation.by, recommend(table, { ...best, k: 1 }).size) // random 3
 * ```
 */
export function tune<Name extends TunableName = 'graph-filter'>(
  source: Source,
  options?: TuneOptions<Name>,
): Tuning<Name> {
  const run = atOnce(TuningRun.open('tune', source, resolveTune('tune', options)))
  const found = runSearch(
    run.searching(() => true),
    ({ options: point, resource }) => drive(run.judge(point, resource), answerInThread),
    isRefusal,
  )
  return run.report(found) as Tuning<Name>
}

/** One tuning, for whoever drives it. */
export class TuningRun {
  readonly memoryLimitBytes: number
  readonly #who: string
  readonly #options: ResolvedTuneOptions
  readonly #exam: Exam
  readonly #space: SearchSpace
  readonly #points: readonly Point[]

  private constructor(who: string, options: ResolvedTuneOptions, memoryLimitBytes: number, exam: Exam) {
    const { seed, trials } = options
    this.#who = who
    this.#options = options
    this.memoryLimitBytes = memoryLimitBytes
    this.#exam = exam
    this.#space = requireFitting(who, exam, options)
    this.#points = drawPoints(this.#space, seed, trials, [exam.defaults])
  }

  /** Reads the source, holds out and draws; everything that can be refused is refused here. */
  static *open(who: string, source: Source, options: ResolvedTuneOptions): Sliced<TuningRun> {
    const memoryLimitBytes = Math.min(options.memoryLimitBytes, readMachine().memoryBytes)
    return new TuningRun(who, options, memoryLimitBytes, yield* openExam(who, source, options, memoryLimitBytes))
  }

  /** @param watch hears how many trials are done, and says whether to go on */
  searching(watch: (done: number, total: number) => boolean): Searching<Point, Search<Point>> {
    const { method, heldOutShare, log, seed, strategy, budgetMs } = this.#options
    const { metric, examples, leastExamples, validation, facts } = this.#exam
    const header = { method, ...facts, by: validation.by, heldOutShare, space: this.#space, seed }
    const end = performance.now() + budgetMs
    return search({
      who: this.#who,
      options: [{}, ...this.#points],
      rungs: planRungs(strategy, this.#points.length, leastExamples, examples),
      metric,
      seed,
      ...(log === null ? {} : readLog<Point>(this.#who, log, header)),
      watch: (done, total) => watch(done, total) && performance.now() < end,
    })
  }

  judge(point: Point, examples: number): Judging {
    return this.#exam.judge(point, examples)
  }

  report({ best, ...found }: Search<Point>): Tuning {
    const { method, strategy } = this.#options
    const { metric, validation } = this.#exam
    return { method, best: this.#exam.optionsAt(best), metric: metric.name, strategy, validation, ...found }
  }
}

function openExam(who: string, source: Source, options: ResolvedTuneOptions, memoryLimitBytes: number): Sliced<Exam> {
  const { method, options: fixed, metric, k, validation, heldOutShare, validationUsers, seed, signals } = options
  const { weighted } = options
  const reading = { ...(weighted !== null && { weighted }), ...(signals !== undefined && { signals }) }
  const shared = { heldOutShare, seed, memoryLimitBytes }
  if (isLabeller(method)) {
    const all = { ...fixed, ...reading } as LabellerOptionsByName[LabellerName]
    return LabelExam.open(who, source, { method, fixed: all, ...shared })
  }
  if (method === 'predictRatings') {
    const all = { ...fixed, ...reading } as PredictRatingsOptions
    return RatingExam.open(who, source, { fixed: all, metric: metric as RatingMetricName, validation, ...shared })
  }
  return RankingExam.open(who, source, {
    ...{ method, fixed: fixed as MethodOptions, k, validation, validationUsers, ...shared },
    ...{ metric: isRankingMetric(metric) ? metric : 'ndcg', weighted: weighted ?? false, signals: signals ?? null },
  })
}

/** The space to search: only options that the method takes, none of them fixed. */
function requireFitting(who: string, exam: Exam, options: ResolvedTuneOptions): SearchSpace {
  const { method, options: fixed } = options
  const isFixed = (name: string): boolean => Object.hasOwn(fixed, name)
  const given = options.space && requireSpace(who, options.space)
  const both = Object.keys(given ?? {}).find(isFixed)
  if (both !== undefined) throw refused(who, 'an option that is not fixed', both)
  const own = Object.fromEntries(Object.entries(exam.space).filter(([name]) => !isFixed(name)))
  const space = given ?? own
  if (Object.keys(space).length === 0) throw refused(who, 'options to search', `none of method '${method}'`)
  for (const [name, range] of Object.entries(space)) {
    for (const value of extremesOf(range)) exam.optionsAt({ [name]: value })
  }
  return space
}

function refused(who: string, expected: string, got: string): RivuletError {
  return new RivuletError(
    'INVALID_OPTION',
    {
      who: `${who}, option 'space'`,
      expected,
      got: got.includes(' ') ? got : show(got),
      todo: 'Give { name: range } of options that the method has and `options` does not fix.',
    },
    { option: 'space' },
  )
}
