import { UndirectedGraph } from 'graphology'
import { seededRandom } from '../../src/advanced.ts'
import { readRecords } from '../../src/index.ts'
import { publicFile } from './public-sets.ts'

/** A graph some of whose nodes' labels are known, and the rest of them to be found. */
export interface LabelledGraph {
  readonly name: string
  /** Nodes are named '0', '1' ... in this order. */
  readonly graph: UndirectedGraph
  readonly nodeCount: number
  readonly source: Int32Array
  readonly target: Int32Array
  /** Class of every node, shape (nodes). */
  readonly labels: Int32Array
  readonly train: readonly number[]
  readonly validation: readonly number[]
  readonly test: readonly number[]
}

/** A citation network with the Planetoid split (Yang et al. 2016): 20 labels a class; `null` when it is not on this machine. */
export async function citations(name: string): Promise<LabelledGraph | null> {
  const nodeFile = publicFile('planetoid', `${name}.nodes.tsv.gz`)
  const edgeFile = publicFile('planetoid', `${name}.edges.tsv.gz`)
  if (nodeFile === null || edgeFile === null) return null
  const labels: number[] = []
  const parts: Record<string, number[]> = { train: [], val: [], test: [] }
  for await (const { node, label, split } of readRecords(nodeFile)) {
    labels[Number(node)] = Number(label)
    parts[split]?.push(Number(node))
  }
  const edges: [number, number][] = []
  for await (const { source, target } of readRecords(edgeFile)) edges.push([Number(source), Number(target)])
  return assemble(name, labels, edges, { train: parts['train'], validation: parts['val'], test: parts['test'] })
}

/**
 * Three groups of nodes with most edges inside (a planted partition), 4 labels a group. The same every time.
 *
 * @param inside share of the edges that are drawn within a group
 */
export function plantedPartition(nodeCount: number, inside = 0.9): LabelledGraph {
  const random = seededRandom(5)
  const labels = Array.from({ length: nodeCount }, (_, node) => node % 3)
  const edges: [number, number][] = []
  for (let node = 0; node < nodeCount; node++) {
    for (let tie = 0; tie < 4; tie++) {
      const other = random.below(nodeCount)
      const end = random.next() < inside ? other - (other % 3) + (node % 3) : other
      if (end !== node && end < nodeCount) edges.push([node, end])
    }
  }
  const numbers = labels.map((_, node) => node)
  return assemble('planted partition', labels, edges, {
    train: numbers.slice(0, 12),
    validation: numbers.slice(12, 60),
    test: numbers.slice(60),
  })
}

type Parts = Pick<LabelledGraph, 'train' | 'validation' | 'test'>

function assemble(
  name: string,
  labels: readonly number[],
  edges: readonly [number, number][],
  parts: Parts,
): LabelledGraph {
  const graph = new UndirectedGraph()
  for (let node = 0; node < labels.length; node++) graph.addNode(node)
  for (const [source, target] of edges) graph.mergeEdge(source, target)
  const kept = graph.mapEdges((_edge, _attributes, source, target) => [Number(source), Number(target)] as const)
  return {
    name,
    graph,
    nodeCount: labels.length,
    source: Int32Array.from(kept, ([source]) => source),
    target: Int32Array.from(kept, ([, target]) => target),
    labels: Int32Array.from(labels),
    ...parts,
  }
}
