import type { Network } from '../propagate/network.ts'
import { contentHash } from '../support/content-hash.ts'
import { RivuletError } from '../support/errors.ts'
import type { ContrastiveCheckpoint, TrainingFingerprint } from './contrastive-checkpoint.ts'
import type { ResolvedContrastive } from './contrastive-options.ts'

/** What tells whether a checkpoint belongs to a training. */
export function fingerprintOf({ prepared, nodes }: Network, options: ResolvedContrastive): TrainingFingerprint {
  const { indptr, indices, data } = prepared.matrix
  const { onProgress: _hears, onCheckpoint: _keeps, resume: _from, epochs: _most, patience: _waits, ...rest } = options
  const { learningRate: _rate, memoryLimitBytes: _room, nodeEmbeddingAttribute: _name, ...own } = rest
  // Signals and weights are in the data.
  const { signals: _signals, weighted: _weighted, ...learnt } = own
  return {
    data: [indptr, indices, data, JSON.stringify([...nodes.keys()])].map(contentHash).join('-'),
    options: contentHash(JSON.stringify(learnt)),
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
