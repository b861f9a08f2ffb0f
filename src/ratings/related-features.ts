/**
 * Moves the coordinates of users and items towards those of nodes with the same values in relations.
 *
 *   phi_i <- ((1 - w) phi_i + sum over relations r of w_r mean_ri) / (the sum of those weights that i has)
 *   mean_ri = sum over g of part_ig m_g / sum over g of part_ig,   m_g = sum over j of d_j part_jg phi_j / sum over j of d_j part_jg
 *
 * phi as in graph-features.ts, part_ig the part of the value g that i has, d degrees in the graph, w the sum of the side's weights. Nodes without interactions are at
 * the mean of such others. The less informative a value is, the nearer that mean is to the centre, and the nearer a prediction is to the overall mean. Singular
 * vectors of a graph with edges of relations would instead place all nodes equally far out, and new items among unpopular ones. Cost: two passes over the values.
 */
import type { HeldValues, RelationSide } from '../data/relations.ts'
import type { Degrees } from '../matrix/normalize.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import type { GraphFeatures } from './graph-features.ts'

/** @param degrees of the graph of the coordinates */
export function* relatedFeatures(
  { rank, users, items }: GraphFeatures,
  { rows, columns }: Degrees,
  held: readonly HeldValues[],
): Sliced<GraphFeatures> {
  const of = (side: RelationSide): HeldValues[] => held.filter((one) => one.side === side)
  return {
    rank,
    users: yield* placed(users, rank, rows, of('user')),
    items: yield* placed(items, rank, columns, of('item')),
  }
}

/** @param coordinates of the nodes of a side, shape (nodes x rank) */
function* placed(
  coordinates: Float32Array,
  rank: number,
  degrees: Float64Array,
  held: readonly HeldValues[],
): Sliced<Float32Array> {
  if (held.length === 0) return coordinates
  const rest = held.reduce((left, { weight }) => left - weight, 1)
  const shares = degrees.map((degree) => (degree > 0 ? rest : 0))
  const sums = new Float32Array(coordinates.length)
  for (const relation of held) yield* addMeans(sums, shares, { coordinates, rank, degrees }, relation)
  const divide = (from: number, to: number): void => {
    for (let at = from * rank; at < to * rank; at++) {
      const share = shares[Math.floor(at / rank)]
      if (share > 0) sums[at] = (sums[at] + rest * coordinates[at]) / share
    }
  }
  yield* inSlices(degrees.length, divide, rank)
  return sums
}

interface Known {
  readonly coordinates: Float32Array
  readonly rank: number
  readonly degrees: Float64Array
}

/** Adds the means of a relation to `sums`, and its weight to `shares` for nodes that have one. */
function* addMeans(
  sums: Float32Array,
  shares: Float64Array,
  { coordinates, rank, degrees }: Known,
  { node, held, part, size, weight }: HeldValues,
): Sliced<void> {
  const [means, masses] = [new Float64Array(size * rank), new Float64Array(size)]
  const gather = (from: number, to: number): void => {
    for (let entry = from; entry < to; entry++) {
      const mass = degrees[node[entry]] * part[entry]
      masses[held[entry]] += mass
      for (let c = 0, at = held[entry] * rank, own = node[entry] * rank; c < rank; c++)
        means[at++] += mass * coordinates[own++]
    }
  }
  yield* inSlices(node.length, gather, 2 * rank)
  const parts = new Float64Array(degrees.length)
  node.forEach((one, entry) => (parts[one] += masses[held[entry]] > 0 ? part[entry] : 0))
  parts.forEach((sum, one) => (shares[one] += sum > 0 ? weight : 0))
  const scatter = (from: number, to: number): void => {
    for (let entry = from; entry < to; entry++) {
      const [one, value] = [node[entry], held[entry]]
      if (masses[value] === 0) continue
      const share = (weight * part[entry]) / (parts[one] * masses[value])
      for (let c = 0, at = value * rank, own = one * rank; c < rank; c++) sums[own++] += share * means[at++]
    }
  }
  yield* inSlices(node.length, scatter, 2 * rank)
}

/** Also marks nodes that share a value with a marked node. @param isReached users, then items */
export function reachHolders(isReached: Uint8Array, userCount: number, held: readonly HeldValues[]): Uint8Array {
  const reached = isReached.slice()
  for (const { side, node, held: values, size } of held) {
    const first = side === 'user' ? 0 : userCount
    const isOfOne = new Uint8Array(size)
    values.forEach((value, entry) => (isOfOne[value] |= isReached[first + node[entry]]))
    node.forEach((one, entry) => (reached[first + one] |= isOfOne[values[entry]]))
  }
  return reached
}
