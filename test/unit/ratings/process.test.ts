import { describe, expect, it } from 'vitest'
import type { GraphFeatures } from '../../../src/ratings/graph-features.ts'
import { expectedErrors } from '../../../src/ratings/error.ts'
import { meanRating, solveRatings, type RatingMatrix } from '../../../src/ratings/process.ts'
import { buildCsr } from '../../../src/matrix/build.ts'
import { atOnce, drive } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { covariance, pairsOf, posterior, posteriorVariance, rowsOf, type RatedPair } from '../../oracle/ratings.ts'

const VARIANCES = {
  userBias: 0.25,
  itemBias: 0.13,
  itemLevel: 0.1,
  userTaste: 0.2,
  itemAudience: 0.06,
  sharedTaste: 0.13,
}
const NONE = { userBias: 0, itemBias: 0, itemLevel: 0, userTaste: 0, itemAudience: 0, sharedTaste: 0 }
const EXACT = { tolerance: 1e-7, maxIterations: 500, start: null }
const [USERS, ITEMS] = [9, 7]

/** The last user and item have no label. */
function randomRatings(seed: number): RatingMatrix {
  const random = seededRandom(seed)
  const cells = Array.from({ length: (USERS - 1) * (ITEMS - 1) }, (_, cell) => cell).filter(() => random.next() < 0.5)
  const matrix = buildCsr({
    rowCount: USERS,
    columnCount: ITEMS,
    row: Int32Array.from(cells, (cell) => Math.floor(cell / (ITEMS - 1))),
    column: Int32Array.from(cells, (cell) => cell % (ITEMS - 1)),
    data: Float32Array.from(cells, () => 1 + random.below(5)),
  })
  return matrix as RatingMatrix
}

/** One user and one item stand nowhere. */
function randomFeatures(rank: number, seed: number): GraphFeatures {
  const random = seededRandom(seed)
  const side = (rows: number): Float32Array =>
    Float32Array.from({ length: rows * rank }, (_, at) => (at < rank ? 0 : (2 * random.next() - 1) / Math.sqrt(rank)))
  return { rank, users: side(USERS), items: side(ITEMS) }
}

const everyPair: RatedPair[] = Array.from({ length: USERS * ITEMS }, (_, at) => ({
  user: Math.floor(at / ITEMS),
  item: at % ITEMS,
}))

const solved = (...[ratings, features, variances, options]: Parameters<typeof solveRatings>) =>
  drive(solveRatings(ratings, features, variances, options), () => null)

describe('solveRatings', () => {
  it.each([
    ['all terms', 3, VARIANCES],
    ['more coordinates than the shared term takes', 20, VARIANCES],
    ['biases', 3, { ...NONE, userBias: 0.3, itemBias: 0.2 }],
    ['levels', 3, { ...NONE, itemLevel: 0.5 }],
    ['tastes', 3, { ...NONE, userTaste: 0.5 }],
    ['audiences', 3, { ...NONE, itemAudience: 0.5 }],
    ['shared tastes', 3, { ...NONE, sharedTaste: 0.5 }],
  ])('finds the posterior mean and the noise of a dense process: %s', (_, rank, variances) => {
    for (let seed = 1; seed <= 5; seed++) {
      const ratings = randomRatings(seed)
      const features = randomFeatures(rank, seed + 50)
      const { model, noise, converged } = solved(ratings, features, variances, EXACT)
      const dense = posterior(ratings, covariance(features, variances, Math.min(16, rank)), everyPair)
      expect(converged).toBe(true)
      expect(noise).toBeCloseTo(dense.noise, 5)
      everyPair.forEach(({ user, item }, at) => expect(meanRating(model, user, item)).toBeCloseTo(dense.means[at], 4))
    }
  })

  it('is the mean of all where nothing may vary', () => {
    const ratings = randomRatings(3)
    const { model } = solved(ratings, randomFeatures(3, 4), NONE, EXACT)
    const mean = ratings.data.reduce((sum, rating) => sum + rating, 0) / ratings.nnz
    for (const { user, item } of everyPair) expect(meanRating(model, user, item)).toBeCloseTo(mean, 12)
  })

  it('starts where it is told: at the solution there is nothing to do', () => {
    const [ratings, features] = [randomRatings(1), randomFeatures(3, 2)]
    const cold = solved(ratings, features, VARIANCES, EXACT)
    const warm = solved(ratings, features, VARIANCES, { ...EXACT, tolerance: 1e-6, start: cold.weights })
    expect(cold.iterations).toBeGreaterThan(5)
    expect(warm.iterations).toBe(0)
    expect(warm.model.userBias).toEqual(cold.model.userBias)
    const other = solved(ratings, features, { ...VARIANCES, userTaste: 0.21 }, { ...EXACT, start: cold.weights })
    const fresh = solved(ratings, features, { ...VARIANCES, userTaste: 0.21 }, EXACT)
    for (const { user, item } of everyPair) {
      expect(meanRating(other.model, user, item)).toBeCloseTo(meanRating(fresh.model, user, item), 4)
    }
  })

  it('tells when it ran out of steps', () => {
    const run = solved(randomRatings(1), randomFeatures(3, 2), VARIANCES, { ...EXACT, maxIterations: 2 })
    expect(run).toMatchObject({ converged: false, iterations: 2 })
    expect(run.residual).toBeGreaterThan(EXACT.tolerance)
  })

  it('has nothing to solve where all ratings are equal', () => {
    const ratings = randomRatings(1)
    const run = solved(ratings.weighed(ratings.data.map(() => 4)), randomFeatures(3, 2), VARIANCES, EXACT)
    expect(run).toMatchObject({ converged: true, iterations: 0, residual: 0, noise: 0 })
    expect(meanRating(run.model, 2, 2)).toBe(4)
  })
})

describe('expectedErrors', () => {
  it('has the posterior variances of the two parts, and the noise', () => {
    const rank = 3
    for (let seed = 1; seed <= 3; seed++) {
      const ratings = randomRatings(seed)
      const features = randomFeatures(rank, seed + 50)
      const coordinates = (side: Float32Array, bias: number, slope: number): number[][] =>
        rowsOf(side, rank).map((row) => [Math.sqrt(bias), ...row.map((value) => Math.sqrt(slope) * value)])
      const ofItems = coordinates(features.items, VARIANCES.userBias, VARIANCES.userTaste)
      const ofUsers = coordinates(features.users, VARIANCES.itemBias, VARIANCES.itemAudience)
      const labels = pairsOf(ratings)
      const noise = 0.7
      const asked = {
        user: Int32Array.from(everyPair, ({ user }) => user),
        item: Int32Array.from(everyPair, ({ item }) => item),
      }
      const found = atOnce(expectedErrors(ratings, features, VARIANCES, noise, asked))
      everyPair.forEach(({ user, item }, at) => {
        const hers = labels.filter((label) => label.user === user).map((label) => ofItems[label.item])
        const its = labels.filter((label) => label.item === item).map((label) => ofUsers[label.user])
        const variance = 1 + posteriorVariance(hers, ofItems[item]) + posteriorVariance(its, ofUsers[user])
        expect(found[at]).toBeCloseTo(Math.sqrt(noise * variance), 5)
      })
    }
  })

  it('falls with every rating of the user', () => {
    const features = randomFeatures(3, 5)
    const asked = { user: Int32Array.of(0), item: Int32Array.of(6) }
    const errorWith = (count: number): number => {
      const column = Int32Array.from({ length: count }, (_, at) => at)
      const data = new Float32Array(count).fill(3)
      const matrix = buildCsr({ rowCount: USERS, columnCount: ITEMS, row: column.map(() => 0), column, data })
      return atOnce(expectedErrors(matrix as RatingMatrix, features, VARIANCES, 1, asked))[0]
    }
    const errors = [0, 1, 3, 6].map(errorWith)
    expect(errors).toEqual([...errors].sort((a, b) => b - a))
    expect(errors[3]).toBeLessThan(errors[0])
    expect(errors[3]).toBeGreaterThan(1)
  })
})
