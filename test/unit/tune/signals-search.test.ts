import { describe, expect, it } from 'vitest'
import type { ResolvedRule } from '../../../src/data/signal-rules.ts'
import { DEFAULT_RECIPE } from '../../../src/recommend/methods/recipe.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { movedPoint, type SignalChoices, type SignalPoint } from '../../../src/tune/signals-search.ts'

const rule = (weight: number): ResolvedRule => ({ role: 'evidence', weight, transform: 'raw', halfLife: null })
const start: SignalPoint = { signals: { buy: rule(1), hide: rule(-1), seen: rule(0) }, recipe: DEFAULT_RECIPE }
const choices: SignalChoices = {
  buy: { transforms: ['raw', 'log1p', 'rank'], halfLives: [null, 10, 20] },
  hide: { transforms: ['raw'], halfLives: [null] },
  seen: { transforms: ['raw'], halfLives: [null] },
}

function walk(from: SignalPoint, allowed: SignalChoices, steps: number): SignalPoint[] {
  const random = seededRandom(1)
  const points = [from]
  for (let step = 0; step < steps; step++) points.push(movedPoint(points[step], allowed, random, 1))
  return points.slice(1)
}

interface Change {
  /** Numbers and choices that are others. */
  readonly count: number
  /** How far the weights moved. */
  readonly octaves: number
}

function changeBetween(from: SignalPoint, to: SignalPoint): Change {
  const partsOf = ({ signals, recipe }: SignalPoint): unknown[] => [
    ...Object.values(signals).flatMap(({ weight, transform, halfLife }) => [weight, transform, halfLife]),
    ...[recipe.userExponent, recipe.itemExponent, recipe.profileExponent],
  ]
  const [before, after] = [partsOf(from), partsOf(to)]
  const octaves = Object.keys(from.signals).map((name) =>
    Math.abs(Math.log2(to.signals[name].weight / from.signals[name].weight || 1)),
  )
  return { count: before.filter((part, at) => part !== after[at]).length, octaves: Math.max(...octaves) }
}

describe('movedPoint', () => {
  it('moves everything there is sooner or later, within its range', () => {
    const points = walk(start, choices, 400)
    expect(new Set(points.map(({ signals }) => signals.buy.transform))).toEqual(new Set(['raw', 'log1p', 'rank']))
    expect(new Set(points.map(({ signals }) => signals.buy.halfLife))).toEqual(new Set([null, 10, 20]))
    expect(new Set(points.map(({ recipe }) => recipe.userExponent)).size).toBeGreaterThan(20)
    for (const { signals, recipe } of points) {
      expect(signals.buy.weight).toBeGreaterThanOrEqual(2 ** -8 * 0.99)
      expect(signals.buy.weight).toBeLessThanOrEqual(2 ** 8)
      expect(recipe.itemExponent).toBeGreaterThanOrEqual(0)
      expect(recipe.profileExponent).toBeLessThanOrEqual(0.5)
    }
  })

  it('moves one or two things at a time, the less far the shorter the stride', () => {
    const random = seededRandom(2)
    const changes = (stride: number): Change[] =>
      Array.from({ length: 300 }, () => changeBetween(start, movedPoint(start, choices, random, stride)))
    const [far, near] = [changes(1), changes(0.01)]
    // A move may end where it began.
    expect(new Set(far.map(({ count }) => count))).toEqual(new Set([0, 1, 2]))
    expect(Math.max(...near.map(({ octaves }) => octaves))).toBeLessThan(0.1)
    expect(Math.max(...far.map(({ octaves }) => octaves))).toBeGreaterThan(1)
  })

  it('keeps the sign of a weight, and 0', () => {
    const points = walk(start, choices, 200)
    expect(points.every(({ signals }) => signals.hide.weight < 0 && signals.seen.weight === 0)).toBe(true)
    expect(points.every(({ signals }) => signals.hide.transform === 'raw' && signals.hide.halfLife === null)).toBe(true)
  })

  it('leaves the weight of a lone signal alone: it is a unit', () => {
    const lone = { ...start, signals: { buy: rule(1) } }
    const points = walk(lone, { buy: choices.buy }, 100)
    expect(points.every(({ signals }) => signals.buy.weight === 1)).toBe(true)
  })

  it('goes the same way from the same seed', () => {
    expect(walk(start, choices, 20)).toEqual(walk(start, choices, 20))
  })
})
