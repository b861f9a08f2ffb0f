import { atOnce } from '../../../src/support/drive.ts'
import { describe, expect, it } from 'vitest'
import type { Interactions } from '../../../src/data/interactions.ts'
import type { TrainingFingerprint } from '../../../src/embed/contrastive-checkpoint.ts'
import { fingerprintOf } from '../../../src/embed/contrastive-fingerprint.ts'
import { type ContrastiveEmbeddingOptions } from '../../../src/embed/contrastive-options.ts'
import { openNetwork } from '../../../src/network/open.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'
import { contrastiveEmbedding } from '../../../src/index.ts'

const network = randomNetwork({ users: 12, others: 9, edges: 60, weighted: true, seed: 3 })
const table = tableOfNetwork(network)

const fingerprint = (source: Interactions, options: ContrastiveEmbeddingOptions = {}): TrainingFingerprint => {
  const reading = { weighted: true, direction: 'both', memoryLimitBytes: 1e9 } as const
  return atOnce(fingerprintOf(openNetwork('test', source, reading), contrastiveEmbedding.resolve(options)))
}

describe('the fingerprint of a training', () => {
  const own = fingerprint(table)

  it.each([
    ['weights', { ...table, value: table.value!.map((weight, row) => (row === 7 ? 2 * weight : weight)) }],
    ['items', { ...table, item: table.item.map((item, row) => (row === 0 ? (item + 1) % 9 : item)) }],
    ['names', tableOfNetwork({ ...network, nodes: network.nodes.map((name) => `${name}'`) })],
  ])('tells other %s', (_, other) => {
    expect(fingerprint(other).data).not.toBe(own.data)
    expect(fingerprint(other).options).toBe(own.options)
  })

  it.each([[{ seed: 2 }], [{ dimensions: 8 }], [{ batchSize: 77 }], [{ temperature: 0.9 }]])('tells %j', (options) => {
    expect(fingerprint(table, options).options).not.toBe(own.options)
    expect(fingerprint(table, options).data).toBe(own.data)
  })

  it.each([[{ epochs: 3 }], [{ patience: 2 }], [{ learningRate: 0.5 }]])('is the same with %j', (options) => {
    expect(fingerprint(table, options)).toEqual(own)
  })
})
