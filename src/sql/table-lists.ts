/** Item-item lists, lists of users and rows of users by queries: only final results are fetched, no intermediate sums. */
import { CsrMatrix, type SparseRows } from '../matrix/csr.ts'
import type { Product, ProductAnswer } from '../request/product.ts'
import type { LentLists, Rank } from '../request/rank.ts'
import type { TopLists } from '../request/sweep.ts'
import { rangesOfWork } from '../support/pause.ts'
import { numbersOf, type Columns } from './connection.ts'
import { bestItems, largestProducts, readProfiles, type Asked, type Range } from './list-statements.ts'
import { byHalves } from './room.ts'
import type { RunTables } from './run-tables.ts'
import type { TableProducts } from './table-products.ts'

/** Rows that one query joins on each server: its sums take a few hundred megabytes. */
export const ROWS_A_QUERY = 2 ** 23
/** Rows written by one statement. */
const ROWS_WRITTEN = 2 ** 20

/** Called with the number of rows that are answered, and their total. */
export type OnRows = (done: number, total: number) => void

/** The number of pairs of each user. */
export type RowLengths = Pick<SparseRows, 'rowCount' | 'columnCount' | 'lengthOf'>

export class TableLists {
  readonly #tables: RunTables
  readonly #products: TableProducts
  readonly #rows: RowLengths
  #lent: { readonly lists: LentLists; readonly allowed: Uint8Array } | null = null

  constructor(tables: RunTables, products: TableProducts, rows: RowLengths) {
    this.#tables = tables
    this.#products = products
    this.#rows = rows
  }

  /** Answers a product of the pairs with themselves. */
  async product(asked: Product, signal?: AbortSignal, onRows?: OnRows): Promise<ProductAnswer> {
    const items = asked.left.length
    const rows = new Rows(items)
    await this.ofItems(
      asked,
      async (range) => {
        const statement = largestProducts(this.#tables.statements, range, asked.neighbours, asked.shrink ?? 0)
        rows.add(await this.#tables.query(statement, signal), 'k', 'i', 's')
        onRows?.(range[1], items)
      },
      signal,
    )
    // What the lists leave out is only needed by walks, which do not run here.
    return { lists: rows.matrix(items), dropped: new Float32Array(items) }
  }

  /** Queries rows of a product, a range of items at a time. */
  async ofItems(
    { left, right, middle }: Product,
    ask: (range: Range) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const items = left.length
    const everyone = Int32Array.from({ length: this.#rows.rowCount }, (_, user) => user)
    const lengths = everyone.map((user) => this.#rows.lengthOf(user))
    const joined = await this.#products.sumsByItem(everyone, lengths, 'pair', signal)
    await this.#products.writeMiddle(middle, signal)
    const sides = { i: Int32Array.from(left, (_, item) => item), l: left, r: right }
    await this.#tables.make(
      'sides',
      { i: 'int', l: 'double', r: 'double' },
      'i',
      null,
      (insert) => insert(sides),
      signal,
    )
    for (const [from, to] of rangesOfWork(items, (item) => joined[item], ROWS_A_QUERY * this.#servers)) {
      await byHalves(from, to, (first, end) => ask([first, end]))
    }
    await this.#tables.drop(['sides'])
  }

  /** Answers with lists of users from item-item lists. */
  async rank({ k, rows: users, lists, allowed, excludeSeeds }: UsersAsked, signal?: AbortSignal): Promise<TopLists> {
    await this.#lend(lists, allowed, signal)
    const answer = {
      k,
      rows: new Int32Array(users.length * k).fill(-1),
      scores: new Float32Array(users.length * k).fill(-Infinity),
    }
    const longest = longestList(lists)
    const placesOf = places(users)
    const counts = new Int32Array(users.length)
    await this.ofUsers(
      users,
      longest,
      async (asked) => {
        for (const { u, j, s } of await this.#tables.query(
          bestItems(this.#tables.statements, asked, k, excludeSeeds),
          signal,
        )) {
          for (let row = 0; row < u.length; row++) {
            for (const place of placesOf(Number(u[row]))) {
              const at = place * k + counts[place]++
              answer.rows[at] = Number(j[row])
              answer.scores[at] = Number(s[row])
            }
          }
        }
      },
      signal,
    )
    return answer
  }

  /** Answers with the pairs of some users. @param users ascending, each once */
  async rows(users: Int32Array, columnCount: number, signal?: AbortSignal): Promise<CsrMatrix> {
    const rows = new Rows(users.length, users)
    await this.ofUsers(
      users,
      1,
      async (asked) => {
        const { statements } = this.#tables
        const value = statements.isWeighted ? 'w' : null
        rows.add(await this.#tables.query(readProfiles(statements, asked), signal), 'u', 'i', value)
      },
      signal,
    )
    return rows.matrix(columnCount)
  }

  get #servers(): number {
    return this.#tables.servers.shards.length
  }

  /** Queries users in parts. @param each number of rows that a pair is joined with. @param ask queries some users; `end` is the number of users done afterwards */
  async ofUsers(
    users: Int32Array,
    each: number,
    ask: (asked: Asked, end: number) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const work = (at: number): number => this.#rows.lengthOf(users[at]) * each
    const askPart = async (from: number, to: number): Promise<void> => {
      const part = users.subarray(from, to)
      const range = asRange(part)
      if (range === null) {
        const distinct = Int32Array.from(new Set(part))
        await this.#products.writeUsers('x', distinct, new Float64Array(distinct.length), signal)
      }
      await ask(range ?? 'x', to)
      if (range === null) await this.#tables.drop(['x'])
    }
    for (const [from, to] of rangesOfWork(users.length, work, ROWS_A_QUERY * this.#servers)) {
      await byHalves(from, to, askPart)
    }
  }

  /** Creates the table `near` from another source, and forgets the lists that were in it. */
  async lendBy(make: () => Promise<void>): Promise<void> {
    this.#lent = null
    await make()
  }

  /** Writes item-item lists to every server, unless they are there already. */
  async #lend(lists: LentLists, allowed: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (this.#tables.has('near') && this.#lent?.lists === lists && this.#lent.allowed === allowed) return
    this.#lent = null
    const columns = { i: 'int', j: 'int', p: 'double' } as const
    const fill = async (insert: (columns: Columns) => Promise<void>): Promise<void> => {
      for (const part of entriesOf(lists, allowed)) await insert(part)
    }
    await this.#tables.makeOnAll('near', columns, fill, signal)
    this.#lent = { lists, allowed }
  }
}

/** The requests to rank that a database answers. */
export interface UsersAsked extends Pick<Rank, 'k' | 'allowed' | 'excludeSeeds'> {
  /** Numbers of users. */
  readonly rows: Int32Array
  readonly lists: LentLists
}

/** Collects entries of a sparse matrix in any order. */
class Rows {
  readonly #count: number
  readonly #placeOf: (row: number) => number
  readonly #blocks: { readonly row: Int32Array; readonly column: Uint32Array; readonly data: Float32Array | null }[] =
    []

  /** @param rows the numbers of the rows, ascending. Default: all from 0 */
  constructor(count: number, rows?: Int32Array) {
    this.#count = count
    const known = rows && new Map(Array.from(rows, (row, place) => [row, place]))
    this.#placeOf = (row) => known?.get(row) ?? row
  }

  add(blocks: readonly Columns[], row: string, column: string, value: string | null): void {
    this.#blocks.push({
      row: Int32Array.from(numbersOf(blocks, row), this.#placeOf),
      column: Uint32Array.from(numbersOf(blocks, column)),
      data: value === null ? null : Float32Array.from(numbersOf(blocks, value)),
    })
  }

  /** The matrix, with ascending columns within each row. */
  matrix(columnCount: number): CsrMatrix {
    const indptr = new Uint32Array(this.#count + 1)
    for (const { row } of this.#blocks) for (const one of row) indptr[one + 1]++
    for (let row = 0; row < this.#count; row++) indptr[row + 1] += indptr[row]
    const next = indptr.slice()
    const entries = new Float64Array(indptr[this.#count])
    const isWeighted = this.#blocks.some(({ data }) => data !== null)
    const values = isWeighted ? new Float32Array(entries.length) : null
    for (const { row, column, data } of this.#blocks) {
      row.forEach((one, at) => {
        values?.set([data?.[at] ?? 1], next[one])
        entries[next[one]++] = column[at]
      })
    }
    const order = new Uint32Array(entries.length).map((_, at) => at)
    for (let row = 0; row < this.#count; row++) {
      order.subarray(indptr[row], indptr[row + 1]).sort((a, b) => entries[a] - entries[b])
    }
    const data = values && Float32Array.from(order, (at) => values[at])
    return new CsrMatrix(columnCount, { indptr, indices: Uint32Array.from(order, (at) => entries[at]), data })
  }
}

/** Entries of item-item lists for allowed items, some rows at a time. */
function* entriesOf({ indptr, indices, data }: LentLists, allowed: Uint8Array): Generator<Columns> {
  if (indices === null) return
  for (const [from, to] of rangesOfWork(indptr.length - 1, (row) => indptr[row + 1] - indptr[row], ROWS_WRITTEN)) {
    const [i, j, p]: number[][] = [[], [], []]
    for (let row = from; row < to; row++) {
      for (let at = indptr[row]; at < indptr[row + 1]; at++) {
        if (allowed[indices[at]] === 0) continue
        i.push(row)
        j.push(indices[at])
        p.push(data[at])
      }
    }
    if (i.length > 0) yield { i: Int32Array.from(i), j: Int32Array.from(j), p: Float64Array.from(p) }
  }
}

function longestList({ indptr }: LentLists): number {
  let longest = 1
  for (let row = 0; row + 1 < indptr.length; row++) longest = Math.max(longest, indptr[row + 1] - indptr[row])
  return longest
}

/** The users as a range, `null` if they are not consecutive. */
function asRange(users: Int32Array): Range | null {
  for (let at = 1; at < users.length; at++) if (users[at] !== users[0] + at) return null
  return [users[0], users[0] + users.length]
}

/** Positions of each user: a user may occur twice. */
function places(users: Int32Array): (user: number) => readonly number[] {
  const known = new Map<number, number[]>()
  users.forEach((user, place) => {
    const own = known.get(user)
    if (own === undefined) known.set(user, [place])
    else own.push(place)
  })
  return (user) => known.get(user) ?? []
}
