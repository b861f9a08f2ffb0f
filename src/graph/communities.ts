/**
 * Communities by modularity: Louvain, with a queue of the nodes that may move.
 *
 *   gain of node i in community c = w_ic - resolution d_i D_c / 2m
 *
 * w_ic weight of the edges from i into c, d_i the degree of i, D_c the sum of c's degrees without i, m the weight of all edges. Nodes move to the
 * community with the largest gain until no move gains; then every community becomes one node, and the moves start again.
 * Blondel, Guillaume, Lambiotte and Lefebvre 2008, 10.1088/1742-5468/2008/10/P10008; the queue as in Traag, Waltman and van Eck 2019,
 * 10.1038/s41598-019-41695-z. The operations and their order are those of graphology-communities-louvain 2.0.2, so the communities of a seed are the
 * same, but it runs in slices, and without a graph object.
 * Cost: a few passes over the edges per level, and 40 bytes per edge.
 */
import { PAUSE, ranges, Slices, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import { induced, type CommunityGraph } from './community-graph.ts'

/** Undirected edges between nodes 0 .. nodeCount - 1, each pair once. */
export interface WeightedEdges {
  readonly nodeCount: number
  readonly source: Int32Array
  readonly target: Int32Array
  /** > 0. */
  readonly weight: Float32Array
}

/** The community of every node, numbered from 0; shape (nodeCount). */
export type FindCommunities = (seed: number) => Sliced<Int32Array>

/** Gains that differ by less are equal: the higher number wins, unless the node can stay. */
const EPSILON = 1e-10

/**
 * Finds communities; every call starts from scratch. A node without edges is a community by itself.
 *
 * @param resolution > 0; the larger, the more communities
 */
export function communityFinder(edges: WeightedEdges, resolution: number): FindCommunities {
  return function* find(seed) {
    const { nodeCount } = edges
    const { next } = seededRandom(seed)
    const queue = new NodeQueue(nodeCount)
    const communityOf = Int32Array.from({ length: nodeCount }, (_, node) => node)
    let graph = yield* graphOf(edges)
    while (graph.size > 0) {
      const partition = new Partition(graph, resolution)
      if (!(yield* moveNodes(partition, queue, Math.floor(next() * graph.size)))) break
      const smaller = yield* induced(graph, partition.communities, partition.totals)
      for (let node = 0; node < nodeCount; node++) communityOf[node] = smaller.nodeOf[communityOf[node]]
      yield PAUSE
      graph = smaller.graph
    }
    return communityOf
  }
}

function* graphOf({ nodeCount, source, target, weight }: WeightedEdges): Sliced<CommunityGraph> {
  const starts = new Int32Array(nodeCount + 1)
  for (const [from, to] of ranges(0, source.length)) {
    for (let edge = from; edge < to; edge++) {
      if (source[edge] === target[edge]) continue
      starts[source[edge]]++
      starts[target[edge]]++
    }
    yield PAUSE
  }
  for (let node = 1; node < nodeCount; node++) starts[node] += starts[node - 1]
  const ends = nodeCount > 0 ? starts[nodeCount - 1] : 0
  starts[nodeCount] = ends
  const [neighbours, weights] = [new Int32Array(ends), new Float64Array(ends)]
  const [loops, degrees] = [new Float64Array(nodeCount), new Float64Array(nodeCount)]
  let total = 0
  for (const [from, to] of ranges(0, source.length)) {
    for (let edge = from; edge < to; edge++) {
      const [one, other] = [source[edge], target[edge]]
      total += weight[edge]
      degrees[one] += weight[edge]
      degrees[other] += weight[edge]
      if (one === other) loops[one] = 2 * weight[edge]
      else {
        // From the end of each row to its start.
        const [here, there] = [--starts[one], --starts[other]]
        neighbours[here] = other
        neighbours[there] = one
        weights[here] = weights[there] = weight[edge]
      }
    }
    yield PAUSE
  }
  return { size: nodeCount, starts, neighbours, weights, loops, degrees, total }
}

/** Moves nodes until no move gains. @param first the first node of the queue. @returns whether any moved */
function* moveNodes(partition: Partition, queue: NodeQueue, first: number): Sliced<boolean> {
  const { size, starts, neighbours } = partition.graph
  const slices = new Slices()
  for (let at = 0; at < size; at++) queue.add((first + at) % size)
  let anyMoved = false
  for (let node = queue.take(); node >= 0; node = queue.take()) {
    const moved = partition.move(node)
    anyMoved ||= moved
    for (let at = starts[node]; moved && at < starts[node + 1]; at++) {
      if (partition.communities[neighbours[at]] !== partition.communities[node]) queue.add(neighbours[at])
    }
    if (slices.full(4 * (1 + starts[node + 1] - starts[node]))) yield PAUSE
  }
  return anyMoved
}

/** Communities of nodes, initially one per node. */
class Partition {
  readonly graph: CommunityGraph
  readonly communities: Int32Array
  /** Sum of the degrees of each community. */
  readonly totals: Float64Array
  readonly #resolution: number
  readonly #counts: Int32Array
  /** Numbers of empty communities. */
  readonly #unused: number[] = []
  /** Communities next to the current node, in the order of discovery. */
  readonly #met: Int32Array
  readonly #metWeights: Float64Array
  readonly #placeOf: Int32Array

  constructor(graph: CommunityGraph, resolution: number) {
    const { size } = graph
    this.graph = graph
    this.communities = Int32Array.from({ length: size }, (_, node) => node)
    this.totals = graph.degrees.slice()
    this.#resolution = resolution
    this.#counts = new Int32Array(size).fill(1)
    this.#met = new Int32Array(size)
    this.#metWeights = new Float64Array(size)
    this.#placeOf = new Int32Array(size).fill(-1)
  }

  /** Moves a node to the community with the largest gain, or out of one with a loss. @returns whether it moved */
  move(node: number): boolean {
    const { starts, neighbours, weights, loops, total } = this.graph
    const [met, metWeights, placeOf] = [this.#met, this.#metWeights, this.#placeOf]
    const own = this.communities[node]
    let [degree, count] = [0, 0]
    for (let at = starts[node]; at < starts[node + 1]; at++) {
      const community = this.communities[neighbours[at]]
      degree += weights[at]
      if (placeOf[community] < 0) {
        met[count] = community
        metWeights[count] = 0
        placeOf[community] = count++
      }
      metWeights[placeOf[community]] += weights[at]
    }
    const all = degree + loops[node]
    const gain = (weight: number, totalWeight: number): number =>
      weight - (all * totalWeight * this.#resolution) / (2 * total)
    const staying = gain(placeOf[own] < 0 ? 0 : metWeights[placeOf[own]], this.totals[own] - all)
    let [best, most] = [own, staying]
    for (let at = 0; at < count; at++) {
      const community = met[at]
      placeOf[community] = -1
      if (community === own) continue
      const gained = gain(metWeights[at], this.totals[community])
      const isBetter = Math.abs(gained - most) < EPSILON ? best !== own && community > best : gained > most
      if (isBetter) [best, most] = [community, gained]
    }
    if (most < 0 && this.#counts[own] > 1) best = this.#unused.pop() ?? own
    else if (most < 0) best = own
    if (best === own) return false
    this.totals[own] -= all
    this.totals[best] += all
    this.communities[node] = best
    this.#counts[best]++
    if (--this.#counts[own] === 0) this.#unused.push(own)
    return true
  }
}

/** Waiting nodes, each at most once, first in first out. */
class NodeQueue {
  readonly #nodes: Int32Array
  readonly #waits: Uint8Array
  #start = 0
  #size = 0

  constructor(capacity: number) {
    this.#nodes = new Int32Array(capacity)
    this.#waits = new Uint8Array(capacity)
  }

  add(node: number): void {
    if (this.#waits[node] === 1) return
    this.#waits[node] = 1
    this.#nodes[(this.#start + this.#size++) % this.#nodes.length] = node
  }

  /** The next node, -1 for none. */
  take(): number {
    if (this.#size === 0) return -1
    const node = this.#nodes[this.#start]
    this.#waits[node] = 0
    this.#size--
    this.#start = (this.#start + 1) % this.#nodes.length
    return node
  }
}
