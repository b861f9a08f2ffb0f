import type { Detached } from '../request/request.ts'
import type { RankingMetricName } from '../evaluate/ranking.ts'
import type { Source } from '../network/open.ts'
import { methodOf, type MethodName, type MethodOptions } from '../recommend/methods/methods.ts'
import { DEFAULT_RECIPE } from '../recommend/methods/recipe.ts'
import { resolveRecommender } from '../recommend/request.ts'
import type { Sliced } from '../support/pause.ts'
import { defaultsOf } from '../support/spec.ts'
import { LEAST_USERS, spaceOfMethod } from './baselines.ts'
import { pointOfRecipe, recipeAt } from './recipe-climb.ts'
import { meanMetric, type Objective, type ObjectiveOptions } from './search.ts'
import type { Point } from './search-space.ts'
import { RollingBench } from './rolling-bench.ts'
import { openHeldOut, validationOf } from './validation-windows.ts'

/**
 * Scores recommenders on held-out interactions. Examples are users.
 *
 * @throws {RivuletError} EMPTY_DATA when nothing is held out, INVALID_OPTION, UNKNOWN_OPTION, and what the source is refused for.
 */
export function* openRanking(who: string, source: Source, options: ObjectiveOptions): Sliced<Objective> {
  const { k, validationUsers, weighted = false, signals = null } = options
  const method = options.method as MethodName
  const metric = options.metric as RankingMetricName
  const fixed: MethodOptions = options.fixed
  resolveRecommender(who, { method, ...fixed })
  const opened = yield* openHeldOut(who, source, { ...options, weighted, signals })
  const bench = RollingBench.draw(who, opened.windows, options)
  const recipe = method === 'graph-filter' ? (fixed.recipe ?? DEFAULT_RECIPE) : null
  const ownAt = (point: Point): MethodOptions => {
    const own = { ...fixed, ...(recipe === null ? point : { recipe: recipeAt(who, recipe, point) }) }
    resolveRecommender(who, { method, ...own })
    return own
  }
  return {
    metric: meanMetric(`${metric}@${k}`),
    examples: bench.examples,
    leastExamples: LEAST_USERS,
    validation: validationOf(opened, bench.examplesOfWindows),
    space: spaceOfMethod(method),
    defaults: recipe === null ? { ...defaultsOf(methodOf(who, method).options), ...fixed } : pointOfRecipe(recipe),
    facts: { options: fixed, metric, k, validationUsers, weighted, signals, data: opened.data },
    optionsAt: (point) => ({ method, ...ownAt(point) }),
    *scores(point, examples): Detached<Float64Array> {
      return (yield* bench.measure(method, ownAt(point), examples, [metric]))[metric]
    },
  }
}
