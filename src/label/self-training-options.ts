import type { CalibrationMethod } from '../calibrate/calibration.ts'
import { either, finiteNumber, isFunction, isIterable, isString, numberBetween, oneOf } from '../support/options.ts'
import { choice, flag, integer, number, option, type Given } from '../support/spec.ts'
import { inferLabelsOptions, type InferLabelsOptions } from './infer-labels.ts'
import { isRamp, type PseudoLabel, type Ramp } from './pseudo-labels.ts'
import type { SeedSource } from './seeds.ts'
import type { SelectionRule } from './select-pseudo-labels.ts'

const ownOptions = {
  /** Maximum number of rounds; integer >= 1. Rounds end early if one would repeat one of the last 8: constant ramps, the same pseudo-labels and weights. Default 8. */
  rounds: integer(8, 1),
  /** Which predictions become pseudo-labels. Default 'k-best'. */
  select: choice<SelectionRule>('k-best', ['k-best', 'threshold', 'margin', 'entropy']),
  /** For 'k-best': share of the unlabelled nodes reached by a seed, in (0, 1], over the rounds. Default [0.15, 0.8]. */
  share: option<Ramp>(Object.freeze([0.15, 0.8] as const), isRamp(numberBetween(0, 1, '(]'))),
  /** For the other rules: minimum calibrated confidence, margin or information, in [0, 1], over the rounds. Default [0.9, 0.6]. */
  threshold: option<Ramp>(Object.freeze([0.9, 0.6] as const), isRamp(numberBetween(0, 1))),
  /** Whether each class gets its share (that of `classPrior`, or of the seeds) of the pseudo-labels. Default true. */
  balanced: flag(true),
  /** Total weight of the pseudo-labels relative to that of the labels, > 0, over the rounds. No pseudo-label counts more than a label. Default 1. */
  lambda: option<Ramp>(1, isRamp(numberBetween(0, Infinity, '(]'))),
  /**
   * Validation labels: a share of the seeds, in [0, 1), sampled within classes; or labels of other nodes, in the form of `seeds`. 0
   * disables validation: the last round is returned. Default 0.2.
   */
  validation: option<number | SeedSource>(0.2, either(numberBetween(0, 1, '[)'), isString, isIterable)),
  /** How confidence is calibrated, fitted to the validation labels in every round. Default 'auto'. */
  calibration: choice<CalibrationMethod | 'auto'>('auto', ['auto', 'none', 'temperature', 'isotonic']),
  /** Confidence level for accepting a gain: joint coverage of the intervals of all rounds, in (0, 1). Default 0.9. */
  level: number(0.9, 0, 1, '()'),
  /** Seed of the validation split and of the resampling. Default 1. */
  seed: option(1, finiteNumber),
  /**
   * Called with the pseudo-labels of each round before they are spread; returns those to use, for example after expert review. Not
   * called again once a round with constant ramps repeats one of the last 8. Default null.
   */
  review: option<((pseudoLabels: readonly PseudoLabel[], round: number) => readonly PseudoLabel[]) | null>(
    null,
    either(isFunction, oneOf(null)),
  ),
}

/** Options of `selfTraining`: those of `inferLabels`, and how it learns from its own predictions. */
export interface SelfTrainingOptions extends InferLabelsOptions, Given<typeof ownOptions> {}

export const selfTrainingOptions = { ...inferLabelsOptions, ...ownOptions }
