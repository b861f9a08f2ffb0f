import type { ParameterState } from '../request/train.ts'
import type { Check } from '../support/options.ts'

/** How well the held-out items of the validation users were found: means over these users of Recall@20 and NDCG@20, in [0, 1]. */
export interface ValidationScores {
  /** After how many epochs; 0 is the start. */
  readonly epoch: number
  readonly recall: number
  readonly ndcg: number
}

/** A training between two epochs: plain data, which structured cloning copies. A run resumed from it gives the same bits as one that was never interrupted. */
export interface ContrastiveCheckpoint {
  readonly version: 1
  readonly fingerprint: TrainingFingerprint
  /** Epochs behind it. The order of pairs is drawn again up to here: it has no other memory than the seed. */
  readonly epoch: number
  /** Free item vectors, shape (items x dimensions). */
  readonly parameters: Float32Array
  /** Moments of Adam. */
  readonly adam: Omit<ParameterState, 'parameters'>
  /** Mean loss of an interaction, shape (epoch). */
  readonly losses: Float64Array
  /** From epoch 0 on; empty where nothing is held out. */
  readonly validation: readonly ValidationScores[]
  /** Vectors of the best epoch, or of the last one without validation. */
  readonly best: { readonly epoch: number; readonly parameters: Float32Array }
}

/** Hexadecimal digits that tell trainings apart. */
export interface TrainingFingerprint {
  /** Of the matrix and the names of its rows and columns. */
  readonly data: string
  /** Of what a training depends on beside the data. */
  readonly options: string
}

export const isCheckpoint: Check = (value) => {
  const given = Object(value) as Partial<ContrastiveCheckpoint>
  const { version, fingerprint, epoch, parameters, adam, losses, validation, best } = given
  const isOne =
    version === 1 &&
    [fingerprint?.data, fingerprint?.options].every((digits) => typeof digits === 'string') &&
    [epoch, adam?.steps, best?.epoch].every(Number.isInteger) &&
    [parameters, adam?.mean, adam?.square, best?.parameters].every(
      (array) => array instanceof Float32Array && array.length === parameters?.length,
    ) &&
    losses instanceof Float64Array &&
    losses.length === epoch &&
    Array.isArray(validation)
  return isOne ? null : 'a checkpoint of version 1'
}
