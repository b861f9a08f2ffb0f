import { atOnce } from '../support/drive.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import { type CsrArrays, CsrMatrix } from './csr.ts'
import { tidyRows } from './tidy-rows.ts'

/** Coordinates of a sparse matrix in any order, duplicates allowed (scipy's COO form). */
export interface Coordinates {
  readonly rowCount: number
  readonly columnCount: number
  /** Shape (length), each in [0, rowCount). */
  readonly row: Int32Array
  /** Shape (length), each in [0, columnCount). */
  readonly column: Int32Array
  /** Shape (length); absent for a pattern. */
  readonly data?: Float32Array | null | undefined
  /** Factor of the weights in `data`: see `scaleWeights`. Default 1. */
  readonly scale?: number | undefined
}

export function freshDestination({ rowCount, row, data }: Coordinates): CsrArrays {
  return {
    indptr: new Uint32Array(rowCount + 1),
    indices: new Uint32Array(row.length),
    data: data ? new Float32Array(row.length) : null,
  }
}

/**
 * Sorts coordinates into a CSR matrix: a counting sort by row, then each row in place.
 *
 * Duplicates are added in their order, in double precision, and rounded once; in a pattern they are one pair. O(length log(longest row) + rows); rows that arrive grouped
 * and ascending cost two passes. Needs room for one row besides the destination.
 */
export const buildCsr = (coordinates: Coordinates, destination = freshDestination(coordinates)): CsrMatrix =>
  atOnce(buildInSlices(coordinates, destination))

/** As `buildCsr`. */
export function* buildInSlices(
  coordinates: Coordinates,
  destination = freshDestination(coordinates),
): Sliced<CsrMatrix> {
  yield* groupByRow(coordinates, destination)
  yield* tidyRows(coordinates.rowCount, destination)
  return new CsrMatrix(coordinates.columnCount, destination)
}

/** Counting sort by row; within a row the order given. `indptr` counts, then points at the next free place, then at the rows. */
function* groupByRow(
  { rowCount, row, column, data: weights }: Coordinates,
  { indptr, indices, data }: CsrArrays,
): Sliced<void> {
  indptr.fill(0)
  const count = (from: number, to: number): void => {
    for (let at = from; at < to; at++) indptr[row[at] + 1]++
  }
  yield* inSlices(row.length, count, SCATTERED)
  for (let r = 0; r < rowCount; r++) indptr[r + 1] += indptr[r]
  const place = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const place = indptr[row[at]]++
      indices[place] = column[at]
      if (data !== null && weights) data[place] = weights[at]
    }
  }
  yield* inSlices(row.length, place, SCATTERED)
  indptr.copyWithin(1, 0, rowCount)
  indptr[0] = 0
}

/** An undirected edge list as a symmetric square matrix: each edge stored from both ends, a loop once. */
export const mirrorEdges = (
  nodeCount: number,
  source: Int32Array,
  target: Int32Array,
  weight?: Float32Array,
): Coordinates => atOnce(mirrorInSlices(nodeCount, source, target, weight))

/** As `mirrorEdges`. */
export function* mirrorInSlices(
  nodeCount: number,
  source: Int32Array,
  target: Int32Array,
  weight?: Float32Array,
): Sliced<Coordinates> {
  let loops = 0
  const countLoops = (from: number, to: number): void => {
    for (let edge = from; edge < to; edge++) if (source[edge] === target[edge]) loops++
  }
  yield* inSlices(source.length, countLoops)
  const length = 2 * source.length - loops
  const row = new Int32Array(length)
  const column = new Int32Array(length)
  const data = weight ? new Float32Array(length) : null
  let at = 0
  const push = (from: number, to: number, edge: number): void => {
    row[at] = from
    column[at] = to
    if (data !== null && weight) data[at] = weight[edge]
    at++
  }
  const mirror = (from: number, to: number): void => {
    for (let edge = from; edge < to; edge++) {
      push(source[edge], target[edge], edge)
      if (source[edge] !== target[edge]) push(target[edge], source[edge], edge)
    }
  }
  yield* inSlices(source.length, mirror, SCATTERED)
  return { rowCount: nodeCount, columnCount: nodeCount, row, column, data }
}
