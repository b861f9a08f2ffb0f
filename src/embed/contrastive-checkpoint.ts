import type { ParameterState } from '../request/train.ts'
import type { Check } from '../support/options.ts'

/** Means of Recall@20 and NDCG@20 over the validation users, in [0, 1]. */
export interface ValidationScores {
  /** Number of epochs before; 0 is the start. */
  readonly epoch: number
  readonly recall: number
  readonly ndcg: number
}

/** The state of a training between two epochs, as plain data for structured cloning. A resumed run gives the same bits as one that was never interrupted. */
export interface ContrastiveCheckpoint {
  readonly version: 1
  readonly fingerprint: TrainingFingerprint
  /** Number of completed epochs. Their orders of pairs are drawn again when resuming, because the only state of the generator is the seed. */
  readonly epoch: number
  /** Free item vectors, shape (items x dimensions). */
  readonly parameters: Float32Array
  /** Moments of Adam. */
  readonly adam: Omit<ParameterState, 'parameters'>
  /** Mean loss per interaction of each epoch, shape (epoch). */
  readonly losses: Float64Array
  /** From epoch 0 on; empty without validation. */
  readonly validation: readonly ValidationScores[]
  /** Vectors of the best epoch, or of the last one without validation. */
  readonly best: { readonly epoch: number; readonly parameters: Float32Array }
}

/** Hexadecimal digits that identify a training. */
export interface TrainingFingerprint {
  /** Of the matrix and the names of its rows and columns. */
  readonly data: string
  /** Of everything else that a training depends on. */
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
