/** Lists that are written to result tables in the database, with the keys of users and items, without passing through this process. */
import type { Product } from '../request/product.ts'
import { RivuletError, show } from '../support/errors.ts'
import { numbersOf } from './connection.ts'
import {
  bestItems,
  countRows,
  largestProducts,
  namedLists,
  namedNeighbours,
  numberedNeighbours,
  writeTo,
  type Lenders,
} from './list-statements.ts'
import type { ResultTable } from './result-table.ts'
import type { RunTables } from './run-tables.ts'
import type { Statement } from './statement.ts'
import type { OnRows, RowLengths, TableLists } from './table-lists.ts'

/** A request for lists of users from a table of neighbours. */
export interface ListsAsked {
  /** Name of the table of neighbours. */
  readonly table: string
  readonly k: number
  readonly excludeSeeds: boolean
  /** Numbers of users, ascending, each once. */
  readonly users: Int32Array
  /** What to do with rows that name an item without pairs. */
  readonly unknownItems: 'error' | 'drop'
}

export class ListsThatStay {
  readonly #tables: RunTables
  readonly #lists: TableLists
  readonly #rows: RowLengths

  constructor(tables: RunTables, lists: TableLists, rows: RowLengths) {
    this.#tables = tables
    this.#lists = lists
    this.#rows = rows
  }

  /** Writes the largest entries of a product of the pairs with themselves. @param lenders whether the rows or the columns are items of the profile */
  async neighbours(
    asked: Product,
    result: ResultTable,
    lenders: Lenders,
    signal?: AbortSignal,
    onRows?: OnRows,
  ): Promise<void> {
    const { statements } = this.#tables
    const columns = { k: 'int', n: 'int', s: 'single' } as const
    await this.#lists.ofItems(
      asked,
      async (range) => {
        const largest = largestProducts(statements, range, asked.neighbours, asked.shrink ?? 0)
        await this.#tables.make('lists', columns, 'k', null, [writeTo(statements, 'lists', largest)], signal)
        await this.#append(result, 'lists', null, namedNeighbours(statements, result.name, lenders), signal)
        onRows?.(range[1], asked.left.length)
      },
      signal,
    )
  }

  /** Writes lists of users from a table of neighbours. @throws {RivuletError} INVALID_DATA for neighbours without pairs */
  async ofUsers(asked: ListsAsked, result: ResultTable, signal?: AbortSignal, onRows?: OnRows): Promise<void> {
    const { statements } = this.#tables
    const entries = await this.#lend(asked, signal)
    await this.#lists.ofUsers(
      asked.users,
      Math.max(1, entries / this.#rows.columnCount),
      async (users, end) => {
        const best = writeTo(statements, 'best', bestItems(statements, users, asked.k, asked.excludeSeeds))
        await this.#tables.make('best', { u: 'int', j: 'int', s: 'single' }, 'u', 'by-user', [best], signal)
        await this.#append(result, 'best', 'by-user', namedLists(statements, result.name), signal)
        onRows?.(end, asked.users.length)
      },
      signal,
    )
    await this.#tables.drop(['near'])
  }

  /** Writes a table of neighbours by item numbers to every server. @returns its number of entries */
  async #lend({ table, unknownItems }: ListsAsked, signal?: AbortSignal): Promise<number> {
    const { statements } = this.#tables
    const columns = { i: 'int', j: 'int', p: 'double' } as const
    const read = writeTo(statements, 'staged', numberedNeighbours(statements, table))
    await this.#tables.make('staged', columns, 'i', null, [read], signal)
    const rows = await this.#count(statements.result(table), signal)
    const known = await this.#count(statements.table('staged'), signal)
    if (known < rows && unknownItems === 'error') throw unknownNeighbours(table, rows - known, rows)
    const copy = this.#tables.isShared
      ? statements.copy('staged', 'near', ['j', 'p'], ['j', 'p'])
      : writeTo(statements, 'near', statements.read('staged', ['j', 'p']))
    await this.#lists.lendBy(() => this.#tables.make('near', columns, 'i', 'to-all', [copy], signal))
    await this.#tables.drop(['staged'])
    return known
  }

  /** Appends a table of the run to a result table. */
  async #append(
    result: ResultTable,
    from: string,
    spread: 'by-user' | null,
    statement: Statement,
    signal?: AbortSignal,
  ): Promise<void> {
    const rows = await this.#count(this.#tables.statements.allOf(from, spread), signal)
    await result.add(rows, () => this.#tables.once(statement, signal))
    await this.#tables.drop([from])
  }

  async #count(table: string, signal?: AbortSignal): Promise<number> {
    return numbersOf(await this.#tables.query(countRows(table), signal), 'n')[0]
  }
}

function unknownNeighbours(table: string, unknown: number, rows: number): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who: `the table ${show(table)}`,
    expected: 'neighbours that are items of the interactions',
    got: `${unknown} of ${rows} rows with unknown items`,
    todo: "Compute the neighbours from these interactions, or set unknownItems: 'drop'.",
    details: { table, unknown, rows },
  })
}
