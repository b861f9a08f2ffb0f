import type { Interactions } from './data/interactions.ts'
import { spectralEmbedding, type SpectralEmbedding, type SpectralEmbeddingOptions } from './embed/spectral-embedding.ts'
import { labelSpreading, type LabelSpreadingOptions } from './label/label-spreading.ts'
import type { Labelling } from './label/labelling.ts'
import {
  personalizedPageRank,
  type PageRanks,
  type PersonalizedPageRankOptions,
} from './label/personalized-pagerank.ts'
import type { Method } from './method/define-method.ts'
import type { NamedNetwork } from './network/network.ts'
import { productCost } from './plan/product-plan.ts'
import { Catalogue } from './recommend/catalogue.ts'
import { compile, type CompileOptions } from './recommend/compile.ts'
import { compiledListOptions, type CompiledRecommender } from './recommend/compiled.ts'
import { rankByCompiled, requireNeighbours, requireOfPairs } from './recommend/elsewhere.ts'
import { rankUsers } from './recommend/ranked-rounds.ts'
import { listAt, userAt, type Rankings, type Recommendation } from './recommend/rankings.ts'
import {
  recommenderOptions,
  requestOf,
  userListOptions,
  usersOptions,
  type RecommenderOptions,
} from './recommend/request.ts'
import type { Rounds } from './recommend/rounds.ts'
import { callOptions, watched, type Watch } from './run/protocol.ts'
import type { ConnectOptions } from './sql/connect-options.ts'
import { TableExecutor } from './sql/executor.ts'
import { explainCounting, explainWork, type PlannedWork } from './sql/explain.ts'
import { loadTable } from './sql/load-table.ts'
import { readRows } from './sql/read-rows.ts'
import { ResultTable, type ResultRow } from './sql/result-table.ts'
import type { RunTables } from './sql/run-tables.ts'
import { NEIGHBOUR_COLUMNS } from './sql/list-statements.ts'
import { isTableColumns, type TableColumns } from './sql/statement.ts'
import type { SourceTable } from './sql/statements.ts'
import {
  closed,
  LIST_COLUMNS,
  neighbourListOptions,
  openTable,
  popularFor,
  requireModel,
  requireNoSource,
  requireForItems,
  requireTimeless,
  requireWork,
  usersOnce,
  WHO,
  type NeighbourListOptions,
  type TableListOptions,
} from './sql-options.ts'
import { countNeighbours, tableFacts, type TableFacts } from './sql/table-facts.ts'
import { checkArgument } from './support/arguments.ts'
import { integerAtLeast, isString } from './support/options.ts'
import type { KeyIndex } from './support/key-index.ts'
import { resolve, type Resolved } from './support/spec.ts'

/** A list of one user. */
export interface UserList {
  readonly user: string
  readonly items: Recommendation[]
}

/** Lists round by round, and the names of their items. */
interface AskedLists {
  readonly rounds: Rounds<Rankings>
  readonly items: KeyIndex
  readonly watch: Watch
}

/**
 * An engine on a table in a database, with the methods of `Engine`. Calls are queued. `close()` drops the tables it created.
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
   * Opens a table of interactions in a database. Its pairs are numbered in tables of this run and stay in the database; only names and degrees of the nodes are fetched.
   *
   * @param watch `signal` cancels the call and its queries on the servers
   * @throws {RivuletError} READ_FAILED for errors of a server, DEADLINE for servers that do not respond, EMPTY_DATA, INVALID_DATA for rows without a user or an
   *   item, INVALID_OPTION, UNKNOWN_OPTION, MEMORY_LIMIT.
   */
  static async connect(options: ConnectOptions, watch?: Pick<Watch, 'signal'>): Promise<SqlEngine> {
    const { tables, source, memoryLimitBytes, signal } = await openTable(options, watch)
    requireTimeless(source)
    try {
      const network = await loadTable(WHO, tables, source, memoryLimitBytes, signal)
      return new SqlEngine(network, tables, source)
    } catch (error) {
      await tables.dropAll().catch(() => undefined)
      throw error
    }
  }

  /**
   * Reads a table into memory, for methods that do not run in a database. Rows are sorted by the columns in `columns`: users, items, and value,
   * signal and time if named; `notes` of the result report the number of bytes read. It creates nothing in the database.
   *
   * @returns a table as `fromColumns` makes it, for every function of this library
   * @throws {RivuletError} as `connect`; MEMORY_LIMIT before anything is read; INVALID_DATA for a NULL in a column other than that of times, for values that are not
   *   numbers of single precision, and for a table that others write to meanwhile
   */
  static async read(options: ConnectOptions, watch?: Pick<Watch, 'signal'>): Promise<Interactions> {
    const { tables, source, memoryLimitBytes, signal } = await openTable(options, watch)
    return readRows('SqlEngine.read', tables, source, memoryLimitBytes, signal)
  }

  /**
   * Sizes of a table, by statements that only read: it creates nothing and fetches no keys.
   *
   * @throws {RivuletError} as `connect`; INVALID_DATA for a table that changes during the call
   */
  static async inspect(options: ConnectOptions, watch?: Pick<Watch, 'signal'>): Promise<TableFacts> {
    const { tables, source, signal } = await openTable(options, watch)
    requireTimeless(source)
    return tableFacts('SqlEngine.inspect', tables, source, signal)
  }

  /**
   * All statements of some work before it is done, with the rows that each writes and the bytes sent between servers. Only the
   * table is counted, as by `inspect`; it creates nothing.
   *
   * @param work with at least one part; `{}` only counts
   * @throws {RivuletError} as `inspect`
   */
  static async plan(options: ConnectOptions, work: PlannedWork, watch?: Pick<Watch, 'signal'>): Promise<string> {
    requireWork('SqlEngine.plan', work)
    const { tables, source, signal } = await openTable(options, watch)
    requireTimeless(source)
    const facts = await tableFacts('SqlEngine.plan', tables, source, signal)
    const operations = facts.itemsOfUsers.reduce((sum, degree) => sum + degree ** 2, 0)
    const { statements, servers } = tables
    const counted = explainCounting(statements, source, work)
    if (Object.keys(work).length === 0) return counted
    const whole = await countNeighbours(tables, work, facts, signal)
    return `${counted}\n\n${explainWork(statements, servers, source, facts, operations, whole)}`
  }

  /** Notes on degraded execution: queries were narrowed because a server ran out of memory. */
  get notes(): readonly string[] {
    return this.#tables.room.notes
  }

  /** Numbers of users, items, and distinct pairs. */
  get size(): { readonly users: number; readonly items: number; readonly pairs: number } {
    const { rowCount, columnCount, nnz } = this.#network.shape
    return { users: rowCount, items: columnCount, pairs: nnz }
  }

  /** Names of the users, in the order of their numbers. */
  get users(): KeyIndex {
    return Catalogue.of('users', this.#network).users
  }

  /** Names of the items, in the order of their numbers. */
  get items(): KeyIndex {
    return Catalogue.of('items', this.#network).items
  }

  /**
   * All statements that loaded the table, those of one sweep, and the first ones of item-item lists and lists of users, with the rows that each writes and the bytes sent between servers.
   *
   * @param columns of the sweep: classes of `labelSpreading`, 1 for `personalizedPageRank`; integer >= 1. Default 16
   * @throws {RivuletError} INVALID_OPTION
   */
  explain(columns = 16): string {
    checkArgument('explain', 'columns', columns, integerAtLeast(1))
    const { statements, servers } = this.#tables
    const work = { columns, neighbours: 200, lists: { k: 10, neighbours: 200 } }
    return explainWork(statements, servers, this.#source, this.size, productCost(this.#network.rows), work)
  }

  /** As `labelSpreading.detailed` on the same pairs: shares agree to 1e-5, and labels agree except for ties. */
  labelSpreading(options: LabelSpreadingOptions, watch?: Watch): Promise<Labelling> {
    return this.#ask(labelSpreading, options, watch)
  }

  /** As `personalizedPageRank.detailed` on the same pairs: scores agree to 1e-5 of the largest. */
  personalizedPageRank(options?: PersonalizedPageRankOptions, watch?: Watch): Promise<PageRanks> {
    return this.#ask(personalizedPageRank, options, watch)
  }

  /**
   * As `spectralEmbedding.detailed` on the same pairs: singular values agree to 1e-5, and vectors span the same subspace up to `tolerance` over the
   * gap to the next value. Panels of vectors stay in the database; only their inner products and the final vectors are fetched.
   */
  spectralEmbedding(options?: SpectralEmbeddingOptions, watch?: Watch): Promise<SpectralEmbedding> {
    return this.#ask(spectralEmbedding, options, watch)
  }

  /**
   * As `Engine.recommendAll`: ranked items for all users, one by one, in constant memory. Joins on the servers make the lists of a few ten thousand users
   * at a time; each server handles its own users.
   *
   * @throws {RivuletError} INVALID_OPTION for a method that is not a sum over the neighbours of items, as `Engine.recommendAll`, READ_FAILED, DEADLINE
   */
  async *recommendAll(options?: TableListOptions): AsyncGenerator<UserList> {
    yield* this.#lists('recommendAll', this.#rounds('recommendAll', options))
  }

  /** As `Engine.recommend`: `recommendAll` as a map. @throws {RivuletError} as `recommendAll` */
  async recommend(options?: TableListOptions): Promise<Map<string, Recommendation[]>> {
    const lists = new Map<string, Recommendation[]>()
    for await (const { user, items } of this.#lists('recommend', this.#rounds('recommend', options)))
      lists.set(user, items)
    return lists
  }

  /**
   * Writes the lists of `recommendAll` to a permanent table: `user`, `rank` (from 1), `item`, `score`, `prior` (0 or 1), one row per entry; in a cluster,
   * on the first server. If the call fails, the table is dropped.
   *
   * @param to the name of a new table in `workspace`
   * @returns the numbers of lists and entries
   * @throws {RivuletError} INVALID_OPTION for the name of an existing table; as `recommendAll`
   */
  async recommendInto(
    to: string,
    options: TableListOptions | NeighbourListOptions = {},
  ): Promise<{ readonly lists: number; readonly entries: number }> {
    const who = 'recommendInto'
    checkArgument(who, 'to', to, isString)
    if ('table' in options) return this.#listsByTable(who, to, options)
    const rounds = this.#rounds(who, options)
    let lists = 0
    const entries = async function* (from: AsyncIterable<UserList>): AsyncGenerator<ResultRow> {
      for await (const { user, items } of from) {
        lists++
        for (const [at, { item, score, prior }] of items.entries()) yield [user, at + 1, item, score, prior ? 1 : 0]
      }
    }
    const rows = entries(this.#lists(who, rounds))
    return { entries: await ResultTable.write(who, this.#tables, to, LIST_COLUMNS, rows, options.signal), lists }
  }

  /**
   * Writes item-item lists to a permanent table: `item`, `neighbour`, `score`, one row per nearest neighbour, with the contribution of the item to its score. They are
   * computed and written on the servers; `recommendInto` makes lists from them. In a cluster, the table is on the first server.
   *
   * @param to the name of a new table in `workspace`
   * @returns the number of rows
   * @throws {RivuletError} INVALID_OPTION for the name of an existing table, and for a method that is not a sum over the neighbours of items; READ_FAILED, DEADLINE
   */
  async neighboursInto(to: string, options: RecommenderOptions, watch?: Watch): Promise<{ readonly entries: number }> {
    const who = 'neighboursInto'
    checkArgument(who, 'to', to, isString)
    const watching = watched(who, watch)
    const request = requestOf(who, resolve(who, recommenderOptions, options))
    requireNeighbours(request)
    requireForItems(who, this.#network)
    if (this.#closed) throw closed(who)
    const lenders = request.methodOptions.neighboursOf === 'target' ? 'columns' : 'rows'
    const model = Catalogue.of(who, this.#network).newModel(request)
    const fill = (result: ResultTable) => this.#executor.leaveNeighbours(model, result, lenders, watching, who)
    return { entries: await ResultTable.fill(who, this.#tables, to, NEIGHBOUR_COLUMNS, fill, watching.signal) }
  }

  /**
   * Writes results to a permanent table, in batches of rows; in a cluster, on the first server. If the call fails, the table is dropped.
   *
   * @param to the name of a new table in `workspace`
   * @param columns kinds by name: 'text', 'int' (32 bits), 'single' or 'double'; the table is sorted by the first
   * @param rows values in the order of the columns: texts and finite numbers
   * @returns the number of rows
   * @throws {RivuletError} INVALID_OPTION for the name of an existing table, INVALID_DATA for a row that does not match the columns, READ_FAILED, DEADLINE
   */
  async write(
    to: string,
    columns: TableColumns,
    rows: Iterable<ResultRow> | AsyncIterable<ResultRow>,
    watch?: Pick<Watch, 'signal'>,
  ): Promise<number> {
    checkArgument('write', 'to', to, isString)
    checkArgument('write', 'columns', columns, isTableColumns)
    const { signal } = watched('write', watch)
    if (this.#closed) throw closed('write')
    return ResultTable.write('write', this.#tables, to, columns, rows, signal)
  }

  /**
   * Checks that a table of this name can be created, before the work for it.
   *
   * @throws {RivuletError} INVALID_OPTION for the name of an existing table
   */
  async requireNew(to: string, watch?: Pick<Watch, 'signal'>): Promise<void> {
    checkArgument('requireNew', 'to', to, isString)
    const { signal } = watched('requireNew', watch)
    if (this.#closed) throw closed('requireNew')
    await ResultTable.requireNew('requireNew', this.#tables, to, signal)
  }

  /**
   * As `Engine.compile`: the neighbours of items, computed by a self-join of the pairs.
   *
   * @throws {RivuletError} INVALID_OPTION for a method that is not a sum over the neighbours of items, as `Engine.compile`, READ_FAILED, DEADLINE
   */
  compile(options: CompileOptions, watch?: Watch): Promise<CompiledRecommender> {
    const resolved = compile.task.resolve(options) as Resolved<typeof userListOptions>
    requireNeighbours(requestOf(compile.name, resolved))
    requireForItems(compile.name, this.#network)
    return this.#ask(compile, options, watch)
  }

  /** Drops the tables of this run after running calls have ended. A second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#executor.idle()
    await this.#tables.dropAll()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #listsByTable(who: string, to: string, options: NeighbourListOptions) {
    const { table, k, exclude, users, unknown, unknownItems, ...watching } = resolve(
      who,
      { ...neighbourListOptions, ...callOptions },
      options,
    )
    if (this.#closed) throw closed(who)
    requireForItems(who, this.#network)
    const { known, strangers } = usersOnce(who, this.users, users, unknown)
    const asked = { table, k, unknownItems, excludeSeeds: exclude === 'seen', users: known }
    const fill = async (result: ResultTable): Promise<void> => {
      await this.#executor.leaveLists(asked, result, watching)
      await result.addRows(who, LIST_COLUMNS, popularFor(strangers, this.#network, this.items, k))
    }
    const entries = await ResultTable.fill(who, this.#tables, to, LIST_COLUMNS, fill, watching.signal)
    return { entries, lists: known.length + strangers.size }
  }

  async *#lists(who: string, { rounds, items, watch }: AskedLists): AsyncGenerator<UserList> {
    const { users } = Catalogue.of(who, this.#network)
    for (const round of rounds) {
      if (this.#closed) throw closed(who)
      const rankings = await this.#executor.run(round, watch, who)
      for (let place = 0; place < rankings.users.length; place++) {
        yield { user: userAt(rankings, place, users), items: listAt(rankings, place, items) }
      }
    }
  }

  #rounds(who: string, options: TableListOptions = {}): AskedLists {
    if (this.#closed) throw closed(who)
    requireForItems(who, this.#network)
    if (!('model' in options)) {
      const asked = resolve(who, { ...userListOptions, ...callOptions }, options)
      requireNeighbours(requestOf(who, asked))
      requireOfPairs(who, asked)
      const rounds = rankUsers(who, this.#network, asked, who === 'recommend' ? 'lists' : 'a list')
      return { rounds, items: Catalogue.of(who, this.#network).items, watch: asked }
    }
    const { model, ...rest } = options
    requireModel(who, model)
    const asked = resolve(who, { ...compiledListOptions, ...usersOptions, ...callOptions }, rest)
    requireOfPairs(who, asked)
    return { rounds: rankByCompiled(who, this.#network, model, asked), items: model.items, watch: asked }
  }

  async #ask<Options, Result>(
    { task }: Pick<Method<Options, Result, unknown>, 'task'>,
    options: Options | undefined,
    watch?: Watch,
  ): Promise<Result> {
    const watching = watched(task.name, watch)
    const resolved = task.resolve(options)
    if (this.#closed) throw closed(task.name)
    requireNoSource(task.name, options)
    return this.#executor.run(task.ask(this.#network, [], resolved), watching, task.name)
  }
}
