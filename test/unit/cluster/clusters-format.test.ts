import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../src/data/from-rows.ts'
import type { Clusters } from '../../../src/cluster/options.ts'
import { clusterItems, clusterUsers } from '../../../src/cluster/cluster-users.ts'
import { requireSameData } from '../../../src/embed/data-facts.ts'
import { spectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import { toGraph } from '../../../src/graph/to-graph.ts'
import { DenseKeyIndex } from '../../../src/support/key-index.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../../networks.ts'
import { encodeSaved } from '../../../src/support/sections.ts'
import { decodeSaved } from '../../../src/plan/file-limits.ts'
import { CLUSTERS_FORMAT } from '../../../src/cluster/clusters-format.ts'

const network = randomNetwork({ users: 30, others: 18, edges: 200, seed: 3 })
const table = tableOfNetwork(network)
const users = clusterUsers.detailed(table, { method: 'k-means', count: 4, dimensions: 5 })

const kept = ({ members, ...rest }: Clusters) => ({ members: [...members.keys()], ...rest })
const reread = (clusters: Clusters): Clusters =>
  decodeSaved('test', CLUSTERS_FORMAT, encodeSaved(CLUSTERS_FORMAT, clusters))
const refusal = expect.objectContaining({ code: 'READ_FAILED' }) as Error

describe('clusterBytes and readClusterBytes', () => {
  it.each([
    ['of users', users],
    ['of items, by Louvain', clusterItems.detailed(table, { dimensions: 3, distinctive: 2 })],
    ['of one run', clusterUsers.detailed(table, { runs: 1, distinctive: 0, dimensions: 2 })],
    ['of a graph', clusterUsers.detailed(graphOf(network), { dimensions: 3 })],
    ['of one member', clusterUsers.detailed(fromRows([{ user: 'ann', item: 'tea' }], { user: 'user', item: 'item' }))],
    ['of numbered ids', { ...users, members: new DenseKeyIndex(30) }],
    ['with users in none', { ...users, clusters: users.clusters.map((cluster, row) => (row === 4 ? -1 : cluster)) }],
  ])('keep every bit: %s', (name, given) => {
    const clusters = name === 'with users in none' ? { ...given, sizes: reread(given).sizes } : given
    const again = reread(clusters)
    expect(kept(again)).toEqual(kept(clusters))
    expect(encodeSaved(CLUSTERS_FORMAT, again)).toEqual(encodeSaved(CLUSTERS_FORMAT, clusters))
    expect(again.sizes.reduce((sum, size) => sum + size, 0)).toBe(again.clusters.filter((one) => one >= 0).length)
  })

  it('keep any text as an id, and the keys of nodes whose ids stand on both sides', () => {
    const ids = ['1', 'a,"b"', 'Ünï\ncode', '__proto__', '\ud83c\udf75']
    const rows = ids.flatMap((user, at) => [user, ids[(at + 1) % ids.length]].map((item) => ({ user, item })))
    const clash = fromRows(rows, { user: 'user', item: 'item' })
    for (const source of [clash, toGraph(clash)]) {
      const clusters = clusterUsers.detailed(source, { dimensions: 2 })
      expect(kept(reread(clusters))).toEqual(kept(clusters))
      expect(reread(clusters).nodes).toContain('user:1')
    }
  })

  it('tell the side, the method, its options, the vectors and the data, nothing of the machine', () => {
    const { facts } = reread(users)
    expect(facts).toMatchObject({ side: 'users', method: 'k-means', weighted: false, signals: null })
    expect(facts.options).toEqual({
      count: 4,
      neighbours: 15,
      resolution: 1,
      runs: 5,
      distinctive: 10,
      priorStrength: 1,
      seed: 1,
    })
    expect(facts.fingerprint).toMatchObject({ users: 30, items: 18, pairs: network.edges.length })
    expect(facts.vectors).toMatchObject({ method: 'spectral', options: { dimensions: 5 } })
    const embedding = spectralEmbedding.detailed(table, { dimensions: 3 })
    expect(clusterUsers.detailed(table, { embedding }).facts.vectors).toEqual(embedding.facts)
    const { users: keys, items, nodes, dimensions, userVectors, itemVectors } = embedding
    const untold = { users: keys, items, nodes, dimensions, userVectors, itemVectors }
    expect(reread(clusterUsers.detailed(table, { embedding: untold })).facts.vectors).toBeNull()
  })

  it('are for the data that they were made of', () => {
    for (const same of [table, graphOf(network)]) requireSameData('test', users, same)
    const other = tableOfNetwork(randomNetwork({ users: 30, others: 18, edges: 200, seed: 4 }))
    expect(() => requireSameData('test', users, other)).toThrow(expect.objectContaining({ code: 'INVALID_DATA' }))
  })

  it('refuse a flip of any bit and any end that comes too early', () => {
    const bytes = encodeSaved(CLUSTERS_FORMAT, users)
    for (let at = 0; at < bytes.length; at += at < 64 ? 1 : 41) {
      const flipped = bytes.slice()
      flipped[at] ^= 1 << (at % 8)
      expect(() => decodeSaved('test', CLUSTERS_FORMAT, flipped), `byte ${at}`).toThrow(refusal)
      expect(() => decodeSaved('test', CLUSTERS_FORMAT, bytes.slice(0, at)), `cut at ${at}`).toThrow(refusal)
    }
  })

  it.each([
    ['another side', { facts: { ...users.facts, side: 'tags' } }],
    ['no data', { facts: { side: 'users' } }],
    ['fewer members', { members: new DenseKeyIndex(29) }],
    ['an empty cluster', { clusters: users.clusters.map((cluster) => 2 * cluster) }],
    ['a number below -1', { clusters: users.clusters.map((cluster) => cluster - 2) }],
    ['no cluster', { clusters: users.clusters.map(() => -1), distinctive: [] }],
    ['nothing distinctive', { distinctive: [] }],
  ])('refuse sections that do not fit together: %s', (_, wrong) => {
    const bytes = encodeSaved(CLUSTERS_FORMAT, { ...users, ...wrong } as Clusters)
    expect(() => decodeSaved('test', CLUSTERS_FORMAT, bytes)).toThrow('with a valid checksum')
  })
})
