import { describe, expect, it } from 'vitest'
import type { ContrastiveCheckpoint } from '../../../src/embed/contrastive-checkpoint.ts'
import { contrastiveEmbedding } from '../../../src/embed/contrastive-embedding.ts'
import type { ContrastiveEmbeddingOptions } from '../../../src/embed/contrastive-options.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { encodeSaved } from '../../../src/support/sections.ts'
import { decodeSaved } from '../../../src/plan/file-limits.ts'
import { CHECKPOINT_FORMAT } from '../../../src/embed/checkpoint-format.ts'

const table = tableOfNetwork(randomNetwork({ users: 40, others: 20, edges: 250, seed: 3 }))
const OPTIONS = { dimensions: 4, epochs: 4, batchSize: 64, negatives: 15 } as const
const VALIDATED = { ...OPTIONS, validationFraction: 0.3, epochs: 60, patience: 2, learningRate: 0.1 } as const

function checkpointsOf(options: ContrastiveEmbeddingOptions): ContrastiveCheckpoint[] {
  const checkpoints: ContrastiveCheckpoint[] = []
  contrastiveEmbedding(table, { ...options, onCheckpoint: (checkpoint) => checkpoints.push(checkpoint) })
  return checkpoints
}

const reread = (checkpoint: ContrastiveCheckpoint): ContrastiveCheckpoint =>
  decodeSaved('test', CHECKPOINT_FORMAT, encodeSaved(CHECKPOINT_FORMAT, checkpoint))

const refusal = expect.objectContaining({ code: 'READ_FAILED' }) as Error

describe('checkpointBytes and readCheckpointBytes', () => {
  const plain = checkpointsOf(OPTIONS)
  const judged = checkpointsOf(VALIDATED)

  it('keep every bit, of a best epoch that is the last and of one that is not', () => {
    expect(judged.some(({ epoch, best }) => best.epoch < epoch)).toBe(true)
    for (const checkpoint of [...plain, ...judged]) {
      const again = reread(checkpoint)
      expect(again).toEqual(checkpoint)
      expect(encodeSaved(CHECKPOINT_FORMAT, again)).toEqual(encodeSaved(CHECKPOINT_FORMAT, checkpoint))
      expect(encodeSaved(CHECKPOINT_FORMAT, structuredClone(checkpoint))).toEqual(
        encodeSaved(CHECKPOINT_FORMAT, checkpoint),
      )
    }
  })

  it('keep what a training needs to end as one that was never interrupted', () => {
    const [, second] = judged
    const whole = contrastiveEmbedding.detailed(table, VALIDATED)
    const resumed = contrastiveEmbedding.detailed(table, { ...VALIDATED, resume: reread(second) })
    expect(resumed.itemVectors.data).toEqual(whole.itemVectors.data)
    expect(resumed.userVectors.data).toEqual(whole.userVectors.data)
    expect([resumed.losses, resumed.validation]).toEqual([whole.losses, whole.validation])
  })

  it('refuse a flip of any bit and any end that comes too early', () => {
    const bytes = encodeSaved(CHECKPOINT_FORMAT, plain[0])
    for (let at = 0; at < bytes.length; at += at < 64 ? 1 : 17) {
      const flipped = bytes.slice()
      flipped[at] ^= 1 << (at % 8)
      expect(() => decodeSaved('test', CHECKPOINT_FORMAT, flipped), `byte ${at}`).toThrow(refusal)
      expect(() => decodeSaved('test', CHECKPOINT_FORMAT, bytes.slice(0, at)), `cut at ${at}`).toThrow(refusal)
    }
  })

  it.each([
    ['another epoch', { epoch: 3 }],
    ['no fingerprint', { fingerprint: {} }],
    ['moments of another shape', { adam: { ...plain[0].adam, mean: plain[0].adam.mean.slice(1) } }],
    ['best vectors of another shape', { best: { epoch: 1, parameters: plain[0].parameters.slice(1) } }],
  ])('refuse sections that do not fit together: %s', (_, wrong) => {
    const bytes = encodeSaved(CHECKPOINT_FORMAT, { ...plain[0], ...wrong } as ContrastiveCheckpoint)
    expect(() => decodeSaved('test', CHECKPOINT_FORMAT, bytes)).toThrow('with a valid checksum')
  })
})
