/**
 * Questions about the edges themselves, in double precision: what a solution in single precision is held against, and who is tied to whom. Where the edges lie in
 * this memory they are answered in slices in the calling thread; where they lie in a database, by queries.
 */
import type { CsrMatrix } from '../matrix/csr.ts'
import type { Adjacency } from '../network/adjacency.ts'

export type AboutEdges = ExactProduct | Sendings | Crossing | Reach | Ties | RowsAsked

/** W' (middle o (W z)), or W z on a square network, in double precision. */
export interface ExactProduct {
  readonly kind: 'exact-product'
  /** Who asks, for messages. */
  readonly name: string
  /** Shape (rows); `null` on a square network. */
  readonly middle: Float64Array | null
  /** Columns of z. */
  readonly width: number
  /** Shape (columns of the matrix x width), row-major. */
  readonly z: Float64Array
}

/** into o (W' x) of an x that is set at a few rows. */
export interface Sendings {
  readonly kind: 'sendings'
  readonly name: string
  /** Where x is set, each row once. */
  readonly rows: Int32Array
  /** x there. */
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

/** Which nodes a path of edges with a weight leads to. */
export interface Reach {
  readonly kind: 'reach'
  readonly name: string
  /** Whether edges hold both ways; otherwise paths follow the arrows. */
  readonly undirected: boolean
  readonly sources: Int32Array
}

/** Who is tied to whom on an undirected network, as far as an end of a tie is not known: ties between known nodes may be left out. */
export interface Ties {
  readonly kind: 'ties'
  readonly name: string
  /** 1 where a node is known, shape (nodes); `null` for all ties. */
  readonly known: Uint8Array | null
}

/** What is in some rows of the matrix. */
export interface RowsAsked {
  readonly kind: 'rows'
  readonly name: string
  /** Ascending, each once. */
  readonly rows: Int32Array
}

/** What is sent for a question about edges. */
export type AnswerAboutEdges<Asked extends AboutEdges> = Asked extends ExactProduct
  ? /** Shape (columns of the matrix x width), row-major. */ Float64Array
  : Asked extends Sendings
    ? /** Shape (columns of the matrix). */ Float64Array
    : Asked extends Crossing
      ? boolean
      : Asked extends Reach
        ? /** 1 where a path leads to, shape (nodes). */ Uint8Array
        : Asked extends RowsAsked
          ? /** The rows that were asked about, in that order. */ CsrMatrix
          : Adjacency
