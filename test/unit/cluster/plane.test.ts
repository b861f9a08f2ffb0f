import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { clusterPlane } from '../../../src/cluster/plane.ts'
import { clusterUsers } from '../../../src/cluster/cluster-users.ts'
import { spectralEmbedding } from '../../../src/embed/spectral-embedding.ts'
import { randomNetwork, tableOfNetwork } from '../../networks.ts'

const table = tableOfNetwork(randomNetwork({ users: 40, others: 24, edges: 260, seed: 5 }))
const embedding = spectralEmbedding.detailed(table, { dimensions: 6 })
const clusters = clusterUsers.detailed(table, { embedding, method: 'k-means', count: 4 })

describe('clusterPlane', () => {
  it('finds the axes in which the centres differ', () => {
    // Two axes with clusters at both ends, and one along which everybody is anywhere.
    const corner = [0, 1, 2, 3].map((at) => [at < 2 ? 3 : -3, at % 2 === 0 ? 1 : -1])
    const rows = Array.from({ length: 40 }, (_, row) => [...corner[row % 4], ((row * 7) % 11) / 5 - 1])
    const vectors = ndarray(Float32Array.from(rows.flatMap(([a, b, c]) => [c, a, b])), [40, 3])
    const given = {
      ...clusters,
      clusters: Int32Array.from({ length: 40 }, (_, row) => row % 4),
      sizes: Int32Array.of(10, 10, 10, 10),
    }
    const plane = clusterPlane(given, { ...embedding, dimensions: 3, userVectors: vectors })
    rows.forEach(([a, b], row) => {
      expect(Math.sign(plane.get(row, 0))).toBe(Math.sign(a))
      expect(Math.sign(plane.get(row, 1))).toBe(Math.sign(b))
      expect(Math.abs(plane.get(row, 0))).toBeGreaterThan(Math.abs(plane.get(row, 1)))
    })
  })

  it('puts the largest cluster on the right and above, and nobody of none anywhere', () => {
    const given = { ...clusters, clusters: clusters.clusters.map((one, row) => (row === 3 ? -1 : one)) }
    const plane = clusterPlane(clusters, embedding)
    const sums = [0, 1].map((axis) =>
      clusters.clusters.reduce((sum, cluster, row) => sum + (cluster === 0 ? plane.get(row, axis) : 0), 0),
    )
    for (const sum of sums) expect(sum).toBeGreaterThanOrEqual(0)
    const without = clusterPlane(given, embedding)
    expect([without.get(3, 0), without.get(3, 1)]).toEqual([0, 0])
  })

  it('has no direction for one cluster, and one for two', () => {
    const one = clusterUsers.detailed(table, { embedding, method: 'k-means', count: 1 })
    expect(clusterPlane(one, embedding).data.every((entry) => entry === 0)).toBe(true)
    const two = clusterUsers.detailed(table, { embedding, method: 'k-means', count: 2 })
    const { data } = clusterPlane(two, embedding)
    expect(data.some((entry, at) => at % 2 === 0 && entry !== 0)).toBe(true)
    expect(data.every((entry, at) => at % 2 === 0 || entry === 0)).toBe(true)
  })

  it('refuses vectors of others', () => {
    const others = { ...embedding, userVectors: ndarray(new Float32Array(60), [10, 6]) }
    expect(() => clusterPlane(clusters, others)).toThrow('vectors of the 40 members')
  })
})
