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
  /** Powers of P beside the first. */
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
  /** Taken from the score of each item, shape (columns of the matrix). */
  readonly offsets: Float32Array
}

/** Two views of the same vector are each other's positives, views of others negatives. */
export interface Views {
  /** Noise on the vectors of users and items, or entries of users left out. */
  readonly kind: 'noise' | 'edge-drop'
  /** Of their loss beside that of the pairs, > 0. */
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
  /** Which stored entries the pairs are, in the order of the groups. */
  readonly pairs: Int32Array
  /** Which user of its batch each pair has, from 0. */
  readonly pairUsers: Int32Array
  /** Of every stored entry of every user in order: which pair of its batch it is, -1 for none. */
  readonly places: Int32Array
  /** Where the places of each user begin, shape (users + 1). */
  readonly userPlaces: Int32Array
  /** Where the users of each batch begin, shape (batches + 1). */
  readonly batchUsers: Int32Array
  /** Where the pairs of each batch begin, shape (batches + 1). */
  readonly batchPairs: Int32Array
}

/** The parameters after the batches. */
export interface Trained {
  readonly state: ParameterState
  /** Sum of the pairs' losses each times its weight, batch by batch; the last one is not finite if that ended the training. */
  readonly losses: Float64Array
}

/** What is asked of a solver: a training, if it says so. */
export const isTrain = (asked: object): asked is Train => 'kind' in asked && asked.kind === 'train'
