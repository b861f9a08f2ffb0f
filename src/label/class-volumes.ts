/**
 * Class factors with which each class gets its share of the nodes.
 *
 *   |{ i : argmax_c s_c F_ic = k }| = v_k n   for every class k
 *
 * F scores (n x c), v shares (c), s factors (c). Decisions under a volume constraint as in PoissonMBO: Calder, Cook, Thorpe & Slepcev, Poisson
 * Learning, ICML 2020 (arXiv:2006.11184). Differs from the paper: log s moves by Rprop (Riedmiller & Braun 1993, 10.1109/ICNN.1993.298623), whose
 * steps grow while a class has too few nodes and halve when it overshoots, so that the step size need not fit the scale of the scores.
 * Cost: a pass over the scores per round, at most 300 rounds.
 */
import { PAUSE, ranges, type Sliced } from '../support/pause.ts'

const ROUNDS = 300
const LARGEST_STEP = 4
const SMALLEST_STEP = 1e-9

/**
 * A factor per class such that the largest scaled score assigns each class its share of the nodes: exactly, except for nodes with equal
 * scores, which cannot be separated, and for classes with too few scores above 0. Nodes without any score above 0 are ignored.
 *
 * @param scores shape (nodes x classes), row-major
 * @param shares of the classes, above 0, sum 1
 */
export function* volumeFactors(scores: Float32Array, shares: Float64Array): Sliced<Float64Array> {
  const reached = reachedRows(scores, shares.length)
  const quota = shares.map((share) => share * reached.length)
  const logFactors = startFromMasses(scores, shares)
  const steps = new Float64Array(shares.length).fill(0.5)
  let missing = new Float64Array(shares.length)
  let best = { off: Infinity, factors: new Float64Array(shares.length) }
  for (let round = 0; round < ROUNDS; round++) {
    const factors = logFactors.map(Math.exp)
    const volumes = new Float64Array(factors.length)
    for (const [from, to] of ranges(0, reached.length, 4 * factors.length)) {
      addVolumes(scores, reached.subarray(from, to), factors, volumes)
      yield PAUSE
    }
    const before = missing
    missing = quota.map((wanted, c) => wanted - volumes[c])
    const off = missing.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    if (off < best.off) best = { off, factors }
    // Less than one node off: no other integers are nearer.
    if (off < 1) break
    missing.forEach((value, c) => {
      const growth = value * before[c] > 0 ? 1.2 : value * before[c] < 0 ? 0.5 : 1
      steps[c] = Math.min(LARGEST_STEP, Math.max(SMALLEST_STEP, steps[c] * growth))
      if (Math.abs(value) >= 1) logFactors[c] += Math.sign(value) * steps[c]
    })
    keepInRange(logFactors)
  }
  return best.factors
}

/** First entry of each row that has a score above 0. */
function reachedRows(scores: Float32Array, width: number): Int32Array {
  const rows: number[] = []
  for (let at = 0; at < scores.length; at += width) {
    if (scores.subarray(at, at + width).some((score) => score > 0)) rows.push(at)
  }
  return Int32Array.from(rows)
}

/** Class mass normalisation is a good start, and makes the scale of the scores of a class irrelevant. */
function startFromMasses(scores: Float32Array, shares: Float64Array): Float64Array {
  const mass = new Float64Array(shares.length)
  for (let at = 0; at < scores.length; at++) mass[at % mass.length] += Math.max(0, scores[at])
  return mass.map((sum, c) => (sum > 0 ? Math.log(shares[c] / sum) : 0))
}

function addVolumes(scores: Float32Array, rows: Int32Array, factors: Float64Array, volumes: Float64Array): void {
  for (const at of rows) {
    let [best, column] = [-Infinity, 0]
    for (let c = 0; c < factors.length; c++) {
      const score = Math.max(0, scores[at + c]) * factors[c]
      if (score > best) [best, column] = [score, c]
    }
    volumes[column]++
  }
}

/** Only ratios matter: the mean is kept at 0, and a class that cannot reach its share stops where exp is still finite. */
function keepInRange(logFactors: Float64Array): void {
  const mean = logFactors.reduce((sum, value) => sum + value, 0) / logFactors.length
  logFactors.forEach((value, c) => (logFactors[c] = Math.min(300, Math.max(-300, value - mean))))
}
