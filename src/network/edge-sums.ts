/** Sums over a network's edges in double precision, in slices. */
import { slicesOf, type RowWindow } from '../matrix/csr.ts'
import { PAUSE, SCATTERED, Slices, type Sliced } from '../support/pause.ts'
import type { Network } from './network.ts'

/**
 * W' (middle o (W z)), or W z on a square network.
 *
 * @param middle shape (rows); `null` on a square network
 * @param z shape (columns of the matrix x width), row-major
 */
export function* multiplyExactly(
  { rows }: Network,
  middle: Float64Array | null,
  width: number,
  z: Float64Array,
): Sliced<Float64Array> {
  const product = new Float64Array(z.length)
  const multiply = (window: RowWindow, from: number, to: number): void => {
    if (middle === null) gatherRows(window, from, to, width, z, product)
    else sweepRows(window, from, to, middle, width, z, product)
  }
  yield* rows.inSlices(multiply, 2 * width)
  return product
}

/** into o (W' x), x being `sent` at some rows and 0 elsewhere. */
export function* sendFrom(
  { rows }: Network,
  senders: Int32Array,
  sent: Float64Array,
  into: Float64Array,
): Sliced<Float64Array> {
  const sums = new Float64Array(rows.columnCount)
  const slices = new Slices()
  for (let at = 0; at < senders.length; at++) {
    const window = rows.windowOf(senders[at])
    const { indices, data } = window
    const [start, end] = [window.start(senders[at]), window.end(senders[at])]
    for (let edge = start; edge < end; edge++)
      sums[indices[edge]] += sent[at] * (data?.[edge] ?? 1) * into[indices[edge]]
    if (slices.full(SCATTERED * (1 + end - start))) yield PAUSE
  }
  return sums
}

function gatherRows(
  window: RowWindow,
  start: number,
  end: number,
  width: number,
  z: Float64Array,
  product: Float64Array,
): void {
  const { indices, data } = window
  for (let row = start; row < end; row++) {
    const [own, last] = [row * width, window.end(row)]
    for (let edge = window.start(row); edge < last; edge++) {
      const from = indices[edge] * width
      const weight = data === null ? 1 : data[edge]
      for (let c = 0; c < width; c++) product[own + c] += weight * z[from + c]
    }
  }
}

function sweepRows(
  window: RowWindow,
  start: number,
  end: number,
  middle: Float64Array,
  width: number,
  z: Float64Array,
  product: Float64Array,
): void {
  const { indices, data } = window
  const sums = new Float64Array(width)
  for (let row = start; row < end; row++) {
    const [first, last] = [window.start(row), window.end(row)]
    sums.fill(0)
    for (let edge = first; edge < last; edge++) {
      const from = indices[edge] * width
      const weight = data === null ? 1 : data[edge]
      for (let c = 0; c < width; c++) sums[c] += weight * z[from + c]
    }
    for (let c = 0; c < width; c++) sums[c] *= middle[row]
    for (let edge = first; edge < last; edge++) {
      const to = indices[edge] * width
      const weight = data === null ? 1 : data[edge]
      for (let c = 0; c < width; c++) product[to + c] += weight * sums[c]
    }
  }
}

/** Whether an edge with a weight leads from a marked node of an undirected network to one that is not marked. Time O(edges). */
export function* leadsOn({ rows, shape }: Network, marked: Uint8Array): Sliced<boolean> {
  if (!marked.includes(0)) return false
  for (const window of rows.windows) {
    for (const [from, to] of slicesOf(window, 1)) {
      if (shape.square ? entersSome(window, from, to, marked) : leadsAcross(window, from, to, marked, rows.rowCount))
        return true
      yield PAUSE
    }
  }
  return false
}

/** A square matrix has every edge from both ends, so the unmarked rows are enough. */
function entersSome(window: RowWindow, start: number, end: number, marked: Uint8Array): boolean {
  const { indices, data } = window
  for (let row = start; row < end; row++) {
    if (marked[row] === 1) continue
    for (let edge = window.start(row); edge < window.end(row); edge++) {
      if (marked[indices[edge]] === 1 && data?.[edge] !== 0) return true
    }
  }
  return false
}

function leadsAcross(window: RowWindow, start: number, end: number, marked: Uint8Array, rowCount: number): boolean {
  const { indices, data } = window
  for (let row = start; row < end; row++) {
    for (let edge = window.start(row); edge < window.end(row); edge++) {
      if (marked[rowCount + indices[edge]] !== marked[row] && data?.[edge] !== 0) return true
    }
  }
  return false
}
