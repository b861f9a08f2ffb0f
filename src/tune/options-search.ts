/** Searches any options of any method: candidates are drawn evenly from a space and scored on held-out data. */
import type { Detached } from '../request/request.ts'
import type { Source } from '../network/open.ts'
import type { RivuletError } from '../support/errors.ts'
import { show } from '../support/errors.ts'
import type { Sliced } from '../support/pause.ts'
import type { Validation } from './hold-out.ts'
import { openLabels } from './label-objective.ts'
import { openRanking } from './ranking-objective.ts'
import { openRatings } from './rating-objective.ts'
import { drawPoints, extremesOf, requireSpace, type Point, type SearchSpace } from './search-space.ts'
import { planRungs, search, type Objective, type Search, type Strategy } from './search.ts'
import { readLog } from './trial-log.ts'
import type { Run } from './trials.ts'
import { isLabeller, metricsOf, type ResolvedTune, type TunableName, type TunedOptions } from './tune-options.ts'
import { refusedOption } from '../support/options.ts'

/** Result of the search over options: the best, whatever its gain over the defaults. Plain JSON if the options are. */
export interface OptionsTuning<Name extends TunableName = TunableName> extends Search<TunedOptions<Name>, Point> {
  readonly search: 'options'
  readonly method: Name
  readonly strategy: Strategy
  readonly validation: Validation
}

export function* searchMethod(source: Source, options: ResolvedTune<'options'>, run: Run): Detached<OptionsTuning> {
  const { who } = run
  const { method, heldOutShare, log, seed, strategy, trials } = options
  const objective = yield* openObjective(source, options, run)
  const { metric, examples, leastExamples, validation, facts, defaults } = objective
  const space = requireFitting(who, objective, options)
  const points = drawPoints(space, seed, trials, [defaults])
  const header = { search: 'options', method, ...facts, by: validation.by, heldOutShare, space, seed }
  const found = yield* search({
    ...{ setting: run, metric, seed, options: [{}, ...points] },
    rungs: planRungs(strategy, points.length, leastExamples, examples),
    scores: (point: Point, most) => objective.scores(point, most),
    memory: log && readLog(who, log, header)<Point>(''),
  })
  const best = objective.optionsAt(found.best) as TunedOptions<TunableName>
  return { search: 'options', method, strategy, validation, ...found, best }
}

function openObjective(source: Source, options: ResolvedTune<'options'>, run: Run): Sliced<Objective> {
  const { method, signals, weighted, metric = metricsOf(method)[0] } = options
  const asked = { ...options, metric, fixed: options.options, memoryLimitBytes: run.memoryLimitBytes }
  // Labellers and `predictRatings` take these as their own options.
  const reading = { ...(weighted !== undefined && { weighted }), ...(signals !== undefined && { signals }) }
  const reads = { ...asked, fixed: { ...asked.fixed, ...reading } }
  if (isLabeller(method)) return openLabels(run.who, source, reads)
  if (method === 'predictRatings') return openRatings(run.who, source, reads)
  return openRanking(run.who, source, asked)
}

/** The search space: only options that the method takes and that are not fixed. */
function requireFitting(who: string, objective: Objective, options: ResolvedTune<'options'>): SearchSpace {
  const { method, options: fixed } = options
  const isFixed = (name: string): boolean => Object.hasOwn(fixed, name)
  const given = options.space && requireSpace(who, options.space)
  const both = Object.keys(given ?? {}).find(isFixed)
  if (both !== undefined) throw refused(who, 'an option that is not fixed', both)
  const own = Object.fromEntries(Object.entries(objective.space).filter(([name]) => !isFixed(name)))
  const space = given ?? own
  if (Object.keys(space).length === 0) throw refused(who, 'options to search', `none of method '${method}'`)
  for (const [name, range] of Object.entries(space)) {
    for (const value of extremesOf(range)) objective.optionsAt({ [name]: value })
  }
  return space
}

function refused(who: string, expected: string, got: string): RivuletError {
  return refusedOption(who, 'space', {
    expected,
    got: got.includes(' ') ? got : show(got),
    todo: 'Give { name: range } for options of the method that `options` does not fix.',
  })
}
