/** Adjacency of nodes, for work that follows the edges of an undirected network without regard to its sides. */
import type { CsrMatrix } from '../matrix/csr.ts'
import { transposeInSlices } from '../matrix/turn.ts'
import { PAUSE, ranges, type Sliced } from '../support/pause.ts'
import type { Network } from './network.ts'

/** Edges of an undirected network, each from both its ends. The nodes of a bipartite network are its users, followed by its items. */
export interface Adjacency {
  readonly nodeCount: number
  /** Neighbours of node i are `neighbours[pointers[i] .. pointers[i + 1])`; shape (nodes + 1). */
  readonly pointers: Uint32Array
  readonly neighbours: Uint32Array
  /** Shape of `neighbours`; `null` where every edge weighs 1. A weight of 0 is no edge. */
  readonly weights: Float32Array | null
  /** Sum of |weight| of every node, shape (nodes). */
  readonly degrees: Float64Array
}

/** A square matrix is its own adjacency; a bipartite one is copied from both sides: 8 bytes per interaction, 16 with weights. */
export function* adjacencyOf(network: Network): Sliced<Adjacency> {
  const matrix = yield* network.rows.whole()
  const degrees = nodeDegrees(network)
  if (!network.shape.square) return yield* bothSides(matrix, yield* transposeInSlices(matrix), degrees)
  const { rowCount, indptr, indices, data } = matrix
  return { nodeCount: rowCount, pointers: indptr, neighbours: indices, weights: data, degrees }
}

/** Number of edge ends of some nodes. */
export const endsOf = ({ pointers }: Adjacency, nodes: Int32Array): number =>
  nodes.reduce((sum, node) => sum + pointers[node + 1] - pointers[node], 0)

/** The receivers of each node: on a directed network the nodes that it points to. */
export function* receiversOf(network: Network, undirected: boolean): Sliced<Adjacency> {
  if (undirected) return yield* adjacencyOf(network)
  const { rowCount, indptr, indices, data } = yield* transposeInSlices(network.rows)
  return { nodeCount: rowCount, pointers: indptr, neighbours: indices, weights: data, degrees: nodeDegrees(network) }
}

function* bothSides(users: CsrMatrix, items: CsrMatrix, degrees: Float64Array): Sliced<Adjacency> {
  const [userCount, nnz] = [users.rowCount, users.nnz]
  const pointers = new Uint32Array(degrees.length + 1)
  pointers.set(users.indptr)
  for (let item = 1; item <= items.rowCount; item++) pointers[userCount + item] = nnz + items.indptr[item]
  const neighbours = new Uint32Array(2 * nnz)
  for (const [from, to] of ranges(0, nnz)) {
    for (let edge = from; edge < to; edge++) neighbours[edge] = userCount + users.indices[edge]
    yield PAUSE
  }
  neighbours.set(items.indices, nnz)
  const weights = users.data === null || items.data === null ? null : new Float32Array(2 * nnz)
  weights?.set(users.data as Float32Array)
  weights?.set(items.data as Float32Array, nnz)
  return { nodeCount: degrees.length, pointers, neighbours, weights, degrees }
}

/** Degrees of all nodes, users first. */
export function nodeDegrees({ degrees: { rows, columns }, shape }: Network): Float64Array {
  if (shape.square) return columns
  const both = new Float64Array(rows.length + columns.length)
  both.set(rows)
  both.set(columns, rows.length)
  return both
}
