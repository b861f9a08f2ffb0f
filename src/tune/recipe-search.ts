/** The search of a recipe: climbs over those of one low-pass, on users that are probed once a choice of exponents, and the baselines tuned beside it. */
import { on, type Algorithm, type Detached } from '../request/request.ts'
import { bootstrapInSlices, type PairedBootstrap } from '../evaluate/significance.ts'
import { openInSlices, type Source } from '../network/open.ts'
import type { MethodOptions } from '../recommend/methods/methods.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import { hashInSlices } from '../support/content-hash.ts'
import type { Sliced } from '../support/pause.ts'
import { seededRandom, type Random } from '../support/random.ts'
import { takesBaseline, tuneBaseline, type TunedBaseline } from './baselines.ts'
import { holdOutFor, type HoldOut } from './hold-out.ts'
import type { Run, Validation } from './objective.ts'
import {
  climb,
  halfway,
  recipeOf,
  searchRecipes,
  STARTS,
  type Climb,
  type ClimbPoint,
  type RecipeObjective,
  type Standing,
} from './recipe-climb.ts'
import { bestFirst, type Search } from './search.ts'
import { readLog } from './trial-log.ts'
import { Trials, isRefusal, type Setting } from './trials.ts'
import type { ResolvedTune } from './tune-options.ts'
import { mean, meanScores, ValidationBench, type MeanScores } from './validation-bench.ts'
import { openHeldOut, type HeldOut } from './validation-choice.ts'

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
  return yield* on(opened.held.network, chooseRecipe(opened, options, run.setting))
}

function* openForRecipe(source: Source, options: ResolvedTune<'recipe'>, run: Run): Sliced<HeldOut> {
  const { who } = run.setting
  const { validation, heldOutShare, seed, weighted = false, signals = null } = options
  const { memoryLimitBytes } = run
  if (validation !== 'auto' && validation !== 'random')
    return yield* openHeldOut(who, source, { ...options, weighted, signals, memoryLimitBytes })
  const reading = { weighted, signals, direction: 'both', memoryLimitBytes } as const
  const network = run.network ?? (yield* openInSlices(who, source, reading))
  const held = yield* holdOutFor(who, network, { validation: null, heldOutShare, seed })
  return { by: 'random', held, data: yield* factsOf(held) }
}

/** What tells these data from others. */
function* factsOf({ network, indices }: HoldOut): Sliced<object> {
  const { rowCount, columnCount, nnz, ...matrix } = yield* network.rows.whole()
  const hashes: (string | null)[] = []
  for (const part of [matrix.indptr, matrix.indices, matrix.data, indices]) hashes.push(yield* hashInSlices(part))
  return { users: rowCount, items: columnCount, pairs: nnz, heldOut: indices.length, hashes }
}

/** Chooses a recipe and tunes the baselines on what is held out. */
export function* chooseRecipe(
  { by, held, data }: HeldOut,
  options: ResolvedTune<'recipe'>,
  given: Setting,
): Algorithm<RecipeTuning> {
  const { who } = given
  const { k, seed, trials, baselineTrials, validationUsers, heldOutShare, log } = options
  const bench = new ValidationBench(who, held, options)
  const names = options.baselines.filter((name) => takesBaseline(name, bench, held.network.signed))
  const { weighted, signals } = held.network.weighing
  const facts = { search: 'recipe', by, heldOutShare, k, validationUsers, trials, seed, weighted, signals, data }
  const memoryOf = log && readLog(who, log, facts)
  const total = trials + names.length
  let done = 0
  let stopped: RecipeTuning['stopped'] = 'trials'
  const goOn = (): boolean => {
    const more = given.goOn(done, total)
    if (!more) stopped = 'budget'
    return more
  }
  const setting = { ...given, goOn }
  // The first candidate is the default: what is refused there is the caller's.
  const kept = new Trials<RecipeOptions>(
    { ...setting, isOfTrial: (error) => done > 0 && isRefusal(error) },
    memoryOf && memoryOf(''),
  )
  const attempt = function* (
    climbing: Climb,
    objectiveOf: () => Algorithm<RecipeObjective>,
  ): Algorithm<Standing | null> {
    const question = { trial: done, options: asOptions(recipeOf(climbing.from)), resource: bench.users.length }
    const { trial, state } = yield* kept.run(question, function* () {
      const { point, value } = yield* climb(yield* objectiveOf(), climbing)
      return { score: value, options: asOptions(recipeOf(point)), state: point }
    })
    done++
    return trial.score === null ? null : { point: state as ClimbPoint, value: trial.score }
  }
  const best = yield* climbInParts(bench, attempt, { trials, random: seededRandom(seed), goOn })
  const byDefault = yield* bench.ask('graph-filter', { recipe: DEFAULT_RECIPE })
  const validated = by === 'random' ? halfway(DEFAULT_RECIPE, best) : best
  const byFound = yield* bench.ask('graph-filter', { recipe: validated })
  const gain = yield* bootstrapInSlices(byFound.ndcg, byDefault.ndcg, { seed })
  const better = gain.low > 0
  const baselines: TunedBaseline[] = []
  for (const name of names) {
    if (!goOn()) break
    const memory = memoryOf && memoryOf<MethodOptions>(name)
    baselines.push(yield* tuneBaseline(name, bench, { trials: baselineTrials, seed, setting, memory }))
    done++
  }
  given.goOn(done, total)
  const winner = better ? byFound : byDefault
  return {
    search: 'recipe',
    method: 'graph-filter',
    best: asOptions(better ? validated : DEFAULT_RECIPE),
    decision: better ? 'tuned' : 'default',
    metric: `ndcg@${k}`,
    score: mean(winner.ndcg),
    defaultScore: mean(byDefault.ndcg),
    gain,
    scores: meanScores(winner),
    defaultScores: meanScores(byDefault),
    validation: { by, examples: bench.users.length, heldOut: held.indices.length, seenPairs: held.seenPairs },
    trials: [...kept.all].sort(bestFirst({ better: 'higher' })),
    stopped,
    baselines: baselines.sort((a, b) => b.ndcg - a.ndcg),
  }
}

const asOptions = (recipe: Recipe): RecipeOptions => ({ method: 'graph-filter', recipe })

/** Climbs in parts: the candidates of a poor recipe hide what a better one would find. */
function* climbInParts(
  bench: ValidationBench,
  attempt: (climbing: Climb, objectiveOf: () => Algorithm<RecipeObjective>) => Algorithm<Standing | null>,
  { trials: all, random, goOn }: { readonly trials: number; readonly random: Random; readonly goOn: () => boolean },
): Algorithm<Recipe> {
  let best: Recipe | null = null
  for (let part = 0; part < PARTS; part++) {
    const trials = Math.floor((all * (part + 1)) / PARTS) - Math.floor((all * part) / PARTS)
    if (trials === 0 || (best !== null && !goOn())) continue
    const objectiveOf = onceNear(bench, best ?? DEFAULT_RECIPE)
    const starts: readonly Recipe[] = best === null ? STARTS : [best]
    const request = { starts, trials, random, stride: 0.5 ** part, goOn }
    const found: Standing | null = yield* searchRecipes((climbing) => attempt(climbing, objectiveOf), request)
    if (found !== null) best = recipeOf(found.point)
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
