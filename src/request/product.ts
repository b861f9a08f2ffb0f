import type { CsrMatrix } from '../matrix/csr.ts'

/**
 * The largest entries of every row of a product of sparse matrices, on a bipartite network with weights W:
 *
 *   S = left o (V' (middle o W)) o right,   S_ij <- S_ij / (1 + shrink left_i right_j),   V = W
 *
 * A row keeps its largest positive entries off the diagonal, ties to the lower column. Sums are in float64, entries float32.
 * Cost: as many multiplications as the squares of the lengths of W's rows add up to.
 */
export interface Product {
  readonly kind: 'product'
  /** Name of the caller, for messages. */
  readonly name: string
  /** Shape (rows). */
  readonly middle: Float32Array
  /** Shape (columns). */
  readonly left: Float32Array
  /** Shape (columns). */
  readonly right: Float32Array
  /** Most entries of a row; integer >= 1. */
  readonly neighbours: number
  /** Shrinks entries that few rows support; >= 0, in units of 1 / (left right). Default 0. */
  readonly shrink?: number
  /** Products of vectors to subtract: S_ij - left_i right_j. Then the entries of largest magnitude are kept, also below 0, and `shrink` is ignored. */
  readonly less?: LessVectors | undefined
  /** V', shape (columns x rows). Default W'. */
  readonly given?: CsrMatrix | undefined
  /** Replace the weights of W (not of V), shape (nnz), in its order. Default its own. */
  readonly weights?: Float32Array | undefined
  /** Set for preliminary work, which progress does not count. */
  readonly preliminary?: true
}

/** Two vectors per column in whole numbers, each of a length of at most LEVELS: kernel/levels.ts. */
export interface LessVectors {
  readonly left: LevelVectors
  readonly right: LevelVectors
  /** A multiple of 16, at least 16. */
  readonly dimensions: number
}

/** Vectors steps o levels. */
export interface LevelVectors {
  /** Shape (columns x dimensions), row-major. */
  readonly levels: Int16Array
  /** Shape (columns). */
  readonly steps: Float32Array
}

/** The kept entries of a product, and a bound for the others. */
export interface ProductAnswer {
  /** Shape (columns x columns); within a row the columns ascend. */
  readonly lists: CsrMatrix
  /** Magnitude of the largest entry that each row omits, 0 for none; shape (columns). */
  readonly dropped: Float32Array
}
