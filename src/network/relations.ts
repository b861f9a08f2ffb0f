/**
 * Relations in the matrix of interactions: what users hold stands in columns behind the items, what items hold in rows behind the users.
 *
 *   [ W    A ]     A_uh = d_u part_uh,   B_ig = d_i part_ig
 *   [ B'   0 ]
 *
 * W (users x items) the interactions, d their absolute sums, part_u what user u holds as a vector of length 1. So two films that hold the same are as alike, by their relation, as a film is to itself, whether that is one
 * genre or five, and by as much as their interactions weigh: the scale of a relation's numbers and the number of its rows do not matter. Those without interactions stand there as the average of their side.
 */
import type { ReadRelations } from '../data/relations.ts'
import { buildInSlices, type Coordinates } from '../matrix/build.ts'
import type { CsrMatrix } from '../matrix/csr.ts'
import { degreesInSlices } from '../matrix/normalize.ts'
import { RivuletError, show } from '../support/errors.ts'
import { inSlices, PAUSE, Slices, type Sliced } from '../support/pause.ts'
import type { NamedNetwork, Network, NetworkRelations, RelationPart } from './network.ts'
import { prepareInSlices } from './prepared.ts'

/** A matrix with relations, not built yet. */
export interface RelatedCoordinates {
  readonly coordinates: Coordinates
  readonly relations: NetworkRelations
}

/** @param coordinates interactions of the users and items that relations know */
export function* withRelations(
  coordinates: Coordinates,
  { held }: Pick<ReadRelations, 'held'>,
): Sliced<RelatedCoordinates> {
  const { rowCount: userCount, columnCount: itemCount, scale } = coordinates
  const interactions = yield* buildInSlices(coordinates)
  const sums = yield* degreesInSlices(interactions)
  const [userDegree, itemDegree] = [mean(sums.rows), mean(sums.columns)]
  const parts: RelationPart[] = []
  const ends = { user: itemCount, item: userCount }
  for (const { name, side, weight, isOpen, size, names, nameOf } of held) {
    parts.push({ name, side, weight, isOpen, names, nameOf, start: ends[side], end: ends[side] + size })
    ends[side] += size
  }
  const counted = { rows: lengthened(sums.rows, ends.item), columns: lengthened(sums.columns, ends.user) }
  const degrees = { rows: counted.rows.slice(), columns: counted.columns.slice() }
  const added = held.reduce((sum, { node }) => sum + node.length, 0)
  const entries = new Entries(interactions.nnz + added)
  yield* entries.takeRows(interactions)
  for (const [at, { side, node, held: values, part }] of held.entries()) {
    const { start } = parts[at]
    const [own, across] = side === 'user' ? [degrees.rows, degrees.columns] : [degrees.columns, degrees.rows]
    const average = side === 'user' ? userDegree : itemDegree
    const add = (from: number, to: number): void => {
      for (let entry = from; entry < to; entry++) {
        const [one, value] = [node[entry], start + values[entry]]
        if (own[one] === 0) own[one] = average
        const weight = Math.fround(own[one] * part[entry])
        across[value] += weight
        if (side === 'user') entries.add(one, value, weight)
        else entries.add(value, one, weight)
      }
    }
    yield* inSlices(node.length, add)
  }
  return {
    coordinates: { rowCount: ends.item, columnCount: ends.user, ...entries.columns, scale },
    relations: { userCount, itemCount, degrees, counted, userDegree, parts },
  }
}

/**
 * A network with relations without some of its interactions, as if it had been read so.
 *
 * @param left numbers of entries. @throws {RivuletError} MEMORY_LIMIT
 */
export function* withoutEntries(
  who: string,
  network: NamedNetwork,
  left: ReadonlySet<number>,
): Sliced<{ readonly network: NamedNetwork; readonly relations: NetworkRelations }> {
  const { rows, relations, scale, budget } = network
  const { userCount = rows.rowCount, itemCount = rows.columnCount, parts = [], degrees } = relations ?? {}
  const entries = { row: [] as number[], column: [] as number[], data: [] as number[] }
  const held = parts.map((part) => ({
    ...part,
    size: part.end - part.start,
    node: [] as number[],
    held: [] as number[],
    part: [] as number[],
  }))
  const behind = (side: RelationPart['side'], place: number) =>
    held.find((part) => part.side === side && place >= part.start && place < part.end)
  const slices = new Slices()
  for (let row = 0; row < rows.rowCount; row++) {
    const [columns, weights, first] = [rows.columnsOf(row), rows.weightsOf(row), rows.firstEntryOf(row)]
    columns.forEach((column, at) => {
      const isOwn = row < userCount && column < itemCount
      if (isOwn && left.has(first + at)) return
      if (isOwn) {
        entries.row.push(row)
        entries.column.push(column)
        entries.data.push(weights[at])
        return
      }
      const [side, place, node] = row < userCount ? (['user', column, row] as const) : (['item', row, column] as const)
      const part = behind(side, place)
      part?.node.push(node)
      part?.held.push(place - part.start)
      part?.part.push(weights[at] / (degrees?.[side === 'user' ? 'rows' : 'columns'][node] ?? 1))
    })
    if (slices.full(columns.length)) yield PAUSE
  }
  const own = {
    ...{ rowCount: userCount, columnCount: itemCount, scale },
    ...{ row: Int32Array.from(entries.row), column: Int32Array.from(entries.column) },
    data: Float32Array.from(entries.data),
  }
  const related = yield* withRelations(own, {
    held: held.map(({ node, held: values, part, ...rest }) => ({
      ...rest,
      ...{ node: Int32Array.from(node), held: Int32Array.from(values), part: Float64Array.from(part) },
    })),
  })
  const prepared = yield* prepareInSlices(who, related.coordinates, false, budget.freeBytes)
  // Times are of all rows, those that are left out too.
  const without = { ...network, ...prepared, times: null, degrees: related.relations.counted }
  return { network: { ...without, relations: related.relations }, relations: related.relations }
}

function lengthened(numbers: Float64Array, length: number): Float64Array {
  const longer = new Float64Array(length)
  longer.set(numbers)
  return longer
}

/** Of the degrees above 0; 1 where there is none. */
function mean(degrees: Float64Array): number {
  const active = degrees.filter((degree) => degree > 0)
  return active.length === 0 ? 1 : active.reduce((sum, degree) => sum + degree, 0) / active.length
}

/** Coordinates that grow to a length that is known. */
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

  *takeRows(matrix: CsrMatrix): Sliced<void> {
    const take = (_: unknown, from: number, to: number): void => {
      for (let row = from; row < to; row++) {
        for (let at = matrix.start(row); at < matrix.end(row); at++) {
          this.add(row, matrix.indices[at], matrix.data === null ? 1 : matrix.data[at])
        }
      }
    }
    yield* matrix.inSlices(take, 2)
  }
}

/** @throws {RivuletError} INVALID_OPTION on a network with relations, for what knows nothing of them */
export function refuseRelations(who: string, { relations }: Pick<Network, 'relations'>, what = ''): void {
  if (relations === undefined) return
  throw new RivuletError('INVALID_OPTION', {
    who: `${who}${what}`,
    expected: 'interactions alone',
    got: `relations ${relations.parts.map(({ name }) => show(name)).join(', ')}`,
    todo: 'It takes no relations yet: ask a function or an engine without them.',
    details: { option: 'relations' },
  })
}

/** Entries of a row that are interactions, which come before all others. */
export function interactionsOf(network: Pick<Network, 'rows' | 'relations'>, row: number): number {
  const { rows, relations } = network
  if (relations === undefined || rows.columnCount === relations.itemCount) return rows.lengthOf(row)
  return itemsAmong(rows.columnsOf(row), network)
}

/** How many of these columns are items. */
export function itemsAmong(columns: Int32Array | Uint32Array, { relations }: Pick<Network, 'relations'>): number {
  if (relations === undefined) return columns.length
  let count = 0
  for (const column of columns) if (column < relations.itemCount) count++
  return count
}

/** What a node holds at a place behind the matrix of interactions, by the name of the relation and of the value. */
export function heldAt(
  { parts }: NetworkRelations,
  side: RelationPart['side'],
  place: number,
  node: number,
): { readonly relation: string; readonly value: string } {
  const part = parts.find((one) => one.side === side && place >= one.start && place < one.end) as RelationPart
  return { relation: part.name, value: part.nameOf(place - part.start, node) }
}
