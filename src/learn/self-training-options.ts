import type { SeedSource } from '../propagate/seeds.ts'
import { labellerResolver, type Defaults } from '../propagate/labeller.ts'
import {
  either,
  finiteNumber,
  integerAtLeast,
  isBoolean,
  isFunction,
  isIterable,
  isString,
  numberBetween,
  oneOf,
} from '../support/options.ts'
import type { CalibrationMethod } from './calibration.ts'
import { INFER_CHECKS, INFER_DEFAULTS, type InferLabelsOptions } from './infer-labels.ts'
import type { PseudoLabel } from './pseudo-labels.ts'
import { isRamp, type Ramp } from './ramp.ts'
import type { SelectionRule } from './select-pseudo-labels.ts'

/** Options of `selfTraining`: those of `inferLabels`, and how it learns from its own predictions. */
export interface SelfTrainingOptions extends InferLabelsOptions {
  /** Most rounds; integer >= 1. They end earlier where a round would repeat one of the last 8: constant ramps, the same pseudo-labels and weights. Default 8. */
  readonly rounds?: number | undefined
  /** Which predictions are learnt from. Default 'k-best'. */
  readonly select?: SelectionRule | undefined
  /** With 'k-best': share of the unlabelled nodes that a seed reaches, in (0, 1], over the rounds. Default [0.15, 0.8]. */
  readonly share?: Ramp | undefined
  /** With the other rules: least calibrated confidence, margin or information, in [0, 1], over the rounds. Default [0.9, 0.6]. */
  readonly threshold?: Ramp | undefined
  /** Whether the classes get their shares (those of `classPrior`, or of the seeds) of what is taken. Default true. */
  readonly balanced?: boolean | undefined
  /** Weight of all pseudo-labels together, over that of all labels, > 0, over the rounds. No pseudo-label counts more than a label. Default 1. */
  readonly lambda?: Ramp | undefined
  /**
   * What rounds are judged by: a share of the seeds, in [0, 1), drawn within classes; or labels of other nodes, as `seeds`. 0 judges nothing:
   * the last round is returned, whatever it did. Default 0.2.
   */
  readonly validation?: number | SeedSource | undefined
  /** How confidence becomes a probability, learnt from the validation labels in every round. Default 'auto'. */
  readonly calibration?: CalibrationMethod | 'auto' | undefined
  /** How sure a gain must be to be believed: coverage of the intervals of all rounds together, in (0, 1). Default 0.9. */
  readonly level?: number | undefined
  /** Seed of what is held out and of the resampling. Default 1. */
  readonly seed?: number | undefined
  /**
   * Sees the pseudo-labels of each round before they are spread, and gives back those that shall be: a place for somebody who knows better.
   * Not asked again once a round with constant ramps repeats one of the last 8. Default null.
   */
  readonly review?: ((pseudoLabels: readonly PseudoLabel[], round: number) => readonly PseudoLabel[]) | null | undefined
}

const DEFAULTS: Defaults<SelfTrainingOptions> = Object.freeze({
  ...INFER_DEFAULTS,
  rounds: 8,
  select: 'k-best',
  share: Object.freeze([0.15, 0.8] as const),
  threshold: Object.freeze([0.9, 0.6] as const),
  balanced: true,
  lambda: 1,
  validation: 0.2,
  calibration: 'auto',
  level: 0.9,
  seed: 1,
  review: null,
})

export const resolveSelfTraining = labellerResolver<SelfTrainingOptions>('selfTraining', DEFAULTS, {
  ...INFER_CHECKS,
  rounds: integerAtLeast(1),
  select: oneOf('k-best', 'threshold', 'margin', 'entropy'),
  share: isRamp(numberBetween(0, 1, '(]')),
  threshold: isRamp(numberBetween(0, 1)),
  balanced: isBoolean,
  lambda: isRamp(numberBetween(0, Infinity, '(]')),
  validation: either(numberBetween(0, 1, '[)'), isString, isIterable),
  calibration: oneOf('auto', 'none', 'temperature', 'isotonic'),
  level: numberBetween(0, 1, '()'),
  seed: finiteNumber,
  review: either(isFunction, oneOf(null)),
})
