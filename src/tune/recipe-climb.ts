/**
 * A seeded hill climb over the recipes of one low-pass operator.
 *
 * The exponents inside the operator, the degree offset and the leave-one-out ridge cost sweeps; the response and the popularity exponent cost nothing once the
 * users are probed (`ProbedNetwork`). So every trial moves the costly numbers, then climbs over the free ones.
 */
import { lowPass, lowPassOptions, type LowPass } from '../recommend/methods/operators.ts'
import { DEFAULT_RECIPE, mix, readRecipe, recipeOptions, type Recipe } from '../recommend/methods/recipe.ts'
import type { Random } from '../support/random.ts'
import { spaceOf, type NumberRange } from '../support/spec.ts'
import { digits, type Point } from './search-space.ts'
import { valueOf } from './user-scores.ts'
import type { RecipeScores } from './validation-bench.ts'

const { userExponent, itemExponent, profileExponent, degreeOffset, leaveOneOut, popularityExponent } = recipeOptions
const { cut, order } = lowPassOptions
const searchedOptions = {
  ...{ userExponent, itemExponent, profileExponent, degreeOffset, leaveOneOut },
  ...{ popularityExponent, cut, order },
}

type Axis = keyof typeof searchedOptions

/** The search space of a recipe: `cut` and `order` of its low-pass, its exponents and degree offset, and the ridge of its correction. */
export const RECIPE_SPACE = spaceOf(searchedOptions) as Readonly<
  Record<Axis, { readonly uniform: NumberRange } | { readonly logUniform: NumberRange }>
>

/** A point of the search space; numbers on a logarithmic scale as log2. */
export type ClimbPoint = Readonly<Record<Axis, number>>

/** Steps along some axes. */
export type Move = readonly (readonly [axis: Axis, step: number])[]

/** Standard deviations of a first move. */
const MOVES: Readonly<Record<Axis, number>> = {
  userExponent: 0.1,
  itemExponent: 0.08,
  profileExponent: 0.15,
  degreeOffset: 1.5,
  leaveOneOut: 1,
  popularityExponent: 0.08,
  cut: 0.5,
  order: 0.4,
}

/** Exponents inside the operator. */
export const EXPONENTS = ['userExponent', 'itemExponent', 'profileExponent'] as const
const COSTLY: readonly Axis[] = [...EXPONENTS, 'degreeOffset', 'leaveOneOut']
const FREE: readonly Axis[] = ['popularityExponent', 'cut', 'order']
const FREE_MOVES = 20

/** Starts of a climb: the default, ridge regression (as EASE), and symmetric normalisation (as GF-CF). */
export const STARTS: readonly Recipe[] = [
  DEFAULT_RECIPE,
  mix([lowPass({ cut: 1.5, order: 1 })], {
    userExponent: 0,
    itemExponent: 0,
    profileExponent: 0,
    popularityExponent: 0,
    leaveOneOut: 1.5,
  }),
  mix([lowPass({ cut: 1.5, order: 4 })], {
    userExponent: 0.5,
    itemExponent: 0.5,
    profileExponent: 0,
    popularityExponent: 0,
  }),
]

/** Where a trial ended, and its value. */
export interface Standing<Place> {
  readonly place: Place
  readonly value: number
}

/** Parameters of a climb. */
export interface ClimbRequest<Place> {
  /** Tried first. */
  readonly starts: readonly Place[]
  /** Number of trials, the starts included. */
  readonly trials: number
  /** Draws a place near another. */
  readonly near: (place: Place, stride: number) => Place
  /** Length of the moves of a trial: 1 at first, less when the best is near. */
  readonly strideOf: (trial: number) => number
  /** Called before every trial but the first; false ends the climb. */
  readonly goOn: () => boolean
}

/** Tries places, each near the best one so far. @param attempt runs or recalls a trial; `null` if it failed. @returns `null` if every trial failed */
export function* climbFrom<Place, Asked>(
  { starts, trials, near, strideOf, goOn }: ClimbRequest<Place>,
  attempt: (from: Place, stride: number) => Generator<Asked, Standing<Place> | null, unknown>,
): Generator<Asked, Standing<Place> | null, unknown> {
  let best: Standing<Place> | null = null
  for (let trial = 0; trial < trials && (trial === 0 || goOn()); trial++) {
    const stride = strideOf(trial)
    const from: Place =
      best === null || trial < starts.length ? starts[trial % starts.length] : near(best.place, stride)
    const standing: Standing<Place> | null = yield* attempt(from, stride)
    if (standing !== null && (best === null || standing.value > best.value)) best = standing
  }
  return best
}

/** Moves of the free numbers, of decreasing length. Drawn before scoring, so that a recalled trial draws the same numbers. */
export const drawFreeMoves = (random: Random, stride: number): readonly Move[] =>
  Array.from({ length: FREE_MOVES }, (_, move) => drawMove(FREE, random, stride * 0.9 ** move))

/** Climbs over the free numbers by these moves, and returns the best place. */
export function* climbFreely<Asked>(
  scoresOf: RecipeScores<Asked>,
  from: ClimbPoint,
  moves: readonly Move[],
): Generator<Asked, Standing<ClimbPoint>, unknown> {
  let [place, value] = [from, valueOf(yield* scoresOf(recipeOf(from)))]
  for (const move of moves) {
    const next = moved(place, move)
    const nextValue = valueOf(yield* scoresOf(recipeOf(next)))
    if (nextValue > value) [place, value] = [next, nextValue]
  }
  return { place, value }
}

/** Interpolates between two recipes of one low-pass operator each; cut, order and ridge geometrically. */
export function partWay(a: Recipe, b: Recipe, share: number): Recipe {
  const [from, to] = [pointOf(a), pointOf(b)]
  const axes = Object.keys(RECIPE_SPACE) as Axis[]
  const at = (axis: Axis): number => (1 - share) * from[axis] + share * to[axis]
  return recipeOf(Object.fromEntries(axes.map((axis) => [axis, at(axis)])) as unknown as ClimbPoint)
}

/** A point with one or two of its costly numbers moved. */
export const movedCostly = (point: ClimbPoint, random: Random, stride: number): ClimbPoint =>
  moved(point, drawMove(COSTLY, random, stride))

/** A recipe with one of its numbers moved. */
export const movedAlong = (axis: Axis, recipe: Recipe, random: Random, stride: number): Recipe =>
  recipeOf(moved(pointOf(recipe), [drawStep(axis, random, stride)]))

/** A move along one or two axes. */
const drawMove = (axes: readonly Axis[], random: Random, stride: number): Move =>
  oneOrTwo(axes, random).map((axis) => drawStep(axis, random, stride))

const drawStep = (axis: Axis, random: Random, stride: number): Move[number] => [
  axis,
  stride * MOVES[axis] * gaussian(random),
]

export const oneOrTwo = <T>(all: readonly T[], random: Random): T[] =>
  random.shuffle([...all]).slice(0, 1 + random.below(2))

/** A point after a move, within the space. */
function moved(point: ClimbPoint, move: Move): ClimbPoint {
  const entries = move.map(([axis, step]): [Axis, number] => {
    const [low, high] = endsOf(axis)
    return [axis, Math.min(high, Math.max(low, point[axis] + step))]
  })
  return { ...point, ...Object.fromEntries(entries) }
}

/** Box and Muller's standard normal. */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

function endsOf(axis: Axis): readonly number[] {
  const range = RECIPE_SPACE[axis]
  return 'uniform' in range ? range.uniform : range.logUniform.map(Math.log2)
}

export function pointOf(recipe: Recipe): ClimbPoint {
  const { cut, order } = recipe.operators[0] as LowPass
  const { userExponent, itemExponent, profileExponent, degreeOffset, popularityExponent, leaveOneOut: ridge } = recipe
  return {
    ...{ userExponent, itemExponent, profileExponent, degreeOffset },
    leaveOneOut: ridge === null ? endsOf('leaveOneOut')[1] : Math.log2(ridge),
    ...{ popularityExponent, cut: Math.log2(cut), order: Math.log2(order) },
  }
}

/** The recipe at a point; its numbers are rounded to three digits, so that it can be read and copied. */
export function recipeOf(point: ClimbPoint): Recipe {
  const numbers = Object.entries(point).map(([axis, value]) => [
    axis,
    digits('logUniform' in RECIPE_SPACE[axis as Axis] ? 2 ** value : value),
  ])
  return recipeAt('tune', DEFAULT_RECIPE, Object.fromEntries(numbers) as Point)
}

/**
 * A recipe with some of its numbers changed. Names that its first operator has, as `cut` and `order`, change that operator.
 *
 * @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION for a number that a recipe does not have.
 */
export function recipeAt(who: string, recipe: Recipe, point: Point): Recipe {
  const [first, ...rest] = recipe.operators
  const isOwn = ([name]: [string, unknown]): boolean => name !== 'operator' && Object.hasOwn(first, name)
  const numbers = Object.entries(point)
  const own = Object.fromEntries(numbers.filter(isOwn))
  const others = Object.fromEntries(numbers.filter((entry) => !isOwn(entry)))
  return readRecipe(who, { ...recipe, ...others, operators: [{ ...first, ...own }, ...rest] })
}

/** The numbers of a recipe by the names of a space. */
export const pointOfRecipe = ({ operators, ...exponents }: Recipe): Point => ({ ...exponents, ...operators[0] })
