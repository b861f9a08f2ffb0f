import { labelSpreading, type LabelSpreadingOptions } from './label/label-spreading.ts'
import type { Labelling } from './label/labelling.ts'
import {
  personalizedPageRank,
  type PageRanks,
  type PersonalizedPageRankOptions,
} from './label/personalized-pagerank.ts'
import type { Method } from './method/define-method.ts'
import type { NamedNetwork } from './network/network.ts'
import { withinMachine } from './plan/machine.ts'
import { watched, type Watch } from './run/protocol.ts'
import { connectOptions, type ConnectOptions } from './sql/connect-options.ts'
import { TableExecutor } from './sql/executor.ts'
import { explainTables, loadStatements, sweepStatements } from './sql/explain.ts'
import { loadTable } from './sql/load-table.ts'
import { openConnection } from './sql/open-connection.ts'
import { RunTables } from './sql/run-tables.ts'
import type { SourceTable } from './sql/statements.ts'
import { RivuletError, show } from './support/errors.ts'
import { checkArgument } from './support/arguments.ts'
import { integerAtLeast, refusedOption } from './support/options.ts'
import { resolve } from './support/spec.ts'

const WHO = 'SqlEngine.connect'

/** A refusal shows what it refuses: not what may hold a password. */
function requireSecrets(options: unknown): void {
  const given = Object(options) as Readonly<Record<string, unknown>>
  for (const name of ['password', 'clickhouse', 'spark'] as const) {
    const expected = given[name] === undefined ? null : connectOptions[name].check(given[name])
    if (expected === null) continue
    const got = typeof given[name] === 'string' ? 'another text' : `something of type ${typeof given[name]}`
    throw refusedOption(WHO, name, { expected, got, todo: `Correct '${name}'.` })
  }
}

/** Options of a method that say how a local source is read: a table in a database is read when it is connected. */
const OF_SOURCES = ['weighted', 'signals', 'memoryLimitBytes'] as const

/**
 * A table in a database that is asked as an Engine is. Calls queue up. `close()` drops the tables that were made.
 *
 * @example
 * ```ts no-run there is no server
 * import { SqlEngine } from 'rivulet/sql'
 *
 * await using shop = await SqlEngine.connect({ clickhouse: 'http://127.0.0.1:8123', table: 'events', columns: { user: 'user_id', item: 'sku' } })
 * const tastes = await shop.labelSpreading({ seeds: [['ann', 'tea'], ['bob', 'coffee']] })
 * ```
 */
export class SqlEngine {
  readonly #network: NamedNetwork
  readonly #tables: RunTables
  readonly #executor: TableExecutor
  readonly #source: SourceTable
  #closed = false

  private constructor(network: NamedNetwork, tables: RunTables, source: SourceTable) {
    this.#network = network
    this.#tables = tables
    this.#source = source
    this.#executor = new TableExecutor(network, tables)
  }

  /**
   * Opens a table of interactions in a database: its pairs are numbered there, in tables of this run, and stay there. Names and degrees of the nodes come here.
   *
   * @param watch `signal` ends it, and what is under way on the servers
   * @throws {RivuletError} READ_FAILED for what a server refuses, DEADLINE for servers that do not answer, EMPTY_DATA, INVALID_DATA for rows without a user or an
   *   item, INVALID_OPTION, UNKNOWN_OPTION, MEMORY_LIMIT.
   */
  static async connect(options: ConnectOptions, watch?: Pick<Watch, 'signal'>): Promise<SqlEngine> {
    requireSecrets(options)
    const asked = resolve(WHO, connectOptions, options)
    const { signal } = watched(WHO, watch)
    const tables = new RunTables(await openConnection(WHO, asked, signal), asked.tablePrefix, asked)
    try {
      const { table, database, columns } = asked
      const source = { table, database, columns }
      const limit = withinMachine(asked.memoryLimitBytes)
      return new SqlEngine(await loadTable(WHO, tables, source, limit, signal), tables, source)
    } catch (error) {
      await tables.dropAll().catch(() => undefined)
      throw error
    }
  }

  /** Users, items, and distinct pairs of them. */
  get size(): { readonly users: number; readonly items: number; readonly pairs: number } {
    const { rowCount, columnCount, nnz } = this.#network.shape
    return { users: rowCount, items: columnCount, pairs: nnz }
  }

  /**
   * Every statement that loaded the table, and those of one sweep, with the rows that each writes and the bytes that go from server to server.
   *
   * @param columns of the sweep: classes of `labelSpreading`, 1 for `personalizedPageRank`; integer >= 1. Default 16
   * @throws {RivuletError} INVALID_OPTION
   */
  explain(columns = 16): string {
    checkArgument('explain', 'columns', columns, integerAtLeast(1))
    const { statements, servers } = this.#tables
    const sweep = sweepStatements(statements, servers, this.size, columns)
    return explainTables(loadStatements(statements, this.#source), sweep, this.size, servers.shards.length, columns)
  }

  /** As `labelSpreading.detailed` of the same pairs: shares to 1e-5, and the same labels but for ties. */
  labelSpreading(options: LabelSpreadingOptions, watch?: Watch): Promise<Labelling> {
    return this.#ask(labelSpreading, options, watch)
  }

  /** As `personalizedPageRank.detailed` of the same pairs: scores to 1e-5 of the largest. */
  personalizedPageRank(options?: PersonalizedPageRankOptions, watch?: Watch): Promise<PageRanks> {
    return this.#ask(personalizedPageRank, options, watch)
  }

  /** Drops the tables of this run, when what is under way has ended. A second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#executor.idle()
    await this.#tables.dropAll()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #ask<Options, Result>(
    { task }: Pick<Method<Options, Result, unknown>, 'task'>,
    options: Options | undefined,
    watch?: Watch,
  ): Promise<Result> {
    const watching = watched(task.name, watch)
    const resolved = task.resolve(options)
    if (this.#closed) throw closed(task.name)
    const given = (options ?? {}) as Readonly<Record<string, unknown>>
    for (const name of OF_SOURCES) {
      if (given[name] === undefined) continue
      throw refusedOption(task.name, name, {
        expected: 'none: the table was read when it was connected, each pair once',
        got: show(given[name]),
        todo: 'Leave it out.',
      })
    }
    return this.#executor.run(task.ask(this.#network, [], resolved), watching, task.name)
  }
}

const closed = (who: string): RivuletError =>
  new RivuletError('CLOSED', {
    who,
    expected: 'an open connection',
    got: 'one that was closed',
    todo: 'Connect again.',
  })
