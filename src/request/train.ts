/**
 * Some batches of a contrastive training, with everything they depend on; the answer is the updated parameters.
 *
 * A batch consists of users: their stored entries form their vectors, and those that are pairs are trained on.
 */
export interface Train {
  readonly kind: 'train'
  /** Name of the caller, for messages. */
  readonly name: string
  readonly encoder: Encoder
  readonly loss: TrainLoss
  readonly views: Views | null
  /** > 0. */
  readonly learningRate: number
  /** Seed of the noise and the dropped entries of views; integer. */
  readonly seed: number
  readonly state: ParameterState
  readonly batches: Batches
}

export interface Encoder {
  readonly dimensions: number
  /** Powers of P besides the first. */
  readonly layers: number
  /** d_u^-2a, shape (rows of the matrix). */
  readonly middle: Float32Array
  /** d_j^-e, shape (columns of the matrix). */
  readonly scale: Float32Array
}

export interface TrainLoss {
  /** Softmax over all negatives of a group, or Bayesian personalised ranking against one. */
  readonly kind: 'softmax' | 'bpr'
  /** > 0. */
  readonly temperature: number
  /** Pairs that are each other's negatives; integer >= 2. */
  readonly groupSize: number
  /** Subtracted from the score of each item, shape (columns of the matrix). */
  readonly offsets: Float32Array
}

/** Two views of the same vector are positives of each other, views of other vectors negatives. */
export interface Views {
  /** Noise on the vectors of users and items, or entries of users left out. */
  readonly kind: 'noise' | 'edge-drop'
  /** Weight of their loss relative to that of the pairs, > 0. */
  readonly weight: number
  /** > 0. */
  readonly temperature: number
  /** Length of the noise, > 0, or share of the entries that is left out, in (0, 1). */
  readonly strength: number
}

/** Parameters and the moments of Adam, shape (columns of the matrix x dimensions) each. */
export interface ParameterState {
  readonly steps: number
  readonly parameters: Float32Array
  readonly mean: Float32Array
  readonly square: Float32Array
}

/** Batches laid end to end. */
export interface Batches {
  /** Rows of the matrix. */
  readonly users: Int32Array
  /** Stored entries of the pairs, in the order of the groups. */
  readonly pairs: Int32Array
  /** Number of each pair's user in its batch, from 0. */
  readonly pairUsers: Int32Array
  /** For every stored entry of every user in order: number of its pair in the batch, -1 for none. */
  readonly places: Int32Array
  /** Start of each user in `places`, shape (users + 1). */
  readonly userPlaces: Int32Array
  /** Start of each batch in `users`, shape (batches + 1). */
  readonly batchUsers: Int32Array
  /** Start of each batch in `pairs`, shape (batches + 1). */
  readonly batchPairs: Int32Array
}

/** The parameters after the batches. */
export interface Trained {
  readonly state: ParameterState
  /** Sum of the pairs' losses each times its weight, batch by batch; the last one is not finite if that ended the training. */
  readonly losses: Float64Array
}

/** Whether a request is a training. */
export const isTrain = (asked: object): asked is Train => 'kind' in asked && asked.kind === 'train'
