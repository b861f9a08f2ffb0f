/**
 * Calibration: from a confidence to the share of correct predictions at that confidence, learnt on held-out labels.
 *
 * A confidence orders predictions; only if it is calibrated can it be read as a probability, weigh a pseudo-label, or be compared across models. The
 * method is chosen by cross-validated log loss, from the simplest to the most flexible: each has to beat the one before by more than one standard error.
 */
import { calibration, type Calibration } from '../evaluate/labels.ts'
import { checkEqualLengths, checkOutcomes, checkShares } from '../evaluate/paired.ts'
import { mean } from '../evaluate/significance.ts'
import { RivuletError, show } from '../support/errors.ts'
import { finiteNumber } from '../support/options.ts'
import { choice, integer, option, resolve, type Given } from '../support/spec.ts'
import { seededRandom } from '../support/random.ts'
import { isotonicBlocks, valueAt, type Block } from './isotonic.ts'
import { fitLogitLine, logit, sigmoid, type LogitLine } from './temperature.ts'

/** From the simplest to the most flexible. */
export type CalibrationMethod = 'none' | 'temperature' | 'isotonic'

const METHODS: readonly CalibrationMethod[] = ['none', 'temperature', 'isotonic']

export const calibratorOptions = {
  /**
   * 'temperature': a line on the logit, two numbers; 'isotonic': any non-decreasing function, needs hundreds of labels; 'none': the
   * confidence as it is; 'auto': by cross-validated log loss. Default 'auto'.
   */
  method: choice<CalibrationMethod | 'auto'>('auto', ['auto', ...METHODS]),
  /** Minimum number of held-out labels to learn from; integer >= 2. Default 20. */
  fewestLabels: integer(20, 2),
  /** Folds of the cross-validation; integer >= 2. Default 5. */
  folds: integer(5, 2),
  /** Seed of the folds. Default 1. */
  seed: option(1, finiteNumber),
}

/** Options of `fitCalibrator`. */
export interface CalibratorOptions extends Given<typeof calibratorOptions> {}

/** A fitted calibration. All but `calibrate` is plain JSON. */
export interface Calibrator {
  /** The fitted method, 'none' if there was too little to learn from. */
  readonly method: CalibrationMethod
  /** The reason of the choice, in words. */
  readonly reason: string
  /** The probability that a prediction with this confidence is right. Non-decreasing. @throws {RivuletError} INVALID_DATA outside [0, 1]. */
  calibrate(confidence: number): number
  /** Method 'temperature': its line on the logits; temperature = 1 / slope. Otherwise null. */
  readonly line: LogitLine | null
  /** Method 'isotonic': its blocks. Otherwise null. */
  readonly blocks: readonly Block[] | null
  /** Mean log loss in nats of each method on labels that it was not fitted to. Null if nothing was learnt. */
  readonly logLoss: Readonly<Record<CalibrationMethod, number>> | null
  /** Reliability of the given confidence. Null without a held-out label. */
  readonly before: Calibration | null
  /** Reliability of the calibrated confidence, on labels that it was not fitted to. Null without a held-out label. */
  readonly after: Calibration | null
  /** Number of held-out labels. */
  readonly count: number
}

/**
 * Learns a calibration of confidences from held-out labels.
 *
 * Falls back on 'none', with the `reason`, if there are fewer than `fewestLabels` labels, or all predictions were right, or all wrong.
 *
 * @param confidence of each held-out prediction, in [0, 1]
 * @param correct whether each was right: true or 1, false or 0
 * @throws {RivuletError} INVALID_DATA (different lengths, a confidence outside [0, 1], an outcome that is neither), INVALID_OPTION, UNKNOWN_OPTION
 * @example
 * ```ts
 * import { fitCalibrator } from 'rivulet'
 *
 * const confidence = Array.from({ length: 100 }, () => 0.9)
 * const correct = confidence.map((_, row) => row % 10 < 6)
 * const { method, calibrate } = fitCalibrator(confidence, correct)
 * console.log(method, calibrate(0.9).toFixed(1)) // temperature 0.6
 * ```
 */
export function fitCalibrator(
  confidence: ArrayLike<number>,
  correct: ArrayLike<boolean | number>,
  options?: CalibratorOptions,
): Calibrator {
  const who = 'fitCalibrator'
  const resolved = resolve(who, calibratorOptions, options)
  const outcomes = readOutcomes(who, confidence, correct)
  const fallback = tooLittle(outcomes, resolved.fewestLabels)
  if (fallback !== null || resolved.method === 'none') {
    const measured = outcomes.length === 0 ? null : calibration(confidence, outcomes)
    const reason = fallback ?? 'asked for'
    return {
      ...fitMethod('none', confidence, outcomes),
      reason,
      logLoss: null,
      before: measured,
      after: measured,
      count: outcomes.length,
    }
  }
  const folds = foldsOf(confidence, resolved.folds, resolved.seed)
  const trials = METHODS.map((method) => crossFit(method, confidence, outcomes, folds))
  const { chosen, reason } =
    resolved.method === 'auto'
      ? choose(trials)
      : { chosen: trials[METHODS.indexOf(resolved.method)], reason: 'asked for' }
  const [none, temperature, isotonic] = trials.map(({ losses }) => mean(losses))
  return {
    ...fitMethod(chosen.method, confidence, outcomes),
    reason,
    logLoss: { none, temperature, isotonic },
    before: calibration(confidence, outcomes),
    after: calibration(chosen.calibrated, outcomes),
    count: outcomes.length,
  }
}

function readOutcomes(who: string, confidence: ArrayLike<number>, correct: ArrayLike<boolean | number>): Float64Array {
  checkEqualLengths(who, confidence, correct)
  checkShares(who, 'confidence', confidence)
  checkOutcomes(who, 'correct', correct)
  return Float64Array.from(correct, Number)
}

/** The reason why nothing can be learnt, or null. */
function tooLittle(outcomes: Float64Array, fewestLabels: number): string | null {
  const count = outcomes.length
  if (count < fewestLabels) return `${count} held-out labels are fewer than ${fewestLabels}`
  const right = outcomes.reduce((sum, outcome) => sum + outcome, 0)
  if (right === count) return `all ${count} held-out predictions are right`
  if (right === 0) return `all ${count} held-out predictions are wrong`
  return null
}

type Fitted = Pick<Calibrator, 'method' | 'calibrate' | 'line' | 'blocks'>

/** A named method fitted without validation, for callers that chose it before and fit it repeatedly. */
export function fitMethod(method: CalibrationMethod, confidence: ArrayLike<number>, outcomes: Float64Array): Fitted {
  const line = method === 'temperature' ? fitLogitLine(confidence, outcomes) : null
  const blocks = method === 'isotonic' ? isotonicBlocks(confidence, outcomes) : null
  // A block of right predictions is not certain: n observations cannot exclude an error rate of 1 in n.
  const least = 1 / (outcomes.length + 2)
  const calibrate = (value: number): number => {
    if (!(value >= 0 && value <= 1)) throw outsideShares(value)
    if (line !== null) return sigmoid(line.slope * logit(value) + line.shift)
    return blocks === null ? value : Math.min(1 - least, Math.max(least, valueAt(blocks, value)))
  }
  return { method, calibrate, line, blocks }
}

/** A method validated on labels that it was not fitted to. */
interface Trial {
  readonly method: CalibrationMethod
  readonly calibrated: Float64Array
  /** Log loss of each label, in nats. */
  readonly losses: Float64Array
}

function crossFit(
  method: CalibrationMethod,
  confidence: ArrayLike<number>,
  outcomes: Float64Array,
  folds: Int32Array[],
): Trial {
  const calibrated = new Float64Array(outcomes.length)
  for (const held of folds) {
    const isHeld = new Set(held)
    const rest = Int32Array.from(outcomes.keys()).filter((row) => !isHeld.has(row))
    const { calibrate } = fitMethod(
      method,
      Float64Array.from(rest, (row) => confidence[row]),
      Float64Array.from(rest, (row) => outcomes[row]),
    )
    for (const row of held) calibrated[row] = calibrate(confidence[row])
  }
  const losses = calibrated.map((share, row) => logLoss(share, outcomes[row]))
  return { method, calibrated, losses }
}

/** Rows of every fold, stratified by confidence. */
function foldsOf(confidence: ArrayLike<number>, count: number, seed: number): Int32Array[] {
  const rows = seededRandom(seed).shuffle(Int32Array.from(confidence, (_, row) => row))
  rows.sort((a, b) => confidence[a] - confidence[b])
  const folds = Math.min(count, rows.length)
  return Array.from({ length: folds }, (_, fold) => rows.filter((_, place) => place % folds === fold))
}

/** The first method that no more flexible one beats by more than one standard error. */
function choose(trials: readonly Trial[]): { chosen: Trial; reason: string } {
  let chosen = trials[0]
  for (const trial of trials.slice(1)) {
    const gains = chosen.losses.map((loss, row) => loss - trial.losses[row])
    if (mean(gains) > standardError(gains)) chosen = trial
  }
  const losses = trials.map(({ method, losses }) => `${method} ${mean(losses).toFixed(3)}`).join(', ')
  return { chosen, reason: `cross-validated log loss on ${chosen.losses.length} labels: ${losses}` }
}

function logLoss(share: number, outcome: number): number {
  const inside = Math.min(1 - 1e-6, Math.max(1e-6, share))
  return -Math.log(outcome === 1 ? inside : 1 - inside)
}

function standardError(values: Float64Array): number {
  const middle = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}

function outsideShares(value: number): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: 'calibrate',
    expected: 'a confidence in [0, 1]',
    got: show(value),
    todo: 'Pass a share, not a score.',
    details: { value },
  })
}
