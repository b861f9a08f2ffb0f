import type { SideScales } from '../matrix/normalize.ts'
import { aboutEdges, type Algorithm } from '../request/request.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import type { PreparedSystem, SparseColumns, System } from './system.ts'

/** T z in double precision: scale o (W z), or on a bipartite network scale o (W' (middle o (W z))). @param z shape (columns of the matrix x width), row-major */
function* multiplyExactly(
  name: string,
  alpha: number,
  { receivers, senders }: PreparedSystem,
  width: number,
  z: Float64Array,
): Algorithm<Float64Array> {
  const middle = senders && senders.out.map((out, row) => out * senders.into[row])
  const product = yield* aboutEdges({ kind: 'exact-product', name, middle, width, z })
  scaleRows(product, width, receivers, senders === null ? alpha : alpha * alpha)
  return product
}

/** The residual of the equation: rhs + T z - z. */
export function* restOf(
  { who, alpha }: System,
  prepared: PreparedSystem,
  width: number,
  z: Float64Array,
): Algorithm<Float64Array> {
  const rest = yield* multiplyExactly(who, alpha, prepared, width, z)
  yield* subtract(rest, z)
  yield* addSparse(rest, prepared.rhs, width)
  return rest
}

function scaleRows(product: Float64Array, width: number, { out, into }: SideScales, factor: number): void {
  for (let row = 0, at = 0; row < out.length; row++) {
    const scale = factor * out[row] * into[row]
    for (let c = 0; c < width; c++) product[at++] *= scale
  }
}

function subtract(total: Float64Array, part: Float64Array): Sliced<void> {
  return inSlices(total.length, (start, end) => {
    for (let at = start; at < end; at++) total[at] -= part[at]
  })
}

function* addSparse(total: Float64Array, { indptr, indices, data }: SparseColumns, width: number): Sliced<void> {
  for (let c = 0; c < width; c++) {
    const first = indptr[c]
    const addSome = (start: number, end: number): void => {
      for (let at = first + start; at < first + end; at++) total[indices[at] * width + c] += data[at]
    }
    yield* inSlices(indptr[c + 1] - first, addSome, SCATTERED)
  }
}

/** Adds the first `width` columns of a matrix of `stride` columns. */
export function addColumns(total: Float64Array, part: Float32Array, width: number, stride: number): Sliced<void> {
  const addRows = (start: number, end: number): void => {
    for (let at = start * width, from = start * stride; at < end * width; from += stride) {
      for (let c = 0; c < width; c++) total[at++] += part[from + c]
    }
  }
  return inSlices(total.length / width, addRows, stride)
}

/** max |entry| weight, a weight a row. */
export function* largestWeighted(rows: Float64Array, weight: Float32Array, width: number): Sliced<number> {
  let largest = 0
  const compareRows = (start: number, end: number): void => {
    let most = largest
    for (let row = start, at = start * width; row < end; row++) {
      for (let c = 0; c < width; c++) most = Math.max(most, Math.abs(rows[at++]) * weight[row])
    }
    largest = most
  }
  yield* inSlices(weight.length, compareRows, width)
  return largest
}
