/**
 * Searches the weights of signals: a seeded climb on half of the validation users; the others validate.
 *
 * A trial moves one or two of: log2 of a signal's weight, its transform, its half-life, and the exponents inside the operator. Each trial builds a matrix,
 * then climbs over the numbers that cost nothing (cut, order, popularity exponent), as in the search for a recipe.
 */
import type { Detached } from '../request/request.ts'
import { describeInSlices } from '../data/infer-signals.ts'
import type { Interactions } from '../data/interactions.ts'
import type { ResolvedRule } from '../data/signal-rules.ts'
import type { SignalTransform } from '../data/signal-transforms.ts'
import type { PairedBootstrap } from '../evaluate/significance.ts'
import type { Source } from '../network/open.ts'
import { DEFAULT_RECIPE, type Recipe } from '../recommend/methods/recipe.ts'
import { show } from '../support/errors.ts'
import { PAUSE, type Sliced } from '../support/pause.ts'
import { seededRandom, type Random } from '../support/random.ts'
import type { Validation } from './hold-out.ts'
import {
  climbFreely,
  climbFrom,
  drawFreeMoves,
  EXPONENTS,
  gaussian,
  movedAlong,
  oneOrTwo,
  pointOf,
  recipeOf,
} from './recipe-climb.ts'
import type { RecipeOptions } from './recipe-search.ts'
import type { Search } from './search.ts'
import { digits } from './search-space.ts'
import { openSignals, type FullRules, type SignalObjective } from './signal-objective.ts'
import { readLog } from './trial-log.ts'
import { bestFirst, Trials, type Run } from './trials.ts'
import type { ResolvedTune } from './tune-options.ts'
import { decide } from './decision.ts'
import type { MeanScores, UserScores } from './user-scores.ts'
import { refusedOption } from '../support/options.ts'
import { spanOf } from './validation-windows.ts'

/** A point of the search. */
export interface SignalPoint {
  readonly signals: FullRules
  readonly recipe: Recipe
}

/** Result of the search for signal weights. Scores of trials are half recall, half NDCG, of lists among candidates, for the users of the search. */
export interface SignalsTuning extends Search<RecipeOptions & { readonly signals: FullRules | null }, SignalPoint> {
  readonly search: 'signals'
  readonly method: 'graph-filter'
  /** NDCG of the best weights found minus that of the unweighted graph, paired by user, for users that took no part in the search. */
  readonly gain: PairedBootstrap
  /** Accuracy of `best`, for the same users. */
  readonly scores: MeanScores
  /** Accuracy of the unweighted graph with the default recipe. */
  readonly defaultScores: MeanScores
  readonly validation: Validation
  /** The signals to predict. */
  readonly labels: readonly string[]
}

export function* searchSignals(source: Source, options: ResolvedTune<'signals'>, run: Run): Detached<SignalsTuning> {
  const objective = yield* openSignals(source, options, run, (rules) => labelsOf(run.who, rules, options.labels))
  const { labels, held } = objective
  const { by, seenPairs, validate } = held
  const { all, stopped } = yield* climbSignals(objective, options, run)
  const trials = bestFirst(all)
  const [{ options: found }] = trials
  const scoresOf = (signals: FullRules | null, recipe: Recipe): Detached<UserScores> =>
    objective.ask(signals, validate, options.validationUsers >> 1, (bench) => bench.ask('graph-filter', { recipe }))
  const learnt = yield* scoresOf(found.signals, found.recipe)
  const byDefault = yield* scoresOf(null, DEFAULT_RECIPE)
  const decided = yield* decide(learnt, byDefault, options)
  const best = decided.decision === 'tuned' ? found : { signals: null, recipe: DEFAULT_RECIPE }
  return {
    search: 'signals',
    method: 'graph-filter',
    best: { method: 'graph-filter', ...best },
    ...decided,
    validation: { by, examples: learnt.ndcg.length, heldOut: validate.length, seenPairs },
    ...{ trials, stopped, labels },
  }
}

/** Climbs from the given rules and the default recipe; moves shrink to a quarter. At least one trial. */
function* climbSignals(
  { table, rules, held, facts, ask }: SignalObjective,
  { trials: total, seed, log, validationUsers }: ResolvedTune<'signals'>,
  run: Run,
): Detached<Trials<SignalPoint>> {
  const choices = yield* choicesOf(table, rules)
  const header = { search: 'signals', ...facts, validationUsers, trials: total }
  const memory = log && readLog(run.who, log, header)<SignalPoint>('')
  const trials = new Trials<SignalPoint>(run, memory, { total, givenFirst: true })
  const random = seededRandom(seed)
  const half = validationUsers >> 1
  const request = {
    starts: [{ signals: rules, recipe: DEFAULT_RECIPE }],
    trials: total,
    near: (point: SignalPoint, stride: number) => movedPoint(point, choices, random, stride),
    strideOf: (trial: number) => 0.25 ** (trial / total),
    goOn: () => trials.goOn(),
  }
  yield* climbFrom(request, function* (from, stride) {
    const moves = drawFreeMoves(random, stride)
    const question = { trial: trials.all.length, options: from, resource: half }
    const { trial } = yield* trials.run(question, function* () {
      const { place, value } = yield* ask(from.signals, held.search, half, function* (bench) {
        const objective = yield* bench.objectiveNear(from.recipe)
        return yield* climbFreely(yield* objective(from.recipe), pointOf(from.recipe), moves)
      })
      return { score: value, options: { ...from, recipe: recipeOf(place) } }
    })
    return trial.score === null ? null : { place: trial.options, value: trial.score }
  })
  trials.finish()
  return trials
}

function labelsOf(who: string, signals: FullRules, given: readonly string[] | undefined): readonly string[] {
  const unknown = given?.find((name) => !Object.hasOwn(signals, name))
  if (unknown !== undefined) {
    const todo = 'Name signals that are in use.'
    const expected = `labels among ${Object.keys(signals).map(show).join(', ')}`
    throw refusedOption(who, 'labels', { expected, got: show(unknown), todo })
  }
  const found = Object.keys(signals).filter((name) => signals[name].weight > 0)
  const outright = found.filter((name) => signals[name].role === 'label')
  return given ?? (outright.length > 0 ? outright : found)
}

/** Alternatives in the search, by signal. */
export type SignalChoices = Readonly<Record<string, Choices>>

interface Choices {
  readonly transforms: readonly ResolvedRule['transform'][]
  readonly halfLives: readonly ResolvedRule['halfLife'][]
}

/** Other transforms if values vary, and half-lives from the time span of the table. */
function* choicesOf(table: Interactions, signals: FullRules): Sliced<SignalChoices> {
  const found = new Map((yield* describeInSlices(table)).map((description) => [description.name, description]))
  const { from, to } = spanOf(table) ?? { from: 0, to: 0 }
  yield PAUSE
  const span = to - from
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

/** Standard deviation of the first moves of a weight, and bound of a weight on either side of 1, both in octaves. */
const WEIGHT_MOVE = 1.5
const MOST_OCTAVES = 8

/** A point near another: one or two of its numbers or choices moved. @param stride length of the moves, 1 at first */
export function movedPoint(point: SignalPoint, choices: SignalChoices, random: Random, stride: number): SignalPoint {
  type Move = (point: SignalPoint) => SignalPoint
  const changed =
    (name: string, change: (rule: ResolvedRule) => Partial<ResolvedRule>): Move =>
    ({ signals, recipe }) => ({
      signals: { ...signals, [name]: { ...signals[name], ...change(signals[name]) } },
      recipe,
    })
  const names = Object.keys(point.signals)
  const signalMoves = names.flatMap((name) => {
    const { transforms, halfLives } = choices[name]
    return [
      // The weight of a single signal only scales the matrix.
      ...(names.length > 1 ? [changed(name, ({ weight }) => ({ weight: movedWeight(weight, random, stride) }))] : []),
      ...(transforms.length > 1 ? [changed(name, () => ({ transform: oneOf(transforms, random) }))] : []),
      ...(halfLives.length > 1 ? [changed(name, () => ({ halfLife: oneOf(halfLives, random) }))] : []),
    ]
  })
  const recipeMoves = EXPONENTS.map((axis): Move => {
    return ({ signals, recipe }) => ({ signals, recipe: movedAlong(axis, recipe, random, stride) })
  })
  return oneOrTwo([...signalMoves, ...recipeMoves], random).reduce((from, move) => move(from), point)
}

/** Keeps the sign of a weight, and leaves a weight of 0. */
function movedWeight(weight: number, random: Random, stride: number): number {
  if (weight === 0) return 0
  const octaves = Math.log2(Math.abs(weight)) + stride * WEIGHT_MOVE * gaussian(random)
  return Math.sign(weight) * digits(2 ** digits(Math.min(MOST_OCTAVES, Math.max(-MOST_OCTAVES, octaves))))
}

const oneOf = <T>(values: readonly T[], random: Random): T => values[random.below(values.length)]
