/** Searches a recipe: climbs over recipes of one low-pass, on users probed once per choice of exponents, and tunes baselines for comparison. */
import type { Detached } from '../request/request.ts'
import type { TimedRows } from '../data/timed-rows.ts'
import { tellOrder } from '../data/time-units.ts'
import type { PairedBootstrap } from '../evaluate/significance.ts'
import { openInSlices, type Source } from '../network/open.ts'
import type { MethodOptions } from '../recommend/methods/methods.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import type { KnownRule } from '../recommend/recency.ts'
import { hashesInSlices } from '../support/content-hash.ts'
import type { Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { tuneBaseline, whyLeftOut, type BaselineLeftOut, type TunedBaseline } from './baselines.ts'
import { decide, type Decision } from './decision.ts'
import { holdOutFor, type HoldOut, type Validation } from './hold-out.ts'
import { Race } from './race.ts'
import { chooseRecency, type RecencyQuestion, type RecencyTuning } from './recency-search.ts'
import { climbFrom, drawFreeMoves, movedCostly, pointOf, recipeOf, STARTS, type ClimbPoint } from './recipe-climb.ts'
import { RollingBench } from './rolling-bench.ts'
import type { Search } from './search.ts'
import { shrink, type Shrunk } from './shrinkage.ts'
import { readLog } from './trial-log.ts'
import { bestFirst, Trials, type Run, type Setting } from './trials.ts'
import type { ResolvedTune } from './tune-options.ts'
import type { MeanScores } from './user-scores.ts'
import type { BenchOptions } from './validation-bench.ts'
import { openHeldOut, validationOf, type HeldOut } from './validation-windows.ts'
import { chooseValues, type AverageTuning, type ProfileTuning } from './value-search.ts'

/** A recipe as options of a recommender, with a recency rule if it is not 'auto'. */
export interface RecipeOptions {
  readonly method: 'graph-filter'
  readonly recipe: Recipe
  readonly recency?: KnownRule
  /** Set if the last items of a profile count more. */
  readonly profileHalfLife?: number
}

/** Result of the search for a recipe. Scores of trials are half recall, half NDCG, of lists among candidates. */
export interface RecipeTuning extends Search<RecipeOptions> {
  readonly search: 'recipe'
  readonly method: 'graph-filter'
  /** NDCG of the evaluated options (`best`, unless that is the default) minus that of the default, paired by user, for users that took no part in the search. */
  readonly gain: PairedBootstrap
  /** How far the recipe of `best` lies from the default to the best one found: 1 is the one found, 0 the default. */
  readonly share: number
  /** How much recent interactions count; `null` if that was not searched, because the held-out data are not later or the budget was spent. */
  readonly recency: RecencyTuning | null
  /** Whether the last items of a profile count more; `null` as above. */
  readonly profile: ProfileTuning | null
  /** Whether the average user counts more or less than the shares found in the past; `null` as above. */
  readonly average: AverageTuning | null
  /** Accuracy of `best`, for the same users. */
  readonly scores: MeanScores
  readonly defaultScores: MeanScores
  readonly validation: Validation
  /** Tuned on the users of the search, with scores of the deciding users; best first. */
  readonly baselines: readonly TunedBaseline[]
  /** Requested baselines that were not tuned. */
  readonly leftOut: readonly BaselineLeftOut[]
}

/** Parts of the search; each begins with new candidates by the best recipe so far, and halves the moves. */
const PARTS = 3

/** Some users select the recipe that ranks best for them; the others decide how far to go from the default to it. */
export function* searchRecipe(source: Source, options: ResolvedTune<'recipe'>, run: Run): Detached<RecipeTuning> {
  const { opened, times } = yield* openForRecipe(source, options, run)
  return yield* chooseRecipe(opened, times, options, run)
}

function* openForRecipe(
  source: Source,
  options: ResolvedTune<'recipe'>,
  run: Run,
): Sliced<{ readonly opened: HeldOut; readonly times: TimedRows | null }> {
  const { who, memoryLimitBytes } = run
  const { validation, weighted = false, signals = null } = options
  const reading = { weighted, signals, memoryLimitBytes }
  const network = run.network ?? (yield* openInSlices(who, source, { ...reading, direction: 'both', needsSides: true }))
  const isTimed = network.times?.fromAllTimes === false && (yield* tellOrder(network.times.time))
  const times = isTimed ? network.times : null
  if (validation === 'random' || (validation === 'auto' && times === null)) {
    const held = yield* holdOutFor(who, network, { ...options, validation: null })
    const windows = [{ ...held, span: null }]
    return { opened: { by: 'random', windows, seenPairs: 0, data: yield* factsOf(held) }, times: null }
  }
  const opened = yield* openHeldOut(who, source, { ...options, ...reading })
  return { opened, times: opened.by === 'leave-last-out' ? null : times }
}

/** Identifies these data in the log. */
function* factsOf({ network, indices }: HoldOut): Sliced<object> {
  const { rowCount, columnCount, nnz, ...matrix } = yield* network.rows.whole()
  const hashes = yield* hashesInSlices([matrix.indptr, matrix.indices, matrix.data, indices])
  return { users: rowCount, items: columnCount, pairs: nnz, heldOut: indices.length, hashes }
}

/** Chooses a recipe and tunes the baselines on held-out data. */
export function* chooseRecipe(
  opened: HeldOut,
  times: TimedRows | null,
  options: ResolvedTune<'recipe'>,
  given: Setting,
): Detached<RecipeTuning> {
  const { who } = given
  const { by, windows, data } = opened
  const { network } = windows[windows.length - 1]
  const { k, seed, trials, baselineTrials, validationUsers, heldOutShare, log } = options
  // `validationUsers` users decide, and half as many search, which is the costly part.
  const most = Math.ceil(1.5 * validationUsers)
  const [searching, deciding] = RollingBench.draw(who, windows, { k, seed, validationUsers: most }).parts()
  const asked = options.baselines.map((method) => ({ method, why: whyLeftOut(method, network) }))
  const names = asked.filter(({ why }) => why === null).map(({ method }) => method)
  const { weighted, signals } = network.weighing
  const facts = { search: 'recipe', by, heldOutShare, k, validationUsers, trials, seed, weighted, signals, data }
  const memoryOf = log && readLog(who, log, facts)
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
  const shrunk = yield* shrink(found, deciding, { k, seed, by })
  const decided = yield* withTimes(shrunk, { searching, deciding, times: goOn() ? times : null }, { who, k, seed })
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
    ...decided,
    validation: validationOf(opened, deciding.examplesOfWindows),
    trials: bestFirst(kept.all),
    stopped,
    baselines: baselines.sort((a, b) => b.ndcg - a.ndcg),
    leftOut: asked
      .map(({ method, why }) => ({ method, why: why ?? 'the budget was spent' }))
      .filter(({ method }) => !baselines.some((tuned) => tuned.method === method)),
  }
}

type Decided = Decision & Pick<RecipeTuning, 'best' | 'share' | 'recency' | 'profile' | 'average'>

/** Decides on recency, the order of profiles and the average user for the recipe that was decided on. @param times `null` to leave these as they are */
function* withTimes(
  { recipe, share, perUser, ...decided }: Shrunk,
  { times, ...benches }: Pick<RecencyQuestion, 'searching' | 'deciding'> & { readonly times: TimedRows | null },
  { who, ...options }: Pick<BenchOptions, 'k' | 'seed'> & { readonly who: string },
): Detached<Decided> {
  const kept = { ...decided, best: asOptions(recipe), share, recency: null, profile: null, average: null }
  if (times === null) return kept
  const chosen = yield* chooseRecency(who, { ...benches, recipe, byAuto: perUser.best, times }, options)
  if (chosen === null) return kept
  const { scores: byRule, recencyAt, ...recency } = chosen
  const asked = { ...benches, recipe, recencyAt, before: byRule }
  const { profile, average, scores } = yield* chooseValues(asked, options)
  if (scores === perUser.best) return { ...kept, recency, profile, average }
  const all = yield* decide(scores, perUser.byDefault, options)
  // Each step was significantly better than the one before; together they may still not be better than the defaults.
  if (all.decision === 'default')
    return {
      ...kept,
      recency: { ...recency, recency: 'auto', share: 0 },
      profile: { ...profile, profileHalfLife: null },
      average: { ...average, averageShare: null },
    }
  const best = {
    ...asOptions({ ...recipe, averageShare: average.averageShare }),
    ...(recency.recency !== 'auto' && { recency: recency.recency }),
    ...(profile.profileHalfLife !== null && { profileHalfLife: profile.profileHalfLife }),
  }
  return { ...all, best, share, recency, profile, average }
}

const asOptions = (recipe: Recipe): RecipeOptions => ({ method: 'graph-filter', recipe })

/** Climbs in parts, because the candidates of a poor recipe lack items that a better one would find. */
function* climbInParts(
  bench: RollingBench,
  kept: Trials<RecipeOptions>,
  { trials: all, seed }: ResolvedTune<'recipe'>,
  goOn: () => boolean,
): Detached<Recipe> {
  const random = seededRandom(seed)
  const near = (point: ClimbPoint, stride: number): ClimbPoint => movedCostly(point, random, stride)
  let best: Recipe | null = null
  for (let part = 0; part < PARTS; part++) {
    const trials = Math.floor((all * (part + 1)) / PARTS) - Math.floor((all * part) / PARTS)
    if (trials === 0 || (best !== null && !goOn())) continue
    const stride = 0.5 ** part
    const race = new Race(bench, best ?? DEFAULT_RECIPE, drawFreeMoves(random, stride))
    const starts: readonly ClimbPoint[] = (best === null ? STARTS : [best]).map(pointOf)
    const request = { starts, trials, near, strideOf: () => stride, goOn }
    const found = yield* climbFrom(request, function* (from) {
      const moves = drawFreeMoves(random, stride)
      const question = { trial: kept.all.length, options: asOptions(recipeOf(from)), resource: bench.examples }
      const { trial, state } = yield* kept.run(question, function* () {
        const { place, value, users } = yield* race.run(from, moves)
        return { score: value, options: asOptions(recipeOf(place)), state: place, resource: users }
      })
      if (trial.score === null || trial.resource < bench.examples) return null
      const standing = { place: state as ClimbPoint, value: trial.score }
      race.settle(standing)
      return standing
    })
    if (found !== null) best = recipeOf(found.place)
  }
  return best ?? DEFAULT_RECIPE
}
