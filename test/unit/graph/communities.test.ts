import { UndirectedGraph } from 'graphology'
import commonJsLouvain from 'graphology-communities-louvain'
import { describe, expect, it } from 'vitest'
import { modularity } from '../../../src/embed/cluster-graph.ts'
import { communityFinder, type WeightedEdges } from '../../../src/graph/communities.ts'
import { seededRandom } from '../../../src/support/random.ts'

const louvain = commonJsLouvain as unknown as typeof commonJsLouvain.default

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
      const found = [...communityFinder(edges, 1)(seed)]
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
    expect(new Set(communityFinder(edgesOf(4, []), 1)(1)).size).toBe(4)
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
    const count = (resolution: number): number => new Set(communityFinder(edges, resolution)(1)).size
    expect(count(4)).toBeGreaterThan(count(1))
    const find = communityFinder(edges, 1.3)
    expect(find(7)).toEqual(find(7))
    const graph = new UndirectedGraph()
    for (let node = 0; node < 60; node++) graph.addNode(node)
    for (const [a, b, weight] of list) graph.addEdge(a, b, { weight: Math.fround(weight) })
    const theirs = louvain.detailed(graph, { resolution: 1.3, rng: seededRandom(7).next })
    expect(modularity(edges, find(7), 1.3)).toBeCloseTo(theirs.modularity, 10)
  })
})
