/** A checkpoint as bytes, and back: the same checkpoint gives the same bytes, and bytes that were tampered with are refused. */
import { checkArgument, having, isArrayLike, isTypedArray } from '../support/arguments.ts'
import { fileLimits } from '../plan/file-limits.ts'
import { isString, numberBetween } from '../support/options.ts'
import { FINITE } from '../support/section-contents.ts'
import {
  bytesOf,
  parseBytes,
  parseSections,
  writeSections,
  type Parsing,
  type SectionFormat,
  type SectionLimits,
} from '../support/sections.ts'
import { anyFields, fields, integerBetween, listOf } from '../support/shape.ts'
import type { ContrastiveCheckpoint, TrainingFingerprint, ValidationScores } from './contrastive-checkpoint.ts'

/** What JSON holds to the last bit; the arrays are sections. */
interface Header extends Pick<ContrastiveCheckpoint, 'fingerprint' | 'epoch' | 'validation'> {
  readonly steps: number
  readonly bestEpoch: number
}

type Name = 'parameters' | 'mean' | 'square' | 'losses' | 'best'

const isCount = integerBetween(0, Number.MAX_SAFE_INTEGER)

const FORMAT: SectionFormat<Header, Name> = {
  what: 'a checkpoint of a training',
  writer: 'writeCheckpoint, as onCheckpoint of a training',
  magic: '\x89rivchkp',
  version: 1,
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
}

const IS_CHECKPOINT = having({
  fingerprint: anyFields,
  parameters: isTypedArray,
  adam: having({ mean: isTypedArray, square: isTypedArray }),
  losses: isTypedArray,
  validation: isArrayLike,
  best: having({ parameters: isTypedArray }),
})

/** Bytes of a file: all of a checkpoint, every bit of it. */
export function checkpointBytes(checkpoint: ContrastiveCheckpoint): Uint8Array {
  checkArgument('writeCheckpoint', 'checkpoint', checkpoint, IS_CHECKPOINT)
  const { fingerprint, epoch, parameters, adam, losses, validation, best } = checkpoint
  const header: Header = { fingerprint, epoch, validation, steps: adam.steps, bestEpoch: best.epoch }
  return writeSections(FORMAT, header, {
    parameters: bytesOf(parameters),
    mean: bytesOf(adam.mean),
    square: bytesOf(adam.square),
    losses: bytesOf(losses),
    // The last epoch is often the best one, always where nothing is held out: then its vectors are not kept twice.
    best: best.parameters === parameters ? new Uint8Array() : bytesOf(best.parameters),
  })
}

/** @throws {RivuletError} READ_FAILED for other bytes than `checkpointBytes` gave. @param who the reader, for messages */
export function readCheckpointBytes(who: string, bytes: Uint8Array): ContrastiveCheckpoint {
  return parseBytes(who, parseCheckpoint(who, fileLimits()), bytes)
}

/** Reads what `checkpointBytes` gave. @throws {RivuletError} READ_FAILED, naming the part. @param who the reader and its path, for messages */
export function* parseCheckpoint(who: string, limits: SectionLimits): Parsing<ContrastiveCheckpoint> {
  const { facts, sections } = yield* parseSections(who, FORMAT, limits)
  const { fingerprint, epoch, validation, steps, bestEpoch } = facts
  if (bestEpoch > epoch) throw sections.refusal('best', 'an epoch that was')
  const parameters = sections.numbers('parameters', 'float32', null, FINITE)
  const { length } = parameters
  return {
    version: 1,
    fingerprint,
    epoch,
    parameters,
    adam: {
      steps,
      mean: sections.numbers('mean', 'float32', length, FINITE),
      square: sections.numbers('square', 'float32', length, [0, Number.MAX_VALUE]),
    },
    losses: sections.numbers('losses', 'float64', epoch, FINITE),
    validation,
    best: {
      epoch: bestEpoch,
      parameters: sections.isEmpty('best') ? parameters : sections.numbers('best', 'float32', length, FINITE),
    },
  }
}
