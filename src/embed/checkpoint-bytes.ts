/** A checkpoint as bytes, and back: the same checkpoint gives the same bytes, and bytes that were tampered with are refused. */
import { RivuletError } from '../support/errors.ts'
import { bytesOf, readSections, writeSections, type SectionFormat } from '../support/sections.ts'
import { isCheckpoint, type ContrastiveCheckpoint } from './contrastive-checkpoint.ts'

/** What JSON holds to the last bit; the arrays are sections. */
interface Header extends Pick<ContrastiveCheckpoint, 'fingerprint' | 'epoch' | 'validation'> {
  readonly steps: number
  readonly bestEpoch: number
}

const FORMAT: SectionFormat = { what: 'a checkpoint of a training', magic: '\x89rivchkp', version: 1 }

/** Bytes of a file: all of a checkpoint, every bit of it. */
export function checkpointBytes({
  fingerprint,
  epoch,
  parameters,
  adam,
  losses,
  validation,
  best,
}: ContrastiveCheckpoint): Uint8Array {
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

/**
 * @param who the reader and its path, for messages
 * @throws {RivuletError} READ_FAILED for bytes of another kind or version, cut off or damaged, naming the part.
 */
export function readCheckpointBytes(who: string, bytes: Uint8Array): ContrastiveCheckpoint {
  const { facts, sections } = readSections(who, FORMAT, bytes)
  try {
    const { fingerprint, epoch, validation, steps, bestEpoch } = facts as Header
    const bufferOf = (name: string): ArrayBuffer => (sections.get(name) as Uint8Array).buffer as ArrayBuffer
    const [parameters, mean, square, best] = ['parameters', 'mean', 'square', 'best'].map(
      (name) => new Float32Array(bufferOf(name)),
    )
    const checkpoint: ContrastiveCheckpoint = {
      version: 1,
      fingerprint,
      epoch,
      parameters,
      adam: { steps, mean, square },
      losses: new Float64Array(bufferOf('losses')),
      validation,
      best: { epoch: bestEpoch, parameters: best.length === 0 ? parameters : best },
    }
    if (isCheckpoint(checkpoint) === null) return checkpoint
  } catch {
    // Checksums that fit over sections that do not: written by something else. Told below.
  }
  throw new RivuletError('READ_FAILED', {
    who,
    expected: 'sections that fit together',
    got: 'others under checksums that hold',
    todo: 'Train anew, with writeCheckpoint as onCheckpoint.',
  })
}
