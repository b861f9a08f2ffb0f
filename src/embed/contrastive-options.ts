import type { RelationOptions } from '../data/relation-options.ts'
import { relatedOptions, type SourceOptions } from '../method/source-options.ts'
import { either, finiteNumber, isFunction, oneOf } from '../support/options.ts'
import { choice, integer, number, option, text, type Given, type Resolved } from '../support/spec.ts'
import { isCheckpoint, type ContrastiveCheckpoint } from './contrastive-checkpoint.ts'
import type { BatchProgress } from './contrastive-training.ts'

const isFunctionOrNull = either(oneOf(null), isFunction)

const ownOptions = {
  /** Length of the vectors; integer >= 1. Default 64. */
  dimensions: integer(64, 1),
  /** Propagation layers: item vectors are averaged over this many powers of the normalised matrix in addition to the first; integer >= 0. Default 0: users are one already. */
  layers: integer(0, 0),
  /** Maximum number of passes over the interactions; integer >= 0. Default 20. */
  epochs: integer(20, 0),
  /** Interactions per training batch; integer >= 2. Default 8192. */
  batchSize: integer(8192, 2),
  /** Negatives per interaction, taken from items of other interactions in the batch; integer >= 1. Default 255. */
  negatives: integer(255, 1),
  /** Loss: 'softmax' over all negatives, or 'bpr', Bayesian personalised ranking against one negative. Default 'softmax'. */
  loss: choice<'softmax' | 'bpr'>('softmax', ['softmax', 'bpr']),
  /** > 0; lower values give more weight to the nearest negatives. Default 0.1. */
  temperature: number(0.1, 0, Infinity, '()'),
  /** Views of the same user or item that are trained to be close to each other and far from those of others: 'noise' on vectors, or 'edge-drop', sums over a user's items with some left out. Default 'none'. */
  views: choice<'none' | 'noise' | 'edge-drop'>('none', ['none', 'noise', 'edge-drop']),
  /** Weight of the loss of the views relative to that of the interactions, >= 0. Default 0.1. */
  viewWeight: number(0.1, 0, Infinity, '[)'),
  /** As `temperature`, for the views. Default 0.2. */
  viewTemperature: number(0.2, 0, Infinity, '()'),
  /** Length of the noise relative to unit vectors, or share of a user's items that is left out; in (0, 1). Default 0.2. */
  viewStrength: number(0.2, 0, 1, '()'),
  /** Approximate change of an entry per step at the start, > 0; entries start at about 0.1. Default 0.02. */
  learningRate: number(0.02, 0, Infinity, '()'),
  /** Factor of the learning rate after every epoch, in (0, 1]. Default 0.85. */
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
  /** Called after every epoch with a checkpoint from which a later run can resume; do not modify its arrays. Default null. */
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

/** Progress of a training. */
export interface TrainingProgress extends BatchProgress {
  /** From 1. */
  readonly epoch: number
  /** Maximum number of epochs. */
  readonly epochs: number
}

export type ResolvedContrastive = Resolved<typeof contrastiveOptions>
