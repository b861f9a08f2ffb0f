import { bootstrapInSlices, type PairedBootstrap } from '../evaluate/significance.ts'
import { openNetwork, type Source } from '../network/network.ts'
import { readMachine } from '../plan/machine.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import { readOptions, type ReadOptions } from '../recommend/recommend.ts'
import type { Algorithm } from '../request/request.ts'
import { atOnce, drive } from '../support/drive.ts'
import { solveInThread } from '../run/in-thread.ts'
import type { Watch } from '../run/protocol.ts'
import { checksOf } from '../support/spec.ts'
import { seededRandom } from '../support/random.ts'
import { meanScore, takesBaseline, tuneBaseline, type TunedBaseline } from './baselines.ts'
import { resolveFit, type FitOptions, type ResolvedFitOptions } from './fit-options.ts'
import { holdOutFor, type HoldOut } from './hold-out.ts'
import { halfway, searchRecipes, STARTS, type Found, type Objective } from './recipe-search.ts'
import { ValidationBench } from './validation-bench.ts'

/** Accuracy on the validation users. */
export interface ValidationScore {
  readonly recall: number
  readonly ndcg: number
}

/** What `fit` chose and what it saw. Plain JSON. */
export interface Fit {
  /** Give it to any recommender as option `recipe`. */
  readonly recipe: Recipe
  /** 'default' when nothing better than the default recipe could be told from chance. */
  readonly decision: 'fitted' | 'default'
  readonly validation: ValidationScore
  readonly defaultValidation: ValidationScore
  /** NDCG of the recipe that was judged (half-way to the best one found, or that itself if a validation table was given) less that of the default, paired by user. */
  readonly gain: PairedBootstrap
  /** Tuned with the same validation users, best first. */
  readonly baselines: readonly TunedBaseline[]
  readonly k: number
  readonly users: number
  /** Pairs of a validation table that the source holds: no list can hit them, so they were left out. */
  readonly seenPairs: number
  readonly trials: number
}

/** Hears how many of the trials are done, and says whether to go on. */
export type FitWatch = (done: number, total: number) => boolean

/** Legs of the search; each begins with fresh candidates from the best recipe so far, and moves half as far. */
const LEGS = 3

/**
 * Chooses a recipe for a graph or table, and tunes the baselines with the same effort, by what is held out of it: never by a test set.
 *
 * A share of every user's items is held out. Of the recipes tried the one that ranks them best is found; the recipe half-way between it and the
 * default is kept if it beats the default by more than chance, paired by user. With a `validation` table the best one itself is judged. Seeded: the same source, options and seed give the same answer, unless `budgetMs` cuts the search short.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION, EMPTY_DATA when nobody has two items or the source holds all pairs of `validation`, and as
 *   `recommend`.
 * @example
 * ```ts
 * import { fit, fromRows, recommend } from 'rivulet'
 *
 * const bought = [['ann', 'tea'], ['ann', 'milk'], ['bob', 'tea'], ['bob', 'milk'], ['eve', 'milk'], ['eve', 'bread']]
 * const table = fromRows(bought.map(([user, item]) => ({ user, item })), { user: 'user', item: 'item' })
 * const { recipe, decision } = fit(table, { trials: 3, baselines: [] })
 * console.log(decision, recommend(table, { recipe, k: 1 }).size) // default 3
 * ```
 */
export function fit(source: Source, options: FitOptions & ReadOptions = {}): Fit {
  const resolved = resolveFit(options, checksOf(readOptions))
  const memoryLimitBytes = Math.min(options.memoryLimitBytes ?? Infinity, readMachine().memoryBytes)
  const network = openNetwork('fit', source, {
    weighted: options.weighted ?? false,
    signals: options.signals,
    direction: 'both',
    memoryLimitBytes,
  })
  const held = atOnce(holdOutFor('fit', network, resolved))
  return drive(fitOn(held, resolved, withinBudget(resolved)), solveInThread(held.network.prepared))
}

/** Goes on until the budget is spent, and tells how far it is. */
export function withinBudget({ budgetMs }: ResolvedFitOptions, onProgress?: Watch['onProgress']): FitWatch {
  const end = performance.now() + budgetMs
  return (done, total) => {
    onProgress?.({ done, total })
    return performance.now() < end
  }
}

/** Chooses a recipe and tunes the baselines on what was held out. */
export function* fitOn(held: HoldOut, options: ResolvedFitOptions, watch: FitWatch): Algorithm<Fit> {
  const bench = new ValidationBench(held, options)
  const names = options.baselines.filter((name) => takesBaseline(name, bench, held.network.prepared.signed))
  const total = options.trials + names.length
  let done = 0
  const goOn = (): boolean => watch(done, total)
  const random = seededRandom(options.seed)
  let found: Found | null = null
  for (let leg = 0; leg < LEGS; leg++) {
    const trials = Math.floor((options.trials * (leg + 1)) / LEGS) - Math.floor((options.trials * leg) / LEGS)
    if (trials === 0 || (found !== null && !goOn())) continue
    const objective = yield* bench.objectiveNear(found?.recipe ?? DEFAULT_RECIPE)
    const counted: Objective = function* (recipe) {
      const value = yield* objective(recipe)
      done++
      return value
    }
    const starts: readonly Recipe[] = found === null ? STARTS : [found.recipe]
    found = yield* searchRecipes(counted, { starts, trials, random, stride: 0.5 ** leg, goOn })
  }
  const byDefault = yield* bench.ask('graph-filter', { recipe: DEFAULT_RECIPE })
  // A share held out at random is never quite the test: half of what it asks for is safer than all. A table that was given is meant as it is.
  const best = found?.recipe ?? DEFAULT_RECIPE
  const judged = options.validation === null ? halfway(DEFAULT_RECIPE, best) : best
  const byFound = yield* bench.ask('graph-filter', { recipe: judged })
  const gain = yield* bootstrapInSlices(byFound.ndcg, byDefault.ndcg, { seed: options.seed })
  const better = gain.low > 0
  const baselines: TunedBaseline[] = []
  for (const name of names) {
    if (!goOn()) break
    baselines.push(yield* tuneBaseline(name, bench, { trials: options.baselineTrials, seed: options.seed }, goOn))
    done++
  }
  watch(done, total)
  return {
    recipe: better ? judged : DEFAULT_RECIPE,
    decision: better ? 'fitted' : 'default',
    validation: meanScore(better ? byFound : byDefault),
    defaultValidation: meanScore(byDefault),
    gain,
    baselines: baselines.sort((a, b) => b.ndcg - a.ndcg),
    k: options.k,
    users: bench.users.length,
    seenPairs: held.seenPairs,
    trials: done,
  }
}
