import { UndirectedGraph } from 'graphology'
import commonJsLouvain from 'graphology-communities-louvain'
import type { WeightedEdges } from '../../../src/graph/communities.ts'
import { seededRandom } from '../../../src/support/random.ts'

/** A CommonJS module: its types say that the function is a property of what Node gives. */
const louvain = commonJsLouvain as unknown as typeof commonJsLouvain.default

/** The communities that graphology-communities-louvain finds. */
export function librarysCommunities(edges: WeightedEdges, resolution: number, seed: number): number[] {
  const { nodeCount, source, target, weight } = edges
  const graph = new UndirectedGraph()
  for (let node = 0; node < nodeCount; node++) graph.addNode(node)
  source.forEach((one, edge) => graph.addEdge(one, target[edge], { weight: weight[edge] }))
  const communities = louvain(graph, { resolution, rng: seededRandom(seed).next })
  return Array.from({ length: nodeCount }, (_, node) => communities[node])
}
