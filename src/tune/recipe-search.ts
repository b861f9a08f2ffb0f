/** The search of a recipe: climbs over those of one low-pass, on users that are probed once a choice of exponents, and the baselines tuned beside it. */
import { on, type Algorithm, type Detached } from '../request/request.ts'
import type { PairedBootstrap } from '../evaluate/significance.ts'
import { openInSlices, type Source } from '../network/open.ts'
import type { MethodOptions } from '../recommend/methods/methods.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import { hashesInSlices } from '../support/content-hash.ts'
import type { Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { tuneBaseline, whyLeftOut, type BaselineLeftOut, type TunedBaseline } from './baselines.ts'
import { holdOutFor, openHeldOut, validationOf, type HeldOut, type HoldOut, type Validation } from './hold-out.ts'
import {
  climbFreely,
  climbFrom,
  drawFreeMoves,
  movedCostly,
  pointOf,
  recipeOf,
  STARTS,
  type ClimbPoint,
  type RecipeObjective,
} from './recipe-climb.ts'
import type { Search } from './search.ts'
import { shrink } from './shrinkage.ts'
import { readLog } from './trial-log.ts'
import { bestFirst, Trials, type Run, type Setting } from './trials.ts'
import type { ResolvedTune } from './tune-options.ts'
import { ValidationBench, type MeanScores } from './validation-bench.ts'

/** A recipe as options of a recommender. */
export interface RecipeOptions {
  readonly method: 'graph-filter'
  readonly recipe: Recipe
}

/** What the search of a recipe found. Scores of trials are half recall, half NDCG, of lists among candidates. */
export interface RecipeTuning extends Search<RecipeOptions> {
  readonly search: 'recipe'
  readonly method: 'graph-filter'
  /** NDCG of the recipe that was judged (`best`, where that is no default) less that of the default, paired by user, for users that the search did not see. */
  readonly gain: PairedBootstrap
  /** How far `best` is from the default to the best recipe found: 1 is that itself, 0 the default. */
  readonly share: number
  /** Of `best`, for the same users. */
  readonly scores: MeanScores
  readonly defaultScores: MeanScores
  readonly validation: Validation
  /** Tuned by the users that the search of the recipe saw, with scores of the others; best first. */
  readonly baselines: readonly TunedBaseline[]
  /** Baselines that were asked for, and not tuned. */
  readonly leftOut: readonly BaselineLeftOut[]
}

/** Parts of the search; each begins with fresh candidates from the best recipe so far, and moves half as far. */
const PARTS = 3

/** Some users find a recipe, the one of those tried that ranks best for them; others say how far to go from the default to it. */
export function* searchRecipe(source: Source, options: ResolvedTune<'recipe'>, run: Run): Detached<RecipeTuning> {
  const opened = yield* openForRecipe(source, options, run)
  return yield* on(opened.held.network, chooseRecipe(opened, options, run))
}

function* openForRecipe(source: Source, options: ResolvedTune<'recipe'>, run: Run): Sliced<HeldOut> {
  const { who, memoryLimitBytes } = run
  const { validation, weighted = false, signals = null } = options
  const reading = { weighted, signals, memoryLimitBytes }
  if (validation !== 'auto' && validation !== 'random')
    return yield* openHeldOut(who, source, { ...options, ...reading })
  const network = run.network ?? (yield* openInSlices(who, source, { ...reading, direction: 'both' }))
  const held = yield* holdOutFor(who, network, { ...options, validation: null })
  return { by: 'random', held, data: yield* factsOf(held) }
}

/** What tells these data from others. */
function* factsOf({ network, indices }: HoldOut): Sliced<object> {
  const { rowCount, columnCount, nnz, ...matrix } = yield* network.rows.whole()
  const hashes = yield* hashesInSlices([matrix.indptr, matrix.indices, matrix.data, indices])
  return { users: rowCount, items: columnCount, pairs: nnz, heldOut: indices.length, hashes }
}

/** Chooses a recipe and tunes the baselines on what is held out. */
export function* chooseRecipe(
  opened: HeldOut,
  options: ResolvedTune<'recipe'>,
  given: Setting,
): Algorithm<RecipeTuning> {
  const { by, held, data } = opened
  const { k, seed, trials, baselineTrials, validationUsers, heldOutShare, log } = options
  // As many decide as are asked for, and half as many search: that is what costs.
  const most = Math.ceil(1.5 * validationUsers)
  const [searching, deciding] = new ValidationBench(given.who, held, { k, seed, validationUsers: most }).parts()
  const asked = options.baselines.map((method) => ({ method, why: whyLeftOut(method, held.network) }))
  const names = asked.filter(({ why }) => why === null).map(({ method }) => method)
  const { weighted, signals } = held.network.weighing
  const facts = { search: 'recipe', by, heldOutShare, k, validationUsers, trials, seed, weighted, signals, data }
  const memoryOf = log && readLog(given.who, log, facts)
  const baselines: TunedBaseline[] = []
  const total = trials + names.length
  const done = (): number => kept.all.length + baselines.length
  let stopped: RecipeTuning['stopped'] = 'trials'
  const goOn = (): boolean => {
    const more = given.goOn(done(), total)
    if (!more) stopped = 'budget'
    return more
  }
  const setting = { ...given, goOn }
  const kept = new Trials<RecipeOptions>(setting, memoryOf && memoryOf(''), { total, givenFirst: true })
  const found = yield* climbInParts(searching, kept, options, goOn)
  const { recipe, ...decided } = yield* shrink(found, deciding, { k, seed, by })
  for (const name of names) {
    if (!goOn()) break
    const memory = memoryOf && memoryOf<MethodOptions>(name)
    baselines.push(
      yield* tuneBaseline(name, { searching, deciding }, { trials: baselineTrials, seed, setting, memory }),
    )
  }
  given.goOn(done(), total)
  return {
    search: 'recipe',
    method: 'graph-filter',
    best: asOptions(recipe),
    ...decided,
    validation: validationOf(opened, deciding.users.length),
    trials: bestFirst(kept.all),
    stopped,
    baselines: baselines.sort((a, b) => b.ndcg - a.ndcg),
    leftOut: asked
      .map(({ method, why }) => ({ method, why: why ?? 'the budget was spent' }))
      .filter(({ method }) => !baselines.some((tuned) => tuned.method === method)),
  }
}

const asOptions = (recipe: Recipe): RecipeOptions => ({ method: 'graph-filter', recipe })

/** Climbs in parts: the candidates of a poor recipe hide what a better one would find. */
function* climbInParts(
  bench: ValidationBench,
  kept: Trials<RecipeOptions>,
  { trials: all, seed }: ResolvedTune<'recipe'>,
  goOn: () => boolean,
): Algorithm<Recipe> {
  const random = seededRandom(seed)
  const near = (point: ClimbPoint, stride: number): ClimbPoint => movedCostly(point, random, stride)
  let best: Recipe | null = null
  for (let part = 0; part < PARTS; part++) {
    const trials = Math.floor((all * (part + 1)) / PARTS) - Math.floor((all * part) / PARTS)
    if (trials === 0 || (best !== null && !goOn())) continue
    const objectiveOf = onceNear(bench, best ?? DEFAULT_RECIPE)
    const starts: readonly ClimbPoint[] = (best === null ? STARTS : [best]).map(pointOf)
    const request = { starts, trials, near, strideOf: () => 0.5 ** part, goOn }
    const found = yield* climbFrom(request, function* (from, stride) {
      const moves = drawFreeMoves(random, stride)
      const question = { trial: kept.all.length, options: asOptions(recipeOf(from)), resource: bench.users.length }
      const { trial, state } = yield* kept.run(question, function* () {
        const { place, value } = yield* climbFreely(yield* objectiveOf(), from, moves)
        return { score: value, options: asOptions(recipeOf(place)), state: place }
      })
      return trial.score === null ? null : { place: state as ClimbPoint, value: trial.score }
    })
    if (found !== null) best = recipeOf(found.place)
  }
  return best ?? DEFAULT_RECIPE
}

/** The objective near a recipe, made when it is first asked for: a part whose trials are all recalled needs none. */
function onceNear(bench: ValidationBench, recipe: Recipe): () => Algorithm<RecipeObjective> {
  let objective: RecipeObjective | null = null
  return function* () {
    objective ??= yield* bench.objectiveNear(recipe)
    return objective
  }
}
