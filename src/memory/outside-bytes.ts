/**
 * What calls take outside the shared memory, in bytes: the one place that knows what columns, key indexes, lists, maps and threads cost.
 *
 * Typed arrays are counted by their lengths. What objects cost was measured in V8 on 64 bits (Node 20): an entry of a list is an object of two or three
 * fields (40 or 48 bytes), its number (16) and its place in the list (8, up to 20 while that grows).
 */
import { DenseKeyIndex, type KeyIndex } from '../support/key-index.ts'

/** An entry of a list with its id: the id is shared, or made from a row number. */
const ENTRY_BYTES = 76
const NUMBER_AS_TEXT_BYTES = 24
/** A list itself, and its place in a map. */
const LIST_BYTES = 128
/** A place in a map by a key that is there anyway, and the number it may lead to. */
export const MAP_ENTRY_BYTES = 46
/** A key of a growing index: its text (some ten letters), its place in the list, its place in the map. */
const KEY_BYTES = 72
/** A worker thread that has done its first job: an isolate, the loaded code, its stack. */
export const WORKER_BYTES = 8e6

/** Of an index from its keys; ids that are row numbers take nothing. */
export const keyIndexBytes = (index: KeyIndex): number => (index instanceof DenseKeyIndex ? 0 : KEY_BYTES * index.size)

/** Of columns that are held. */
export const columnBytes = (columns: Iterable<ArrayBufferView | null | undefined>): number =>
  [...new Set(columns)].reduce((sum, column) => sum + (column?.byteLength ?? 0), 0)

/** Of lists of entries with ids, `k` each. */
export function listBytes(lists: number, k: number, items: KeyIndex): number {
  const text = items instanceof DenseKeyIndex ? NUMBER_AS_TEXT_BYTES : 0
  return lists * (LIST_BYTES + k * (ENTRY_BYTES + text))
}

/** Of ranked rows without ids: an item and a score an entry, two numbers a user. */
export const rankingBytes = (users: number, k: number): number => users * (8 * k + 8)

/** What is wanted of a problem: a `SweepShape`, as far as it matters here. */
interface Wanted {
  readonly columns: number
  readonly steps: number
  readonly topK: number | null
  readonly probes: number
  readonly rowScores: boolean
  readonly crossProducts?: 'seeds' | 'scores' | 'both' | null
  readonly keeps?: boolean
}

/** Of the copy of an answer that leaves the shared memory. */
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
 * Of the answer of a labeller, from scores to shares: a node has a label, a column, a confidence, whether it is reached, degrees, the scales of what it
 * sends and receives, and a unit.
 */
export const labellingBytes = (nodes: number, classes: number): number => nodes * (58 + 4 * classes)

/** Of sweeps that are refined, beyond the answer, most of which is not there yet: the solution, its residual and the scores of users in double precision. */
export const sweepingBytes = (nodes: number, classes: number): number => nodes * Math.max(0, 16 * classes - 32)

/** Of who is tied to whom on a network of two sides: a transpose, and both sides in one. On others it is the matrix itself. */
export const adjacencyBytes = (nodes: number, ends: number, isWeighted: boolean): number =>
  nodes * 16 + ends * (isWeighted ? 12 : 6)

/** Of conjugate gradients on some nodes, beside the answer: five vectors in double precision and what they start from, and the couplings of every edge from both ends. */
export const groundedBytes = (nodes: number, ends: number, classes: number): number =>
  nodes * (24 + 52 * classes) + ends * 12

/**
 * Of a walk with restarts, but for the problems it asks: scales, visits in double precision and what is left of the equation, and a right-hand side of
 * `seeded` entries, in lists that grow.
 * To say what was reached takes `adjacencyBytes` as well.
 */
export const walkBytes = (nodes: number, seeded: number): number => nodes * 48 + seeded * 36

/** Of potentials, less their mean on each connected part. */
export const potentialBytes = (nodes: number, parts: number, classes: number): number =>
  nodes * (4 + 8 * classes) + parts * (24 + 16 * classes)

/** Of steps of MBO: what diffuses before and after a pass, and what was decided on, with its shares. */
export const mboBytes = (nodes: number, classes: number): number => nodes * (12 + 12 * classes)

/**
 * Of contrastive training: a user's pairs as an array of her own, the batches they are dealt to, and copies of what is learnt, of both moments and of the
 * best so far, before and after a step.
 */
export const trainingBytes = (users: number, items: number, pairs: number, dimensions: number): number =>
  users * (900 + 8 * dimensions) + items * 40 * dimensions + pairs * 40

/** Of a fit of ratings: the graph's columns, weights of conjugate gradients by pair, coordinates and tastes of every node. */
export const ratingFitBytes = (nodes: number, pairs: number, rank: number): number =>
  nodes * (8 + 12 * rank) + pairs * 68

/** Typed arrays that were given up wait for V8 to collect them, until there are about so many bytes of them. */
const MOST_UNCOLLECTED_BYTES = 64e6

/** Of what problems leave behind: what the last two of them were given and answered. */
export const uncollectedBytes = (givenAndAnswered: number): number =>
  Math.min(MOST_UNCOLLECTED_BYTES, 2 * givenAndAnswered)
