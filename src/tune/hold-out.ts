/** Holds out part of a source to score candidates on: by time if times are known, unless the caller chooses a way or gives a table. */
import { checkInteractions, isTable, type Interactions } from '../data/interactions.ts'
import { leaveLastOutInSlices, splitByTimeInSlices, splitRandomInSlices } from '../data/split.ts'
import { takeInSlices, whereInSlices } from '../data/take-rows.ts'
import { tellOrder } from '../data/time-units.ts'
import { buildInSlices } from '../matrix/build.ts'
import type { CsrMatrix, SparseRows } from '../matrix/csr.ts'
import type { NamedNetwork, Sides } from '../network/network.ts'
import { prepareInSlices } from '../network/prepared.ts'
import { Catalogue } from '../recommend/catalogue.ts'
import { RivuletError } from '../support/errors.ts'
import type { Check } from '../support/options.ts'
import { inSlices, PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'

/** How validation data were held out, and how much. */
export interface Validation {
  /** 'time': the latest rows; 'leave-last-out': the last row of every user; 'random': a share of the rows; 'table': a given table. */
  readonly by: 'time' | 'leave-last-out' | 'random' | 'table'
  /** Users whose lists are scored, or draws of seeds. */
  readonly examples: number
  /** Interactions, ratings or labels that are held out. */
  readonly heldOut: number
  /** Pairs of a validation table that were left out because the source holds them: no list can hit them. */
  readonly seenPairs: number
  /** For recommenders by 'time': the windows, the earliest first. Each is scored after training on everything before it. */
  readonly windows?: readonly ValidationWindow[]
}

/** A window of time, in the time unit of the table. */
export interface ValidationWindow {
  /** Earliest and latest time of the held-out rows. */
  readonly from: number
  readonly to: number
  /** Users whose lists are scored on this window. */
  readonly examples: number
  readonly heldOut: number
}

/** A way to hold out validation data, or a table of such data. */
export type ValidationChoice = 'auto' | HeldOutBy | Interactions

export type HeldOutBy = 'time' | 'leave-last-out' | 'random'

const WAYS: readonly unknown[] = ['auto', 'time', 'leave-last-out', 'random']

export const isValidationChoice: Check = (value) => {
  if (isTable(value)) {
    checkInteractions("option 'validation'", value)
    return null
  }
  return WAYS.includes(value) ? null : "'auto', 'time', 'leave-last-out', 'random', or a table of interactions"
}

/** What to hold out of a source, and the seed of random draws. */
export interface HoldOutOptions {
  readonly validation: ValidationChoice
  readonly heldOutShare: number
  readonly seed: number
}

/** Resolves 'auto': by time if times give an order and the rows are not a sample from all times, otherwise at random. */
export function* wayToCut({ time, fromAllTimes }: Interactions, asked: 'auto' | HeldOutBy): Sliced<HeldOutBy> {
  if (asked !== 'auto') return asked
  const isTimed = fromAllTimes !== true && time !== undefined && (yield* tellOrder(time))
  return isTimed ? 'time' : 'random'
}

/**
 * Splits a table into training and test rows ('auto' as `wayToCut`), or takes a given validation table as the test.
 *
 * @throws {RivuletError} INVALID_DATA for 'time' without a time column, EMPTY_DATA
 */
export function* cutTable(
  who: string,
  table: Interactions,
  { validation, heldOutShare: testFraction, seed }: HoldOutOptions,
): Sliced<{ readonly by: Validation['by']; readonly train: Interactions; readonly test: Interactions }> {
  if (isTable(validation)) return { by: 'table', train: table, test: validation }
  const by = yield* wayToCut(table, validation)
  if (by === 'time') return { by, ...(yield* splitByTimeInSlices(table, { testFraction }, who)) }
  if (by === 'random') return { by, ...(yield* splitRandomInSlices(table, { testFraction, seed }, who)) }
  return { by, ...(yield* leaveLastOutInSlices(table, who)) }
}

/** Cost of looking up a key or drawing an edge, in simple operations. */
export const KEY_COST = 50

/** A validation table in the row numbers of a source. */
export interface Unseen {
  /** All its rows, with -1 for users and items unknown to the source. */
  readonly known: Interactions
  /** Those of known users and items whose pair the source does not hold. */
  readonly rows: Int32Array
  /** Pairs that the source holds: no list can hit them. */
  readonly seenPairs: number
}

/** Finds the rows of a validation table that are new to a source. @param seen the pairs that the source holds */
export function* unseenRows(seen: SparseRows, { users, items }: Sides, table: Interactions): Sliced<Unseen> {
  const { length } = table
  const [user, item] = [new Int32Array(length), new Int32Array(length)]
  const find = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      user[row] = users.rowOf(table.users.keyOf(table.user[row]))
      item[row] = items.rowOf(table.items.keyOf(table.item[row]))
    }
  }
  yield* inSlices(length, find, 2 * KEY_COST)
  // Users without interactions have the same list for every candidate.
  const isKnown = (row: number): boolean => user[row] >= 0 && item[row] >= 0 && seen.lengthOf(user[row]) > 0
  const isSeen = (row: number): boolean => isKnown(row) && seen.has(user[row], item[row])
  const rows = yield* whereInSlices(length, (row) => isKnown(row) && !isSeen(row), KEY_COST)
  const pairs = yield* whereInSlices(length, isSeen, KEY_COST)
  const seenPairs = new Set(Array.from(pairs, (row) => user[row] * items.size + item[row])).size
  return { known: { ...table, users, items, user, item }, rows, seenPairs }
}

/** The distinct pairs of a table, users in rows. */
export const pairsOf = ({ users, items, user, item }: Interactions): Sliced<CsrMatrix> =>
  buildInSlices({ rowCount: users.size, columnCount: items.size, row: user, column: item })

/** A network without some of its interactions, and those interactions. */
export interface HoldOut {
  readonly network: NamedNetwork
  /** Held-out items of user u: indices[indptr[u] .. indptr[u + 1]]. */
  readonly indptr: Uint32Array
  readonly indices: Uint32Array
  /** Pairs left out because the network holds them: no list can hit them. */
  readonly seenPairs: number
}

/** Holds out the pairs of a table, or a share of every user's items. @throws {RivuletError} EMPTY_DATA when nothing is held out, UNSUPPORTED_GRAPH. */
export function* holdOutFor(
  who: string,
  network: NamedNetwork,
  { validation, heldOutShare, seed }: Omit<HoldOutOptions, 'validation'> & { readonly validation: Interactions | null },
): Sliced<HoldOut> {
  const sides = Catalogue.of(who, network)
  const held =
    validation === null
      ? yield* holdOut(who, network, heldOutShare, seed)
      : yield* heldOutRows(network, sides, validation)
  if (held.indices.length > 0) return held
  throw nothingHeldOut(who, 'interactions', validation === null ? null : held.seenPairs)
}

/** @param seenPairs of a validation table; `null` without one */
export function nothingHeldOut(who: string, what: 'interactions' | 'ratings', seenPairs: number | null): RivuletError {
  const ofTable =
    seenPairs === 0
      ? 'a validation table that shares no users and items with the source'
      : `a validation table whose ${seenPairs} pairs are all in the source: they are known already`
  return new RivuletError('EMPTY_DATA', {
    who,
    expected: `held-out ${what}`,
    got: seenPairs === null ? 'no user with two items' : ofTable,
    todo:
      seenPairs === null ? 'Give more data, or use the default options.' : `Give ${what} that are not in the source.`,
  })
}

/**
 * The pairs of a table as held-out items of a network. Pairs with users or items unknown to the network, and pairs that it holds, are left out.
 */
export function* heldOutRows(network: NamedNetwork, sides: Sides, table: Interactions): Sliced<HoldOut> {
  const { known, rows, seenPairs } = yield* unseenRows(network.rows, sides, table)
  const { indptr, indices } = yield* pairsOf(yield* takeInSlices(known, rows))
  return { network, indptr, indices, seenPairs }
}

/**
 * Holds out a random share of every user's items; each user keeps at least one. Interactions with a weight of 0 or less are never held out.
 *
 * A validation set misleads unless it is drawn as the test set was, and the usual test sets hold out the same share of every user. Shares are rounded
 * up or down at random, so that users with few items are validated too.
 */
export function* holdOut(who: string, network: NamedNetwork, share: number, seed: number): Sliced<HoldOut> {
  const slices = new Slices()
  const { rows, scale, budget } = network
  const { rowCount, columnCount, nnz } = rows
  const held = yield* chooseEdges(rows, share, seed)
  const kept = nnz - held.reduce((sum, flag) => sum + flag, 0)
  const [row, column] = [new Int32Array(kept), new Int32Array(kept)]
  const data = network.shape.weighted ? new Float32Array(kept) : null
  const indptr = new Uint32Array(rowCount + 1)
  const indices = new Uint32Array(nnz - kept)
  let [keptAt, heldAt] = [0, 0]
  for (let user = 0; user < rowCount; user++) {
    const window = rows.windowOf(user)
    for (let at = window.start(user), end = window.end(user); at < end; at++) {
      if (held[window.entryStart + at] === 1) indices[heldAt++] = window.indices[at]
      else {
        row[keptAt] = user
        column[keptAt] = window.indices[at]
        if (data !== null && window.data !== null) data[keptAt] = window.data[at]
        keptAt++
      }
    }
    indptr[user + 1] = heldAt
    if (slices.full(1 + rows.lengthOf(user))) yield PAUSE
  }
  const coordinates = { rowCount, columnCount, row, column, data, scale }
  const prepared = yield* prepareInSlices(who, coordinates, false, budget.freeBytes)
  // The times would still include the held-out rows.
  return { network: { ...network, ...prepared, times: null }, indptr, indices, seenPairs: 0 }
}

/** 1 at the edges that are held out. */
function* chooseEdges(rows: SparseRows, share: number, seed: number): Sliced<Uint8Array> {
  const slices = new Slices()
  const random = seededRandom(seed)
  const held = new Uint8Array(rows.nnz)
  for (let user = 0; user < rows.rowCount; user++) {
    const liked = rows.positiveEntriesOf(user)
    const wanted = Math.min(liked.length - 1, Math.floor(share * liked.length + random.next()))
    const edges = random.shuffle(liked)
    for (let at = 0; at < wanted; at++) held[edges[at]] = 1
    if (slices.full(KEY_COST * (1 + rows.lengthOf(user)))) yield PAUSE
  }
  return held
}

/** At most `most` users with held-out items, in the order in which they were drawn at random. */
export function sampleUsers(
  { indptr }: { readonly indptr: ArrayLike<number> },
  most: number,
  seed: number,
): Int32Array {
  const users: number[] = []
  for (let user = 0; user + 1 < indptr.length; user++) if (indptr[user + 1] > indptr[user]) users.push(user)
  return Int32Array.from(seededRandom(seed).shuffle(users).slice(0, most))
}
