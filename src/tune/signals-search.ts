/** The search of what signals weigh: a climb over weights, transforms, half-lives and the recipe on half of the validation users; the others validate. */
import type { Detached } from '../request/request.ts'
import { describeInSlices } from '../data/infer-signals.ts'
import type { Interactions } from '../data/interactions.ts'
import type { SignalTransform } from '../data/signal-transforms.ts'
import { bootstrapInSlices, type PairedBootstrap } from '../evaluate/significance.ts'
import type { Source } from '../network/open.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import { RivuletError, show } from '../support/errors.ts'
import { PAUSE, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import type { Run, Validation } from './objective.ts'
import { climb, climbFrom, pointOf, recipeOf } from './recipe-climb.ts'
import type { RecipeOptions } from './recipe-search.ts'
import { bestFirst, type Search } from './search.ts'
import { movedPoint, type FullRules, type SignalChoices, type SignalPoint } from './signal-moves.ts'
import { SignalObjective } from './signal-objective.ts'
import { readLog, type Trial } from './trial-log.ts'
import { isRefusal, Trials } from './trials.ts'
import type { ResolvedTune } from './tune-options.ts'
import { mean, meanScores, type MeanScores, type UserScores } from './validation-bench.ts'

/** What the search of signals found. Scores of trials are half recall, half NDCG, of lists among candidates, for the users that are searched on. */
export interface SignalsTuning extends Search<RecipeOptions & { readonly signals: FullRules | null }, SignalPoint> {
  readonly search: 'signals'
  readonly method: 'graph-filter'
  /** NDCG of the best weights found less that of the graph without weights, paired by user, for users that the search did not see. */
  readonly gain: PairedBootstrap
  /** Of `best`, for the same users. */
  readonly scores: MeanScores
  /** Of the graph without weights, by the default recipe. */
  readonly defaultScores: MeanScores
  readonly validation: Validation
  /** The signals that say what is to be found. */
  readonly labels: readonly string[]
}

export function* searchSignals(source: Source, options: ResolvedTune<'signals'>, run: Run): Detached<SignalsTuning> {
  const { setting, memoryLimitBytes } = run
  const { who } = setting
  const asked = { ...options, signals: options.signals ?? 'auto', memoryLimitBytes } as const
  const objective = yield* SignalObjective.open(who, source, asked, (rules) => labelsOf(who, rules, options.labels))
  const { held, labels } = objective
  const [kept, stopped] = yield* climbSignals(objective, options, run)
  const [{ options: found }] = [...kept].sort(bestFirst({ better: 'higher' }))
  const half = options.validationUsers >> 1
  const scoresOf = (signals: FullRules | null, recipe: Recipe): Detached<UserScores> =>
    objective.ask(signals, held.validate, half, (bench) => bench.ask('graph-filter', { recipe }))
  const learnt = yield* scoresOf(found.signals, found.recipe)
  const byDefault = yield* scoresOf(null, DEFAULT_RECIPE)
  const gain = yield* bootstrapInSlices(learnt.ndcg, byDefault.ndcg, { seed: options.seed })
  const better = gain.low > 0
  const winner = better ? learnt : byDefault
  return {
    search: 'signals',
    method: 'graph-filter',
    best: { method: 'graph-filter', ...(better ? found : { signals: null, recipe: DEFAULT_RECIPE }) },
    decision: better ? 'tuned' : 'default',
    metric: `ndcg@${options.k}`,
    score: mean(winner.ndcg),
    defaultScore: mean(byDefault.ndcg),
    gain,
    scores: meanScores(winner),
    defaultScores: meanScores(byDefault),
    validation: objective.validation(held.validate, learnt.ndcg.length),
    trials: [...kept].sort(bestFirst({ better: 'higher' })),
    stopped,
    labels,
  }
}

/** Climbs from the given rules and the default recipe; moves shorten to a quarter. At least one trial. */
function* climbSignals(
  objective: SignalObjective,
  { trials: all, seed, log, validationUsers }: ResolvedTune<'signals'>,
  { setting }: Run,
): Detached<readonly [readonly Trial<SignalPoint>[], SignalsTuning['stopped']]> {
  const { rules, held } = objective
  const choices = yield* choicesOf(objective.table, rules)
  const facts = { search: 'signals', ...objective.facts, validationUsers, trials: all }
  const memory = log && readLog(setting.who, log, facts)<SignalPoint>('')
  // The first candidate is what the caller gave: what is refused there is not the search's to pass over.
  const isOfTrial = (error: unknown): boolean => trials.all.length > 0 && isRefusal(error)
  const trials = new Trials<SignalPoint>({ ...setting, isOfTrial }, memory)
  const random = seededRandom(seed)
  const half = validationUsers >> 1
  let best: Trial<SignalPoint> | null = null
  for (let number = 0; number < all; number++) {
    if (number > 0 && !setting.goOn(number, all)) return [trials.all, 'budget']
    const stride = 0.25 ** (number / all)
    const from: SignalPoint =
      best === null ? { signals: rules, recipe: DEFAULT_RECIPE } : movedPoint(best.options, choices, random, stride)
    const climbing = climbFrom(pointOf(from.recipe), random, stride)
    const question = { trial: number, options: from, resource: half }
    const { trial }: { trial: Trial<SignalPoint> } = yield* trials.run(question, function* () {
      const { point, value } = yield* objective.ask(from.signals, held.search, half, function* (bench) {
        return yield* climb(yield* bench.objectiveNear(from.recipe), climbing)
      })
      return { score: value, options: { ...from, recipe: recipeOf(point) } }
    })
    if ((trial.score ?? -Infinity) > (best?.score ?? -Infinity)) best = trial
  }
  setting.goOn(all, all)
  return [trials.all, 'trials']
}

function labelsOf(who: string, signals: FullRules, given: readonly string[] | undefined): readonly string[] {
  const unknown = given?.find((name) => !Object.hasOwn(signals, name))
  if (unknown !== undefined) {
    const todo = 'Name signals that take part.'
    const expected = `labels among ${Object.keys(signals).map(show).join(', ')}`
    throw new RivuletError('INVALID_OPTION', { who: `${who}, option 'labels'`, expected, got: show(unknown), todo })
  }
  const found = Object.keys(signals).filter((name) => signals[name].weight > 0)
  const outright = found.filter((name) => signals[name].role === 'label')
  return given ?? (outright.length > 0 ? outright : found)
}

/** Other transforms where values differ, and spans of the table's time. */
function* choicesOf(table: Interactions, signals: FullRules): Sliced<SignalChoices> {
  const found = new Map((yield* describeInSlices(table)).map((description) => [description.name, description]))
  const known = table.time?.filter((time) => !Number.isNaN(time)).sort() ?? new Float64Array(0)
  yield PAUSE
  const span = known.length > 0 ? known[known.length - 1] - known[0] : 0
  const halfLives = span > 0 ? [null, span, span / 4, span / 16] : [null]
  return Object.fromEntries(
    Object.entries(signals).map(([name, { transform, role }]) => {
      const { smallest = 1, largest = 1 } = found.get(name) ?? {}
      const other: readonly SignalTransform[] = [
        ...(smallest < largest ? (['binary', 'rank'] as const) : []),
        ...(smallest < largest && smallest >= 0 ? (['log1p', 'bm25'] as const) : []),
        ...(smallest < largest && role === 'label' ? (['centred'] as const) : []),
      ]
      return [name, { transforms: [...new Set([transform, ...other])], halfLives }]
    }),
  )
}
