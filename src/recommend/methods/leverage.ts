/**
 * The leverage of every item: the share of its score that comes from the item itself, F_jj of F = P (P + lambda)^-1.
 *
 *   F_jj ~ mean over k of xi_kj (F xi_k)_j,   xi_kj = s_j (-1)^popcount(k & c_j),   k = 0 .. PROBES - 1
 *
 * A score divided by 1 - F_jj is the leave-one-out score of ridge regression: with this division F gives exactly the off-diagonal of EASE
 * (Steck 2019, 10.1145/3308558.3313710). Estimator: Hutchinson 1990, 10.1080/03610919008812866, with s_j random signs and the rows of a Hadamard
 * matrix: only items with the same code c_j disturb each other. Codes are assigned by popularity, so that the heaviest items never do, and up to
 * PROBES items the result is exact.
 * Cost: PROBES columns of `sweeps` sweeps, in rounds of at most ROUND columns and about ENTRIES numbers: with many items a round is narrow, and its
 * memory is a few vectors per item.
 */
import { filterSchedule } from '../../plan/filter.ts'
import { sweep, type Algorithm } from '../../request/request.ts'
import type { Operator } from '../../request/sweep.ts'
import { seededRandom } from '../../support/random.ts'

/** Number of columns that are spread. */
export const PROBES = 128
const ROUND = 32
/** Numbers in the probes of one round. */
const ENTRIES = 2 ** 22
const SEED = 20190513
/** Upper bound for noise and hubs: a score is raised at most twentyfold. */
const MOST = 0.95

/** The parts of a recipe's operator; `root` is scale^1/2 up to a factor: P = root W' middle W root. */
export interface LeverageRequest {
  readonly operator: Operator
  readonly root: Float32Array
  /** Item rows, most popular first; those of `root` 0 may be left out. */
  readonly order: Int32Array
  readonly lambda: number
  readonly sweeps: number
  /** Factor of the operator's eigenvalues before f is applied. */
  readonly stretch: number
}

/** Columns per round: 4, 16 or 32, the widths of blocks. */
export function probesOfRound(items: number): number {
  const most = Math.floor(ENTRIES / Math.max(1, items))
  return most >= ROUND ? ROUND : most >= 16 ? 16 : 4
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
  const columns = probesOfRound(items)
  const { schedule, gain } = filterSchedule((x) => (x * stretch) / (x * stretch + lambda), sweeps)
  const probes = probesOf(items, order)
  const scale = root.map((value) => gain * value)
  const finish = root.map((value) => (value > 0 ? 1 / value : 0))
  const signs = new Float32Array(items * columns)
  const sums = new Float64Array(items)
  for (let done = 0; done < PROBES; done += columns) {
    for (let item = 0; item < items; item++) probes.write(item, done, signs, item * columns, columns)
    const { columnScores } = yield* sweep({
      name: 'recommend',
      operator,
      schedule,
      seeds: { kind: 'dense', columns, data: signs, coefficients: null, scale },
      output: { kind: 'scores', finish, rowScale: null },
      preliminary: true,
    })
    addProducts(sums, signs, columnScores, columns)
  }
  for (let item = 0; item < items; item++) sums[item] = Math.min(MOST, Math.max(0, sums[item] / PROBES))
  return sums
}

/** xi, computed entry by entry. */
function probesOf(items: number, order: Int32Array) {
  const random = seededRandom(SEED)
  const sign = new Int8Array(items)
  for (let item = 0; item < items; item++) sign[item] = random.next() < 0.5 ? -1 : 1
  const code = new Uint8Array(items)
  order.forEach((item, rank) => (code[item] = rank % PROBES))
  const parities = Int8Array.from({ length: PROBES }, (_, bits) => parity(bits))
  return {
    /** Writes `count` probes of an item, from number `first` on. */
    write(item: number, first: number, to: Float32Array, at: number, count: number): void {
      const [own, bits] = [sign[item], code[item]]
      for (let c = 0; c < count; c++) to[at + c] = own * parities[(first + c) & bits]
    },
  }
}

/** sums_j += sum_c signs_jc scores_jc, column after column. */
function addProducts(sums: Float64Array, signs: Float32Array, scores: Float32Array, columns: number): void {
  for (let item = 0, at = 0; item < sums.length; item++) {
    let sum = sums[item]
    for (let c = 0; c < columns; c++, at++) sum += signs[at] * scores[at]
    sums[item] = sum
  }
}

/** -1 for an odd number of bits, otherwise 1. */
function parity(bits: number): number {
  let sign = 1
  for (let rest = bits; rest !== 0; rest &= rest - 1) sign = -sign
  return sign
}
