/** Graphs in which labels have far to go. */
import { seededRandom } from '../src/support/random.ts'
import type { Edge, NamedNetwork } from './networks.ts'

function network(
  nodeCount: number,
  pairs: readonly (readonly [from: number, to: number, weight?: number])[],
): NamedNetwork {
  const edges: Edge[] = pairs.map(([from, to, weight = 1]) => ({ from, to, weight }))
  return { nodes: Array.from({ length: nodeCount }, (_, node) => `n${node}`), edges, users: 0, directed: false }
}

const range = (length: number): number[] => Array.from({ length }, (_, at) => at)

export const chain = (length: number): NamedNetwork =>
  network(
    length,
    range(length - 1).map((node) => [node, node + 1]),
  )

/** The node in row i and column j has number i side + j. */
export function grid(side: number): NamedNetwork {
  const across = range(side * side).filter((node) => (node + 1) % side !== 0)
  const down = range(side * (side - 1))
  return network(side * side, [
    ...across.map((node) => [node, node + 1] as const),
    ...down.map((node) => [node, node + side] as const),
  ])
}

/** A chain whose every node has some leaves. */
export const caterpillar = (length: number, leaves: number): NamedNetwork =>
  network(length * (leaves + 1), [
    ...range(length - 1).map((node) => [node, node + 1] as const),
    ...range(length * leaves).map((leaf) => [leaf % length, length + leaf] as const),
  ])

/** A chain of `teeth` nodes, from each of which hangs a chain of `length` others. */
export const comb = (teeth: number, length: number): NamedNetwork =>
  network(teeth * (length + 1), [
    ...range(teeth - 1).map((node) => [node, node + 1] as const),
    ...range(teeth * length).map((node) => [node, node + teeth] as const),
  ])

/** Two complete graphs of `size` nodes, the first and the last ones, at the ends of a chain of `length` others. */
export function barbell(size: number, length: number): NamedNetwork {
  const bell = (first: number): (readonly [number, number])[] =>
    range(size).flatMap((i) => range(i).map((j) => [first + i, first + j] as const))
  return network(2 * size + length, [
    ...bell(0),
    ...bell(size + length),
    ...range(length + 1).map((at) => [size + at - 1, size + at] as const),
  ])
}

/** A random tree and some more edges, weights from 10^-spread to 10^spread. */
export function connected(nodeCount: number, extra: number, spread: number, seed: number): NamedNetwork {
  const random = seededRandom(seed)
  const weight = (): number => Math.fround(10 ** (spread * (2 * random.next() - 1)))
  const pairs = new Map<string, readonly [number, number, number]>()
  for (let node = 1; node < nodeCount; node++) {
    // Long rather than bushy: one of the last few before it.
    const from = Math.max(0, node - 1 - random.below(3))
    pairs.set(`${from} ${node}`, [from, node, weight()])
  }
  for (let edge = 0; edge < extra; edge++) {
    const [a, b] = [random.below(nodeCount), random.below(nodeCount)]
    const [from, to] = [Math.min(a, b), Math.max(a, b)]
    if (from < to && to - from < 6) pairs.set(`${from} ${to}`, [from, to, weight()])
  }
  return network(nodeCount, [...pairs.values()])
}
