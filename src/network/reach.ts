import { PAUSE, SLICE, type Sliced } from '../support/pause.ts'
import type { Adjacency } from './adjacency.ts'

/**
 * Nodes connected to one of the sources by edges with a weight, nearest first: breadth-first search.
 * Time O(edges), 5 bytes per node.
 *
 * @param marked 1 where a node is a further source, visited after everything reached from the others, because ties between such nodes may be left out. Shape (nodes)
 * @returns nodes in the order of their hops from the nearest source; shape (reached nodes)
 */
export function* nodesByHops(adjacency: Adjacency, sources: Iterable<number>, marked?: Uint8Array): Sliced<Int32Array> {
  const isReached = new Uint8Array(adjacency.nodeCount)
  const order = new Int32Array(adjacency.nodeCount)
  let end = 0
  for (const node of sources) {
    if (isReached[node] === 0) order[end++] = node
    isReached[node] = 1
  }
  let at = 0
  for (let more = true; more;) {
    while (at < end) {
      ;[at, end] = walk(adjacency, isReached, order, at, end)
      yield PAUSE
    }
    more = false
    marked?.forEach((mark, node) => {
      if (mark === 0 || isReached[node] === 1) return
      isReached[node] = 1
      order[end++] = node
      more = true
    })
  }
  return order.subarray(0, end)
}

/** Continues from order[at] for about a slice of work. */
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
