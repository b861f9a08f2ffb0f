import type { NamedNetwork } from '../network/network.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import type { SideScales } from '../matrix/normalize.ts'
import { PAUSE, rowRanges, type Sliced } from '../support/pause.ts'
import type { PreparedSystem } from './system.ts'

/**
 * T z in double precision: scale o (W z), or on a bipartite network scale o (W' (middle o (W z))).
 *
 * @param z shape (columns of the matrix x width), row-major
 */
export function* multiplyExactly(
  { matrix }: NamedNetwork,
  alpha: number,
  { receivers, senders }: PreparedSystem,
  width: number,
  z: Float64Array,
): Sliced<Float64Array> {
  const product = new Float64Array(z.length)
  const middle = senders && senders.out.map((out, row) => out * senders.into[row])
  for (const [from, to] of rowRanges(matrix.indptr, 2 * width)) {
    if (middle === null) gatherRows(matrix, from, to, width, z, product)
    else sweepRows(matrix, from, to, middle, width, z, product)
    yield PAUSE
  }
  scaleRows(product, width, receivers, senders === null ? alpha : alpha * alpha)
  return product
}

function scaleRows(product: Float64Array, width: number, { out, into }: SideScales, factor: number): void {
  for (let row = 0, at = 0; row < out.length; row++) {
    const scale = factor * out[row] * into[row]
    for (let c = 0; c < width; c++) product[at++] *= scale
  }
}

function gatherRows(
  { indptr, indices, data }: CsrMatrix,
  start: number,
  end: number,
  width: number,
  z: Float64Array,
  product: Float64Array,
): void {
  for (let row = start; row < end; row++) {
    const own = row * width
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const from = indices[edge] * width
      const weight = data === null ? 1 : data[edge]
      for (let c = 0; c < width; c++) product[own + c] += weight * z[from + c]
    }
  }
}

function sweepRows(
  { indptr, indices, data }: CsrMatrix,
  start: number,
  end: number,
  middle: Float64Array,
  width: number,
  z: Float64Array,
  product: Float64Array,
): void {
  const sums = new Float64Array(width)
  for (let row = start; row < end; row++) {
    sums.fill(0)
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const from = indices[edge] * width
      const weight = data === null ? 1 : data[edge]
      for (let c = 0; c < width; c++) sums[c] += weight * z[from + c]
    }
    for (let c = 0; c < width; c++) sums[c] *= middle[row]
    for (let edge = indptr[row]; edge < indptr[row + 1]; edge++) {
      const to = indices[edge] * width
      const weight = data === null ? 1 : data[edge]
      for (let c = 0; c < width; c++) product[to + c] += weight * sums[c]
    }
  }
}
