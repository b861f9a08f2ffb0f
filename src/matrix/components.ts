/**
 * Connected components of the graph of a matrix, by union-find with path halving (Tarjan & van Leeuwen 1984, 10.1145/62.2160).
 * Time O(nnz) up to a factor below 5, memory 4 bytes per node.
 */
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import type { SparseRows, RowWindow } from './csr.ts'

/** The connected components of a graph. */
export interface Components {
  readonly count: number
  /** Component of each node, numbered in order of their first nodes; shape (nodes). */
  readonly of: Int32Array
}

/**
 * Components of a square matrix as an undirected graph, or of a bipartite one, whose nodes are the rows followed by the columns.
 * A stored weight of 0 is no edge.
 */
export function* componentsInSlices(rows: SparseRows, square: boolean): Sliced<Components> {
  const { rowCount, columnCount } = rows
  const firstColumn = square ? 0 : rowCount
  const parent = Int32Array.from({ length: firstColumn + columnCount }, (_, node) => node)
  const joinRows = (window: RowWindow, from: number, to: number): void => {
    const { indices, data } = window
    for (let row = from; row < to; row++) {
      for (let at = window.start(row), end = window.end(row); at < end; at++) {
        if (data === null || data[at] !== 0) join(parent, row, firstColumn + indices[at])
      }
    }
  }
  yield* rows.inSlices(joinRows, SCATTERED)
  const of = new Int32Array(parent.length)
  let count = 0
  // Roots are the smallest nodes of their components, so each is numbered before those that point to it.
  const number = (from: number, to: number): void => {
    for (let node = from; node < to; node++) {
      const root = rootOf(parent, node)
      of[node] = root === node ? count++ : of[root]
    }
  }
  yield* inSlices(of.length, number, SCATTERED)
  return { count, of }
}

/** Merges the sets of two nodes. @param parent of each node; itself for a root, the smallest node of its set */
export function join(parent: Int32Array, a: number, b: number): void {
  const rootA = rootOf(parent, a)
  const rootB = rootOf(parent, b)
  if (rootA < rootB) parent[rootB] = rootA
  else parent[rootA] = rootB
}

/** The root of a node's set. @param parent as for `join`; the path is shortened */
export function rootOf(parent: Int32Array, node: number): number {
  while (parent[node] !== node) {
    parent[node] = parent[parent[node]]
    node = parent[node]
  }
  return node
}
