/**
 * Coordinates of users and items in a bipartite graph for regression: rows of its singular vectors.
 *
 *   X = D_u^-1/2 W D_i^-1/2 ~ U S V';   psi, phi = rows of U S and V S, each of length 1, less their mean
 *
 * Users with the same neighbours have the same coordinates, whatever their degree. Cost: one truncated singular value decomposition, and 4 bytes per node and feature.
 */
import type { SingularVectors } from '../solve/singular-vectors.ts'
import { inSlices, type Sliced } from '../support/pause.ts'

/** Coordinates of users and items; the mean squared length of rows other than 0 is 1 on either side. */
export interface GraphFeatures {
  /** Number of coordinates, which is that of singular vectors. */
  readonly rank: number
  /** Shape (users x rank), row-major; zeros for users outside the graph. */
  readonly users: Float32Array
  /** Shape (items x rank), row-major; zeros for items outside the graph. */
  readonly items: Float32Array
}

/** Degrees of the nodes, their weights in the mean. */
interface Degrees {
  readonly rows: ArrayLike<number>
  readonly columns: ArrayLike<number>
}

/** Coordinates from the leading singular vectors of a graph. */
export function* graphFeatures({ values, left, right }: SingularVectors, degrees: Degrees): Sliced<GraphFeatures> {
  return {
    rank: values.length,
    users: yield* standardised(left, values, degrees.rows),
    items: yield* standardised(right, values, degrees.columns),
  }
}

function* standardised(vectors: Float32Array, values: Float64Array, weights: ArrayLike<number>): Sliced<Float32Array> {
  const rank = values.length
  const rows = rank === 0 ? 0 : vectors.length / rank
  const features = new Float32Array(vectors.length)
  const mean = new Float64Array(rank)
  let total = 0
  const shorten = (from: number, to: number): void => {
    for (let row = from, start = from * rank; row < to; row++, start += rank) {
      let square = 0
      for (let c = 0; c < rank; c++) square += (vectors[start + c] * values[c]) ** 2
      if (square === 0) continue
      for (let c = 0; c < rank; c++) {
        features[start + c] = (vectors[start + c] * values[c]) / Math.sqrt(square)
        mean[c] += weights[row] * features[start + c]
      }
      total += weights[row]
    }
  }
  yield* inSlices(rows, shorten, 4 * rank)
  for (let c = 0; c < rank; c++) mean[c] = total > 0 ? mean[c] / total : 0
  yield* inSlices(rows, (from, to) => centre(features.subarray(from * rank, to * rank), mean), 2 * rank)
  return yield* unitMeanSquare(features, rank)
}

/** Rows of zeros stay zero: these nodes are outside the graph. */
function centre(features: Float32Array, mean: Float64Array): void {
  const rank = mean.length
  for (let at = 0; at < features.length; at += rank) {
    if (isZero(features, at, rank)) continue
    for (let c = 0; c < rank; c++) features[at + c] -= mean[c]
  }
}

function* unitMeanSquare(features: Float32Array, rank: number): Sliced<Float32Array> {
  let [square, rows] = [0, 0]
  const add = (from: number, to: number): void => {
    for (let at = from * rank; at < to * rank; at += rank) {
      if (isZero(features, at, rank)) continue
      for (let c = 0; c < rank; c++) square += features[at + c] ** 2
      rows++
    }
  }
  yield* inSlices(rank === 0 ? 0 : features.length / rank, add, 4 * rank)
  const scale = square > 0 ? Math.sqrt(rows / square) : 0
  const scaleUp = (from: number, to: number): void => {
    for (let at = from; at < to; at++) features[at] *= scale
  }
  yield* inSlices(features.length, scaleUp)
  return features
}

function isZero(features: Float32Array, start: number, rank: number): boolean {
  for (let at = start; at < start + rank; at++) if (features[at] !== 0) return false
  return true
}
