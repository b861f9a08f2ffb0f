import type { Drop, Loop, MatrixOffsets } from './loop.ts'
import type { RankingLoops } from './ranking.ts'
import type { ServingLoops } from './serving.ts'
import type { TrainingLoops } from './training.ts'

/**
 * The contract of a kernel: the basic loops over one memory; those of ranking, serving and training are in `RankingLoops`, `ServingLoops` and `TrainingLoops`.
 *
 * A loop takes a half-open range of rows [start, end), by default of its output, and a record of memory locations. Fields named
 * after arrays are byte offsets into the memory; counts, widths and strides are in elements. A block is a dense row-major float32
 * matrix of `width` columns: row i starts at element i width; the width is 1 or a multiple of four.
 *
 * Every kernel does the same float32 operations in the same order for each number, so all kernels give the same bits, and so does a range that is split in two.
 */
export interface Kernel extends RankingLoops, ServingLoops, TrainingLoops {
  readonly name: KernelName
  /** The sparse product: out_k = base_k + finish_k sum over c of w_rc scale_c z_c, r = rows_k. */
  readonly multiplySparse: Loop<SparseProduct>
  /** The dense product: out_i = sum over k < inner of a_ik b_k. */
  readonly multiplyDense: Loop<DenseProduct>
  /** The dense product in float64, subtracted: out_i -= sum over k < inner of a_ik b_k. */
  readonly subtractDense: Loop<DenseProduct>
  /** Products of columns of A with a block, over the given rows: out_i += sum over r of a_ri z_r, in float64; PRODUCT_CHUNK rows at a time in float32. */
  readonly crossProducts: Loop<CrossProducts>
  /** Rows of a product of sparse matrices, each truncated to its largest entries: see `LargestProducts`. The location of a row's output does not depend on other rows. */
  readonly largestProducts: Loop<LargestProducts>
  /** For one column, both ways over the given rows: acc += W' (middle o (W z)). Needs no transpose, and reads indices once. */
  readonly normal: Loop<NormalProduct>
  /**
   * One step of a linear recurrence: previous <- a (scale o acc) + b z + c previous + d rhs; acc <- 0.
   *
   * @returns max |scale o acc + rhs - z| o weight, the residual of z.
   */
  readonly combine: (start: number, end: number, recurrence: Recurrence) => number
  /** Elements [start, end): total += part; part = 0. */
  readonly add: Loop<Addition>
  /** to = scale o from. */
  readonly scaleRows: Loop<ScaledRows>
  /** For each column the k largest of z o scale, among the given rows and the entries of the lists from lower rows; ties to the lower row. */
  readonly topK: Loop<RankedRows>
  /**
   * Sorts entries [start, end) of one list of `topK` that is a heap of `end` entries, descending, ties to the lower row; [0, start) is a heap then.
   *
   * After calls from k down to 0 the list is sorted, however the range is split.
   */
  readonly sortTop: Loop<RankedList>
}

/** Rows whose products are summed in float32 before they are added to float64 sums. */
export const PRODUCT_CHUNK = 64

/** The longest list of `topK` that scores are inserted into: moving that many entries costs less than a heap does. */
export const INSERTED_MOST = 128

export type KernelName = 'wasm-simd' | 'typescript'

/** Columns that are processed together. 16 float32 are one cache line and four SIMD registers. */
export type BlockWidth = 1 | 4 | 8 | 16

export const BLOCK_WIDTHS: readonly BlockWidth[] = [1, 4, 8, 16]

/** Optional fields may be 0, which means none. */
export interface SparseProduct {
  readonly width: number
  readonly matrix: MatrixOffsets
  readonly z: number
  readonly out: number
  /** int32; default: r = k. */
  readonly rows?: number
  /** Default: 1. */
  readonly scale?: number
  /** Default: 1. */
  readonly finish?: number
  /** A block; default: nothing is added. */
  readonly base?: number
  /** Entries to drop; default: none. */
  readonly drop?: Drop
  /** Whether to skip indices below 0; only for a pattern without scale and drop. */
  readonly hasHoles?: boolean
}

/** a_ik is element i aRow + k aStep of `a`, so a matrix can be read as its transpose; b_k and out_i are rows of `columns` elements. */
export interface DenseProduct {
  readonly columns: number
  readonly inner: number
  readonly a: number
  readonly aRow: number
  readonly aStep: number
  readonly b: number
  readonly bRow: number
  readonly out: number
  readonly outRow: number
}

/** Columns [columnStart, columnEnd) of A, whose rows are `aRow` elements apart; `out` is (columns of A x width) float64. */
export interface CrossProducts {
  readonly width: number
  readonly columnStart: number
  readonly columnEnd: number
  readonly a: number
  readonly aRow: number
  readonly z: number
  readonly out: number
}

/**
 * S = left o (V' (middle o W)) o right, V and W of one shape: of each row of S the k largest positive entries off the diagonal, ties to the lower column, in
 * the order of the columns. Sums are in float64; S_ij is divided by 1 + shrink left_i right_j.
 */
export interface LargestProducts {
  readonly k: number
  /** Columns of V, W and S. */
  readonly columns: number
  readonly matrix: MatrixOffsets
  /** V by row windows, each transposed: pointers of window w begin at element w (columns + 1), its row numbers count from `windowRows`. */
  readonly turned: MatrixOffsets
  readonly windows: number
  /** int32. */
  readonly windowRows: number
  readonly middle: number
  readonly left: number
  readonly right: number
  readonly shrink: number
  /** Products of vectors to subtract from S_ij, left_i right_j: then entries of largest magnitude are kept, also below 0, without shrinking. */
  readonly less?: LessProducts | null
  /** Start of each row's entries in `indices` and `data`; uint32. With room for k, or for all columns that can be met. */
  readonly places: number
  readonly indices: number
  readonly data: number
  /** Number of entries kept of each row; int32. */
  readonly counts: number
  /** Magnitude of the largest entry that each row omits, 0 for none. */
  readonly dropped: number
  /** Cost of each row in multiplications, for dividing rows among threads; float32. */
  readonly costs: number
  /** Float64, one per column; zero before and after. */
  readonly sums: number
  /** int32, one per column and one more. */
  readonly met: number
  /** One per column. */
  readonly scores: number
  /** `markBytes(columns)` bytes; zero before and after, except the first 8,192. */
  readonly marks: number
}

/** Rows of vectors in levels: `levels.ts`; a multiple of 16 dimensions. */
export interface LessProducts {
  /** int16. */
  readonly left: number
  readonly right: number
  /** Value of a level, one per vector. */
  readonly leftSteps: number
  readonly rightSteps: number
  readonly dimensions: number
}

/** Bytes that `largestProducts` marks bins and columns in. */
export const markBytes = (columns: number): number => 8192 + 8 * (Math.ceil(columns / 64) + Math.ceil(columns / 4096))

/** z and acc have one element per column of W, `middle` one per row. */
export interface NormalProduct {
  readonly matrix: MatrixOffsets
  readonly middle: number
  readonly z: number
  readonly acc: number
}

/** All but scale and weight are blocks; weights are >= 0. */
export interface Recurrence {
  readonly width: number
  readonly acc: number
  readonly scale: number
  readonly weight: number
  readonly z: number
  readonly previous: number
  readonly rhs: number
  readonly step: RecurrenceStep
}

/** Coefficients of one step z' = a T z + b z + c z_previous + d rhs. */
export interface RecurrenceStep {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
}

export interface Addition {
  readonly total: number
  readonly part: number
}

/** `width` columns of matrices whose rows are `fromRow` and `toRow` elements apart. */
export interface ScaledRows {
  readonly width: number
  readonly scale: number
  readonly from: number
  readonly fromRow: number
  readonly to: number
  readonly toRow: number
}

/**
 * `rows` (k int32 per column, preset to -1) and `scores` (k float32 per column, preset to -Infinity) are lists: descending for k <= INSERTED_MOST, heaps
 * to be sorted by `sortTop` for larger k. k >= 1. A NaN scale excludes a row, and so does -Infinity in z if the scale is not negative.
 */
export interface RankedRows extends RankedList {
  readonly width: number
  readonly k: number
  readonly z: number
  readonly scale: number
}

/** Start of a list. */
export interface RankedList {
  readonly rows: number
  readonly scores: number
}
