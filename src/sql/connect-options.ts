import { isSignals, type SignalRules } from '../data/signal-rules.ts'
import { having } from '../support/arguments.ts'
import { isFunction, isString, oneOf, type Check } from '../support/options.ts'
import { flag, needed, number, option, optional, text, type Given, type Resolved } from '../support/spec.ts'
import type { QuerySource } from './connection.ts'
import { sparkServer } from './spark-address.ts'

/** Column names by role. */
export interface KeyColumns {
  readonly user: string
  readonly item: string
  /** A number, used as the weight if `weighted` is set. Default: no column */
  readonly value?: string
  /** The name of the row's signal, such as 'buy' or 'view', for `signals`. Default: no column */
  readonly signal?: string
  /** The time, a number in any unit, for `SqlEngine.read`. Default: no column */
  readonly time?: string
}

/** Role of a column. */
export type ColumnRole = keyof KeyColumns

const ROLES: Readonly<Record<ColumnRole, 'needed' | 'may lack'>> = {
  ...{ user: 'needed', item: 'needed' },
  ...{ value: 'may lack', signal: 'may lack', time: 'may lack' },
}

const isKeyColumns: Check = (value) => {
  const expected = "column names: { user: 'user', item: 'item' }, and optionally value, signal and time"
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
    : "an address such as 'sc://host:15002', with settings after it as in 'sc://host:443/;use_ssl=true'"

const isQuerySource: Check = having({ dialect: oneOf('clickhouse', 'duckdb', 'spark'), query: isFunction })

const isRules: Check = (value) =>
  value === 'auto' ? 'weights or rules by signal name: a database cannot find them automatically' : isSignals(value)

export const connectOptions = {
  /** Address of ClickHouse over HTTP: 'http://host:8123'; for a cluster, one server of each shard. Exactly one of this, `spark` and `connection` is required. */
  clickhouse: optional<string | readonly string[]>(isAddress),
  /** Address of Spark Connect: 'sc://host:15002', followed by settings as in Spark's own clients: 'sc://host:443/;use_ssl=true;session_id=...'. */
  spark: optional<string>(isSparkAddress),
  /** Another database: its dialect, and a function that runs a statement and yields columns. */
  connection: optional<QuerySource>(isQuerySource),
  /** User name, unless it is in the address. Default 'default'. */
  user: text('default'),
  /** Password of ClickHouse, or token of Spark, which is then accessed over TLS. It is sent to the addresses and never printed. Default none: ''. */
  password: text(''),
  /** Name of the cluster in the configuration of the ClickHouse servers. Required with several addresses. */
  cluster: optional<string>(isString),
  /** The table or view of interactions, one per row. */
  table: needed<string>(isString, "Name a table: { table: 'events' }."),
  /** The database of the table, if it is not `workspace`. Default none. */
  database: optional<string>(isString),
  /** The database of ClickHouse, or the schema of Spark, in which the tables of a run are created. Default 'default'. */
  workspace: text('default'),
  /** Columns of user and item: text, UUIDs or integers of any size; value and signal if rows have weights, and time for `SqlEngine.read`. Default { user: 'user', item: 'item' }. */
  columns: option<KeyColumns>(Object.freeze({ user: 'user', item: 'item' }), isKeyColumns),
  /** Whether values are used as weights: the weight of a pair is the sum of its rows. Default false: it counts 1. */
  weighted: flag(false),
  /**
   * Weights of rows by signal name, as in option `signals` of an Engine: numbers, or rules with role, weight and transform 'raw', 'binary' or 'log1p'.
   * Rows with other signals are ignored. Default null: ignores signals.
   */
  signals: option<SignalRules | null>(null, isRules),
  /** Prefix of the tables of a run; the id of the run follows it. Default 'rivulet_'. */
  tablePrefix: text('rivulet_'),
  /** Timeout in milliseconds: how long a step is retried when servers do not respond, and how long a server may be silent. Default 60,000. */
  deadlineMs: number(60_000, 1, Infinity),
  /** Memory limit in bytes for names, degrees and results in this process. Default: what the machine has free. */
  memoryLimitBytes: number(Infinity, 0, Infinity, '(]'),
}

export interface ConnectOptions extends Given<typeof connectOptions> {}

export type ResolvedConnectOptions = Resolved<typeof connectOptions>
