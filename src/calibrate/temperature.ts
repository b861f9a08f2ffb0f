/**
 * Temperature for one confidence: a straight line on its logit.
 *
 *   q = sigmoid(logit(p) / T + b),   T > 0 and b minimize the log loss
 *
 * p confidence, q calibrated confidence. Guo, Pleiss, Sun & Weinberger 2017, arXiv:1706.04599, with the shift b of Platt 1999, because the confidence of one class
 * among many has no fixed point at 1/2. The outcomes are Platt's, (N1 + 1) / (N1 + 2) for right and 1 / (N0 + 2) for wrong, so that separable data
 * have a finite solution. Newton steps with halving, Lin, Lin & Weng 2007, 10.1007/s10994-007-5018-6. Time O(n), about ten passes.
 */

/** q = sigmoid(slope * logit(p) + shift); `slope` is 1 / T. */
export interface LogitLine {
  /** >= 0: 0 if predictions with higher confidence were not right more often. */
  readonly slope: number
  readonly shift: number
}

const ITERATIONS = 50
const TOLERANCE = 1e-10

/** The line with the smallest log loss. `confidence` in [0, 1], `correct` 0 or 1, some of each. */
export function fitLogitLine(confidence: ArrayLike<number>, correct: ArrayLike<number>): LogitLine {
  const logits = Float64Array.from(confidence, logit)
  const outcomes = softOutcomes(correct)
  const line = newton(logits, outcomes, true)
  return line.slope >= 0 ? line : newton(logits, outcomes, false)
}

/** 0 if the two outcomes are equally likely; a confidence within 1e-6 of 0 or 1 counts as that far from it. */
export function logit(share: number): number {
  const inside = Math.min(1 - 1e-6, Math.max(1e-6, share))
  return Math.log(inside / (1 - inside))
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit))

/** Platt's targets. */
export function softOutcomes(correct: ArrayLike<number>): Float64Array {
  let right = 0
  for (let row = 0; row < correct.length; row++) right += correct[row]
  const [high, low] = [(right + 1) / (right + 2), 1 / (correct.length - right + 2)]
  return Float64Array.from(correct, (outcome) => (outcome === 1 ? high : low))
}

/** Mean log loss of a line, in nats. */
export function logLossOf({ slope, shift }: LogitLine, logits: Float64Array, outcomes: Float64Array): number {
  let loss = 0
  for (let row = 0; row < logits.length; row++) {
    const z = slope * logits[row] + shift
    // log(1 + e^z) - y z without overflow
    loss += Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z))) - outcomes[row] * z
  }
  return loss / logits.length
}

/** Starts at slope 1 (the given confidence), or holds the slope at 0. */
function newton(logits: Float64Array, outcomes: Float64Array, sloped: boolean): LogitLine {
  let line: LogitLine = { slope: sloped ? 1 : 0, shift: 0 }
  let loss = logLossOf(line, logits, outcomes)
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const step = newtonStep(line, logits, outcomes, sloped)
    let share = 1
    let next = line
    let nextLoss = loss
    do {
      next = { slope: line.slope - share * step.slope, shift: line.shift - share * step.shift }
      nextLoss = logLossOf(next, logits, outcomes)
      share /= 2
    } while (nextLoss > loss && share > 1e-9)
    if (nextLoss > loss) break
    const gained = loss - nextLoss
    line = next
    loss = nextLoss
    if (gained < TOLERANCE * loss) break
  }
  return line
}

function newtonStep(line: LogitLine, logits: Float64Array, outcomes: Float64Array, sloped: boolean): LogitLine {
  let [gradientSlope, gradientShift, a, b, c] = [0, 0, 0, 0, 0]
  for (let row = 0; row < logits.length; row++) {
    const x = sloped ? logits[row] : 0
    const q = sigmoid(line.slope * x + line.shift)
    const curvature = q * (1 - q)
    gradientSlope += (q - outcomes[row]) * x
    gradientShift += q - outcomes[row]
    a += curvature * x * x
    b += curvature * x
    c += curvature
  }
  // A ridge that is small beside the curvature, because all logits may be equal.
  const ridge = 1e-9 * (a + c) + 1e-12
  const determinant = (a + ridge) * (c + ridge) - b * b
  return {
    slope: sloped ? ((c + ridge) * gradientSlope - b * gradientShift) / determinant : 0,
    shift: ((a + ridge) * gradientShift - b * gradientSlope) / determinant,
  }
}
