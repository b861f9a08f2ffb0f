import type { NamedNetwork } from '../network/network.ts'
import { contentHash, hashInSlices } from '../support/content-hash.ts'
import { refusedOption } from '../support/options.ts'
import { visitInSlices, type Sliced } from '../support/pause.ts'
import type { ContrastiveCheckpoint, TrainingFingerprint } from './contrastive-checkpoint.ts'
import type { ResolvedContrastive } from './contrastive-options.ts'

/** The fingerprint by which a checkpoint is matched to a training. */
export function* fingerprintOf(
  { rows, nodes }: NamedNetwork,
  options: ResolvedContrastive,
): Sliced<TrainingFingerprint> {
  const { indptr, indices, data } = yield* rows.whole()
  const { onProgress: _hears, onCheckpoint: _keeps, resume: _from, epochs: _most, patience: _waits, ...rest } = options
  const { learningRate: _rate, memoryLimitBytes: _room, nodeEmbeddingAttribute: _name, ...own } = rest
  // The options for reading the source are reflected in the data, and nothing is learnt from relations.
  const { signals: _signals, weighted: _weighted, graph: _graph, getEdgeWeight: _weight, ...read } = own
  const { relations: _relations, ...learnt } = read
  const keys: string[] = []
  yield* visitInSlices(nodes.keys(), (key) => keys.push(key), KEY_COST)
  const hashes: (string | null)[] = []
  for (const part of [indptr, indices, data, JSON.stringify(keys)]) hashes.push(yield* hashInSlices(part))
  return {
    data: hashes.join('-'),
    options: contentHash(JSON.stringify(learnt)),
  }
}

/** Operations per key. */
const KEY_COST = 50

/** @throws {RivuletError} INVALID_OPTION for a checkpoint of other data or options. */
export function requireSame(who: string, { fingerprint }: ContrastiveCheckpoint, own: TrainingFingerprint): void {
  const other = (['data', 'options'] as const).filter((part) => fingerprint[part] !== own[part])
  if (other.length === 0) return
  throw refusedOption(who, 'resume', {
    expected: 'a checkpoint of the same data and options',
    got: `one with different ${other.join(' and ')}`,
    todo: 'Only epochs, patience and learningRate may differ: use the source and options of the first run, or start again.',
    details: { other, fingerprint, own },
  })
}
