/** Small named networks with everything that is awkward: weights, isolated nodes, several components, repeated pairs. */
import { DirectedGraph, UndirectedGraph } from 'graphology'
import type { Interactions } from '../src/data/interactions.ts'
import type { AbstractGraph } from '../src/graph/check.ts'
import { GrowingKeyIndex } from '../src/support/key-index.ts'
import { seededRandom } from '../src/support/random.ts'

/** An edge between node numbers. */
export interface Edge {
  readonly from: number
  readonly to: number
  readonly weight: number
}

export interface NamedNetwork {
  readonly nodes: readonly string[]
  readonly edges: readonly Edge[]
  /** The first `users` nodes are users, the others items; 0 for a network without the two kinds. */
  readonly users: number
  readonly directed: boolean
}

export interface NetworkSize {
  readonly users?: number
  /** Nodes that are no users. */
  readonly others: number
  readonly edges: number
  readonly weighted?: boolean
  readonly directed?: boolean
  readonly seed?: number
}

/** Random edges within each of two halves, so that there are components; with few edges nodes stay isolated. */
export function randomNetwork(size: NetworkSize): NamedNetwork {
  const { users = 0, others, edges: edgeCount, weighted = false, directed = false, seed = 1 } = size
  const random = seededRandom(seed)
  const edges = new Map<string, Edge>()
  const half = (count: number, part: number): number =>
    part === 0 ? random.below(Math.ceil(count / 2)) : Math.min(count - 1, Math.ceil(count / 2) + random.below(count))
  for (let draw = 0; draw < edgeCount; draw++) {
    const part = random.below(2)
    let from = half(users || others, part)
    let to = users + half(others, part)
    if (users === 0 && !directed && from > to) [from, to] = [to, from]
    edges.set(`${from} ${to}`, { from, to, weight: weighted ? Math.fround(0.25 + 2 * random.next()) : 1 })
  }
  const nodes = Array.from({ length: users + others }, (_, node) => (node < users ? `u${node}` : `i${node - users}`))
  return { nodes, edges: [...edges.values()], users, directed }
}

export function graphOf({ nodes, edges, users, directed }: NamedNetwork): AbstractGraph {
  const graph = directed ? new DirectedGraph() : new UndirectedGraph()
  nodes.forEach((key, node) => graph.addNode(key, users === 0 ? {} : { kind: node < users ? 'user' : 'item' }))
  for (const { from, to, weight } of edges) {
    graph.addEdge(nodes[from], nodes[to], { [users === 0 ? 'weight' : 'value']: weight })
  }
  return graph
}

export function tableOfNetwork({ nodes, edges, users }: NamedNetwork): Interactions {
  return {
    users: GrowingKeyIndex.from(nodes.slice(0, users)),
    items: GrowingKeyIndex.from(nodes.slice(users)),
    user: Int32Array.from(edges, ({ from }) => from),
    item: Int32Array.from(edges, ({ to }) => to - users),
    value: Float32Array.from(edges, ({ weight }) => weight),
    signals: ['interaction'],
    length: edges.length,
  }
}
