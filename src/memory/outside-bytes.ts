/**
 * Bytes that calls take outside the shared memory: the sizes of columns, key indexes, lists, maps and threads.
 *
 * Typed arrays are counted by their lengths. Sizes of objects were measured in V8 on 64 bits (Node 20): an entry of a list is an object of two or three
 * fields (40 or 48 bytes), its number (16) and its slot in the list (8, up to 20 while the list grows).
 */
import { DenseKeyIndex, type KeyIndex } from '../support/key-index.ts'

/** An entry of a list with its id: the id is shared, or made from a row number. */
const ENTRY_BYTES = 76
const NUMBER_AS_TEXT_BYTES = 24
/** A list itself, and its place in a map. */
const LIST_BYTES = 128
/** An entry of a map with an existing key, and its number. */
export const MAP_ENTRY_BYTES = 46
/** A key of a growing index: its text (some ten letters), its place in the list, its place in the map. */
const KEY_BYTES = 72
/** A worker thread that has done its first job: an isolate, the loaded code, its stack. */
export const WORKER_BYTES = 8e6

/** A key index; ids that are row numbers take nothing. */
export const keyIndexBytes = (index: KeyIndex): number => (index instanceof DenseKeyIndex ? 0 : KEY_BYTES * index.size)

/** Columns, each counted once. */
export const columnBytes = (columns: Iterable<ArrayBufferView | null | undefined>): number =>
  [...new Set(columns)].reduce((sum, column) => sum + (column?.byteLength ?? 0), 0)

/** Lists of `k` entries with ids each. */
export function listBytes(lists: number, k: number, items: KeyIndex): number {
  const text = items instanceof DenseKeyIndex ? NUMBER_AS_TEXT_BYTES : 0
  return lists * (LIST_BYTES + k * (ENTRY_BYTES + text))
}

/** Ranked rows without ids: an item and a score per entry, two numbers per user. */
export const rankingBytes = (users: number, k: number): number => users * (8 * k + 8)

/** The fields of `SweepShape` that determine the size of an answer. */
interface Wanted {
  readonly columns: number
  readonly steps: number
  readonly topK: number | null
  readonly probes: number
  readonly rowScores: boolean
  readonly crossProducts?: 'seeds' | 'scores' | 'both' | null
  readonly keeps?: boolean
}

/** The copy of an answer outside the shared memory. */
export function solutionBytes(
  { rowCount, columnCount }: { readonly rowCount: number; readonly columnCount: number },
  problem: Wanted,
): number {
  const { columns, topK, probes, rowScores, crossProducts = null, keeps = false } = problem
  const scores = topK === null && probes === 0 && crossProducts === null && !keeps
  return (
    8 * columns +
    (topK === null ? 0 : 8 * columns * topK) +
    (scores ? 4 * columnCount * columns : 0) +
    (rowScores ? 4 * rowCount * columns : 0) +
    4 * (problem.steps + 1) * columns * probes +
    (crossProducts === null ? 0 : (crossProducts === 'both' ? 16 : 8) * columns * columns) +
    (keeps ? 8 * columns : 0)
  )
}

/**
 * The answer of a labeller, from scores to shares: a node has a label, a column, a confidence, whether it is reached, degrees, the scales of sending and
 * receiving, and a unit.
 */
export const labellingBytes = (nodes: number, classes: number): number => nodes * (58 + 4 * classes)

/** Refined sweeps, beyond the answer, most of which is not allocated yet: the solution, its residual and the scores of users in double precision. */
export const sweepingBytes = (nodes: number, classes: number): number => nodes * Math.max(0, 16 * classes - 32)

/** The adjacency of a bipartite network: a transpose, and both sides in one. On other networks it is the matrix itself. */
export const adjacencyBytes = (nodes: number, ends: number, isWeighted: boolean): number =>
  nodes * 16 + ends * (isWeighted ? 12 : 6)

/** Conjugate gradients on some nodes, besides the answer: five vectors in double precision, the right-hand side, and the couplings of every edge from both ends. */
export const groundedBytes = (nodes: number, ends: number, classes: number): number =>
  nodes * (24 + 52 * classes) + ends * 12

/**
 * A walk with restarts, without its sweeps: scales, visits in double precision and the residual, and a right-hand side of `seeded` entries, in lists that
 * grow. Finding the reached nodes takes `adjacencyBytes` as well.
 */
export const walkBytes = (nodes: number, seeded: number): number => nodes * 48 + seeded * 36

/** Potentials, and their means on each connected component. */
export const potentialBytes = (nodes: number, parts: number, classes: number): number =>
  nodes * (4 + 8 * classes) + parts * (24 + 16 * classes)

/** Steps of MBO: the field before and after a pass, and the decisions with their shares. */
export const mboBytes = (nodes: number, classes: number): number => nodes * (12 + 12 * classes)

/**
 * Contrastive training: an array of pairs per user, the batches, and copies of the parameters, of both moments and of the best so far, before and after a
 * step.
 */
export const trainingBytes = (users: number, items: number, pairs: number, dimensions: number): number =>
  users * (900 + 8 * dimensions) + items * 40 * dimensions + pairs * 40

/** A fit of ratings: the graph's columns, weights of conjugate gradients by pair, coordinates and tastes of every node. */
export const ratingFitBytes = (nodes: number, pairs: number, rank: number): number =>
  nodes * (8 + 12 * rank) + pairs * 68

/** V8 collects released typed arrays when there are about this many bytes of them. */
const MOST_UNCOLLECTED_BYTES = 64e6

/** Released arrays of the last two problems: their inputs and answers. */
export const uncollectedBytes = (givenAndAnswered: number): number =>
  Math.min(MOST_UNCOLLECTED_BYTES, 2 * givenAndAnswered)
