import { driveAsync } from '../support/drive.ts'
import { checkArgument } from '../support/arguments.ts'
import { isFunction } from '../support/options.ts'
import { choice, integer, needed, option, resolve, type Given } from '../support/spec.ts'
import { drawPoints, requireSpace, type SearchSpace } from './search-space.ts'
import { meanMetric, planRungs, search, type Search, type Strategy } from './search.ts'
import { readLog, type SearchFacts } from './trial-log.ts'
import { isOwnFailure, settingOf } from './trials.ts'
import { effortOptions, isObject, strategyOptions, trialOptions } from './tune-options.ts'

/**
 * An objective of one's own: a score of every held-out example (user, fold, row ...) by these options, of the first `resource` of them, in the same order
 * for all. The first options are {}: your defaults. What it throws makes a failed trial, unless it says nothing about the options: an AbortError, and a
 * RivuletError with code WORKER_FAILED, DEADLINE, MEMORY_LIMIT, CLOSED, READ_FAILED or WRITE_FAILED, end the search and are not logged.
 */
export type OwnObjective<Options extends object> = (
  options: Options,
  resource: number,
) => ArrayLike<number> | Promise<ArrayLike<number>>

const ownOptions = {
  /** What is searched, by the names of options. Needed. */
  space: needed<SearchSpace>(isObject, 'For example { space: { alpha: { uniform: [0, 1] } } }.'),
  /** All the examples; integer >= 1. Default 1. */
  resource: integer(1, 1),
  /** Fewest examples that say anything, for 'halving'; integer >= 1. Default 1. */
  leastResource: integer(1, 1),
  /** Whether higher or lower scores are better. Default 'higher'. */
  better: choice<'higher' | 'lower'>('higher', ['higher', 'lower']),
  /** What {} means, so that it is not tried again. Default unknown. */
  defaults: option<object>(Object.freeze({}), isObject),
  /** What else tells this search from another, plain JSON: a log of other facts is refused. Default none. */
  facts: option<SearchFacts>(Object.freeze({}), isObject),
}

export const objectiveOptions = { ...effortOptions, ...trialOptions, ...strategyOptions, ...ownOptions }

/** Options of `tune` with an objective of one's own. */
export interface ObjectiveSearch
  extends
    Given<typeof effortOptions>,
    Given<typeof trialOptions>,
    Given<typeof strategyOptions>,
    Given<typeof ownOptions> {}

/** What `tune` found by an objective of one's own. */
export interface ObjectiveTuning<Options> extends Search<Options> {
  readonly strategy: Strategy
}

/** The search of whatever can be scored on held-out examples. */
export async function tuneOwn<Options extends object>(
  who: string,
  objective: OwnObjective<Options>,
  given: ObjectiveSearch,
): Promise<ObjectiveTuning<Options>> {
  checkArgument(who, 'objective', objective, isFunction)
  const resolved = resolve(who, objectiveOptions, given)
  const { log, signal, strategy, trials, seed, resource, leastResource, better, defaults, facts } = resolved
  const space = requireSpace(who, resolved.space)
  const points = drawPoints(space, seed, trials, [{ ...defaults }]) as Options[]
  const setting = settingOf(who, resolved, isOwnFailure)
  const searching = search<Options, () => Promise<ArrayLike<number>>>({
    ...{ setting, seed, metric: meanMetric('score', better), options: [{} as Options, ...points] },
    rungs: planRungs(strategy, points.length, leastResource, resource),
    *scores(options, most) {
      return (yield async () => objective(options, most)) as ArrayLike<number>
    },
    memory: log && readLog(who, log, { ...facts, space, seed, better })<Options>(''),
  })
  const answer = (asked: () => Promise<ArrayLike<number>>): Promise<unknown> => asked()
  return { strategy, ...(await driveAsync(searching, answer, () => signal?.throwIfAborted())) }
}
