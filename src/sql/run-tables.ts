/** The tables of one run: created under unique names, recreated after the loss of a server, and dropped at the end. */
import { RivuletError } from '../support/errors.ts'
import type { Columns, Connection } from './connection.ts'
import { persist, type Patience } from './patience.ts'
import { Room } from './room.ts'
import { Statements, type Spread } from './statements.ts'
import type { OwnColumns, Statement, TableColumns } from './statement.ts'

export class RunTables {
  readonly statements: Statements
  readonly room = new Room()
  readonly #connection: Connection
  readonly #patience: Patience
  readonly #made = new Map<string, Spread>()

  /** @param prefix of every table, followed by the id of the run. @param isWeighted whether pairs have weights */
  constructor(connection: Connection, prefix: string, patience: Patience, isWeighted = false) {
    this.#connection = connection
    this.#patience = patience
    this.statements = new Statements(connection, `${prefix}${runId()}_`, isWeighted)
  }

  /** Servers that hold parts of the pairs. */
  get servers(): Pick<Connection, 'shards' | 'cluster'> {
    return this.#connection
  }

  /** Whether a panel must be copied to several servers before it is joined. */
  get isShared(): boolean {
    return this.#connection.cluster !== null
  }

  /** Runs a statement and returns its result. It may run again, so it must be idempotent. */
  query(statement: Statement, signal?: AbortSignal): Promise<Columns[]> {
    return persist(statement.name, this.#patience, () => this.#connection.run(statement, signal), signal)
  }

  /** Runs a statement that is not idempotent, without retries. */
  async once(statement: Statement, signal?: AbortSignal): Promise<void> {
    await this.#connection.run(statement, signal)
  }

  /** Writes rows, without retries. */
  insert(table: string, values: Columns, columns: TableColumns, signal?: AbortSignal): Promise<void> {
    return this.#connection.insert(table, values, columns, signal)
  }

  /** Retries idempotent work until it succeeds. */
  persist(what: string, work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    return persist(what, this.#patience, work, signal)
  }

  /** Creates and fills a table; starts again from the beginning if a server is lost meanwhile. */
  async make(
    name: string,
    columns: OwnColumns,
    sortedBy: string,
    spread: Spread,
    fill: readonly Statement[] | ((insert: Insert) => Promise<void>),
    signal?: AbortSignal,
  ): Promise<void> {
    this.#made.set(name, spread)
    const to = this.statements.allOf(name, spread)
    // Array columns are only written by statements.
    const insert: Insert = (values) => this.insert(to, values, columns as TableColumns, signal)
    const once = async (): Promise<void> => {
      for (const statement of this.statements.make(name, columns, sortedBy, spread)) {
        await this.#connection.run(statement, signal)
      }
      if (typeof fill === 'function') await fill(insert)
      else for (const statement of fill) await this.#connection.run(statement, signal)
    }
    await persist(`make ${name}`, this.#patience, once, signal)
  }

  /** Creates a table with rows from this process on every server that joins it, sorted by its first column, `i`. */
  async makeOnAll(
    name: string,
    columns: TableColumns,
    fill: (insert: Insert) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    if (!this.isShared) return this.make(name, columns, 'i', null, fill, signal)
    await this.make('staged', columns, 'i', null, fill, signal)
    const names = Object.keys(columns).slice(1)
    await this.make(name, columns, 'i', 'to-all', [this.statements.copy('staged', name, names, names)], signal)
    await this.drop(['staged'])
  }

  /** Whether a table exists. */
  has(name: string): boolean {
    return this.#made.has(name)
  }

  /** Runs work, and drops its tables if it fails: otherwise they would stay until the run is closed, and the disk may be full. */
  async orDropped<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = new Set(this.#made.keys())
    try {
      return await work()
    } catch (error) {
      const isAway = error instanceof RivuletError && error.code === 'DEADLINE'
      const made = [...this.#made.keys()].filter((name) => !before.has(name))
      if (!isAway) await this.drop(made).catch(() => undefined)
      throw error
    }
  }

  /** Drops tables; names of tables that do not exist are ignored. */
  async drop(names: Iterable<string>): Promise<void> {
    for (const name of names) {
      const spread = this.#made.get(name)
      if (spread === undefined) continue
      for (const statement of this.statements.drop(name, spread)) await this.query(statement)
      this.#made.delete(name)
    }
  }

  /** Drops all tables of the run. */
  async dropAll(): Promise<void> {
    await this.drop(this.#made.keys())
  }
}

export type Insert = (values: Columns) => Promise<void>

/** The start time of the run, to identify tables of a killed one, and six random bytes, so that concurrent runs have different names. */
const runId = (): string =>
  `${new Date().toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}_` +
  Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join('')
