/** Ratings as a Gaussian process, by the book: the covariance of every two pairs written out, and dense elimination. */
import { denseOf, dot, identity, multiply, plus, solve, type Dense, type Vector } from './linear-algebra.ts'
import type { GraphFeatures } from '../../src/ratings/graph-features.ts'
import type { RatingMatrix, RatingVariances } from '../../src/ratings/process.ts'

export interface RatedPair {
  readonly user: number
  readonly item: number
}

/** Labelled pairs in the order of the matrix. */
export function pairsOf({ rowCount, indptr, indices }: RatingMatrix): RatedPair[] {
  const pairs: RatedPair[] = []
  for (let user = 0; user < rowCount; user++) {
    for (let at = indptr[user]; at < indptr[user + 1]; at++) pairs.push({ user, item: indices[at] })
  }
  return pairs
}

/** Rows of a flat matrix. */
export const rowsOf = (flat: Float32Array, rank: number): Dense =>
  Array.from({ length: flat.length / rank }, (_, row) => Array.from(flat.subarray(row * rank, (row + 1) * rank)))

/** The covariance of two pairs as the header of rating-process.ts says; `sharedRank` coordinates take part in the last term. */
export function covariance(
  { rank, users, items }: GraphFeatures,
  variances: RatingVariances,
  sharedRank: number,
): (a: RatedPair, b: RatedPair) => number {
  const [psi, phi] = [rowsOf(users, rank), rowsOf(items, rank)]
  const short = (rows: Dense): Dense => unitMeanSquare(rows.map((row) => row.slice(0, sharedRank)))
  const [psiShort, phiShort] = [short(psi), short(phi)]
  const { userBias, itemBias, itemLevel, userTaste, itemAudience, sharedTaste } = variances
  return (a, b) => {
    const alike = dot(phi[a.item], phi[b.item])
    let sum = itemLevel * alike
    if (a.user === b.user) sum += userBias + userTaste * alike
    if (a.item === b.item) sum += itemBias + itemAudience * dot(psi[a.user], psi[b.user])
    return sum + sharedTaste * dot(psiShort[a.user], psiShort[b.user]) * dot(phiShort[a.item], phiShort[b.item])
  }
}

function unitMeanSquare(rows: Dense): Dense {
  const squares = rows.map((row) => dot(row, row)).filter((square) => square > 0)
  const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length
  return rows.map((row) => row.map((value) => value / Math.sqrt(mean)))
}

/** Posterior means of the pairs asked about, and the maximum-likelihood variance of the noise. */
export function posterior(
  ratings: RatingMatrix,
  kernel: (a: RatedPair, b: RatedPair) => number,
  asked: readonly RatedPair[],
): { means: Vector; noise: number } {
  const pairs = pairsOf(ratings)
  const values = pairs.map(({ user, item }) => denseOf(ratings)[user][item])
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const target = values.map((value) => value - mean)
  const system = identity(pairs.length).map((row, a) =>
    plus(
      row,
      pairs.map((b) => kernel(pairs[a], b)),
    ),
  )
  const weights = solve(system, target)
  const means = multiply(
    asked.map((one) => pairs.map((pair) => kernel(one, pair))),
    weights,
  ).map((sum) => mean + sum)
  return { means, noise: dot(weights, target) / values.length }
}

/** Posterior variance of z'w, w ~ N(0, I), after noisy looks at x_j'w with noise of variance 1: |z|^2 - k' (X X' + I)^-1 k, k = X z. */
export function posteriorVariance(looks: Dense, z: Vector): number {
  if (looks.length === 0) return dot(z, z)
  const system = looks.map((x, a) => looks.map((y, b) => dot(x, y) + (a === b ? 1 : 0)))
  const k = multiply(looks, z)
  return dot(z, z) - dot(k, solve(system, k))
}
