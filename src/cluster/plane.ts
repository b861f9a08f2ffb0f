import ndarray, { type NdArray } from 'ndarray'
import { symmetricEigen } from '../linalg/symmetric-eigen.ts'
import { atOnce } from '../support/drive.ts'
import { checkArgument, having, isKeys, isMatrix, isTypedArray } from '../support/arguments.ts'
import { RivuletError } from '../support/errors.ts'
import { oneOf } from '../support/options.ts'
import type { Clusters } from './options.ts'
import { unitRows, type Embedding } from '../embed/embedding.ts'

/**
 * Coordinates for a scatter plot: the two directions in which the centres of the clusters differ most, for vectors of length one.
 *
 * The directions are eigenvectors of sum over c of n_c (m_c - m)(m_c - m)', m_c the mean vector of cluster c and m of all: linear discriminants without the
 * division by the spread within clusters, so that distances stay those of the vectors. Other directions are lost: points close to each other may be far apart. Two
 * clusters have one such direction, one cluster has none: the missing coordinates are 0.
 *
 * @returns shape (members, 2); 0, 0 for members in no cluster. Signs are such that the largest cluster is at the upper right.
 * @throws {RivuletError} INVALID_OPTION for a different number of vectors, and for values that are no clusters or embedding.
 */
export function clusterPlane(clustering: Clusters, embedding: Embedding): NdArray<Float32Array> {
  checkArgument('clusterPlane', 'clusters', clustering, IS_CLUSTERING)
  checkArgument('clusterPlane', 'embedding', embedding, having({ userVectors: isMatrix, itemVectors: isMatrix }))
  const { facts, members, clusters, sizes } = clustering
  const { data, shape } = facts.side === 'users' ? embedding.userVectors : embedding.itemVectors
  const [size, width] = shape
  if (size !== members.size) throw ofOthers(members.size, size)
  const unit = unitRows(data, width)
  const means = new Float64Array(sizes.length * width)
  const middle = new Float64Array(width)
  const inside = sizes.reduce((sum, one) => sum + one, 0)
  clusters.forEach((cluster, row) => {
    if (cluster < 0) return
    for (let k = 0; k < width; k++) {
      means[cluster * width + k] += unit[row * width + k] / sizes[cluster]
      middle[k] += unit[row * width + k] / inside
    }
  })
  const scatter = new Float64Array(width * width)
  sizes.forEach((count, cluster) => {
    const shift = middle.map((centre, k) => means[cluster * width + k] - centre)
    shift.forEach((one, row) =>
      shift.forEach((other, column) => (scatter[row * width + column] += count * one * other)),
    )
  })
  const directions = twoDirections(scatter, width, (k) => means[k] - middle[k])
  const plane = new Float32Array(size * 2)
  clusters.forEach((cluster, row) => {
    if (cluster < 0) return
    directions.forEach((direction, axis) => {
      let sum = 0
      for (let k = 0; k < width; k++) sum += (unit[row * width + k] - middle[k]) * direction[k]
      plane[row * 2 + axis] = sum
    })
  })
  return ndarray(plane, [size, 2])
}

const IS_CLUSTERING = having({
  facts: having({ side: oneOf('users', 'items') }),
  members: isKeys,
  clusters: isTypedArray,
  sizes: isTypedArray,
})

/** Eigenvectors of the two largest eigenvalues, without rounding errors. @param largestAt coordinates of the largest cluster, which determine the signs */
function twoDirections(scatter: Float64Array, width: number, largestAt: (k: number) => number): Float64Array[] {
  const { values, vectors } = atOnce(symmetricEigen(scatter, width))
  const count = [0, 1].filter((at) => at < width && values[at] > 1e-10 * values[0]).length
  return Array.from({ length: count }, (_, at) => {
    const direction = vectors.slice(at * width, (at + 1) * width)
    const place = direction.reduce((sum, entry, k) => sum + entry * largestAt(k), 0)
    return place < 0 ? direction.map((entry) => -entry) : direction
  })
}

function ofOthers(expected: number, got: number): RivuletError {
  return new RivuletError('INVALID_OPTION', {
    who: "clusterPlane, 'embedding'",
    expected: `vectors of the ${expected} members`,
    got: `${got} vectors`,
    todo: 'Pass the vectors that the clusters were made from.',
  })
}
