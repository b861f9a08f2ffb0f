/**
 * Requests about the edges, in double precision: products to check a solution in single precision against, and ties between nodes. If the edges
 * are in memory, they are answered in slices in the calling thread; in a database, by queries.
 */
import type { CsrMatrix } from '../matrix/csr.ts'
import type { Adjacency } from '../network/adjacency.ts'

export type AboutEdges = ExactProduct | Sendings | Crossing | Reach | Ties | RowsAsked

/** W' (middle o (W z)), or W z on a square network, in double precision. */
export interface ExactProduct {
  readonly kind: 'exact-product'
  /** Name of the caller, for messages. */
  readonly name: string
  /** Shape (rows); `null` on a square network. */
  readonly middle: Float64Array | null
  /** Columns of z. */
  readonly width: number
  /** Shape (columns of the matrix x width), row-major. */
  readonly z: Float64Array
}

/** into o (W' x) for an x with few non-zero rows. */
export interface Sendings {
  readonly kind: 'sendings'
  readonly name: string
  /** The rows where x is set, each once. */
  readonly rows: Int32Array
  /** x at these rows. */
  readonly sent: Float64Array
  /** Shape (columns of the matrix). */
  readonly into: Float64Array
}

/** Whether an edge with a weight leads from a marked node of an undirected network to one that is not marked. */
export interface Crossing {
  readonly kind: 'crossing'
  readonly name: string
  /** Shape (nodes). */
  readonly marked: Uint8Array
}

/** The nodes reachable by edges with a weight. */
export interface Reach {
  readonly kind: 'reach'
  readonly name: string
  /** Whether edges are undirected; otherwise paths follow their direction. */
  readonly undirected: boolean
  readonly sources: Int32Array
}

/** The ties of an undirected network with at least one unknown end: ties between known nodes may be left out. */
export interface Ties {
  readonly kind: 'ties'
  readonly name: string
  /** 1 where a node is known, shape (nodes); `null` for all ties. */
  readonly known: Uint8Array | null
}

/** The entries of some rows of the matrix. */
export interface RowsAsked {
  readonly kind: 'rows'
  readonly name: string
  /** Ascending, each once. */
  readonly rows: Int32Array
}

/** The answer to a request about edges. */
export type AnswerAboutEdges<Asked extends AboutEdges> = Asked extends ExactProduct
  ? /** Shape (columns of the matrix x width), row-major. */ Float64Array
  : Asked extends Sendings
    ? /** Shape (columns of the matrix). */ Float64Array
    : Asked extends Crossing
      ? boolean
      : Asked extends Reach
        ? /** 1 for reachable nodes, shape (nodes). */ Uint8Array
        : Asked extends RowsAsked
          ? /** The requested rows, in that order. */ CsrMatrix
          : Adjacency
