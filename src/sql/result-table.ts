/** A new table with results under a name given by the caller; it stays after the run. */
import { RivuletError, show } from '../support/errors.ts'
import { refusedOption } from '../support/options.ts'
import { numbersOf, type Columns } from './connection.ts'
import type { RunTables } from './run-tables.ts'
import type { ColumnKind, TableColumns } from './statement.ts'

/** A row of results, in the order of the columns. */
export type ResultRow = readonly (string | number)[]

/** Rows per INSERT, which are written together or not at all. */
const ROWS_WRITTEN = 2 ** 18
const MOST_INT = 2 ** 31 - 1

export class ResultTable {
  readonly #tables: RunTables
  /** As the caller gave it. */
  readonly name: string
  readonly #table: string
  readonly #signal: AbortSignal | undefined
  #rows = 0

  private constructor(tables: RunTables, name: string, signal: AbortSignal | undefined) {
    this.#tables = tables
    this.name = name
    this.#table = tables.statements.result(name)
    this.#signal = signal
  }

  /** @throws {RivuletError} INVALID_OPTION for the name of an existing table */
  static async requireNew(who: string, tables: RunTables, to: string, signal?: AbortSignal): Promise<void> {
    const sql = `SELECT count(*) AS n FROM ${tables.statements.result(to)}`
    const isThere = await tables.query({ name: `look for ${to}`, sql }, signal).then(
      () => true,
      // If the table exists but cannot be read, creating it fails later.
      () => false,
    )
    if (isThere) throw taken(who, to)
  }

  /**
   * @param to its name
   * @param columns the first is what it is sorted by
   * @throws {RivuletError} INVALID_OPTION for the name of an existing table, READ_FAILED
   */
  private static async create(
    who: string,
    tables: RunTables,
    to: string,
    columns: TableColumns,
    signal?: AbortSignal,
  ): Promise<ResultTable> {
    const { dialect } = tables.statements
    const table = tables.statements.result(to)
    const named = Object.fromEntries(Object.entries(columns).map(([name, kind]) => [dialect.identifier(name), kind]))
    const statement = { name: `make ${to}`, sql: dialect.create(table, named, Object.keys(named)[0]) }
    let attempts = 0
    const once = async (): Promise<void> => {
      attempts++
      try {
        // Without the signal: if this were cancelled midway, it would be unknown whether the table is ours to drop.
        await tables.once(statement)
      } catch (error) {
        if (!/already[ _]exists/i.test((error as Error).message)) throw error
        // A lost attempt may have created it.
        if (attempts === 1) throw taken(who, to)
      }
    }
    await tables.persist(statement.name, once, signal)
    return new ResultTable(tables, to, signal)
  }

  /**
   * Creates a table and writes rows as they come, a quarter of a million at a time. The table is dropped if that fails.
   *
   * @returns the number of rows
   * @throws {RivuletError} as `create`; INVALID_DATA for a row that does not fit the columns
   */
  static async write(
    who: string,
    tables: RunTables,
    to: string,
    columns: TableColumns,
    rows: Iterable<ResultRow> | AsyncIterable<ResultRow>,
    signal?: AbortSignal,
  ): Promise<number> {
    return ResultTable.fill(who, tables, to, columns, (table) => table.addRows(who, columns, rows), signal)
  }

  /** Adds rows as they come. @throws {RivuletError} INVALID_DATA for a row that does not fit the columns */
  async addRows(
    who: string,
    columns: TableColumns,
    rows: Iterable<ResultRow> | AsyncIterable<ResultRow>,
  ): Promise<void> {
    const kinds = Object.values(columns)
    let gathered = kinds.map((): (string | number)[] => [])
    const add = async (): Promise<void> => {
      const named = Object.keys(columns).map((name, at) => [name, gathered[at]] as const)
      const values = Object.fromEntries(named) as Columns
      await this.add(gathered[0].length, () => this.#tables.insert(this.#table, values, columns, this.#signal))
      gathered = kinds.map(() => [])
    }
    for await (const row of rows) {
      if (row.length !== kinds.length || !row.every((one, at) => isOf(kinds[at], one))) throw notOf(who, columns, row)
      row.forEach((one, at) => gathered[at].push(one))
      if (gathered[0].length >= ROWS_WRITTEN) await add()
    }
    await add()
  }

  /**
   * Creates a table and fills it. The table is dropped if that fails.
   *
   * @param fill adds rows
   * @returns the number of rows
   * @throws {RivuletError} as `create`
   */
  static async fill(
    who: string,
    tables: RunTables,
    to: string,
    columns: TableColumns,
    fill: (table: ResultTable) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<number> {
    const table = await ResultTable.create(who, tables, to, columns, signal)
    try {
      signal?.throwIfAborted()
      await fill(table)
      return table.#rows
    } catch (error) {
      await table.#drop().catch(() => undefined)
      throw error
    }
  }

  /** Writes rows exactly once: the row count tells whether a lost attempt has written them. @param rows number of rows that `write` adds */
  async add(rows: number, write: () => Promise<void>): Promise<void> {
    const before = this.#rows
    const after = before + rows
    if (after === before) return
    const once = async (): Promise<void> => {
      const there = await this.#count()
      if (there === after) return
      if (there !== before) throw this.#changed(before, there)
      await write()
    }
    await this.#tables.persist('write results', once, this.#signal)
    this.#rows = after
  }

  async #drop(): Promise<void> {
    await this.#tables.query({ name: 'drop results', sql: `DROP TABLE IF EXISTS ${this.#table}` })
  }

  async #count(): Promise<number> {
    const sql = `SELECT count(*) AS n FROM ${this.#table}`
    return numbersOf(await this.#tables.query({ name: 'count results', sql }, this.#signal), 'n')[0]
  }

  #changed(before: number, there: number): RivuletError {
    return new RivuletError('READ_FAILED', {
      who: `the table ${this.#table}`,
      expected: `${before} rows, the number that was written`,
      got: String(there),
      todo: 'Let no other client write to it until it is complete.',
      details: { expected: before, rows: there },
    })
  }
}

const taken = (who: string, to: string): RivuletError =>
  refusedOption(who, 'to', {
    expected: 'the name of a table that does not exist yet',
    got: show(to),
    todo: 'Drop it, or give another name.',
  })

function isOf(kind: ColumnKind, value: string | number): boolean {
  if (kind === 'text') return typeof value === 'string'
  if (kind === 'int') return Number.isInteger(value) && Math.abs(Number(value)) <= MOST_INT
  return Number.isFinite(value)
}

function notOf(who: string, columns: TableColumns, row: ResultRow): RivuletError {
  const kinds = Object.entries(columns).map(([name, kind]) => `${name} ${kind}`)
  return new RivuletError('INVALID_DATA', {
    who,
    expected: `rows of ${kinds.join(', ')}: text and finite numbers`,
    got: row.map(show).join(', '),
    todo: 'Give each column a value of its type.',
    details: { columns },
  })
}
