import type { MatrixOffsets } from './matrix-offsets.ts'
import type { TrainingLoops } from './training.ts'

export type { MatrixOffsets }

/**
 * The contract of a kernel: the nine loops that everything here is made of and those of a training, over one memory.
 *
 * A block is a dense row-major matrix of `width` columns in float32: row i starts at element `i * width`. Arguments named after arrays are
 * byte offsets into the memory. Every kernel does the same float32 operations in the same order for each column, so all give the same bits.
 */
export interface Kernel extends TrainingLoops {
  readonly name: KernelName

  /**
   * The fused bipartite sweep over rows [rowStart, rowEnd): acc += W' (middle o (W z)).
   *
   * Each row is gathered, scaled and scattered back while its indices are still in cache. Needs no transpose of W.
   */
  normal(
    width: BlockWidth,
    rowStart: number,
    rowEnd: number,
    matrix: MatrixOffsets,
    middle: number,
    z: number,
    acc: number,
  ): void

  /** One half-step over rows [rowStart, rowEnd): out = scale o (W z). */
  gather(
    width: BlockWidth,
    rowStart: number,
    rowEnd: number,
    matrix: MatrixOffsets,
    scale: number,
    z: number,
    out: number,
  ): void

  /** Elements [start, end): total += part; part = 0. */
  add(start: number, end: number, total: number, part: number): void

  /**
   * One step of a linear recurrence over rows [start, end) of a block:
   * previous <- a (scale o acc) + b z + c previous + d rhs; acc <- 0.
   *
   * @returns max |scale o acc + rhs - z| o weight: how far z was from the fixed point.
   */
  combine(width: BlockWidth, start: number, end: number, block: BlockOffsets, step: RecurrenceStep): number

  /**
   * Per column of a block, the k largest of z o scale among rows [rowStart, rowEnd) and what the lists hold from lower rows; ties to the lower row.
   *
   * `rows` (k int32 a column, preset to -1) and `scores` (k float32 a column, preset to -Infinity) are lists: descending for k <= INSERTED_MOST, heaps
   * that `sortTop` puts in order for larger k. k >= 1. A NaN scale keeps a row out, and so does -Infinity in z where the scale is not negative.
   */
  topK(
    width: BlockWidth,
    rowStart: number,
    rowEnd: number,
    k: number,
    z: number,
    scale: number,
    rows: number,
    scores: number,
  ): void

  /**
   * Sorts entries [start, end) of one list of `topK` that is a heap of `end` entries, descending, ties to the lower row; [0, start) is a heap then.
   *
   * `rows` and `scores` are where the list begins. From k down to 0 in as many calls as one likes, the list is sorted.
   */
  sortTop(start: number, end: number, rows: number, scores: number): void

  /**
   * Combines the columns of a dense matrix, rows [rowStart, rowEnd): out = A C.
   *
   * A has `columns` columns, its rows `stride` >= columns elements apart; C is (columns x width); row-major float32, as `out` is.
   */
  combineColumns(
    width: BlockWidth,
    rowStart: number,
    rowEnd: number,
    columns: number,
    stride: number,
    a: number,
    coefficients: number,
    out: number,
  ): void

  /**
   * Products of columns [columnStart, columnEnd) of a dense matrix with a block, over rows [0, rowCount): row i of `out` += sum of A_ri z_r.
   *
   * A as above, without gaps; `out` is (columns x width) float64. PRODUCT_CHUNK rows at a time are summed in float32.
   */
  crossProducts(
    width: BlockWidth,
    rowCount: number,
    columns: number,
    columnStart: number,
    columnEnd: number,
    a: number,
    z: number,
    out: number,
  ): void

  /** Rows [rowStart, rowEnd): to = scale o from, `width` columns of matrices whose rows are `fromStride` and `toStride` elements apart. */
  scaleRows(
    width: BlockWidth,
    rowStart: number,
    rowEnd: number,
    scale: number,
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
  ): void
}

/** Rows whose products are summed in float32 before they are added to float64 sums. */
export const PRODUCT_CHUNK = 64

/** The longest list of `topK` that scores are inserted into: moving that many entries costs less than a heap does. */
export const INSERTED_MOST = 128

export type KernelName = 'wasm-simd' | 'typescript'

/** Columns that are processed together. 16 float32 are one cache line and four SIMD registers. */
export type BlockWidth = 1 | 4 | 8 | 16

export const BLOCK_WIDTHS: readonly BlockWidth[] = [1, 4, 8, 16]

/** Where the vectors of a recurrence lie; all but scale and weight are blocks. */
export interface BlockOffsets {
  readonly acc: number
  readonly scale: number
  readonly weight: number
  readonly z: number
  readonly previous: number
  readonly rhs: number
}

/** Coefficients of one step z' = a T z + b z + c z_previous + d rhs. */
export interface RecurrenceStep {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
}
