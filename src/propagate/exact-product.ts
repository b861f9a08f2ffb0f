import { PAUSE, ranges, Slices, type Sliced } from '../support/pause.ts'
import type { Network } from './network.ts'
import type { PreparedSystem } from './system.ts'

/**
 * T z in double precision: scale o (W z), or on a bipartite network scale o (W' (middle o (W z))).
 *
 * @param z shape (columns of the matrix x width), row-major
 */
export function* multiplyExactly(
  { prepared }: Network,
  alpha: number,
  { receivers, senders }: PreparedSystem,
  width: number,
  z: Float64Array,
): Sliced<Float64Array> {
  const { rowCount, indptr, indices, data } = prepared.matrix
  const product = new Float64Array(z.length)
  const sums = new Float64Array(width)
  const slices = new Slices()
  for (let row = 0; row < rowCount; row++) {
    const [start, end] = [indptr[row], indptr[row + 1]]
    if (slices.full(2 * (end - start) * width)) yield PAUSE
    sums.fill(0)
    for (let edge = start; edge < end; edge++) {
      const weight = data === null ? 1 : data[edge]
      for (let c = 0, from = indices[edge] * width; c < width; c++) sums[c] += weight * z[from++]
    }
    if (senders === null) {
      for (let c = 0; c < width; c++) product[row * width + c] = sums[c]
      continue
    }
    const middle = senders.out[row] * senders.into[row]
    for (let c = 0; c < width; c++) sums[c] *= middle
    for (let edge = start; edge < end; edge++) {
      const weight = data === null ? 1 : data[edge]
      for (let c = 0, to = indices[edge] * width; c < width; c++) product[to++] += weight * sums[c]
    }
  }
  const factor = senders === null ? alpha : alpha * alpha
  for (const [from, to] of ranges(0, product.length / width, width)) {
    for (let column = from, at = from * width; column < to; column++) {
      const scale = factor * receivers.out[column] * receivers.into[column]
      for (let c = 0; c < width; c++) product[at++] *= scale
    }
    yield PAUSE
  }
  return product
}
