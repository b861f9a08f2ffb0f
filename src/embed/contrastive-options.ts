import { isSignals, type Signals } from '../data/signal-rules.ts'
import { isWeighted, type Weighted } from '../propagate/network.ts'
import {
  either,
  finiteNumber,
  integerAtLeast,
  isFunction,
  isString,
  numberBetween,
  oneOf,
  resolveOptions,
} from '../support/options.ts'
import { isCheckpoint, type ContrastiveCheckpoint } from './contrastive-checkpoint.ts'
import type { BatchProgress } from './contrastive-training.ts'

export interface ContrastiveEmbeddingOptions {
  /** Length of the vectors; integer >= 1. Default 64. */
  readonly dimensions?: number | undefined
  /** Powers of the normalised matrix that item vectors are a mean over, beside the first; integer >= 0. Default 0: users are one already. */
  readonly layers?: number | undefined
  /** How often every interaction is learnt from at most; integer >= 0. Default 20. */
  readonly epochs?: number | undefined
  /** Interactions of a step; integer >= 2. Default 8192. */
  readonly batchSize?: number | undefined
  /** Items of other interactions of the step that each one is held against; integer >= 1. Default 255. */
  readonly negatives?: number | undefined
  /** What is learnt from an interaction: 'softmax' over all negatives, or 'bpr', Bayesian personalised ranking, against one. Default 'softmax'. */
  readonly loss?: 'softmax' | 'bpr' | undefined
  /** > 0; the smaller, the more the nearest negatives count. Default 0.1. */
  readonly temperature?: number | undefined
  /** Views of the same user or item that are to be near each other, and far from others': 'noise' on vectors, or sums of a user's items with some left out, 'edge-drop'. Default 'none'. */
  readonly views?: 'none' | 'noise' | 'edge-drop' | undefined
  /** Of the views' loss beside that of the interactions, >= 0. Default 0.1. */
  readonly viewWeight?: number | undefined
  /** As `temperature`, of the views. Default 0.2. */
  readonly viewTemperature?: number | undefined
  /** Length of the noise beside vectors of length 1, or share of a user's items that is left out; in (0, 1). Default 0.2. */
  readonly viewStrength?: number | undefined
  /** About how far an entry moves in a step at first, > 0; entries begin at about 0.1. Default 0.02. */
  readonly learningRate?: number | undefined
  /** What the learning rate is multiplied by after every epoch, in (0, 1]. Default 0.85. */
  readonly learningRateDecay?: number | undefined
  /** Share of log popularity that is taken from a negative's score, in [0, 1]: 1 as if all items were negatives, 0 pushes popular items away. Default 1. */
  readonly popularityCorrection?: number | undefined
  /** Where the item vectors begin. Default 'spectral'. */
  readonly start?: 'spectral' | 'random' | undefined
  /** Share of the users that nothing is learnt from: epochs are judged by a fifth of their items, found by the others. In [0, 1). Default 0: no epoch is judged. */
  readonly validationFraction?: number | undefined
  /** Epochs that may pass without a better one before training stops; integer >= 1, of no effect without `validationFraction`. Default 5. */
  readonly patience?: number | undefined
  /** Hears of every step; what it throws ends the training. Default null. */
  readonly onProgress?: ((progress: TrainingProgress) => void) | null | undefined
  /** Is given what a later run goes on from, after every epoch; its arrays are to be read only. Default null. */
  readonly onCheckpoint?: ((checkpoint: ContrastiveCheckpoint) => void) | null | undefined
  /** Where to go on: of the same data and options, but for `epochs`, `patience`, `learningRate`. Default null: at the start. */
  readonly resume?: ContrastiveCheckpoint | null | undefined
  /** Whether interaction values weigh. Default 'auto': not on a bipartite graph or table. */
  readonly weighted?: Weighted | undefined
  /** What interactions weigh by the names of their signals, as in `recommend`; those below 0 are no pairs to learn, but tell what a user is not. Default null. */
  readonly signals?: Signals | null | undefined
  /** How much less the interactions of active users count, any number. Default 0.5. */
  readonly userExponent?: number | undefined
  /** How much less the interactions of popular items count, any number. Default 0.3. */
  readonly itemExponent?: number | undefined
  /** Of the start, of the order and of the validation users; integer >= 0. Default 1. */
  readonly seed?: number | undefined
  /** Most bytes that the matrix and one product may take. Default: what the machine has free. */
  readonly memoryLimitBytes?: number | undefined
  /** Node attribute that `.assign` writes an array of numbers to. Default 'embedding'. */
  readonly nodeEmbeddingAttribute?: string | undefined
}

/** How far a training is. */
export interface TrainingProgress extends BatchProgress {
  /** From 1. */
  readonly epoch: number
  /** How many there will be at most. */
  readonly epochs: number
}

export type ResolvedContrastive = {
  readonly [K in keyof ContrastiveEmbeddingOptions]-?: Exclude<ContrastiveEmbeddingOptions[K], undefined>
}

export const CONTRASTIVE_DEFAULTS: ResolvedContrastive = Object.freeze({
  dimensions: 64,
  layers: 0,
  epochs: 20,
  batchSize: 8192,
  negatives: 255,
  loss: 'softmax',
  temperature: 0.1,
  views: 'none',
  viewWeight: 0.1,
  viewTemperature: 0.2,
  viewStrength: 0.2,
  learningRate: 0.02,
  learningRateDecay: 0.85,
  popularityCorrection: 1,
  start: 'spectral',
  validationFraction: 0,
  patience: 5,
  onProgress: null,
  onCheckpoint: null,
  resume: null,
  weighted: 'auto',
  signals: null,
  userExponent: 0.5,
  itemExponent: 0.3,
  seed: 1,
  memoryLimitBytes: Infinity,
  nodeEmbeddingAttribute: 'embedding',
})

const isFunctionOrNull = either(oneOf(null), isFunction)

/** @throws {RivuletError} INVALID_OPTION, UNKNOWN_OPTION. */
export const resolveContrastive = (options: ContrastiveEmbeddingOptions | undefined): ResolvedContrastive =>
  resolveOptions('contrastiveEmbedding', options, CONTRASTIVE_DEFAULTS, {
    dimensions: integerAtLeast(1),
    layers: integerAtLeast(0),
    epochs: integerAtLeast(0),
    batchSize: integerAtLeast(2),
    negatives: integerAtLeast(1),
    loss: oneOf('softmax', 'bpr'),
    temperature: numberBetween(0, Infinity, '()'),
    views: oneOf('none', 'noise', 'edge-drop'),
    viewWeight: numberBetween(0, Infinity, '[)'),
    viewTemperature: numberBetween(0, Infinity, '()'),
    viewStrength: numberBetween(0, 1, '()'),
    learningRate: numberBetween(0, Infinity, '()'),
    learningRateDecay: numberBetween(0, 1, '(]'),
    popularityCorrection: numberBetween(0, 1),
    start: oneOf('spectral', 'random'),
    validationFraction: numberBetween(0, 1, '[)'),
    patience: integerAtLeast(1),
    onProgress: isFunctionOrNull,
    onCheckpoint: isFunctionOrNull,
    resume: either(oneOf(null), isCheckpoint),
    weighted: isWeighted,
    signals: isSignals,
    userExponent: finiteNumber,
    itemExponent: finiteNumber,
    seed: integerAtLeast(0),
    memoryLimitBytes: numberBetween(0, Infinity, '(]'),
    nodeEmbeddingAttribute: isString,
  })
