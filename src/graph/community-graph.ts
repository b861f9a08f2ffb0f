import { PAUSE, Slices, type Sliced } from '../support/pause.ts'

/** A graph of communities: each is a node, the edges between two of them are one edge, those within it a loop. */
export interface CommunityGraph {
  readonly size: number
  /** Neighbours of node i: neighbours[starts[i] .. starts[i + 1]), with the weights of the edges to them; shape (size + 1). */
  readonly starts: Int32Array
  readonly neighbours: Int32Array
  readonly weights: Float64Array
  /** Twice the weight of each node's loop, shape (size). */
  readonly loops: Float64Array
  /** Weights of all edges of each node, loops twice; shape (size). */
  readonly degrees: Float64Array
  /** Weight of all edges. */
  readonly total: number
}

/** Communities as nodes, numbered by their first members. @param totals sum of degrees of each community */
export function* induced(
  graph: CommunityGraph,
  communities: Int32Array,
  totals: Float64Array,
): Sliced<{ readonly graph: CommunityGraph; readonly nodeOf: Int32Array }> {
  const { size: oldSize, starts: oldStarts } = graph
  const { nodeOf, first, size } = renumbered(communities)
  const { members, ends } = membersOf(nodeOf, size)
  yield PAUSE
  const slices = new Slices()
  const starts = new Int32Array(size + 1)
  const [neighbours, weights] = [new Int32Array(oldStarts[oldSize]), new Float64Array(oldStarts[oldSize])]
  const loops = new Float64Array(size)
  const sums = new Float64Array(size)
  const isMet = new Uint8Array(size)
  let end = 0
  for (let community = 0; community < size; community++) {
    for (let at = community === 0 ? 0 : ends[community - 1]; at < ends[community]; at++) {
      const node = members[at]
      loops[community] += graph.loops[node]
      for (let edge = oldStarts[node]; edge < oldStarts[node + 1]; edge++) {
        const other = nodeOf[graph.neighbours[edge]]
        if (other === community) loops[community] += graph.weights[edge]
        else {
          if (isMet[other] === 0) neighbours[end++] = other
          isMet[other] = 1
          sums[other] += graph.weights[edge]
        }
      }
      if (slices.full(4 * (1 + oldStarts[node + 1] - oldStarts[node]))) yield PAUSE
    }
    neighbours.subarray(starts[community], end).sort()
    for (let at = starts[community]; at < end; at++) {
      const other = neighbours[at]
      weights[at] = sums[other]
      sums[other] = isMet[other] = 0
    }
    starts[community + 1] = end
  }
  const degrees = first.map((community) => totals[community])
  return { graph: { ...graph, size, starts, neighbours, weights, loops, degrees }, nodeOf }
}

/** For every node the number of its community, in the order of the first members; for each of these numbers the original community. */
function renumbered(communities: Int32Array): { nodeOf: Int32Array; first: Float64Array; size: number } {
  const numbers = new Int32Array(communities.length).fill(-1)
  const first = new Float64Array(communities.length)
  let size = 0
  const nodeOf = communities.map((community) => {
    if (numbers[community] < 0) {
      first[size] = community
      numbers[community] = size++
    }
    return numbers[community]
  })
  return { nodeOf, first: first.slice(0, size), size }
}

/** The nodes of each community, ascending, community by community; and the end of each. */
function membersOf(nodeOf: Int32Array, size: number): { members: Int32Array; ends: Int32Array } {
  const ends = new Int32Array(size)
  for (const community of nodeOf) ends[community]++
  for (let community = 1; community < size; community++) ends[community] += ends[community - 1]
  const members = new Int32Array(nodeOf.length)
  for (let node = nodeOf.length - 1, next = ends.slice(); node >= 0; node--) members[--next[nodeOf[node]]] = node
  return { members, ends }
}
