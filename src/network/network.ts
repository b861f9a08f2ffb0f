import type { Weighing } from '../data/signal-weights.ts'
import type { TimedRows } from '../data/timed-rows.ts'
import type { MatrixOffsets } from '../kernel/loop.ts'
import type { CsrMatrix, SparseRows } from '../matrix/csr.ts'
import type { Degrees } from '../matrix/normalize.ts'
import type { MatrixShape, Window } from '../matrix/windows.ts'
import type { Arena } from '../memory/arena.ts'
import type { MemoryBudget } from '../memory/budget.ts'
import type { KeyIndex } from '../support/key-index.ts'
import type { Sliced } from '../support/pause.ts'

/**
 * A weighted graph, the only view of the data that methods use. Products with it are requests to an executor.
 *
 * Bipartite: rows are the users and columns the items. Otherwise rows and columns are both the nodes.
 */
export interface Network {
  readonly shape: MatrixShape
  /** Sums of |weight| by row and by column. */
  readonly degrees: Degrees
  /** Weights of its edges. */
  readonly rows: SparseRows
  /** Sums of squares of the weights by column, if the rows are not in memory. Default: they are. */
  readonly squares?: Float64Array
  /** Factor of the weights: a power of four, 1 for ordinary ones. Quantities in the unit of weights are scaled by it, too. */
  readonly scale: number
  /** Whether any weight is below 0. */
  readonly signed: boolean
  /** The memory budget of the network and everything derived from it, including memory outside the shared memory. */
  readonly budget: MemoryBudget
  /** Location of the data, for executors. */
  readonly stored: StoredMatrix
  /** The part of the rows that is not interactions; `degrees` do not count it. Default: none. */
  readonly relations?: NetworkRelations
}

/** The part of a network's matrix that is not interactions. */
export interface NetworkRelations {
  /** Number of rows that are users, and of columns that are items. Those that follow are values held by them. */
  readonly userCount: number
  readonly itemCount: number
  /** Degrees to divide by, including nodes without interactions and values. Shapes (rows) and (columns). */
  readonly degrees: Degrees
  /** Degrees by interactions alone, 0 elsewhere: those of the network. */
  readonly counted: Degrees
  /** Average degree of users with interactions, which stands for that of a user without any. */
  readonly userDegree: number
  readonly parts: readonly RelationPart[]
}

/** A relation's rows or columns. */
export interface RelationPart {
  readonly name: string
  /** Share of the relation in spreading, in [0, 1). */
  readonly weight: number
  /** Whether the weight is 'auto' and not determined yet. */
  readonly isOpen: boolean
  readonly side: 'user' | 'item'
  /** Its columns [start, end), of a relation of users; its rows, of one of items. */
  readonly start: number
  readonly end: number
  /** Names of values, by position from 0; `null` for pairs. */
  readonly names: KeyIndex | null
  /** Name of the value at a position, from 0, for a node that holds it. */
  nameOf(value: number, node: number): string
}

/** A matrix in shared memory, ready for multiplication: built once, used many times. Only executors read it. */
export interface StoredMatrix {
  readonly arena: Arena
  readonly offsets: MatrixOffsets
  /** The row windows by which the matrix is swept. */
  readonly windows: readonly Window[]
  /** Each window transposed, for the way back; a square matrix needs none, and this is `offsets`. */
  readonly turned: MatrixOffsets
  /** First byte after the matrix: where a problem's sections begin. */
  readonly end: number
}

/** A network whose nodes have names. Bipartite: nodes are the users and then the items. */
export interface NamedNetwork extends Network {
  readonly nodes: KeyIndex
  /** How edges are weighed: whether their numbers count, and the rules of signals, with those found by 'auto'. */
  readonly weighing: Weighing
  /** Times of interactions with items, by columns of the source table; `null` if no time is known, or rows are a sample from all times. */
  readonly times: TimedRows | null
  /** Whether edges are undirected; only then is T symmetric. */
  readonly undirected: boolean
  /** The two sides of a bipartite network; `null` otherwise. */
  readonly sides: TableSides | null
  /** Notes on how the source was interpreted, and what was left out. Default: none. */
  readonly notes?: readonly string[]
  /** Advice on how to read a graph as users and items; `null` if nothing identifies them. */
  readonly proposal?: () => string | null
  /** Nodes that have an attribute, with its value; only a graph has any. */
  attribute(name: string): [node: string, value: unknown][]
}

/** External ids of the two sides. */
export interface Sides {
  readonly users: KeyIndex
  readonly items: KeyIndex
}

/** Both sides, and facts from the rows of the table that are not in the matrix. */
export interface TableSides extends Sides {
  /** The pairs that have a row with one of these signals, of any weight. @throws {RivuletError} UNKNOWN_KEY naming the nearest signal */
  pairsWith(who: string, signals: readonly string[]): Sliced<CsrMatrix>
}
