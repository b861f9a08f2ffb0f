import type { Interactions } from '../data/interactions.ts'
import { buildInSlices } from '../matrix/build.ts'
import type { CsrMatrix, SparseRows } from '../matrix/csr.ts'
import { Catalogue } from '../recommend/catalogue.ts'
import { prepareInSlices } from '../network/prepared.ts'
import { RivuletError } from '../support/errors.ts'
import type { KeyIndex } from '../support/key-index.ts'
import { PAUSE, Slices, type Sliced } from '../support/pause.ts'
import { seededRandom } from '../support/random.ts'
import type { NamedNetwork } from '../network/network.ts'

/** Operations that looking up two keys, or drawing an edge, costs. */
const ROW_COST = 50

/** A network without some of its interactions, and those interactions. */
export interface HoldOut {
  readonly network: NamedNetwork
  /** Held-out items of user u: indices[indptr[u] .. indptr[u + 1]]. */
  readonly indptr: Int32Array
  readonly indices: Int32Array
  /** Pairs left out because the network holds them: no list can hit them. */
  readonly seenPairs: number
}

/**
 * Holds a share of every user's items out, at random but at least one item of each user stays. What weighs 0 or less is nothing to find, and stays.
 *
 * A validation set misleads unless it is drawn as the test set was: the usual test sets hold out the same share of every user. What is left of a
 * share of an interaction is decided by chance, so that users with few items are validated too.
 */
export function* holdOut(who: string, network: NamedNetwork, share: number, seed: number): Sliced<HoldOut> {
  const slices = new Slices()
  const { rows, scale, budget } = network
  const { rowCount, columnCount, nnz } = rows
  const held = yield* chooseEdges(rows, share, seed)
  const kept = nnz - held.reduce((sum, flag) => sum + flag, 0)
  const [row, column] = [new Int32Array(kept), new Int32Array(kept)]
  const data = network.shape.weighted ? new Float32Array(kept) : null
  const indptr = new Int32Array(rowCount + 1)
  const indices = new Int32Array(nnz - kept)
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
  return {
    network: { ...network, ...(yield* prepareInSlices(who, coordinates, false, budget.freeBytes)) },
    indptr,
    indices,
    seenPairs: 0,
  }
}

/** What is chosen by: a share of every user's items, or a table of its own. */
export interface HoldOutChoice {
  readonly validation: Interactions | null
  readonly heldOutShare: number
  readonly seed: number
}

/** @throws {RivuletError} EMPTY_DATA when nothing is left to choose by, UNSUPPORTED_GRAPH. */
export function* holdOutFor(who: string, network: NamedNetwork, choice: HoldOutChoice): Sliced<HoldOut> {
  const { validation, heldOutShare, seed } = choice
  const { users, items } = new Catalogue(who, network)
  const held =
    validation === null
      ? yield* holdOut(who, network, heldOutShare, seed)
      : yield* heldOutRows(network, users, items, validation)
  if (held.indices.length > 0) return held
  const got =
    held.seenPairs > 0
      ? `a validation table whose ${held.seenPairs} pairs are all in the source, where no list can hit them`
      : 'a validation table that shares no users and items with the source'
  throw new RivuletError('EMPTY_DATA', {
    who,
    expected: 'interactions to choose by',
    got: validation === null ? 'no user with two items' : got,
    todo: validation === null ? 'Give more data, or use the defaults.' : 'Give rows that the source does not hold.',
  })
}

/**
 * The pairs of a table as what is held out of a network. Users and items that the network does not know count for nobody and nothing, pairs that it
 * holds are left out.
 */
export function* heldOutRows(
  network: NamedNetwork,
  users: KeyIndex,
  items: KeyIndex,
  table: Interactions,
): Sliced<HoldOut> {
  const slices = new Slices()
  const rows: { user: number; item: number }[] = []
  for (let at = 0; at < table.length; at++) {
    const user = users.rowOf(table.users.keyOf(table.user[at]))
    const item = items.rowOf(table.items.keyOf(table.item[at]))
    if (user >= 0 && item >= 0) rows.push({ user, item })
    if (slices.full(ROW_COST)) yield PAUSE
  }
  const pairs = yield* buildInSlices({
    rowCount: users.size,
    columnCount: items.size,
    row: Int32Array.from(rows, ({ user }) => user),
    column: Int32Array.from(rows, ({ item }) => item),
  })
  return { network, ...withoutSeen(pairs, network.rows) }
}

/** The pairs of one matrix that others of the same shape do not store. */
function withoutSeen(pairs: CsrMatrix, seen: SparseRows): Omit<HoldOut, 'network'> {
  const seenBy = new Int32Array(pairs.columnCount).fill(-1)
  const indptr = new Int32Array(pairs.rowCount + 1)
  const indices = new Int32Array(pairs.nnz)
  let length = 0
  for (let user = 0; user < pairs.rowCount; user++) {
    for (const item of seen.columnsOf(user)) seenBy[item] = user
    for (let at = pairs.indptr[user]; at < pairs.indptr[user + 1]; at++)
      if (seenBy[pairs.indices[at]] !== user) indices[length++] = pairs.indices[at]
    indptr[user + 1] = length
  }
  return { indptr, indices: indices.slice(0, length), seenPairs: pairs.nnz - length }
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
    if (slices.full(ROW_COST * (1 + rows.lengthOf(user)))) yield PAUSE
  }
  return held
}

/** At most `most` users with held-out items, in the order in which they were drawn at random. */
export function sampleUsers({ indptr }: HoldOut, most: number, seed: number): Int32Array {
  const users: number[] = []
  for (let user = 0; user + 1 < indptr.length; user++) if (indptr[user + 1] > indptr[user]) users.push(user)
  return Int32Array.from(seededRandom(seed).shuffle(users).slice(0, most))
}
