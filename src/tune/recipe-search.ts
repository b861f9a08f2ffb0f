/** The search of a recipe: climbs over those of one low-pass, on users that are probed once a choice of exponents, and the baselines tuned beside it. */
import { on, type Algorithm, type Detached } from '../request/request.ts'
import type { PairedBootstrap } from '../evaluate/significance.ts'
import { openInSlices, type Source } from '../network/open.ts'
import type { MethodOptions } from '../recommend/methods/methods.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import { hashesInSlices } from '../support/content-hash.ts'
import type { Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { takesBaseline, tuneBaseline, type TunedBaseline } from './baselines.ts'
import { holdOutFor, openHeldOut, validationOf, type HeldOut, type HoldOut, type Validation } from './hold-out.ts'
import {
  climbFreely,
  climbFrom,
  drawFreeMoves,
  halfway,
  movedCostly,
  pointOf,
  recipeOf,
  STARTS,
  type ClimbPoint,
  type RecipeObjective,
} from './recipe-climb.ts'
import type { Search } from './search.ts'
import { readLog } from './trial-log.ts'
import { bestFirst, Trials, type Run, type Setting } from './trials.ts'
import type { ResolvedTune } from './tune-options.ts'
import { decide, ValidationBench, type MeanScores } from './validation-bench.ts'

/** A recipe as options of a recommender. */
export interface RecipeOptions {
  readonly method: 'graph-filter'
  readonly recipe: Recipe
}

/** What the search of a recipe found. Scores of trials are half recall, half NDCG, of lists among candidates. */
export interface RecipeTuning extends Search<RecipeOptions> {
  readonly search: 'recipe'
  readonly method: 'graph-filter'
  /** NDCG of the recipe that was validated (half-way to the best one found, or that itself where validation is no random share) less that of the default, paired by user. */
  readonly gain: PairedBootstrap
  /** Of `best`. */
  readonly scores: MeanScores
  readonly defaultScores: MeanScores
  readonly validation: Validation
  /** Tuned on the same validation users, best first. */
  readonly baselines: readonly TunedBaseline[]
}

/** Parts of the search; each begins with fresh candidates from the best recipe so far, and moves half as far. */
const PARTS = 3

/**
 * Of the recipes tried the one that ranks what is held out best is found. Where that is a random share, the recipe half-way between it and the default is
 * validated: half of what a random share asks for is safer than all. It is the answer if it beats the default by more than chance, paired by user.
 */
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
  const bench = new ValidationBench(given.who, held, options)
  const names = options.baselines.filter((name) => takesBaseline(name, bench, held.network.signed))
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
  const best = yield* climbInParts(bench, kept, options, goOn)
  const validated = by === 'random' ? halfway(DEFAULT_RECIPE, best) : best
  const byDefault = yield* bench.ask('graph-filter', { recipe: DEFAULT_RECIPE })
  const byFound = yield* bench.ask('graph-filter', { recipe: validated })
  const decided = yield* decide(byFound, byDefault, options)
  for (const name of names) {
    if (!goOn()) break
    const memory = memoryOf && memoryOf<MethodOptions>(name)
    baselines.push(yield* tuneBaseline(name, bench, { trials: baselineTrials, seed, setting, memory }))
  }
  given.goOn(done(), total)
  return {
    search: 'recipe',
    method: 'graph-filter',
    best: asOptions(decided.decision === 'tuned' ? validated : DEFAULT_RECIPE),
    ...decided,
    validation: validationOf(opened, bench.users.length),
    trials: bestFirst(kept.all),
    stopped,
    baselines: baselines.sort((a, b) => b.ndcg - a.ndcg),
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
