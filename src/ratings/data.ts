/** Splits a table into labelled pairs and evidence, and builds the graph of both. */
import { mergeRows } from '../data/clean.ts'
import { resolveInSlices } from '../data/infer-signals.ts'
import type { Interactions } from '../data/interactions.ts'
import type { HeldValues } from '../data/relations.ts'
import { readRule, type SignalRules, type Signals } from '../data/signal-rules.ts'
import { weighInSlices } from '../data/signal-weights.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import { buildInSlices, type Coordinates } from '../matrix/build.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import { RivuletError, show } from '../support/errors.ts'
import { inSlices, SCATTERED, type Sliced } from '../support/pause.ts'
import type { RatingMatrix } from './process.ts'

/** Maximum weight of evidence: labels weigh 1, and would be lost to rounding in single precision beside larger weights. */
const MOST_EVIDENCE = 1e12

/** Everything besides the ratings that they are spread over. */
export interface RatingSurroundings {
  /** Weights >= 0 of pairs by the rules of the other signals, users in rows; may include labelled pairs. `null`: none. */
  readonly evidence: CsrMatrix | null
  /** Values of users and items from relations. */
  readonly held: readonly HeldValues[]
}

/** Labels and evidence. */
export interface RatingData extends RatingSurroundings {
  /** Name of the signal that holds the ratings. */
  readonly label: string
  /** One row per labelled pair: the last one of the table. */
  readonly labels: Interactions
}

/**
 * Separates labels from evidence.
 *
 * @param held by users and items of the table
 * @throws {RivuletError} EMPTY_DATA if no signal has role 'label'; INVALID_OPTION if several with values do, or none with values; INVALID_DATA for evidence below 0.
 */
export function* readRatings(
  who: string,
  table: Interactions,
  signals: Signals,
  held: readonly HeldValues[] = [],
): Sliced<RatingData> {
  const rules = (yield* resolveInSlices(who, table, signals)) ?? {}
  const label = labelSignal(who, table, rules)
  const number = table.signals.indexOf(label)
  const { signal } = table
  const rows = yield* whereInSlices(table.length, (row) => (signal?.[row] ?? 0) === number)
  const labels = yield* mergeRows(who, yield* takeInSlices(table, rows), 'last')
  const { [label]: _, ...others } = rules
  return { label, labels, evidence: yield* weighEvidence(who, table, others), held }
}

/** Labelled pairs as a matrix. */
export function* matrixOf({ user, item, value, users, items }: Interactions): Sliced<RatingMatrix> {
  const data = value ?? new Float32Array(user.length).fill(1)
  const matrix = yield* buildInSlices({ rowCount: users.size, columnCount: items.size, row: user, column: item, data })
  return matrix.weighed(matrix.data ?? data)
}

/**
 * The graph of labels and evidence: a labelled pair weighs 1, any other pair `lambda` times its evidence.
 *
 * Evidence of a labelled pair adds nothing, because a rated pair is known to have been seen.
 */
export function* evidenceGraph(labels: CsrMatrix, evidence: CsrMatrix | null, lambda: number): Sliced<Coordinates> {
  const added = yield* pairsWithout(labels, lambda > 0 ? evidence : null)
  const row = new Int32Array(labels.nnz + added.user.length)
  const column = new Int32Array(row.length)
  const data = new Float32Array(row.length).fill(1)
  for (let user = 0; user < labels.rowCount; user++) row.fill(user, labels.indptr[user], labels.indptr[user + 1])
  column.set(labels.indices)
  row.set(added.user, labels.nnz)
  column.set(added.item, labels.nnz)
  const weigh = (from: number, to: number): void => {
    for (let at = from; at < to; at++) data[labels.nnz + at] = lambda * (evidence?.data?.[added.edge[at]] ?? 1)
  }
  yield* inSlices(added.edge.length, weigh, SCATTERED)
  return { rowCount: labels.rowCount, columnCount: labels.columnCount, row, column, data }
}

/** Pairs of a matrix, and their positions in it. */
export interface Pairs {
  readonly user: Int32Array
  readonly item: Int32Array
  readonly edge: Int32Array
}

/** The pairs with evidence and without a label. */
export function* pairsWithout(labels: CsrMatrix, evidence: CsrMatrix | null): Sliced<Pairs> {
  if (evidence === null) return { user: new Int32Array(0), item: new Int32Array(0), edge: new Int32Array(0) }
  const { rowCount, indptr, indices } = evidence
  const owner = new Int32Array(evidence.nnz)
  for (let user = 0; user < rowCount; user++) owner.fill(user, indptr[user], indptr[user + 1])
  const isLabelled = pairFinder(labels)
  const edge = yield* whereInSlices(evidence.nnz, (at) => !isLabelled(owner[at], indices[at]))
  const [user, item] = [new Int32Array(edge.length), new Int32Array(edge.length)]
  const gather = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      user[at] = owner[edge[at]]
      item[at] = indices[edge[at]]
    }
  }
  yield* inSlices(edge.length, gather, SCATTERED)
  return { user, item, edge }
}

/** The one signal of role 'label' with values. */
function labelSignal(who: string, table: Interactions, rules: SignalRules): string {
  const named = Object.keys(rules).filter((name) => readRule(who, rules[name], true).role === 'label')
  const rated = named.filter((name) => hasValues(table, name))
  if (rated.length === 1) return rated[0]
  const [known, asked] = [table.signals, `{ ${table.signals[0]}: { role: 'label' } }`]
  throw new RivuletError(rated.length === 0 && named.length === 0 ? 'EMPTY_DATA' : 'INVALID_OPTION', {
    who: `${who}, option 'signals'`,
    expected: "one signal with role 'label' and values, the ratings",
    got: rated.length > 1 ? rated.map(show).join(' and ') : 'none',
    todo: `Signals of this data: ${known.map(show).join(', ')}. Set the one with the ratings, as in ${asked}.`,
  })
}

function hasValues({ signals, signal, value }: Interactions, name: string): boolean {
  const number = signals.indexOf(name)
  return value !== undefined && value.some((_, row) => (signal?.[row] ?? 0) === number)
}

/** Weights by the rules of all signals except the ratings; `null` if the table has none of these signals. */
function* weighEvidence(who: string, table: Interactions, rules: SignalRules): Sliced<CsrMatrix | null> {
  const { users, items, signals, signal } = table
  const present = signals.some(
    (name, number) => Object.hasOwn(rules, name) && (signal?.includes(number) ?? number === 0),
  )
  if (!present) return null
  const { user, item, ...weights } = yield* weighInSlices(who, table, { weighted: false, signals: rules })
  const placeOf = (at: number): string =>
    `${who}, user ${show(users.keyOf(user[at]))}, item ${show(items.keyOf(item[at]))}`
  const refused = weights.data?.findIndex((weight) => !(weight >= 0 && weight <= MOST_EVIDENCE)) ?? -1
  if (refused >= 0) throw invalidEvidence(placeOf(refused), weights.data?.[refused])
  const data = weights.data && new Float32Array(weights.data)
  return yield* buildInSlices({ rowCount: users.size, columnCount: items.size, row: user, column: item, data })
}

/** Whether a matrix stores a pair, by binary search in its row. */
function pairFinder({ indptr, indices }: CsrMatrix): (row: number, column: number) => boolean {
  return (row, column) => {
    let low = indptr[row]
    let high = indptr[row + 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (indices[middle] < column) low = middle + 1
      else high = middle
    }
    return low < indptr[row + 1] && indices[low] === column
  }
}

function invalidEvidence(who: string, weight: number | undefined): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who,
    expected: `evidence weights from 0 to ${MOST_EVIDENCE}, where labels have weight 1`,
    got: String(weight),
    todo: "Leave negative signals out of option 'signals': dislikes are ratings. Lower weights that are too large.",
  })
}
