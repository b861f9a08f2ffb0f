/** Options of the calls of a `SqlEngine`, and their checks. */
import { SOURCE_OPTION_NAMES } from './method/source-options.ts'
import {
  CompiledRecommender,
  unknownItemOptions,
  type CompiledTableOptions,
  type UnknownItemOptions,
} from './recommend/compiled.ts'
import type { NamedNetwork } from './network/network.ts'
import { popularityOf } from './recommend/methods/popularity.ts'
import { usersOptions, type UserListOptions } from './recommend/request.ts'
import { userRows } from './recommend/rounds.ts'
import { withinMachine } from './plan/machine.ts'
import { watched, type Watch } from './run/protocol.ts'
import { connectOptions, type ConnectOptions } from './sql/connect-options.ts'
import type { PlannedWork } from './sql/explain.ts'
import { openConnection } from './sql/open-connection.ts'
import type { ResultRow } from './sql/result-table.ts'
import { RunTables } from './sql/run-tables.ts'
import type { SourceTable } from './sql/statements.ts'
import { requireWeighing, weighs } from './sql/weighing.ts'
import { checkArgument } from './support/arguments.ts'
import { atOnce } from './support/drive.ts'
import { RivuletError, show } from './support/errors.ts'
import type { Id, KeyIndex } from './support/key-index.ts'
import { integerAtLeast, isString, refusedOption } from './support/options.ts'
import { choice, integer, needed, resolve, type Given } from './support/spec.ts'
import { UnknownIds, type UnknownRule } from './support/unknown-ids.ts'

/** The function that a table is connected by. */
export const WHO = 'SqlEngine.connect'

/** Errors show invalid values, except where they may contain a password. */
function requireSecrets(options: unknown): void {
  const given = Object(options) as Readonly<Record<string, unknown>>
  for (const name of ['password', 'clickhouse', 'spark'] as const) {
    const expected = given[name] === undefined ? null : connectOptions[name].check(given[name])
    if (expected === null) continue
    const got = typeof given[name] === 'string' ? 'another text' : `something of type ${typeof given[name]}`
    throw refusedOption(WHO, name, { expected, got, todo: `Correct '${name}'.` })
  }
}

/** Options that a connection replaces are refused together with one. */
function requireOwnDoor(given: ConnectOptions): void {
  for (const name of ['user', 'password', 'cluster', 'workspace'] as const) {
    if (given[name] === undefined) continue
    throw refusedOption(WHO, name, {
      expected: "no value beside 'connection', which has its own address and login",
      got: name === 'password' ? 'one' : show(given[name]),
      todo: 'Leave it out, or give clickhouse or spark in place of connection.',
    })
  }
}

/** @throws {RivuletError} INVALID_OPTION */
export function requireModel(who: string, model: unknown): void {
  if (model instanceof CompiledRecommender) return
  throw refusedOption(who, 'model', {
    expected: 'a compiled recommender',
    got: show(model),
    todo: 'Pass the result of compile or readCompiled.',
  })
}

/** @throws {RivuletError} INVALID_OPTION for options of reading a source */
export function requireNoSource(who: string, options: unknown): void {
  const given = Object(options) as Readonly<Record<string, unknown>>
  for (const name of SOURCE_OPTION_NAMES) {
    if (given[name] === undefined) continue
    throw refusedOption(who, name, {
      expected: 'no value: SqlEngine.connect has read the table already, each pair once',
      got: show(given[name]),
      todo: 'Leave it out.',
    })
  }
}

/** The checked options, and the connection; creates nothing. */
export async function openTable(options: ConnectOptions, watch: Pick<Watch, 'signal'> | undefined) {
  requireSecrets(options)
  const asked = resolve(WHO, connectOptions, options)
  if (asked.connection !== undefined) requireOwnDoor(options)
  const { signal } = watched(WHO, watch)
  const { table, database, columns, weighted, signals } = asked
  const source: SourceTable = { table, database, columns, weighing: { weighted, signals } }
  requireWeighing(WHO, source)
  return {
    tables: new RunTables(await openConnection(WHO, asked, signal), asked.tablePrefix, asked, weighs(source.weighing)),
    source,
    memoryLimitBytes: withinMachine(asked.memoryLimitBytes),
    signal,
  }
}

/** Lists by a method that runs in a database, or by a compiled recommender. */
export type TableListOptions = Watch &
  (UserListOptions | ({ readonly model: CompiledRecommender } & CompiledTableOptions))

/** Columns of a table of lists: `rank` counts from 1, `prior` is 1 for popular items of the prior. */
export const LIST_COLUMNS = { user: 'text', rank: 'int', item: 'text', score: 'single', prior: 'int' } as const

/** Numbers of the users that are asked about, ascending, and the names of those who have no row: each once. @throws {RivuletError} UNKNOWN_KEY */
export function usersOnce(who: string, index: KeyIndex, users: Iterable<Id> | undefined, unknown: UnknownRule) {
  const strangers: string[] = []
  const rows = userRows(who, index, users, new UnknownIds(unknown), strangers)
  return { known: Int32Array.from(new Set(rows.filter((row) => row >= 0))).sort(), strangers: new Set(strangers) }
}

/** Rows of lists for unknown users. */
export function* popularFor(
  users: Iterable<string>,
  network: NamedNetwork,
  index: KeyIndex,
  k: number,
): Generator<ResultRow> {
  const { items, shares } = atOnce(popularityOf(network))
  const most = Math.min(k, items.length)
  for (const user of users)
    for (let at = 0; at < most; at++) yield [user, at + 1, index.keyOf(items[at]), shares[at], 1]
}

const ownOptions = {
  /** A table as `neighboursInto` makes it, in `workspace`: `item`, `neighbour`, `score`. */
  table: needed<string>(isString, "Name a table that neighboursInto made: { table: 'neighbours' }."),
  /** Length of a list. Default 10. */
  k: integer(10, 1),
  /** 'seen' leaves out items of the user, 'none' leaves out nothing. Default 'seen'. */
  exclude: choice<'seen' | 'none'>('seen', ['seen', 'none']),
  /**
   * What happens to users without interactions: 'error' fails at the first, 'drop' skips them, 'prior' gives them popular items,
   * which are marked as such. Default 'error'.
   */
  unknown: choice<UnknownRule>('error', ['error', 'drop', 'prior']),
}

export const neighbourListOptions = { ...ownOptions, ...usersOptions, ...unknownItemOptions }

/**
 * Lists from a table of neighbours, computed and kept in the database: equal to those of the method of the neighbours with `minScore: 0`, except
 * for ties. A list may be shorter than `k`.
 */
export interface NeighbourListOptions
  extends Given<typeof ownOptions>, Given<typeof usersOptions>, UnknownItemOptions, Watch {}

/** @throws {RivuletError} INVALID_OPTION for a column that only `SqlEngine.read` takes */
export function requireTimeless({ columns }: SourceTable): void {
  if (columns.time === undefined) return
  throw refusedOption(WHO, 'columns', {
    expected: 'no times: methods in a database do not use them',
    got: show(columns),
    todo: 'Leave time out, or read the rows into memory with SqlEngine.read.',
  })
}

/** @throws {RivuletError} INVALID_DATA for lists where weights are below 0: what is joined is what is for an item */
export function requireForItems(who: string, { signed }: NamedNetwork): void {
  if (!signed) return
  throw new RivuletError('INVALID_DATA', {
    who,
    expected: 'weights >= 0 for lists computed in a database',
    got: 'some below 0 in the table',
    todo: 'Read the rows into memory with SqlEngine.read, or leave out negative weights.',
  })
}

const isCount = integerAtLeast(1)

/** @throws {RivuletError} INVALID_OPTION */
export function requireWork(who: string, { columns, neighbours, lists }: PlannedWork): void {
  const lent = lists !== undefined && 'neighbours' in lists ? lists.neighbours : undefined
  for (const [name, value] of Object.entries({ columns, neighbours, k: lists?.k, lent }))
    if (value !== undefined) checkArgument(who, name, value, isCount)
  if (lists !== undefined && 'table' in lists) checkArgument(who, 'table', lists.table, isString)
}

export const closed = (who: string): RivuletError =>
  new RivuletError('CLOSED', {
    who,
    expected: 'an open connection',
    got: 'one that was closed',
    todo: 'Connect again.',
  })
