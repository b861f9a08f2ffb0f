import { driveAsync } from '../support/drive.ts'
import { choice, integer, needed, option, resolve, type Given, type Resolved } from '../support/spec.ts'
import { drawPoints, requireSpace, type SearchSpace } from './search-space.ts'
import { meanMetric, planRungs, search, type Metric, type Rung, type Search, type Strategy } from './search.ts'
import { readLog, type SearchFacts } from './trial-log.ts'
import { isOwnFailure, settingOf } from './trials.ts'
import { effortOptions, isObject, strategyOptions, trialOptions } from './tune-options.ts'

/**
 * A custom objective: scores these options on each of the first `resource` held-out examples (users, folds, rows ...), in the same order for all options. The
 * first options are {}: your defaults. If it throws, the trial fails, unless the error says nothing about the options: an AbortError, and a RivuletError
 * with code WORKER_FAILED, DEADLINE, MEMORY_LIMIT, CLOSED, READ_FAILED or WRITE_FAILED, end the search and are not logged.
 */
export type OwnObjective<Options extends object> = (
  options: Options,
  resource: number,
) => ArrayLike<number> | Promise<ArrayLike<number>>

export const spaceOptions = {
  /** Search space, by option name. Required. */
  space: needed<SearchSpace>(isObject, 'For example { space: { alpha: { uniform: [0, 1] } } }.'),
  /** The options that {} stands for, so that they are not tried twice. Default: unknown. */
  defaults: option<object>(Object.freeze({}), isObject),
  /** Further facts that identify this search, plain JSON: a log with other facts is refused. Default none. */
  facts: option<SearchFacts>(Object.freeze({}), isObject),
}

const exampleOptions = {
  /** Number of examples; integer >= 1. Default 1. */
  resource: integer(1, 1),
  /** Fewest examples on which 'halving' compares candidates; integer >= 1. Default 1. */
  leastResource: integer(1, 1),
  /** Whether higher or lower scores are better. Default 'higher'. */
  better: choice<'higher' | 'lower'>('higher', ['higher', 'lower']),
}

export const objectiveOptions = {
  ...effortOptions,
  ...trialOptions,
  ...strategyOptions,
  ...spaceOptions,
  ...exampleOptions,
}

/** Options of `tune` with a custom objective. */
export interface ObjectiveSearch
  extends
    Given<typeof effortOptions>,
    Given<typeof trialOptions>,
    Given<typeof strategyOptions>,
    Given<typeof spaceOptions>,
    Given<typeof exampleOptions> {}

/** Result of `tune` with a custom objective. */
export interface ObjectiveTuning<Options> extends Search<Options> {
  readonly strategy: Strategy
}

/** Searches options by a custom objective. */
export async function tuneOwn<Options extends object>(
  who: string,
  objective: OwnObjective<Options>,
  given: ObjectiveSearch,
): Promise<ObjectiveTuning<Options>> {
  const resolved = resolve(who, objectiveOptions, given)
  const { strategy, resource, leastResource, better } = resolved
  const found = await searchOwn(who, objective, resolved, {
    metric: meanMetric('score', better),
    rungsOf: (candidates) => planRungs(strategy, candidates, leastResource, resource),
    facts: { better },
  })
  return { strategy, ...found }
}

type OwnEffort = Resolved<typeof effortOptions & typeof trialOptions & typeof spaceOptions>

interface OwnScores {
  readonly metric: Metric
  rungsOf(candidates: number): readonly Rung[]
  readonly facts: SearchFacts
}

/** Draws candidates from a space and scores them by an objective. The first candidate is {}. */
export async function searchOwn<Options extends object>(
  who: string,
  objective: OwnObjective<Options>,
  { space: given, trials, seed, defaults, log, facts: further, ...watching }: OwnEffort,
  { metric, rungsOf, facts }: OwnScores,
): Promise<Search<Options>> {
  const space = requireSpace(who, given)
  const points = drawPoints(space, seed, trials, [{ ...defaults }]) as Options[]
  const searching = search<Options, () => Promise<ArrayLike<number>>>({
    ...{ setting: settingOf(who, watching, isOwnFailure), seed, metric, options: [{} as Options, ...points] },
    rungs: rungsOf(points.length),
    *scores(options, most) {
      return (yield async () => objective(options, most)) as ArrayLike<number>
    },
    memory: log && readLog(who, log, { ...further, space, seed, ...facts })<Options>(''),
  })
  const answer = (asked: () => Promise<ArrayLike<number>>): Promise<unknown> => asked()
  return driveAsync(searching, answer, () => watching.signal?.throwIfAborted())
}
