import { describe, expect, it } from 'vitest'
import { softmaxLoss, type PairGroup } from '../../../src/embed/softmax-loss.ts'
import { seededRandom } from '../../../src/support/random.ts'

const [SIZE, DIMENSIONS] = [7, 5]

function randomGroup(seed: number): PairGroup {
  const random = seededRandom(seed)
  const numbers = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.next() - 0.5)
  const excluded = new Uint8Array(SIZE * SIZE)
  excluded[1 * SIZE + 3] = 1
  excluded[4 * SIZE + 0] = 1
  // Her own pair is never left out.
  excluded[2 * SIZE + 2] = 1
  return {
    size: SIZE,
    dimensions: DIMENSIONS,
    users: numbers(SIZE * DIMENSIONS),
    items: numbers(SIZE * DIMENSIONS),
    weights: numbers(SIZE).map((value) => value + 1),
    offsets: numbers(SIZE),
    excluded,
  }
}

/** The definition, term by term. */
function definition({ users, items, weights, offsets, excluded }: PairGroup, temperature: number): number {
  const row = (vectors: Float64Array, at: number): number[] =>
    Array.from(vectors.subarray(at * DIMENSIONS, (at + 1) * DIMENSIONS))
  const product = (x: number[], y: number[]): number => x.reduce((sum, value, k) => sum + value * y[k], 0)
  const cosine = (x: number[], y: number[]): number => product(x, y) / Math.sqrt(product(x, x) * product(y, y))
  let loss = 0
  for (let b = 0; b < SIZE; b++) {
    const score = (c: number): number => cosine(row(users, b), row(items, c)) / temperature - offsets[c]
    const rivals = Array.from({ length: SIZE }, (_, c) => c).filter((c) => c === b || excluded[b * SIZE + c] === 0)
    loss += weights[b] * (Math.log(rivals.reduce((sum, c) => sum + Math.exp(score(c)), 0)) - score(b))
  }
  return loss
}

describe('softmaxLoss', () => {
  it.each([0.1, 0.5, 2])('is its definition at temperature %f', (temperature) => {
    const group = randomGroup(1)
    expect(softmaxLoss(group, temperature).loss).toBeCloseTo(definition(group, temperature), 10)
  })

  it.each(['users', 'items'] as const)('has the gradient that finite differences find, for %s', (side) => {
    const group = randomGroup(2)
    const { userGradient, itemGradient } = softmaxLoss(group, 0.3)
    const gradient = side === 'users' ? userGradient : itemGradient
    const step = 1e-5
    gradient.forEach((slope, at) => {
      const [before, after] = [-step, step].map((by) =>
        softmaxLoss({ ...group, [side]: group[side].map((value, k) => (k === at ? value + by : value)) }, 0.3),
      )
      expect((after.loss - before.loss) / (2 * step)).toBeCloseTo(slope, 6)
    })
  })

  it('gives a vector of zeros no direction to go', () => {
    const group = randomGroup(3)
    group.users.fill(0, 0, DIMENSIONS)
    const { loss, userGradient } = softmaxLoss(group, 0.3)
    expect(Number.isFinite(loss)).toBe(true)
    expect([...userGradient.subarray(0, DIMENSIONS)]).toEqual([0, 0, 0, 0, 0])
  })

  it('bears scores that exp does not', () => {
    const group = randomGroup(4)
    const { loss, itemGradient } = softmaxLoss(group, 1e-4)
    expect(Number.isFinite(loss)).toBe(true)
    expect(itemGradient.every(Number.isFinite)).toBe(true)
  })
})
