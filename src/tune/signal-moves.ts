/**
 * A seeded hill climb over what signals weigh and the recipe that spreads them.
 *
 * A trial moves one or two of: log2 of a signal's weight, its transform, its half-life, and the exponents inside the operator. Each builds a matrix;
 * then the numbers that cost nothing (cut, order, popularity exponent) climb by themselves, as in recipe-climb.ts.
 */
import type { ResolvedRule } from '../data/signal-rules.ts'
import { mix, type Recipe } from '../recommend/methods/recipe.ts'
import type { Random } from '../support/random.ts'
import { gaussian } from './recipe-climb.ts'

/** Rules by signal, with every field. */
export type FullRules = Readonly<Record<string, ResolvedRule>>

/** What a trial tries. */
export interface SignalPoint {
  readonly signals: FullRules
  readonly recipe: Recipe
}

/** What a signal may become, by its name. */
export type SignalChoices = Readonly<Record<string, Choices>>

export interface Choices {
  readonly transforms: readonly ResolvedRule['transform'][]
  readonly halfLives: readonly ResolvedRule['halfLife'][]
}

/** Standard deviation of a first move of a weight, in octaves, and how far a weight may go from 1. */
const WEIGHT_MOVE = 1.5
const MOST_OCTAVES = 8
const EXPONENTS = {
  userExponent: { low: 0, high: 0.7, move: 0.1 },
  itemExponent: { low: 0, high: 0.7, move: 0.08 },
  profileExponent: { low: -1, high: 0.5, move: 0.15 },
} as const

type Move = (point: SignalPoint) => SignalPoint

/** A point near another: one or two of its numbers or choices moved. @param stride length of the moves, 1 at first */
export function movedPoint(point: SignalPoint, choices: SignalChoices, random: Random, stride: number): SignalPoint {
  const moves = random.shuffle(movesOf(point, choices, random, stride))
  return moves.slice(0, 1 + random.below(2)).reduce((from, move) => move(from), point)
}

function movesOf(point: SignalPoint, choices: SignalChoices, random: Random, stride: number): Move[] {
  const names = Object.keys(point.signals)
  const signals = names.flatMap((name) => {
    const { transforms, halfLives } = choices[name]
    return [
      // With one signal alone its weight is a unit and no more.
      ...(names.length > 1 ? [changed(name, ({ weight }) => ({ weight: movedWeight(weight, random, stride) }))] : []),
      ...(transforms.length > 1 ? [changed(name, () => ({ transform: oneOf(transforms, random) }))] : []),
      ...(halfLives.length > 1 ? [changed(name, () => ({ halfLife: oneOf(halfLives, random) }))] : []),
    ]
  })
  const exponents = Object.entries(EXPONENTS).map(([axis, { low, high, move }]): Move => {
    return ({ recipe, ...rest }) => {
      const next = recipe[axis as keyof typeof EXPONENTS] + stride * move * gaussian(random)
      return { ...rest, recipe: mix(recipe.operators, { ...exponentsOf(recipe), [axis]: within(next, low, high) }) }
    }
  })
  return [...signals, ...exponents]
}

const changed =
  (name: string, change: (rule: ResolvedRule) => Partial<ResolvedRule>): Move =>
  ({ signals, recipe }) => ({ signals: { ...signals, [name]: { ...signals[name], ...change(signals[name]) } }, recipe })

/** Keeps its sign; what weighs 0 says nothing, and stays so. */
function movedWeight(weight: number, random: Random, stride: number): number {
  if (weight === 0) return 0
  const octaves = Math.log2(Math.abs(weight)) + stride * WEIGHT_MOVE * gaussian(random)
  return Math.sign(weight) * Number((2 ** within(octaves, -MOST_OCTAVES, MOST_OCTAVES)).toPrecision(3))
}

function exponentsOf({ operators: _, ...exponents }: Recipe): Omit<Recipe, 'operators'> {
  return exponents
}

const within = (value: number, low: number, high: number): number =>
  Number(Math.min(high, Math.max(low, value)).toPrecision(3))

const oneOf = <T>(values: readonly T[], random: Random): T => values[random.below(values.length)]
