import type { WeightedEdges } from '../graph/communities.ts'
import type { Algorithm } from '../request/request.ts'
import { prepareInSlices } from '../network/prepared.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { nearest } from '../embed/nearest.ts'
import type { Network } from '../network/network.ts'

/** Smaller cosines are rounding errors: vectors of unconnected parts are orthogonal. */
const LEAST_COSINE = 1e-5

/** The identity matrix: a column for each vector to find, and rows that exclude each vector from its own list. */
export function identityMatrix(who: string, size: number, memoryLimitBytes: number): Sliced<Network> {
  const diagonal = Int32Array.from({ length: size }, (_, at) => at)
  const coordinates = { rowCount: size, columnCount: size, row: diagonal, column: diagonal, data: null }
  return prepareInSlices(who, coordinates, false, memoryLimitBytes)
}

/**
 * The exact graph of nearest neighbours: an edge if either node is among the `k` nearest of the other, weighted by their cosine.
 *
 * Cost: count^2 x dimensions multiplications, in the kernel.
 *
 * @param identity `identityMatrix` with a row per vector
 * @param vectors of length one, shape (count x dimensions)
 */
export function* neighbourEdges(
  who: string,
  identity: Network,
  vectors: Float32Array,
  k: number,
): Algorithm<WeightedEdges> {
  const nodeCount = identity.shape.rowCount
  const excludedRows = Int32Array.from({ length: nodeCount }, (_, node) => node)
  const query = { vectors, queries: vectors, dimensions: vectors.length / nodeCount, k, excludedRows }
  const { columns, scores } = yield* nearest(who, identity, query)
  const lists = (node: number, other: number): boolean => columns.subarray(node * k, (node + 1) * k).includes(other)
  const kept: number[] = []
  const slices = new Slices()
  for (let at = 0; at < columns.length; at++) {
    const [node, other] = [Math.floor(at / k), columns[at]]
    const isFirst = node < other || !lists(other, node)
    if (other >= 0 && scores[at] > LEAST_COSINE && isFirst) kept.push(at)
    if (slices.full(8 + k)) yield PAUSE
  }
  return {
    nodeCount,
    source: Int32Array.from(kept, (at) => Math.floor(at / k)),
    target: Int32Array.from(kept, (at) => columns[at]),
    weight: Float32Array.from(kept, (at) => scores[at]),
  }
}

/**
 * Weight within clusters beyond the expectation for edges drawn by degree: sum over c of in_c / m - resolution (d_c / 2m)^2, at most 1
 * (Newman and Girvan 2004, 10.1103/PhysRevE.69.026113; Reichardt and Bornholdt 2006, 10.1103/PhysRevE.74.016110). 0 without edges.
 */
export function modularity({ source, target, weight }: WeightedEdges, clusters: Int32Array, resolution = 1): number {
  const degrees = new Float64Array(clusters.reduce((most, cluster) => Math.max(most, cluster), -1) + 1)
  let [within, total] = [0, 0]
  for (let edge = 0; edge < source.length; edge++) {
    const [from, to] = [clusters[source[edge]], clusters[target[edge]]]
    total += weight[edge]
    if (from === to) within += weight[edge]
    degrees[from] += weight[edge]
    degrees[to] += weight[edge]
  }
  if (total === 0) return 0
  const expected = degrees.reduce((sum, degree) => sum + (degree / (2 * total)) ** 2, 0)
  return within / total - resolution * expected
}
