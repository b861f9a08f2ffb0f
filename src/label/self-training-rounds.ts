import { bootstrapInSlices, type PairedBootstrap } from '../evaluate/significance.ts'
import type { Sliced } from '../support/pause.ts'
import { fitCalibrator, fitMethod, type CalibrationMethod, type Calibrator } from '../calibrate/calibration.ts'
import type { HeldOutLabels } from './hold-out-labels.ts'
import type { InferredLabelling } from './infer-labels.ts'
import type { PseudoLabels } from './pseudo-labels.ts'

/** How a round went. */
export interface SelfTrainingRound {
  /** 0 is without pseudo-labels. */
  readonly round: number
  /** Share of the validation labels that it gets right, in [0, 1]; null where there are none. */
  readonly accuracy: number | null
  /** Pseudo-labels that it spread. */
  readonly pseudoLabels: number
  /** How many of them are new, or have another label, since the round before. */
  readonly added: number
  readonly iterations: number
}

/**
 * What ended the rounds: their number; a round that would repeat the one before; or one that would repeat an earlier one of the last 8, from which
 * on they would go in a circle (two sets of pseudo-labels that lead to each other, say).
 */
export type RoundsEnd = 'rounds' | 'fixed-point' | 'cycle'

/** What is decided after the last round. */
export interface RoundChoice {
  /** 'supervised': the labels are those without any pseudo-label. */
  readonly decision: 'supervised' | 'semi-supervised'
  /** Why, in words. */
  readonly decisionReason: string
  /**
   * Accuracy of the best round less that of round 0, paired on the validation nodes, with its interval; null where nothing was validated or no
   * round was better. The best of several rounds looks better than it is: the interval's level is widened for their number (Bonferroni).
   */
  readonly gain: PairedBootstrap | null
}

/** A round while it is under way. */
export interface Round {
  readonly labelling: InferredLabelling
  /** 1 where a validation label was found, shape (validation nodes). */
  readonly correct: Float64Array
  /** Null in round 0. */
  readonly pseudoLabels: PseudoLabels | null
  readonly report: SelfTrainingRound
}

/** Holds a labelling to the validation labels. @param added see `SelfTrainingRound` */
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

/** The round with more validation labels right, the earlier of two as good; without validation, the later. */
export function betterRound(a: Round, b: Round): Round {
  const [before, after] = [a.report.accuracy, b.report.accuracy]
  return before !== null && after !== null && after <= before ? a : b
}

/** What the best of some rounds is worth over the first. @param level coverage of the intervals of all rounds together; the best one's must lie above 0 */
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

/** The calibration of round 0, its method chosen; null without validation labels. */
export function calibrateFirst(
  first: Round,
  held: HeldOutLabels,
  method: CalibrationMethod | 'auto',
  seed: number,
): Calibrator | null {
  return held.nodes.length === 0 ? null : fitCalibrator(confidenceOf(first, held), first.correct, { method, seed })
}

/** The calibration of any round: in a later one confidence means something else, but the method need not be chosen again. */
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
