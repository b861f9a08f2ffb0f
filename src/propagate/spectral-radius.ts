/**
 * The largest |eigenvalue| of T, by Lanczos iteration from the seeds.
 *
 *   T v_j = beta_j-1 v_j-1 + alpha_j v_j + beta_j v_j+1;   the extreme eigenvalues of the tridiagonal (alpha, beta) are those of T
 *
 * T = scale o (symmetric), so it is symmetric in the inner product weighted by 1 / scale. Only what the seeds reach counts: a component without a
 * seed has no part in any answer. Lanczos 1950, 10.6028/jres.045.026; Sturm sequences as in Golub and Van Loan, Matrix Computations, 8.4.
 * Cost: at most `most` sweeps of one column. The estimate comes from below. Weights below 0 are no different: T stays symmetric.
 */
import type { Algorithm } from '../run/drive.ts'
import type { Operator, SparseSeeds } from '../run/problem.ts'

const STEPS = 24

/** A next direction that is this much shorter than its predecessor is rounding: the seeds reach no further. */
const EXHAUSTED = 1e-5

/** @param most steps; integer >= 1 */
export function* spectralRadius(name: string, operator: Operator, seeds: SparseSeeds, most = STEPS): Algorithm<number> {
  const { scale } = operator
  const dot = (x: Float64Array, y: Float64Array): number =>
    x.reduce((sum, value, at) => (scale[at] === 0 ? sum : sum + (value * y[at]) / scale[at]), 0)
  let previous = new Float64Array(scale.length)
  let direction = new Float64Array(scale.length)
  seeds.indices.forEach((index, at) => (direction[index] += scale[index] === 0 ? 0 : seeds.data[at]))
  let beta = Math.sqrt(dot(direction, direction))
  const [alphas, betas]: [number[], number[]] = [[], []]
  while (alphas.length < most && beta > 0) {
    const unit = direction.map((value) => value / beta)
    const next = yield* multiply(name, operator, unit)
    const alpha = dot(unit, next)
    const coupling = alphas.length === 0 ? 0 : beta
    alphas.push(alpha)
    direction = next.map((value, at) => value - alpha * unit[at] - coupling * previous[at])
    previous = unit
    beta = Math.sqrt(dot(direction, direction))
    if (beta <= EXHAUSTED * Math.abs(alpha)) break
    betas.push(beta)
  }
  return largestMagnitude(alphas, betas)
}

function* multiply(name: string, operator: Operator, vector: Float64Array): Algorithm<Float64Array> {
  const { length } = vector
  const solution = yield {
    name,
    operator,
    schedule: { solver: 'filter', steps: [{ a: 1, b: 0, c: 0, d: 0 }], stopBelow: 0 },
    seeds: {
      kind: 'sparse',
      indptr: Int32Array.of(0, length),
      indices: Int32Array.from(vector.keys()),
      data: Float32Array.from(vector),
    },
    output: { kind: 'scores', finish: new Float32Array(length).fill(1), rowScale: null },
    preliminary: true,
  }
  if (solution.columnScores === null) throw new TypeError('a solver left the scores out')
  return Float64Array.from(solution.columnScores)
}

/** The largest |eigenvalue| of a symmetric tridiagonal matrix, by bisection between Gershgorin's bounds. */
function largestMagnitude(diagonal: readonly number[], beside: readonly number[]): number {
  if (diagonal.length === 0) return 0
  const bound = Math.max(
    ...diagonal.map(
      (value, at) =>
        Math.abs(value) + Math.abs(beside[at - 1] ?? 0) + Math.abs(at + 1 < diagonal.length ? beside[at] : 0),
    ),
  )
  let [low, high] = [0, bound]
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    const outside =
      above(diagonal, beside, middle) +
      above(
        diagonal.map((value) => -value),
        beside,
        middle,
      )
    if (outside > 0) low = middle
    else high = middle
  }
  return high
}

/** How many eigenvalues of a symmetric tridiagonal matrix lie above a value: the positive pivots of (matrix - value). */
function above(diagonal: readonly number[], beside: readonly number[], value: number): number {
  let count = 0
  let pivot = 1
  diagonal.forEach((entry, at) => {
    const coupling = at === 0 ? 0 : beside[at - 1] ** 2
    pivot = entry - value - (at === 0 ? 0 : coupling / pivot)
    if (pivot === 0) pivot = Number.EPSILON
    if (pivot > 0) count++
  })
  return count
}
