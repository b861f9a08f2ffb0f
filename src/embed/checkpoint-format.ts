/** The file format of training checkpoints, exact to the last bit: numbers and texts as JSON, arrays as sections. */
import { having, isArrayLike, isTypedArray } from '../support/arguments.ts'
import { isString, numberBetween } from '../support/options.ts'
import { FINITE } from '../support/section-contents.ts'
import type { SavedFormat } from '../support/sections.ts'
import { anyFields, fields, integerBetween, listOf } from '../support/shape.ts'
import type { ContrastiveCheckpoint, TrainingFingerprint, ValidationScores } from './contrastive-checkpoint.ts'

interface Header extends Pick<ContrastiveCheckpoint, 'fingerprint' | 'epoch' | 'validation'> {
  readonly steps: number
  readonly bestEpoch: number
}

type Name = 'parameters' | 'mean' | 'square' | 'losses' | 'best'

const isCount = integerBetween(0, Number.MAX_SAFE_INTEGER)

export const CHECKPOINT_FORMAT: SavedFormat<ContrastiveCheckpoint> = {
  what: 'a checkpoint of a training',
  writer: 'writeCheckpoint',
  argument: 'checkpoint',
  magic: '\x89rivchkp',
  version: 1,
  value: having({
    fingerprint: anyFields,
    parameters: isTypedArray,
    adam: having({ mean: isTypedArray, square: isTypedArray }),
    losses: isTypedArray,
    validation: isArrayLike,
    best: having({ parameters: isTypedArray }),
  }),
  facts: fields<Header>({
    fingerprint: fields<TrainingFingerprint>({ data: isString, options: isString }),
    epoch: isCount,
    validation: listOf(
      fields<ValidationScores>({ epoch: isCount, recall: numberBetween(0, 1), ndcg: numberBetween(0, 1) }),
    ),
    steps: isCount,
    bestEpoch: isCount,
  }),
  sections: ['parameters', 'mean', 'square', 'losses', 'best'],

  take: ({ fingerprint, epoch, parameters, adam, losses, validation, best }) => ({
    facts: { fingerprint, epoch, validation, steps: adam.steps, bestEpoch: best.epoch },
    contents: {
      parameters,
      mean: adam.mean,
      square: adam.square,
      losses,
      // The last epoch is often the best one, and always without validation: its vectors are then not stored twice.
      best: best.parameters === parameters ? null : best.parameters,
    },
  }),

  make({ fingerprint, epoch, validation, steps, bestEpoch }, sections) {
    if (bestEpoch > epoch) throw sections.refusal('best', 'an epoch that was')
    const parameters = sections.numbers('parameters', 'float32', null, FINITE)
    const { length } = parameters
    const mean = sections.numbers('mean', 'float32', length, FINITE)
    const square = sections.numbers('square', 'float32', length, [0, Number.MAX_VALUE])
    const losses = sections.numbers('losses', 'float64', epoch, FINITE)
    const best = sections.isEmpty('best') ? parameters : sections.numbers('best', 'float32', length, FINITE)
    return {
      ...{ version: 1, fingerprint, epoch, parameters, losses, validation },
      adam: { steps, mean, square },
      best: { epoch: bestEpoch, parameters: best },
    }
  },
} satisfies SavedFormat<ContrastiveCheckpoint, Header, Name>
