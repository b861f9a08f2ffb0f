/** A table of results under a name that the caller gave: it is new, and stays. */
import { RivuletError, show } from '../support/errors.ts'
import { refusedOption } from '../support/options.ts'
import { numbersOf, type Columns } from './connection.ts'
import type { RunTables } from './run-tables.ts'
import type { TableColumns } from './statement.ts'

export class ResultTable {
  readonly #tables: RunTables
  readonly #table: string
  readonly #columns: TableColumns
  #rows = 0

  private constructor(tables: RunTables, table: string, columns: TableColumns) {
    this.#tables = tables
    this.#table = table
    this.#columns = columns
  }

  /**
   * @param to its name
   * @param columns the first is what it is sorted by
   * @throws {RivuletError} INVALID_OPTION for a name that is taken, READ_FAILED
   */
  static async create(
    who: string,
    tables: RunTables,
    to: string,
    columns: TableColumns,
    signal?: AbortSignal,
  ): Promise<ResultTable> {
    const { dialect } = tables.statements
    const table = dialect.identifier(to)
    try {
      await tables.query({ name: `make ${to}`, sql: dialect.create(table, columns, Object.keys(columns)[0]) }, signal)
    } catch (error) {
      if (!/already exists/i.test((error as Error).message)) throw error
      throw refusedOption(who, 'to', {
        expected: 'the name of a table that is not there yet',
        got: show(to),
        todo: 'Drop it, or give another name.',
      })
    }
    return new ResultTable(tables, table, columns)
  }

  /** Writes rows once: how many there are says whether an attempt that was lost had written them. @param values at most a million rows, which are written together or not at all */
  async add(values: Columns, signal?: AbortSignal): Promise<void> {
    const before = this.#rows
    const after = before + values[Object.keys(values)[0]].length
    if (after === before) return
    const write = async (): Promise<void> => {
      const there = await this.#count(signal)
      if (there === after) return
      if (there !== before) throw this.#changed(before, there)
      await this.#tables.insert(this.#table, values, this.#columns, signal)
    }
    await this.#tables.persist('write results', write, signal)
    this.#rows = after
  }

  /** Of a call that failed. */
  async drop(): Promise<void> {
    await this.#tables.query({ name: 'drop results', sql: `DROP TABLE IF EXISTS ${this.#table}` })
  }

  async #count(signal?: AbortSignal): Promise<number> {
    const sql = `SELECT count(*) AS n FROM ${this.#table}`
    return numbersOf(await this.#tables.query({ name: 'count results', sql }, signal), 'n')[0]
  }

  #changed(before: number, there: number): RivuletError {
    return new RivuletError('READ_FAILED', {
      who: `the table ${this.#table}`,
      expected: `${before} rows, as many as were written`,
      got: String(there),
      todo: 'Let nobody else write to it until it is whole.',
      details: { expected: before, rows: there },
    })
  }
}
