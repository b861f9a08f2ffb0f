/**
 * Relations in the matrix of interactions: values held by users are columns after the items, values held by items rows after the users.
 *
 *   [ W    A ]     A_uh = d_u part_uh,   B_ig = d_i part_ig
 *   [ B'   0 ]
 *
 * W (users x items) the interactions, d their absolute sums, part_u the values of user u as a vector of length 1. Two films with the same values are as similar, by their relation, as a film is to itself, whether they have one
 * genre or five, and in proportion to their interactions: the scale of a relation's numbers and the number of its rows do not matter. Nodes without interactions have the average degree of their side.
 */
import type { HeldValues } from '../data/relations.ts'
import type { Coordinates } from '../matrix/build.ts'
import type { CsrMatrix, RowWindow } from '../matrix/csr.ts'
import { requireRoom, type Parts } from '../memory/limit.ts'
import { RivuletError, show } from '../support/errors.ts'
import { inSlices, type Sliced } from '../support/pause.ts'
import type { NamedNetwork, Network, NetworkRelations, RelationPart } from './network.ts'
import { prepareInSlices, prepareWeighed, type PreparedNetwork } from './prepared.ts'

/** Coordinates of interactions and relations. The weights of relations are parts of the unknown degrees, which are determined after sorting. */
interface RelatedCoordinates {
  readonly coordinates: Coordinates
  /** Sizes of the interactions alone. */
  readonly userCount: number
  readonly itemCount: number
  /** Whether each interaction counts 1, however many rows it has. */
  readonly isPattern: boolean
  readonly parts: readonly RelationPart[]
}

/** A network on a matrix with relations. */
interface RelatedNetwork extends PreparedNetwork {
  readonly relations: NetworkRelations
}

/** Bytes of coordinates: row, column and weight. */
const ENTRY_BYTES = 12

/** Memory of coordinates with relations while a matrix is built, in bytes. */
const relatedBytes = (
  { row }: Pick<Coordinates, 'row'>,
  held: readonly Pick<HeldValues, 'node' | 'held' | 'part'>[],
): Parts => ({
  coordinates: ENTRY_BYTES * held.reduce((sum, { node }) => sum + node.length, row.length),
  relations: held.reduce((sum, { node, held: values, part }) => {
    return sum + node.byteLength + values.byteLength + part.byteLength
  }, 0),
})

/**
 * A network of interactions and held values, or of interactions alone if there are none.
 *
 * @param interactions in the row numbers of the users and items that relations know
 * @param outside bytes held besides the matrix for its lifetime, by purpose
 * @throws {RivuletError} MEMORY_LIMIT before anything is allocated
 */
export function* prepareHolding(
  who: string,
  interactions: Coordinates,
  held: readonly HeldValues[],
  { memoryLimitBytes, outside }: { readonly memoryLimitBytes: number; readonly outside: Parts },
): Sliced<PreparedNetwork> {
  if (held.length === 0) return yield* prepareInSlices(who, interactions, false, memoryLimitBytes, outside)
  const building = relatedBytes(interactions, held)
  const todo = 'Raise memoryLimitBytes, or drop pairs or relations.'
  requireRoom(who, 'relations', { shared: 0, outside: { ...outside, ...building } }, memoryLimitBytes, todo)
  const related = yield* relatedCoordinates(interactions, held)
  return yield* prepareRelated(who, related, { memoryLimitBytes, outside, building })
}

function* relatedCoordinates(interactions: Coordinates, held: readonly HeldValues[]): Sliced<RelatedCoordinates> {
  const { rowCount: userCount, columnCount: itemCount, row, column, data, scale } = interactions
  const ends = { user: itemCount, item: userCount }
  const parts = held.map(({ name, side, weight, isOpen, size, names, nameOf }): RelationPart => {
    const start = ends[side]
    ends[side] += size
    return { name, side, weight, isOpen, names, nameOf, start, end: ends[side] }
  })
  const entries = new Entries(held.reduce((sum, { node }) => sum + node.length, row.length))
  entries.addAll(row, column, data ?? null)
  for (const [at, { side, node, held: values, part }] of held.entries()) {
    const { start } = parts[at]
    const add = (from: number, to: number): void => {
      for (let entry = from; entry < to; entry++) {
        const [one, value] = [node[entry], start + values[entry]]
        if (side === 'user') entries.add(one, value, part[entry])
        else entries.add(value, one, part[entry])
      }
    }
    yield* inSlices(node.length, add)
  }
  const coordinates = { rowCount: ends.item, columnCount: ends.user, ...entries.columns, scale }
  return { coordinates, userCount, itemCount, isPattern: !data, parts }
}

function prepareRelated(
  who: string,
  related: RelatedCoordinates,
  { outside, ...within }: { readonly memoryLimitBytes: number; readonly outside: Parts; readonly building: Parts },
): Sliced<RelatedNetwork> {
  const { coordinates } = related
  return prepareWeighed(who, coordinates, { square: false, held: outside, ...within }, (matrix) =>
    weighHeld(matrix, related),
  )
}

/** Turns the parts of relations into weights. */
function* weighHeld(
  matrix: CsrMatrix,
  { userCount, itemCount, isPattern, parts }: RelatedCoordinates,
): Sliced<Pick<RelatedNetwork, 'degrees' | 'relations'>> {
  const counted = { rows: new Float64Array(matrix.rowCount), columns: new Float64Array(matrix.columnCount) }
  const count = (window: RowWindow, from: number, to: number): void => {
    const { indices } = window
    const data = window.data as Float32Array
    for (let row = from; row < Math.min(to, userCount); row++) {
      for (let at = window.start(row); at < window.end(row) && indices[at] < itemCount; at++) {
        if (isPattern) data[at] = 1
        counted.rows[row] += Math.abs(data[at])
        counted.columns[indices[at]] += Math.abs(data[at])
      }
    }
  }
  yield* matrix.inSlices(count, 2)
  const [userDegree, itemDegree] = [mean(counted.rows), mean(counted.columns)]
  const degrees = { rows: counted.rows.slice(), columns: counted.columns.slice() }
  const weigh = (window: RowWindow, from: number, to: number): void => {
    const { indices } = window
    const data = window.data as Float32Array
    for (let row = from; row < to; row++) {
      const isUser = row < userCount
      const [own, across] = isUser ? [degrees.rows, degrees.columns] : [degrees.columns, degrees.rows]
      const average = isUser ? userDegree : itemDegree
      for (let at = window.start(row); at < window.end(row); at++) {
        if (isUser && indices[at] < itemCount) continue
        const [one, value] = isUser ? [row, indices[at]] : [indices[at], row]
        if (own[one] === 0) own[one] = average
        data[at] *= own[one]
        across[value] += data[at]
      }
    }
  }
  yield* matrix.inSlices(weigh, 2)
  return { degrees: counted, relations: { userCount, itemCount, degrees, counted, userDegree, parts } }
}

/** A network with relations, without some of its interactions, as if it had been read without them. @param left numbers of the entries to omit. @throws {RivuletError} MEMORY_LIMIT */
export function* withoutEntries(
  who: string,
  network: NamedNetwork & { readonly relations: NetworkRelations },
  left: ReadonlySet<number>,
): Sliced<NamedNetwork & RelatedNetwork> {
  const { rows, relations, budget } = network
  const { userCount, itemCount, degrees } = relations
  const building = { coordinates: ENTRY_BYTES * (rows.nnz - left.size) }
  // Weights of relations become parts again.
  const divisorOf = (row: number, column: number, entry: number): number => {
    if (row >= userCount) return degrees.columns[column]
    if (column >= itemCount) return degrees.rows[row]
    return left.has(entry) ? 0 : 1
  }
  const coordinates = yield* entriesOf(who, network, rows.nnz - left.size, divisorOf)
  const within = { memoryLimitBytes: budget.freeBytes, outside: {}, building }
  const prepared = yield* prepareRelated(who, { ...relations, coordinates, isPattern: false }, within)
  // The times would still include the omitted rows.
  return { ...network, ...prepared, times: null }
}

/** The interactions of a network alone, as a network of the same users and items; itself without relations. @throws {RivuletError} MEMORY_LIMIT */
export function* interactionsAlone(who: string, network: NamedNetwork): Sliced<NamedNetwork> {
  const { relations, budget } = network
  if (relations === undefined) return network
  const { userCount, itemCount } = relations
  let length = 0
  for (let row = 0; row < userCount; row++) length += interactionsOf(network, row)
  const own = yield* entriesOf(who, network, length, (row, column) => Number(row < userCount && column < itemCount))
  // If all weights are 1 it is a pattern, as it would be without relations.
  const data = own.data.every((weight) => weight === 1) ? null : own.data
  const coordinates = { ...own, data, rowCount: userCount, columnCount: itemCount }
  const { relations: _, ...alone } = network
  const building = { coordinates: ENTRY_BYTES * length }
  return { ...alone, ...(yield* prepareInSlices(who, coordinates, false, budget.freeBytes, building)) }
}

/** Entries of a matrix with divided weights. @param length number of entries kept @param divisorOf 0 for entries to omit */
function* entriesOf(
  who: string,
  { rows, scale, budget }: Network,
  length: number,
  divisorOf: (row: number, column: number, entry: number) => number,
): Sliced<Coordinates & { readonly data: Float32Array }> {
  const todo = 'Raise memoryLimitBytes, or drop relations.'
  budget.require({ who, what: `${length} pairs`, parts: { coordinates: ENTRY_BYTES * length }, todo })
  const entries = new Entries(length)
  const add = (window: RowWindow, from: number, to: number): void => {
    const { indices, data, entryStart } = window
    for (let row = from; row < to; row++) {
      for (let at = window.start(row); at < window.end(row); at++) {
        const divisor = divisorOf(row, indices[at], entryStart + at)
        if (divisor > 0) entries.add(row, indices[at], (data === null ? 1 : data[at]) / divisor)
      }
    }
  }
  yield* rows.inSlices(add, 2)
  return { rowCount: rows.rowCount, columnCount: rows.columnCount, ...entries.columns, scale }
}

/** Mean of the degrees above 0; 1 if there are none. */
function mean(degrees: Float64Array): number {
  const active = degrees.filter((degree) => degree > 0)
  return active.length === 0 ? 1 : active.reduce((sum, degree) => sum + degree, 0) / active.length
}

/** Coordinates that grow to a known length. */
class Entries {
  readonly columns: { readonly row: Int32Array; readonly column: Int32Array; readonly data: Float32Array }
  #length = 0

  constructor(length: number) {
    this.columns = { row: new Int32Array(length), column: new Int32Array(length), data: new Float32Array(length) }
  }

  add(row: number, column: number, weight: number): void {
    const { columns } = this
    columns.row[this.#length] = row
    columns.column[this.#length] = column
    columns.data[this.#length++] = weight
  }

  /** @param data `null`: all weigh 1 */
  addAll(rows: Int32Array, columns: Int32Array, data: Float32Array | null): void {
    const from = this.#length
    this.#length += rows.length
    this.columns.row.set(rows, from)
    this.columns.column.set(columns, from)
    if (data === null) this.columns.data.fill(1, from, this.#length)
    else this.columns.data.set(data, from)
  }
}

/** Refuses networks with relations, where these are not supported. @throws {RivuletError} INVALID_OPTION */
export function refuseRelations(
  who: string,
  { relations }: Pick<Network, 'relations'>,
  todo = 'Use a source or an engine without them.',
): void {
  if (relations === undefined) return
  throw new RivuletError('INVALID_OPTION', {
    who,
    expected: 'interactions only',
    got: `relations ${relations.parts.map(({ name }) => show(name)).join(', ')}`,
    todo,
    details: { option: 'relations' },
  })
}

/** Requires given weights of relations: only lists have held-out users to determine them. @throws {RivuletError} INVALID_OPTION for 'auto' */
export function requireWeights(who: string, parts: readonly Pick<RelationPart, 'name' | 'isOpen'>[] = []): void {
  const open = parts.find(({ isOpen }) => isOpen)
  if (open === undefined) return
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}, relation ${show(open.name)}`,
    expected: "a number as 'weight'",
    got: "'auto', which needs lists of held-out users",
    todo: 'Give a number, such as 0.05.',
    details: { option: 'relations' },
  })
}

/** Number of a row's interactions, which come before its other entries. */
export function interactionsOf(network: Pick<Network, 'rows' | 'relations'>, row: number): number {
  const { rows, relations } = network
  if (relations === undefined || rows.columnCount === relations.itemCount) return rows.lengthOf(row)
  return itemsAmong(rows.columnsOf(row), network)
}

/** Number of columns that are items. */
export function itemsAmong(columns: Int32Array | Uint32Array, { relations }: Pick<Network, 'relations'>): number {
  if (relations === undefined) return columns.length
  let count = 0
  for (const column of columns) if (column < relations.itemCount) count++
  return count
}

/** The relation and the value that a node holds at a place after the interactions. */
export function heldAt(
  { parts }: NetworkRelations,
  side: RelationPart['side'],
  place: number,
  node: number,
): { readonly relation: string; readonly value: string } {
  const part = parts.find((one) => one.side === side && place >= one.start && place < one.end) as RelationPart
  return { relation: part.name, value: part.nameOf(place - part.start, node) }
}
