import type { RelationOptions } from '../data/relations.ts'
import { relatedOptions, type SourceOptions } from '../method/source-options.ts'
import { either, finiteNumber, isFunction, oneOf } from '../support/options.ts'
import { choice, integer, number, option, text, type Given, type Resolved } from '../support/spec.ts'
import { isCheckpoint, type ContrastiveCheckpoint } from './contrastive-checkpoint.ts'
import type { BatchProgress } from './contrastive-training.ts'

const isFunctionOrNull = either(oneOf(null), isFunction)

const ownOptions = {
  /** Length of the vectors; integer >= 1. Default 64. */
  dimensions: integer(64, 1),
  /** Powers of the normalised matrix that item vectors are a mean over, beside the first; integer >= 0. Default 0: users are one already. */
  layers: integer(0, 0),
  /** How often every interaction is learnt from at most; integer >= 0. Default 20. */
  epochs: integer(20, 0),
  /** Interactions of a step; integer >= 2. Default 8192. */
  batchSize: integer(8192, 2),
  /** Items of other interactions of the step that each one is held against; integer >= 1. Default 255. */
  negatives: integer(255, 1),
  /** What is learnt from an interaction: 'softmax' over all negatives, or 'bpr', Bayesian personalised ranking, against one. Default 'softmax'. */
  loss: choice<'softmax' | 'bpr'>('softmax', ['softmax', 'bpr']),
  /** > 0; the smaller, the more the nearest negatives count. Default 0.1. */
  temperature: number(0.1, 0, Infinity, '()'),
  /** Views of the same user or item that are to be near each other, and far from others': 'noise' on vectors, or sums of a user's items with some left out, 'edge-drop'. Default 'none'. */
  views: choice<'none' | 'noise' | 'edge-drop'>('none', ['none', 'noise', 'edge-drop']),
  /** Of the views' loss beside that of the interactions, >= 0. Default 0.1. */
  viewWeight: number(0.1, 0, Infinity, '[)'),
  /** As `temperature`, of the views. Default 0.2. */
  viewTemperature: number(0.2, 0, Infinity, '()'),
  /** Length of the noise beside vectors of length 1, or share of a user's items that is left out; in (0, 1). Default 0.2. */
  viewStrength: number(0.2, 0, 1, '()'),
  /** About how far an entry moves in a step at first, > 0; entries begin at about 0.1. Default 0.02. */
  learningRate: number(0.02, 0, Infinity, '()'),
  /** What the learning rate is multiplied by after every epoch, in (0, 1]. Default 0.85. */
  learningRateDecay: number(0.85, 0, 1, '(]'),
  /** Share of log popularity that is taken from a negative's score, in [0, 1]: 1 as if all items were negatives, 0 pushes popular items away. Default 1. */
  popularityCorrection: number(1, 0, 1),
  /** Where the item vectors begin. Default 'spectral'. */
  start: choice<'spectral' | 'random'>('spectral', ['spectral', 'random']),
  /** Share of the users that nothing is learnt from: epochs are validated by a fifth of their items, found by the others. In [0, 1). Default 0: no epoch is validated. */
  validationFraction: number(0, 0, 1, '[)'),
  /** Epochs that may pass without a better one before training stops; integer >= 1, of no effect without `validationFraction`. Default 5. */
  patience: integer(5, 1),
  /** Called after every step; what it throws ends the training. Default null. */
  onProgress: option<((progress: TrainingProgress) => void) | null>(null, isFunctionOrNull),
  /** Is given what a later run goes on from, after every epoch; its arrays are to be read only. Default null. */
  onCheckpoint: option<((checkpoint: ContrastiveCheckpoint) => void) | null>(null, isFunctionOrNull),
  /** Where to go on: of the same data and options, but for `epochs`, `patience`, `learningRate`. Default null: at the start. */
  resume: option<ContrastiveCheckpoint | null>(null, either(oneOf(null), isCheckpoint)),
  /** How much less the interactions of active users count, any number. Default 0.5. */
  userExponent: option(0.5, finiteNumber),
  /** How much less the interactions of popular items count, any number. Default 0.3. */
  itemExponent: option(0.3, finiteNumber),
  /** Of the start, of the order and of the validation users; integer >= 0. Default 1. */
  seed: integer(1, 0),
  /** Node attribute that `.assign` writes an array of numbers to. Default 'embedding'. */
  nodeEmbeddingAttribute: text('embedding'),
}

/** Interactions that weigh less than nothing are no pairs to learn, but tell what a user is not. */
export interface ContrastiveEmbeddingOptions extends SourceOptions, RelationOptions, Given<typeof ownOptions> {}

export const contrastiveOptions = { ...relatedOptions, ...ownOptions }

/** How far a training is. */
export interface TrainingProgress extends BatchProgress {
  /** From 1. */
  readonly epoch: number
  /** How many there will be at most. */
  readonly epochs: number
}

export type ResolvedContrastive = Resolved<typeof contrastiveOptions>
