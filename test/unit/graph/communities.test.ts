import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { modularity } from '../../../src/cluster/graph.ts'
import { communityFinder, type WeightedEdges } from '../../../src/graph/communities.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { librarysCommunities } from './louvain.ts'

const edgesOf = (nodeCount: number, edges: readonly (readonly [number, number, number])[]): WeightedEdges => ({
  nodeCount,
  source: Int32Array.from(edges, ([source]) => source),
  target: Int32Array.from(edges, ([, target]) => target),
  weight: Float32Array.from(edges, ([, , weight]) => weight),
})

describe('communityFinder', () => {
  it('finds two triangles on a thin bridge, and leaves a node without edges alone', () => {
    const edges = edgesOf(7, [
      [0, 1, 1],
      [1, 2, 1],
      [0, 2, 1],
      [3, 4, 1],
      [4, 5, 1],
      [3, 5, 1],
      [2, 3, 0.1],
    ])
    for (const seed of [1, 2, 3]) {
      const found = [...atOnce(communityFinder(edges, 1)(seed))]
      expect(new Set(found).size).toBe(3)
      for (const [one, other] of [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 5],
      ])
        expect(found[one]).toBe(found[other])
    }
  })

  it('makes every node its own community where there are no edges', () => {
    expect(new Set(atOnce(communityFinder(edgesOf(4, []), 1)(1))).size).toBe(4)
  })

  it('finds more communities at a higher resolution, the same for the same seed, with the modularity that we count', () => {
    const random = seededRandom(5)
    const list: [number, number, number][] = []
    for (let a = 0; a < 60; a++) {
      for (let b = a + 1; b < 60; b++) {
        if (random.next() < (a % 4 === b % 4 ? 0.5 : 0.05)) list.push([a, b, 0.5 + random.next()])
      }
    }
    const edges = edgesOf(60, list)
    const count = (resolution: number): number => new Set(atOnce(communityFinder(edges, resolution)(1))).size
    expect(count(4)).toBeGreaterThan(count(1))
    const find = (seed: number): Int32Array => atOnce(communityFinder(edges, 1.3)(seed))
    expect(find(7)).toEqual(find(7))
    expect(modularity(edges, find(7), 1.3)).toBeGreaterThan(
      modularity(
        edges,
        Int32Array.from(find(7), (_, node) => node % 5),
        1.3,
      ),
    )
  })

  it('finds the communities of graphology-communities-louvain, number by number', () => {
    const drawn = fc.record({
      seed: fc.nat(),
      nodeCount: fc.integer({ min: 1, max: 90 }),
      groups: fc.integer({ min: 1, max: 6 }),
      resolution: fc.constantFrom(0.3, 1, 2.5, 10),
      weighted: fc.boolean(),
    })
    fc.assert(
      fc.property(drawn, ({ seed, nodeCount, groups, resolution, weighted }) => {
        const { next } = seededRandom(seed)
        const list: [number, number, number][] = []
        for (let a = 0; a < nodeCount; a++) {
          for (let b = a + 1; b < nodeCount; b++) {
            if (next() < (a % groups === b % groups ? 0.3 : 0.03)) list.push([a, b, weighted ? 0.1 + next() : 1])
          }
        }
        const edges = edgesOf(nodeCount, list)
        const found = atOnce(communityFinder(edges, resolution)(seed))
        expect([...found]).toEqual(librarysCommunities(edges, resolution, seed))
      }),
      { numRuns: 60 },
    )
  })
})
