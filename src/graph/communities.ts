import { UndirectedGraph } from 'graphology'
import commonJsLouvain from 'graphology-communities-louvain'
import { seededRandom } from '../support/random.ts'

/** Edges without a direction between nodes 0 .. nodeCount - 1, each pair once. */
export interface WeightedEdges {
  readonly nodeCount: number
  readonly source: Int32Array
  readonly target: Int32Array
  /** > 0. */
  readonly weight: Float32Array
}

/** The community of every node, numbered from 0; shape (nodeCount). */
export type FindCommunities = (seed: number) => Int32Array

/** A CommonJS module: its types say that the function is a property of what Node gives. */
const louvain = commonJsLouvain as unknown as typeof commonJsLouvain.default

/**
 * Communities by modularity (Blondel, Guillaume, Lambiotte and Lefebvre 2008, 10.1088/1742-5468/2008/10/P10008), anew for each seed. A node without edges is a
 * community of its own.
 *
 * Cost: the graph object takes 300-475 bytes an edge; it is made once.
 *
 * @param resolution > 0; the larger, the more communities
 */
export function communityFinder(edges: WeightedEdges, resolution: number): FindCommunities {
  const { nodeCount, source, target, weight } = edges
  const graph = new UndirectedGraph()
  for (let node = 0; node < nodeCount; node++) graph.addNode(node)
  for (let edge = 0; edge < source.length; edge++) {
    graph.addEdge(source[edge], target[edge], { weight: weight[edge] })
  }
  return (seed) => {
    const communities = louvain(graph, { resolution, rng: seededRandom(seed).next })
    return Int32Array.from({ length: nodeCount }, (_, node) => communities[node])
  }
}
