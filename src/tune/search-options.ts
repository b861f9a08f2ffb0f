import { checkArgument, having } from '../support/arguments.ts'
import {
  finiteNumber,
  integerAtLeast,
  isAbortSignal,
  isFunction,
  numberBetween,
  oneOf,
  resolveOptions,
  type Check,
} from '../support/options.ts'
import { runSearchAsync } from './run-search.ts'
import { drawPoints, requireSpace, type SearchSpace } from './search-space.ts'
import { meanMetric, planRungs, search, type Search, type Strategy } from './search.ts'
import { isOwnFailure } from './trial-error.ts'
import { readLog, type SearchFacts, type TrialLog } from './trial-log.ts'

/** How long and how a search goes. */
export interface SearchEffort {
  /**
   * 'halving' judges all on few examples and goes on with the better third on three times as many, and so on; 'random' judges every one on all.
   * Default 'halving'.
   */
  readonly strategy?: Strategy | undefined
  /** Candidates that are drawn, integer >= 1; the defaults come beside them. Default 40. */
  readonly trials?: number | undefined
  /** Start nothing new after so many milliseconds, >= 0; the best so far is then judged in full. What is found depends on the machine. Default: no limit. */
  readonly budgetMs?: number | undefined
  /** Of the draw. Default 1. */
  readonly seed?: number | undefined
  /** Keeps every trial, and recalls those of a run that was interrupted. Default: none. */
  readonly log?: TrialLog | undefined
}

/** Options of `searchOptions`. */
export interface SearchOptions<Options extends object> extends SearchEffort {
  /** What is searched, by the names of options. */
  readonly space: SearchSpace
  /**
   * A score of every held-out example (user, fold, row ...) by these options: the first `resource` of them, in the same order for all. The first
   * options are {}: your defaults. What it throws makes a failed trial, unless it says nothing about the options: an AbortError, and a RivuletError
   * with code WORKER_FAILED, DEADLINE, MEMORY_LIMIT, CLOSED, READ_FAILED or WRITE_FAILED, end the search and are not logged.
   */
  readonly evaluate: (options: Options, resource: number) => ArrayLike<number> | Promise<ArrayLike<number>>
  /** All the examples; integer >= 1. Default 1. */
  readonly resource?: number | undefined
  /** Fewest examples that say anything, for 'halving'; integer >= 1. Default 1. */
  readonly leastResource?: number | undefined
  /** Whether higher or lower scores are better. Default 'higher'. */
  readonly better?: 'higher' | 'lower' | undefined
  /** What {} means, so that it is not tried again; default unknown. */
  readonly defaults?: Partial<Options> | undefined
  /** What else tells this search from another, plain JSON: a log of other facts is refused. Default none. */
  readonly facts?: SearchFacts | undefined
  /** Cancels, between two trials: what was logged stays. */
  readonly signal?: AbortSignal | undefined
  /** Hears how many of the trials are done. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

export const EFFORT_DEFAULTS = {
  strategy: 'halving' as Strategy,
  trials: 40,
  budgetMs: Infinity,
  seed: 1,
  log: null as TrialLog | null,
}

const isLog: Check = (value) => {
  const { lines, append } = Object(value) as Partial<TrialLog>
  const iterable = lines !== undefined && lines !== null && Symbol.iterator in Object(lines)
  return iterable && typeof append === 'function' ? null : 'an object with `lines` and `append`, as openTrialLog gives'
}

export const EFFORT_CHECKS = {
  strategy: oneOf('halving', 'random'),
  trials: integerAtLeast(1),
  budgetMs: numberBetween(0, Infinity),
  seed: finiteNumber,
  log: isLog,
}

type Example = Required<
  Pick<SearchOptions<object>, 'resource' | 'leastResource' | 'better' | 'space' | 'defaults' | 'facts'>
>

const EXAMPLE_DEFAULTS: { readonly [Key in keyof Example]: Exclude<Example[Key], undefined> } = {
  resource: 1,
  leastResource: 1,
  better: 'higher',
  space: {},
  defaults: {},
  facts: {},
}

const NOTHING_WATCHED: Pick<SearchOptions<object>, 'signal' | 'onProgress'> = {}

const isObject: Check = (value) => (value !== null && typeof value === 'object' ? null : 'an object')

/**
 * Searches the options of anything that can be scored on held-out examples.
 *
 * Seeded: the same space, seed and scores give the same trials and answer, interrupted and resumed or not, unless `budgetMs` cuts it short.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, INVALID_DATA for a log of another search, TRIALS_FAILED; the signal's reason;
 * what `evaluate` throws that says nothing about the options.
 * @example
 * ```ts
 * import { searchOptions } from 'rivulet'
 *
 * const { best } = await searchOptions<{ x?: number }>({
 *   space: { x: { uniform: [0, 10] } },
 *   evaluate: ({ x = 9 }) => [-((x - 3) ** 2)],
 * })
 * console.log(Math.round(best.x ?? 9)) // 3
 * ```
 */
export async function searchOptions<Options extends object>(request: SearchOptions<Options>): Promise<Search<Options>> {
  const who = 'searchOptions'
  checkArgument(who, 'request', request, having({ evaluate: isFunction }))
  const { log, signal, onProgress, evaluate, ...asked } = resolveOptions(
    who,
    request,
    { ...EFFORT_DEFAULTS, ...EXAMPLE_DEFAULTS, ...NOTHING_WATCHED, evaluate: request.evaluate },
    {
      ...EFFORT_CHECKS,
      ...{ resource: integerAtLeast(1), leastResource: integerAtLeast(1), better: oneOf('higher', 'lower') },
      ...{ space: isObject, defaults: isObject, facts: isObject },
      ...{ evaluate: isFunction, signal: isAbortSignal, onProgress: isFunction },
    },
  )
  const { strategy, trials, budgetMs, seed, resource, leastResource, better, defaults, facts } = asked
  const space = requireSpace(who, asked.space)
  const points = drawPoints(space, seed, trials, [{ ...defaults }]) as Options[]
  const memory = log === null ? {} : readLog<Options>(who, log, { ...facts, space, seed, better })
  const end = performance.now() + budgetMs
  signal?.throwIfAborted()
  return await runSearchAsync(
    search<Options>({
      who,
      options: [{} as Options, ...points],
      rungs: planRungs(strategy, points.length, leastResource, resource),
      metric: meanMetric('score', better),
      seed,
      ...memory,
      watch: (done, total) => {
        onProgress?.({ done, total })
        return performance.now() < end
      },
    }),
    ({ options, resource: most }) => evaluate(options, most),
    isOwnFailure,
    signal,
  )
}
