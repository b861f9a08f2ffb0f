import type { LabelledGraph } from '../data/labelled-graphs.ts'

/**
 * Label spreading as a plain loop in float64 over an edge list: F <- alpha S F + (1 - alpha) Y until no score moves by `tolerance`.
 *
 * @returns scores, shape (nodes x classes), row-major
 */
export function plainSpreading(
  given: LabelledGraph,
  classCount: number,
  alpha: number,
  tolerance: number,
): Float64Array {
  const { nodeCount, source, target, labels, train } = given
  const degrees = new Float64Array(nodeCount)
  for (let edge = 0; edge < source.length; edge++) {
    degrees[source[edge]]++
    if (target[edge] !== source[edge]) degrees[target[edge]]++
  }
  const weights = Float64Array.from(source, (from, edge) => alpha / Math.sqrt(degrees[from] * degrees[target[edge]]))
  const base = new Float64Array(nodeCount * classCount)
  for (const node of train) base[node * classCount + labels[node]] = 1 - alpha
  let now = base.slice()
  for (let moved = Infinity; moved >= tolerance;) {
    const next = base.slice()
    for (let edge = 0; edge < source.length; edge++) {
      const [from, to, weight] = [source[edge] * classCount, target[edge] * classCount, weights[edge]]
      for (let c = 0; c < classCount; c++) next[to + c] += weight * now[from + c]
      if (from !== to) for (let c = 0; c < classCount; c++) next[from + c] += weight * now[to + c]
    }
    moved = 0
    for (let at = 0; at < now.length; at++) moved = Math.max(moved, Math.abs(next[at] - now[at]))
    now = next
  }
  return now
}
