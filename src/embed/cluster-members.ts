import type { NdArray } from 'ndarray'
import type { Network } from '../propagate/network.ts'
import type { KeyIndex } from '../support/key-index.ts'
import type { MemberPairs } from './cluster-distinctive.ts'
import { requireSides } from './embedding.ts'

export type ClusterSide = 'users' | 'items'

/** Those who are clustered, and those by whom. */
export interface ClusterMembers {
  readonly members: KeyIndex
  readonly features: KeyIndex
  readonly pairs: MemberPairs
  readonly degrees: Float64Array
  /** Of the members, in the network's nodes. */
  readonly firstNode: number
}

export function readMembers(who: string, side: ClusterSide, network: Network): ClusterMembers {
  const { users, items } = requireSides(who, network)
  const { matrix, degrees } = network.prepared
  const [user, item]: number[][] = [[], []]
  for (let row = 0; row < matrix.rowCount; row++) {
    for (let at = matrix.indptr[row]; at < matrix.indptr[row + 1]; at++) {
      if (matrix.data !== null && !(matrix.data[at] > 0)) continue
      user.push(row)
      item.push(matrix.indices[at])
    }
  }
  const [ofUser, ofItem] = [Int32Array.from(user), Int32Array.from(item)]
  return side === 'users'
    ? {
        members: users,
        features: items,
        pairs: { member: ofUser, feature: ofItem },
        degrees: degrees.rows,
        firstNode: 0,
      }
    : {
        members: items,
        features: users,
        pairs: { member: ofItem, feature: ofUser },
        degrees: degrees.columns,
        firstNode: users.size,
      }
}

/** A vector shorter than this, over the longest, has no direction but that of rounding. */
const SHORTEST = 1e-6

/** Vectors of those that have interactions and a direction, each over its length. */
export function unitVectors(
  { data, shape }: Pick<NdArray<Float32Array>, 'data' | 'shape'>,
  degrees: Float64Array,
): { readonly rows: Int32Array; readonly vectors: Float32Array } {
  const [size, width] = shape
  const lengths = Float64Array.from({ length: size }, (_, row) =>
    Math.sqrt(data.subarray(row * width, (row + 1) * width).reduce((sum, entry) => sum + entry * entry, 0)),
  )
  const least = SHORTEST * lengths.reduce((most, length) => Math.max(most, length), 0)
  const rows = Int32Array.from(lengths.keys()).filter((row) => degrees[row] > 0 && lengths[row] > least)
  const vectors = new Float32Array(rows.length * width)
  rows.forEach((row, at) => {
    for (let k = 0; k < width; k++) vectors[at * width + k] = data[row * width + k] / lengths[row]
  })
  return { rows, vectors }
}
