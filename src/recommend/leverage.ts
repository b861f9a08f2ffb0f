/**
 * The leverage of every item: how much of its score an item would owe to itself, F_jj of F = P (P + lambda)^-1.
 *
 *   F_jj ~ mean over k of xi_kj (F xi_k)_j,   xi_kj = s_j (-1)^popcount(k & c_j),   k = 0 .. PROBES - 1
 *
 * A score divided by 1 - F_jj is the leave-one-out score of ridge regression: with this division F gives exactly the off-diagonal of EASE
 * (Steck 2019, 10.1145/3308558.3313710). Estimator: Hutchinson 1990, 10.1080/03610919008812866, with s_j random signs and the rows of a Hadamard
 * matrix: only items with the same code c_j disturb each other. Codes go by popularity, so that those which weigh most never do, and up to
 * PROBES items the result is exact.
 * Cost: PROBES columns of `sweeps` sweeps, in rounds of ROUND columns.
 */
import { filterSchedule } from '../plan/filter.ts'
import type { Algorithm } from '../run/drive.ts'
import type { Operator } from '../run/problem.ts'
import { seededRandom } from '../support/random.ts'

const PROBES = 128
const ROUND = 32
const SEED = 20190513
/** What noise or a hub may not exceed: a score is raised at most twentyfold. */
const MOST = 0.95

/** What is needed of a recipe's operator; `root` is scale^1/2 up to a factor: P = root W' middle W root. */
export interface LeverageRequest {
  readonly operator: Operator
  readonly root: Float32Array
  /** Item rows, most popular first. */
  readonly order: Int32Array
  readonly lambda: number
  readonly sweeps: number
  /** What the operator's eigenvalues are to be multiplied by before f sees them. */
  readonly stretch: number
}

/** Shape (items), in [0, 0.95]. */
export function* leverages({
  operator,
  root,
  order,
  lambda,
  sweeps,
  stretch,
}: LeverageRequest): Algorithm<Float64Array> {
  const items = root.length
  const { schedule, gain } = filterSchedule((x) => (x * stretch) / (x * stretch + lambda), sweeps)
  const random = seededRandom(SEED)
  const sign = Float32Array.from(root, () => (random.next() < 0.5 ? -1 : 1))
  const code = new Int32Array(items)
  order.forEach((item, rank) => (code[item] = rank % PROBES))
  const indptr = Int32Array.from({ length: ROUND + 1 }, (_, column) => column * items)
  const indices = Int32Array.from({ length: ROUND * items }, (_, entry) => entry % items)
  const sums = new Float64Array(items)
  for (let done = 0; done < PROBES; done += ROUND) {
    const signs = indices.map((item, entry) => sign[item] * parity((done + Math.floor(entry / items)) & code[item]))
    const solution = yield {
      name: 'recommend',
      operator,
      schedule,
      seeds: {
        kind: 'sparse',
        indptr,
        indices,
        data: Float32Array.from(signs, (value, entry) => gain * value * root[indices[entry]]),
      },
      output: { kind: 'scores', finish: root.map((value) => (value > 0 ? 1 / value : 0)), rowScale: null },
      preliminary: true,
    }
    const { columnScores } = solution
    if (columnScores === null) throw new TypeError('a solver left the scores out')
    for (let item = 0; item < items; item++) {
      for (let column = 0; column < ROUND; column++) {
        sums[item] += signs[column * items + item] * columnScores[item * ROUND + column]
      }
    }
  }
  return sums.map((sum) => Math.min(MOST, Math.max(0, sum / PROBES)))
}

/** -1 for an odd number of bits, otherwise 1. */
function parity(bits: number): number {
  let sign = 1
  for (let rest = bits; rest !== 0; rest &= rest - 1) sign = -sign
  return sign
}
