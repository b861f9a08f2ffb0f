/**
 * The largest |eigenvalue| of T, by Lanczos iteration from the seeds.
 *
 *   T v_j = beta_j-1 v_j-1 + alpha_j v_j + beta_j v_j+1;   the extreme eigenvalues of the tridiagonal (alpha, beta) are those of T
 *
 * T = scale o (symmetric), so it is symmetric in the inner product weighted by 1 / scale. Only components with seeds count: others
 * do not affect the result. Lanczos 1950, 10.6028/jres.045.026; Sturm sequences as in Golub and Van Loan, Matrix Computations, 8.4.
 * Cost: at most `most` sweeps of one column and three vectors: rounding repeats eigenvalues, which does not change the largest. The estimate converges from below.
 * Negative weights are handled alike: T stays symmetric.
 */
import { sweep, type Algorithm } from '../request/request.ts'
import type { Operator, SparseSeeds } from '../request/sweep.ts'

const STEPS = 24

/** A next direction that is this much shorter than its predecessor is rounding: the seeds reach no further. */
const EXHAUSTED = 1e-5

/** The largest |eigenvalue|. @param most steps; integer >= 1 */
export function* spectralRadius(name: string, operator: Operator, seeds: SparseSeeds, most = STEPS): Algorithm<number> {
  const matrix = yield* lanczos(name, operator, seeds, most)
  return largestWhere(matrix, (value) => above(matrix, value) + above(negative(matrix), value) > 0)
}

/** A symmetric tridiagonal matrix. */
interface Tridiagonal {
  readonly diagonal: readonly number[]
  /** One shorter. */
  readonly beside: readonly number[]
}

function* lanczos(name: string, operator: Operator, seeds: SparseSeeds, most: number): Algorithm<Tridiagonal> {
  const { scale } = operator
  const dot = (x: Float64Array, y: Float64Array): number => {
    let sum = 0
    for (let at = 0; at < x.length; at++) if (scale[at] !== 0) sum += (x[at] * y[at]) / scale[at]
    return sum
  }
  let previous: Float64Array = new Float64Array(scale.length)
  let direction: Float64Array = new Float64Array(scale.length)
  seeds.indices.forEach((index, at) => (direction[index] += seeds.data[at]))
  // Nodes that receive nothing have no length in this product: they count by what they send.
  if (seeds.indices.some((index) => scale[index] === 0)) direction = yield* multiply(name, operator, direction)
  let length = Math.sqrt(dot(direction, direction))
  const [diagonal, beside]: [number[], number[]] = [[], []]
  while (diagonal.length < most && length > 0) {
    const unit = direction.map((value) => value / length)
    const next = yield* multiply(name, operator, unit)
    const alpha = dot(unit, next)
    const coupling = beside.at(-1) ?? 0
    diagonal.push(alpha)
    direction = next.map((value, at) => value - alpha * unit[at] - coupling * previous[at])
    previous = unit
    length = Math.sqrt(dot(direction, direction))
    if (length <= EXHAUSTED * Math.abs(diagonal[0])) break
    if (diagonal.length < most) beside.push(length)
  }
  return { diagonal, beside }
}

function* multiply(name: string, operator: Operator, vector: Float64Array): Algorithm<Float64Array> {
  const { length } = vector
  const { columnScores } = yield* sweep({
    name,
    operator,
    schedule: { solver: 'filter', steps: [{ a: 1, b: 0, c: 0, d: 0 }], stopBelow: 0 },
    seeds: {
      kind: 'sparse',
      indptr: Int32Array.of(0, length),
      indices: new Int32Array(length).map((_, at) => at),
      data: new Float32Array(vector),
    },
    output: { kind: 'scores', finish: new Float32Array(length).fill(1), rowScale: null },
    preliminary: true,
  })
  return new Float64Array(columnScores)
}

/** The largest value for which a monotone condition holds, by bisection below Gershgorin's bound; 0 if it never holds. */
function largestWhere({ diagonal, beside }: Tridiagonal, holds: (value: number) => boolean): number {
  let low = 0
  let high = diagonal.reduce(
    (most, value, at) => Math.max(most, Math.abs(value) + (beside[at - 1] ?? 0) + (beside[at] ?? 0)),
    0,
  )
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}

/** Number of eigenvalues above a value: the positive pivots of (matrix - value). */
function above({ diagonal, beside }: Tridiagonal, value: number): number {
  let count = 0
  let pivot = 1
  diagonal.forEach((entry, at) => {
    pivot = entry - value - (at === 0 ? 0 : beside[at - 1] ** 2 / pivot)
    if (pivot === 0) pivot = Number.EPSILON
    if (pivot > 0) count++
  })
  return count
}

function negative({ diagonal, beside }: Tridiagonal): Tridiagonal {
  return { diagonal: diagonal.map((value) => -value), beside }
}
