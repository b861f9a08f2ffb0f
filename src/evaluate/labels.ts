import { integer, resolve, type Given } from '../support/spec.ts'
import { checkOutcomes, checkPaired, checkShares } from './paired.ts'

/** One class against the rest. */
export interface ClassScore {
  /** Share of the predictions of this class that are right; 0 when it was never predicted. In [0, 1]. */
  readonly precision: number
  /** Share of the members of this class that were found; 0 when it has no member. In [0, 1]. */
  readonly recall: number
  /** Harmonic mean of the two, 2 TP / (2 TP + FP + FN). In [0, 1]. */
  readonly f1: number
  /** Number of rows whose actual class this is. */
  readonly support: number
}

export interface LabelScores<L> {
  /** Share of rows whose prediction is right, in [0, 1]. */
  readonly accuracy: number
  /** Unweighted mean of F1 over the classes: all classes count equally. In [0, 1]. */
  readonly macroF1: number
  /** F1 of the pooled counts: all rows count equally. Equal to the accuracy, since each row has one label and one prediction. */
  readonly microF1: number
  /** Unweighted mean of the recall of the classes that occur in `actual`. In [0, 1]. */
  readonly balancedAccuracy: number
  /** By class, those of `actual` first, in order of first appearance; classes that were only predicted follow. */
  readonly classes: ReadonlyMap<L, ClassScore>
  /** Number of rows. */
  readonly count: number
}

/**
 * Accuracy and F1 of predicted labels. Labels are compared as keys of a `Map`.
 *
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA (different lengths)
 *
 * @example
 * ```ts
 * scoreLabels(['a', 'b', 'b'], ['a', 'b', 'c']).accuracy // 2 / 3
 * ```
 */
export function scoreLabels<L>(predicted: ArrayLike<L>, actual: ArrayLike<L>): LabelScores<L> {
  checkPaired('scoreLabels', predicted, actual)
  const counts = countClasses(predicted, actual)
  const classes = new Map<L, ClassScore>()
  let right = 0
  let f1 = 0
  let recall = 0
  let occurring = 0
  for (const [label, { hits, predictions, members }] of counts) {
    const score = {
      precision: predictions === 0 ? 0 : hits / predictions,
      recall: members === 0 ? 0 : hits / members,
      f1: (2 * hits) / (predictions + members),
      support: members,
    }
    classes.set(label, score)
    right += hits
    f1 += score.f1
    recall += score.recall
    if (members > 0) occurring++
  }
  const count = actual.length
  const accuracy = right / count
  return {
    accuracy,
    macroF1: f1 / counts.size,
    microF1: accuracy,
    balancedAccuracy: recall / occurring,
    classes,
    count,
  }
}

interface ClassCounts {
  hits: number
  predictions: number
  members: number
}

function countClasses<L>(predicted: ArrayLike<L>, actual: ArrayLike<L>): Map<L, ClassCounts> {
  const counts = new Map<L, ClassCounts>()
  const of = (label: L): ClassCounts => {
    let entry = counts.get(label)
    if (entry === undefined) counts.set(label, (entry = { hits: 0, predictions: 0, members: 0 }))
    return entry
  }
  for (let row = 0; row < actual.length; row++) of(actual[row]).members++
  for (let row = 0; row < predicted.length; row++) {
    const entry = of(predicted[row])
    entry.predictions++
    if (entry === of(actual[row])) entry.hits++
  }
  return counts
}

export const calibrationOptions = {
  /** Number of bins of equal width over [0, 1]; an integer >= 1. Default 15, as Guo et al. */
  bins: integer(15, 1),
}

export interface CalibrationOptions extends Given<typeof calibrationOptions> {}

/** The predictions whose confidence lies in (from, to]; a confidence of 0 belongs to the first bin. */
export interface CalibrationBin {
  readonly from: number
  readonly to: number
  readonly count: number
  /** Mean confidence and share of right predictions in the bin; NaN when it is empty. */
  readonly confidence: number
  readonly accuracy: number
}

export interface Calibration {
  /** Expected calibration error: sum over bins of count / n * |accuracy - confidence|, in [0, 1]. */
  readonly expectedError: number
  /** The largest |accuracy - confidence| of a bin, in [0, 1]. */
  readonly maximumError: number
  readonly bins: readonly CalibrationBin[]
}

/**
 * Calibration error: difference of a confidence from the share of right predictions with it (Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599).
 *
 * @param confidence of each prediction, in [0, 1]
 * @param correct whether each prediction was right: true or 1, false or 0
 * @throws {RivuletError} EMPTY_DATA, INVALID_DATA (different lengths, a confidence outside [0, 1], an outcome that is neither), INVALID_OPTION
 */
export function calibration(
  confidence: ArrayLike<number>,
  correct: ArrayLike<boolean | number>,
  options?: CalibrationOptions,
): Calibration {
  const { bins } = resolve('calibration', calibrationOptions, options)
  checkPaired('calibration', confidence, correct)
  checkShares('calibration', 'confidence', confidence)
  checkOutcomes('calibration', 'correct', correct)
  const counts = new Float64Array(bins)
  const confidences = new Float64Array(bins)
  const rights = new Float64Array(bins)
  for (let row = 0; row < confidence.length; row++) {
    const value = confidence[row]
    const bin = Math.max(0, Math.ceil(value * bins) - 1)
    counts[bin]++
    confidences[bin] += value
    rights[bin] += Number(correct[row])
  }
  return summarise(counts, confidences, rights, confidence.length)
}

function summarise(counts: Float64Array, confidences: Float64Array, rights: Float64Array, total: number): Calibration {
  let expectedError = 0
  let maximumError = 0
  const bins = Array.from(counts, (count, bin): CalibrationBin => {
    if (count > 0) {
      const error = Math.abs(rights[bin] - confidences[bin])
      expectedError += error / total
      maximumError = Math.max(maximumError, error / count)
    }
    const [from, to] = [bin / counts.length, (bin + 1) / counts.length]
    return { from, to, count, confidence: confidences[bin] / count, accuracy: rights[bin] / count }
  })
  return { expectedError, maximumError, bins }
}
