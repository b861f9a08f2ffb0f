import type { NdArray } from 'ndarray'
import type { KeyIndex } from '../support/key-index.ts'
import { inSlices, PAUSE, ranges, type Sliced } from '../support/pause.ts'
import type { MemberPairs } from './distinctive.ts'
import { requireSides } from '../embed/embedding.ts'
import type { NamedNetwork } from '../network/network.ts'

export type ClusterSide = 'users' | 'items'

/** The nodes to cluster, and those of the other side as their features. */
export interface ClusterMembers {
  readonly members: KeyIndex
  readonly features: KeyIndex
  readonly pairs: MemberPairs
  /** 0 for members without interactions that no relation reaches. */
  readonly degrees: Float64Array
  /** Position of the first member in the network's nodes. */
  readonly firstNode: number
}

export function* readMembers(who: string, side: ClusterSide, network: NamedNetwork): Sliced<ClusterMembers> {
  const { users, items } = requireSides(who, network)
  const { rows, relations, degrees } = network
  const [user, item] = [new Int32Array(rows.nnz), new Int32Array(rows.nnz)]
  let count = 0
  yield* rows.inSlices((window, from, to) => {
    const { indices, data } = window
    for (let row = from; row < Math.min(to, users.size); row++) {
      for (let at = window.start(row), end = window.end(row); at < end && indices[at] < items.size; at++) {
        if (data !== null && !(data[at] > 0)) continue
        user[count] = row
        item[count++] = indices[at]
      }
    }
  }, 1)
  const [ofUser, ofItem] = [user.slice(0, count), item.slice(0, count)]
  const reached = relations?.degrees ?? degrees
  return side === 'users'
    ? {
        members: users,
        features: items,
        pairs: { member: ofUser, feature: ofItem },
        degrees: reached.rows,
        firstNode: 0,
      }
    : {
        members: items,
        features: users,
        pairs: { member: ofItem, feature: ofUser },
        degrees: reached.columns,
        firstNode: users.size,
      }
}

/** Relative to the longest; the direction of shorter vectors is rounding error. */
const SHORTEST = 1e-6

/** Operations per row, without its entries. */
const ROW_COST = 8

/** Unit vectors of the members that have a degree and a direction. */
export function* unitVectors(
  { data, shape }: Pick<NdArray<Float32Array>, 'data' | 'shape'>,
  degrees: Float64Array,
): Sliced<{ readonly rows: Int32Array; readonly vectors: Float32Array }> {
  const [size, width] = shape
  const lengths = new Float64Array(size)
  for (const [from, to] of ranges(0, size, ROW_COST + width)) {
    for (let row = from; row < to; row++) {
      let sum = 0
      for (let at = row * width; at < (row + 1) * width; at++) sum += data[at] * data[at]
      lengths[row] = Math.sqrt(sum)
    }
    yield PAUSE
  }
  const least = SHORTEST * lengths.reduce((most, length) => Math.max(most, length), 0)
  const found = new Int32Array(size)
  let count = 0
  yield* inSlices(size, (from, to) => {
    for (let row = from; row < to; row++) if (degrees[row] > 0 && lengths[row] > least) found[count++] = row
  })
  const rows = found.slice(0, count)
  const vectors = new Float32Array(rows.length * width)
  for (const [from, to] of ranges(0, rows.length, ROW_COST + width)) {
    for (let at = from; at < to; at++) {
      const row = rows[at]
      for (let k = 0; k < width; k++) vectors[at * width + k] = data[row * width + k] / lengths[row]
    }
    yield PAUSE
  }
  return { rows, vectors }
}
