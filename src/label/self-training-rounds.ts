import { bootstrapInSlices, type PairedBootstrap } from '../evaluate/significance.ts'
import type { Sliced } from '../support/pause.ts'
import { fitCalibrator, fitMethod, type CalibrationMethod, type Calibrator } from '../calibrate/calibration.ts'
import type { HeldOutLabels } from './hold-out-labels.ts'
import type { InferredLabelling } from './infer-labels.ts'
import type { PseudoLabels } from './pseudo-labels.ts'

/** Report of a round. */
export interface SelfTrainingRound {
  /** Number of the round; round 0 has no pseudo-labels. */
  readonly round: number
  /** Share of the validation labels that it predicts, in [0, 1]; null without validation labels. */
  readonly accuracy: number | null
  /** Number of pseudo-labels that it spread. */
  readonly pseudoLabels: number
  /** Number of those that are new or have another label than in the round before. */
  readonly added: number
  readonly iterations: number
}

/**
 * What ended the rounds: their number; a round that would repeat the one before; or one that would repeat an earlier one of the last 8, after which
 * rounds would cycle (for example between two sets of pseudo-labels).
 */
export type RoundsEnd = 'rounds' | 'fixed-point' | 'cycle'

/** The decision after the last round. */
export interface RoundChoice {
  /** 'supervised': the labels of round 0, without pseudo-labels. */
  readonly decision: 'supervised' | 'semi-supervised'
  /** The reason, as text. */
  readonly decisionReason: string
  /**
   * Accuracy of the best round minus that of round 0, paired on the validation nodes, with its interval; null without validation, or if no
   * round was better. Selecting the best of several rounds is biased, so the level of the interval is corrected for their number (Bonferroni).
   */
  readonly gain: PairedBootstrap | null
}

/** A completed round. */
export interface Round {
  readonly labelling: InferredLabelling
  /** 1 where the validation label was predicted, shape (validation nodes). */
  readonly correct: Float64Array
  /** Null in round 0. */
  readonly pseudoLabels: PseudoLabels | null
  readonly report: SelfTrainingRound
}

/** Scores a labelling on the validation labels. @param added see `SelfTrainingRound` */
export function validateRound(
  labelling: InferredLabelling,
  { nodes, labels }: HeldOutLabels,
  pseudoLabels: PseudoLabels | null,
  added: number,
): Round {
  const correct = Float64Array.from(nodes, (node, at) => (labelling.labels[node] === labels[at] ? 1 : 0))
  const accuracy = nodes.length === 0 ? null : correct.reduce((sum, one) => sum + one, 0) / nodes.length
  const report = {
    round: pseudoLabels?.round ?? 0,
    accuracy,
    pseudoLabels: pseudoLabels?.nodes.length ?? 0,
    added,
    iterations: labelling.iterations,
  }
  return { labelling, correct, pseudoLabels, report }
}

/** The round with the higher accuracy, the earlier one in case of a tie; without validation the later one. */
export function betterRound(a: Round, b: Round): Round {
  const [before, after] = [a.report.accuracy, b.report.accuracy]
  return before !== null && after !== null && after <= before ? a : b
}

/** Chooses between the first and the best round. @param level joint coverage of the intervals of all rounds; that of the best one must be above 0 */
export function* decideBetween(
  first: Round,
  best: Round,
  rounds: number,
  level: number,
  seed: number,
): Sliced<RoundChoice> {
  if (first.report.accuracy === null) {
    return { decision: 'semi-supervised', decisionReason: 'no validation labels: the last round', gain: null }
  }
  if (best === first) return { decision: 'supervised', decisionReason: 'no round was better than none', gain: null }
  const gain = yield* bootstrapInSlices(best.correct, first.correct, { level: 1 - (1 - level) / rounds, seed })
  const shown = `round ${best.report.round} gains ${points(gain.difference)} points (${points(gain.low)} to ${points(gain.high)})`
  return gain.low > 0
    ? { decision: 'semi-supervised', decisionReason: shown, gain }
    : { decision: 'supervised', decisionReason: `${shown}, which may be chance`, gain }
}

/** The calibration of round 0, including the choice of its method; null without validation labels. */
export function calibrateFirst(
  first: Round,
  held: HeldOutLabels,
  method: CalibrationMethod | 'auto',
  seed: number,
): Calibrator | null {
  return held.nodes.length === 0 ? null : fitCalibrator(confidenceOf(first, held), first.correct, { method, seed })
}

/** The calibration of any round: later rounds are calibrated again, because confidences change, but with the same method. */
export function calibrateAgain(
  first: Calibrator | null,
  round: Round,
  held: HeldOutLabels,
): (confidence: number) => number {
  const nothingToLearn = round.correct.every((one) => one === round.correct[0])
  if (first !== null && (round.report.round === 0 || nothingToLearn)) return first.calibrate
  return fitMethod(first?.method ?? 'none', confidenceOf(round, held), round.correct).calibrate
}

const confidenceOf = ({ labelling }: Round, { nodes }: HeldOutLabels): Float64Array =>
  Float64Array.from(nodes, (node) => labelling.confidence[node])

const points = (share: number): string => (100 * share).toFixed(1)
