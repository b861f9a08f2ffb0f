import { PAUSE, SLICE, type Sliced } from '../support/pause.ts'
import { slicesOf, type RowWindow } from '../matrix/csr.ts'
import type { Adjacency } from '../network/adjacency.ts'
import type { NamedNetwork } from '../network/network.ts'

/**
 * Nodes that a path of edges with a weight joins to one of the sources, nearest first: breadth-first search.
 * Time O(edges), 5 bytes a node.
 *
 * @returns nodes in the order of their hops from the nearest source; shape (reached nodes)
 */
export function* nodesByHops(adjacency: Adjacency, sources: Iterable<number>): Sliced<Int32Array> {
  const isReached = new Uint8Array(adjacency.nodeCount)
  const order = new Int32Array(adjacency.nodeCount)
  let end = 0
  for (const node of sources) {
    if (isReached[node] === 0) order[end++] = node
    isReached[node] = 1
  }
  for (let at = 0; at < end;) {
    ;[at, end] = walk(adjacency, isReached, order, at, end)
    yield PAUSE
  }
  return order.subarray(0, end)
}

/** Goes on from order[at] for about a slice of work. */
function walk(
  { pointers, neighbours, weights }: Adjacency,
  isReached: Uint8Array,
  order: Int32Array,
  start: number,
  last: number,
): [at: number, end: number] {
  let [at, end] = [start, last]
  for (let left = SLICE; at < end && left > 0; at++) {
    const node = order[at]
    left -= 1 + pointers[node + 1] - pointers[node]
    for (let edge = pointers[node]; edge < pointers[node + 1]; edge++) {
      const next = neighbours[edge]
      if (isReached[next] === 1 || weights?.[edge] === 0) continue
      isReached[next] = 1
      order[end++] = next
    }
  }
  return [at, end]
}

/** Whether an edge with a weight leads from a marked node of an undirected network to one that is not marked. Time O(edges). */
export function* leadsOn({ rows, sides }: NamedNetwork, marked: Uint8Array): Sliced<boolean> {
  if (!marked.includes(0)) return false
  for (const window of rows.windows) {
    for (const [from, to] of slicesOf(window, 1)) {
      if (sides === null ? entersSome(window, from, to, marked) : leadsAcross(window, from, to, marked, rows.rowCount))
        return true
      yield PAUSE
    }
  }
  return false
}

/** Of a square matrix, which has every edge from both its ends, the rows that are not marked tell. */
function entersSome(window: RowWindow, start: number, end: number, marked: Uint8Array): boolean {
  const { indices, data } = window
  for (let row = start; row < end; row++) {
    if (marked[row] === 1) continue
    for (let edge = window.start(row); edge < window.end(row); edge++) {
      if (marked[indices[edge]] === 1 && data?.[edge] !== 0) return true
    }
  }
  return false
}

function leadsAcross(window: RowWindow, start: number, end: number, marked: Uint8Array, rowCount: number): boolean {
  const { indices, data } = window
  for (let row = start; row < end; row++) {
    for (let edge = window.start(row); edge < window.end(row); edge++) {
      if (marked[rowCount + indices[edge]] !== marked[row] && data?.[edge] !== 0) return true
    }
  }
  return false
}
