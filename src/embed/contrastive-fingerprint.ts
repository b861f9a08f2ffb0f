import type { Network } from '../propagate/network.ts'
import { crc32 } from '../support/crc32.ts'
import { RivuletError } from '../support/errors.ts'
import type { ContrastiveCheckpoint, TrainingFingerprint } from './contrastive-checkpoint.ts'
import type { ResolvedContrastive } from './contrastive-options.ts'

/** What tells whether a checkpoint belongs to a training. */
export function fingerprintOf({ prepared, nodes }: Network, options: ResolvedContrastive): TrainingFingerprint {
  const { indptr, indices, data } = prepared.matrix
  const { dimensions, layers, batchSize, negatives, temperature, popularityCorrection } = options
  const { start, validationFraction, userExponent, itemExponent, seed } = options
  const numbers = [dimensions, layers, batchSize, negatives, temperature, popularityCorrection]
  return {
    data: [indptr, indices, data ?? new Float32Array(0), textBytes([...nodes.keys()])].map(hash).join('-'),
    options: hash(textBytes([...numbers, start, validationFraction, userExponent, itemExponent, seed])),
  }
}

/** @throws {RivuletError} INVALID_OPTION when a checkpoint is of other data or options. */
export function requireSame(who: string, { fingerprint }: ContrastiveCheckpoint, own: TrainingFingerprint): void {
  const other = (['data', 'options'] as const).filter((part) => fingerprint[part] !== own[part])
  if (other.length === 0) return
  throw new RivuletError(
    'INVALID_OPTION',
    {
      who: `${who}, option 'resume'`,
      expected: 'a checkpoint of the same data and options',
      got: `one of other ${other.join(' and ')}`,
      todo: 'Only epochs, patience and learningRate may differ: give the source and options of the first run, or begin anew.',
    },
    { option: 'resume', other, fingerprint, own },
  )
}

const textBytes = (values: readonly unknown[]): Uint8Array => new TextEncoder().encode(JSON.stringify(values))

function hash({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return crc32(new Uint8Array(buffer, byteOffset, byteLength))
    .toString(16)
    .padStart(8, '0')
}
