import type { CalibrationMethod } from '../calibrate/calibration.ts'
import { either, finiteNumber, isFunction, isIterable, isString, numberBetween, oneOf } from '../support/options.ts'
import { choice, flag, integer, number, option, type Given } from '../support/spec.ts'
import { inferLabelsOptions, type InferLabelsOptions } from './infer-labels.ts'
import { isRamp, type PseudoLabel, type Ramp } from './pseudo-labels.ts'
import type { SeedSource } from './seeds.ts'
import type { SelectionRule } from './select-pseudo-labels.ts'

const ownOptions = {
  /** Most rounds; integer >= 1. They end earlier where a round would repeat one of the last 8: constant ramps, the same pseudo-labels and weights. Default 8. */
  rounds: integer(8, 1),
  /** Which predictions are learnt from. Default 'k-best'. */
  select: choice<SelectionRule>('k-best', ['k-best', 'threshold', 'margin', 'entropy']),
  /** With 'k-best': share of the unlabelled nodes that a seed reaches, in (0, 1], over the rounds. Default [0.15, 0.8]. */
  share: option<Ramp>(Object.freeze([0.15, 0.8] as const), isRamp(numberBetween(0, 1, '(]'))),
  /** With the other rules: least calibrated confidence, margin or information, in [0, 1], over the rounds. Default [0.9, 0.6]. */
  threshold: option<Ramp>(Object.freeze([0.9, 0.6] as const), isRamp(numberBetween(0, 1))),
  /** Whether the classes get their shares (those of `classPrior`, or of the seeds) of what is taken. Default true. */
  balanced: flag(true),
  /** Weight of all pseudo-labels together, over that of all labels, > 0, over the rounds. No pseudo-label counts more than a label. Default 1. */
  lambda: option<Ramp>(1, isRamp(numberBetween(0, Infinity, '(]'))),
  /**
   * What rounds are validated by: a share of the seeds, in [0, 1), drawn within classes; or labels of other nodes, as `seeds`. 0 validates nothing:
   * the last round is returned, whatever it did. Default 0.2.
   */
  validation: option<number | SeedSource>(0.2, either(numberBetween(0, 1, '[)'), isString, isIterable)),
  /** How confidence becomes a probability, learnt from the validation labels in every round. Default 'auto'. */
  calibration: choice<CalibrationMethod | 'auto'>('auto', ['auto', 'none', 'temperature', 'isotonic']),
  /** How sure a gain must be to be believed: coverage of the intervals of all rounds together, in (0, 1). Default 0.9. */
  level: number(0.9, 0, 1, '()'),
  /** Seed of what is held out and of the resampling. Default 1. */
  seed: option(1, finiteNumber),
  /**
   * Sees the pseudo-labels of each round before they are spread, and gives back those that shall be: a place for somebody who knows better.
   * Not asked again once a round with constant ramps repeats one of the last 8. Default null.
   */
  review: option<((pseudoLabels: readonly PseudoLabel[], round: number) => readonly PseudoLabel[]) | null>(
    null,
    either(isFunction, oneOf(null)),
  ),
}

/** Options of `selfTraining`: those of `inferLabels`, and how it learns from its own predictions. */
export interface SelfTrainingOptions extends InferLabelsOptions, Given<typeof ownOptions> {}

export const selfTrainingOptions = { ...inferLabelsOptions, ...ownOptions }
