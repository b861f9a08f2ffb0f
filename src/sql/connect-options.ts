import { isSignals, type SignalRules } from '../data/signal-rules.ts'
import { having } from '../support/arguments.ts'
import { isFunction, isString, oneOf, type Check } from '../support/options.ts'
import { flag, needed, number, option, optional, text, type Given, type Resolved } from '../support/spec.ts'
import type { QuerySource } from './connection.ts'
import { sparkServer } from './spark-address.ts'

/** Which columns of a table hold what. */
export interface KeyColumns {
  readonly user: string
  readonly item: string
  /** A number, which weighs with `weighted`. Default: no column */
  readonly value?: string
  /** What a row is, 'buy' or 'view', for `signals`. Default: no column */
  readonly signal?: string
  /** When it was, a number in any unit, which `SqlEngine.read` takes. Default: no column */
  readonly time?: string
}

/** What a column may be read for. */
export type ColumnRole = keyof KeyColumns

const ROLES: Readonly<Record<ColumnRole, 'needed' | 'may lack'>> = {
  ...{ user: 'needed', item: 'needed' },
  ...{ value: 'may lack', signal: 'may lack', time: 'may lack' },
}

const isKeyColumns: Check = (value) => {
  const expected = "names of columns: { user: 'user', item: 'item' }, and value, signal and time where there are any"
  if (typeof value !== 'object' || value === null) return expected
  const columns = value as Readonly<Record<string, unknown>>
  const known = Object.keys(columns).every((role) => Object.hasOwn(ROLES, role))
  const named = Object.entries(ROLES).every(([role, need]) => {
    const name = columns[role]
    return typeof name === 'string' || (need === 'may lack' && name === undefined)
  })
  return known && named ? null : expected
}

const isAddress: Check = (value) => {
  const urls = (Array.isArray(value) ? value : [value]) as readonly unknown[]
  const areServers = urls.length > 0 && urls.every(isUrl) && new Set(urls.map(hostOf)).size === urls.length
  return areServers ? null : "an address as 'http://host:8123', or a list of those of different servers"
}

const hostOf = (url: string): string => new URL(url).host

function isUrl(url: unknown): url is string {
  if (typeof url !== 'string' || !/^https?:\/\/[^/]/.test(url)) return false
  try {
    const { username, password } = new URL(url)
    return [username, password].every((part) => typeof decodeURIComponent(part) === 'string')
  } catch {
    return false
  }
}

const isSparkAddress: Check = (value) =>
  typeof value === 'string' && sparkServer(value) !== null
    ? null
    : "an address as 'sc://host:15002', settings behind it as in 'sc://host:443/;use_ssl=true'"

const isQuerySource: Check = having({ dialect: oneOf('clickhouse', 'duckdb', 'spark'), query: isFunction })

const isRules: Check = (value) =>
  value === 'auto' ? 'weights or rules by the names of signals: a database does not look for them' : isSignals(value)

export const connectOptions = {
  /** Where ClickHouse answers over HTTP: 'http://host:8123'; of a cluster one server of each shard. This, `spark` or `connection` is needed. */
  clickhouse: optional<string | readonly string[]>(isAddress),
  /** Where Spark Connect answers: 'sc://host:15002', with settings behind it as Spark's own clients have them: 'sc://host:443/;use_ssl=true;session_id=...'. */
  spark: optional<string>(isSparkAddress),
  /** Another database: the dialect that it speaks, and a function that runs a statement and yields columns. */
  connection: optional<QuerySource>(isQuerySource),
  /** Who asks, unless the address says so. Default 'default'. */
  user: text('default'),
  /** Of ClickHouse, or the token of Spark, which then is asked over TLS. It is sent to the addresses and never printed. Default none: ''. */
  password: text(''),
  /** The cluster of several ClickHouse servers, as they are configured with it. Needed with several addresses. */
  cluster: optional<string>(isString),
  /** The table of interactions: a row for each, or a view. */
  table: needed<string>(isString, "Name a table: { table: 'events' }."),
  /** The database that the table is in, where it is another one than `workspace`. Default none. */
  database: optional<string>(isString),
  /** The database of ClickHouse, or the schema of Spark, in which tables of a run are made. Default 'default'. */
  workspace: text('default'),
  /** Which columns hold user and item: texts, UUIDs, or whole numbers of any size; value and signal where rows weigh, and for `SqlEngine.read` time. Default { user: 'user', item: 'item' }. */
  columns: option<KeyColumns>(Object.freeze({ user: 'user', item: 'item' }), isKeyColumns),
  /** Whether values weigh: a pair counts with the sum of its rows. Default false: it counts 1. */
  weighted: flag(false),
  /**
   * What rows weigh by the names of their signals, as option `signals` of an Engine: numbers, or rules with role, weight and transform 'raw', 'binary' or 'log1p'.
   * Rows of other signals are left out. Default null: signals do not matter.
   */
  signals: option<SignalRules | null>(null, isRules),
  /** What names of tables of a run begin with; behind it is the run's own id. Default 'rivulet_'. */
  tablePrefix: text('rivulet_'),
  /** How long a step is tried again while servers do not answer, and how long one may be silent, in milliseconds. Default 60,000. */
  deadlineMs: number(60_000, 1, Infinity),
  /** Most bytes that names, degrees and answers may take in this memory. Default: what the machine has free. */
  memoryLimitBytes: number(Infinity, 0, Infinity, '(]'),
}

export interface ConnectOptions extends Given<typeof connectOptions> {}

export type ResolvedConnectOptions = Resolved<typeof connectOptions>
