import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import { contrastiveEmbedding } from '../../../src/embed/contrastive-embedding.ts'
import { requireSameData, type StoredEmbedding } from '../../../src/embed/data-facts.ts'
import { embeddingFace } from '../../../src/embed/embedding.ts'
import { spectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { takeRows } from '../../../src/data/take-rows.ts'
import { DenseKeyIndex } from '../../../src/support/key-index.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../../networks.ts'
import { encodeSaved } from '../../../src/support/sections.ts'
import { decodeSaved } from '../../../src/plan/file-limits.ts'
import { EMBEDDING_FORMAT } from '../../../src/embed/embedding-format.ts'

const network = randomNetwork({ users: 30, others: 18, edges: 200, seed: 3 })
const table = tableOfNetwork(network)
const spectral = spectralEmbedding.detailed(table, { dimensions: 5 })

const kept = ({ facts, dimensions, userVectors, itemVectors, users, items, nodes }: StoredEmbedding) => ({
  facts,
  dimensions,
  users: [...users.keys()],
  items: [...items.keys()],
  nodes: [...nodes.keys()],
  userVectors: userVectors.data,
  itemVectors: itemVectors.data,
  shapes: [userVectors.shape, itemVectors.shape],
})

const reread = (embedding: StoredEmbedding): StoredEmbedding =>
  decodeSaved('test', EMBEDDING_FORMAT, encodeSaved(EMBEDDING_FORMAT, embedding))

describe('embeddingBytes and readEmbeddingBytes', () => {
  it.each([
    ['spectral', spectral],
    ['contrastive', contrastiveEmbedding.detailed(table, { dimensions: 4, epochs: 1, batchSize: 64, negatives: 15 })],
    ['of a graph', spectralEmbedding.detailed(graphOf(network), { dimensions: 3 })],
    ['of one dimension', spectralEmbedding.detailed(table, { dimensions: 1 })],
    ['of numbered ids', { ...spectral, users: new DenseKeyIndex(30), items: new DenseKeyIndex(18) }],
  ])('keep every bit: %s', (_, embedding) => {
    const again = reread(embedding)
    expect(kept(again)).toEqual(kept(embedding))
    expect(encodeSaved(EMBEDDING_FORMAT, again)).toEqual(encodeSaved(EMBEDDING_FORMAT, embedding))
  })

  it('keep any text as an id, and the keys of nodes whose ids stand on both sides', () => {
    const ids = ['1', 'a,"b"', 'Ünï\ncode', '__proto__', '\ud83c\udf75']
    const rows = ids.flatMap((user, at) => [user, ids[(at + 1) % ids.length]].map((item) => ({ user, item })))
    const clash = fromRows(rows, { user: 'user', item: 'item' })
    for (const source of [clash, toGraph(clash)]) {
      const embedding = spectralEmbedding.detailed(source, { dimensions: 2 })
      expect(kept(reread(embedding))).toEqual(kept(embedding))
      expect([...embeddingFace.value(reread(embedding)).keys()]).toContain('user:1')
    }
  })

  it('keep keys of nodes that do not follow from the ids', () => {
    const nodes = new DenseKeyIndex(48)
    expect([...reread({ ...spectral, nodes }).nodes.keys()]).toEqual([...nodes.keys()])
  })

  it('tell the method, its options and the data, nothing of the machine', () => {
    const { facts } = reread(spectralEmbedding.detailed(table, { dimensions: 5, seed: 7, memoryLimitBytes: 1e9 }))
    expect(facts).toMatchObject({ method: 'spectral', weighted: false, signals: null })
    expect(facts.options).toEqual({
      dimensions: 5,
      userExponent: 0.5,
      itemExponent: 0.5,
      valueExponent: 0.5,
      tolerance: 1e-4,
      maxIterations: 40,
      seed: 7,
    })
    expect(facts.fingerprint).toMatchObject({ users: 30, items: 18, pairs: network.edges.length })
  })

  it('refuse a flip of any bit and any end that comes too early', () => {
    const bytes = encodeSaved(EMBEDDING_FORMAT, spectral)
    for (let at = 0; at < bytes.length; at += at < 64 ? 1 : 41) {
      const flipped = bytes.slice()
      flipped[at] ^= 1 << (at % 8)
      expect(() => decodeSaved('test', EMBEDDING_FORMAT, flipped), `byte ${at}`).toThrow(refusal)
      expect(() => decodeSaved('test', EMBEDDING_FORMAT, bytes.slice(0, at)), `cut at ${at}`).toThrow(refusal)
    }
  })

  it('refuse sections that do not fit together', () => {
    for (const wrong of [
      { dimensions: 6 },
      { users: new DenseKeyIndex(29) },
      { facts: {} },
      { userVectors: { data: spectral.userVectors.data.map(() => NaN) } },
    ]) {
      const bytes = encodeSaved(EMBEDDING_FORMAT, { ...spectral, ...wrong } as StoredEmbedding)
      expect(() => decodeSaved('test', EMBEDDING_FORMAT, bytes)).toThrow('with a valid checksum')
    }
  })
})

const refusal = expect.objectContaining({ code: 'READ_FAILED' }) as Error

describe('requireSameData', () => {
  it('takes the data it was made of, in any order and form, and no other', () => {
    const { length } = table
    const reversed = takeRows(
      table,
      Int32Array.from({ length }, (_, row) => length - 1 - row),
    )
    const doubled = takeRows(
      table,
      Int32Array.from({ length: length + 1 }, (_, row) => row % length),
    )
    for (const same of [table, reversed, doubled, graphOf(network)]) requireSameData('test', spectral, same)
    const other = tableOfNetwork(randomNetwork({ users: 30, others: 18, edges: 200, seed: 4 }))
    expect(() => requireSameData('test', spectral, other)).toThrow(
      expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringMatching(/pairs of 30 users/) as string }),
    )
  })

  it('reads the data as the embedding did: by the signals that counted', () => {
    const rows = [
      ['ann', 'tea', 'buy'],
      ['bob', 'tea', 'buy'],
      ['bob', 'jam', 'buy'],
      ['ann', 'bun', 'view'],
    ].map(([user, item, signal]) => ({ user, item, signal }))
    const both = fromRows(rows, { user: 'user', item: 'item', signal: 'signal' })
    const buys = spectralEmbedding.detailed(both, { dimensions: 1, signals: { buy: 1 } })
    expect(buys.facts.fingerprint.pairs).toBe(3)
    requireSameData('test', buys, both)
    const all = spectralEmbedding.detailed(both, { dimensions: 1 })
    expect(all.facts.fingerprint.pairs).toBe(4)
  })
})
