/** Tables in databases in place of files: addresses, users, and the library for them, which is loaded on demand. */
import type { Interactions, Signals } from '../index.ts'
import type { ColumnRole, ConnectOptions, PlannedWork, SqlEngine, TableColumns, TableFacts } from '../sql.ts'
import type { Stage } from './stage.ts'
import { withProgress } from './terminal.ts'
import { on, onlyGiven, text, type Given } from './flags.ts'
import type { Write } from './out-file.ts'

export const FROM_FLAGS = {
  from: text(
    '<address>',
    'read a table instead of FILE: clickhouse://HOST:PORT/DB.TABLE, clickhouse+https://... over TLS, or sc://HOST:PORT/DB.TABLE for Spark Connect; --columns names its columns',
  ),
  to: text('<table>', 'with --from: write the result to this table in the database; it must not exist'),
  dryRun: on('with --from: count the table, print the statements with their rows and bytes, and create nothing'),
  workspace: text(
    '<name>',
    "with --from: the database or schema in which tables are created (default: that of the table, or 'default')",
  ),
  cluster: text('<name>', 'with --from clickhouse://HOST,HOST/...: the name of the cluster of these servers'),
}

export type FromArguments = Given<typeof FROM_FLAGS>

/** A table in a database, not yet connected. */
export interface Database {
  connect(): Promise<SqlEngine>
  inspect(): Promise<TableFacts>
  /** Reads its rows into memory, with a progress bar. */
  read(): Promise<Interactions>
  /** Prints the statements of a piece of work. */
  showPlan(work: PlannedWork): Promise<void>
}

type Columns = Readonly<Record<string, string | number | null>>
type Arguments = FromArguments & {
  readonly columns?: Columns | undefined
  readonly memoryLimit?: number | undefined
  readonly weighted?: true | undefined
  readonly signals?: Signals | null | undefined
}

/**
 * The table that --from names. Faults of the address are reported before connecting, without quoting it: it may contain a password.
 *
 * @param roles roles of the columns to read
 */
export function databaseOf(from: string, given: Arguments, roles: readonly ColumnRole[], stage: Stage): Database {
  const options: ConnectOptions = {
    ...addressOf(from, given, stage),
    ...(given.columns && { columns: columnsOf(given.columns, roles, stage) }),
    ...(given.memoryLimit !== undefined && { memoryLimitBytes: given.memoryLimit }),
  }
  const weighed = { ...options, ...weightsOf(given, stage) }
  const watch = { signal: stage.signal }
  return {
    connect: async () => (await sqlDoor()).SqlEngine.connect(weighed, watch),
    inspect: async () => (await sqlDoor()).SqlEngine.inspect(options, watch),
    read: async () => {
      const reading = async () => (await sqlDoor()).SqlEngine.read(options, watch)
      const table = await withProgress('Reading', stage, reading, 'rows')
      stage.remark((table.notes ?? []).map((note) => `note: ${note}`))
      return table
    },
    showPlan: async (work) => stage.print(`${await (await sqlDoor()).SqlEngine.plan(weighed, work, watch)}\n`),
  }
}

const sqlDoor = () => import('../sql.ts')

const FORMS =
  "'clickhouse://host:8123/database.table', 'clickhouse+https://...' over TLS, or 'sc://host:15002/schema.table' for Spark Connect"
const ADDRESS = /^(clickhouse|clickhouse\+https|sc):\/\/(?:([^@/]*)@)?([^@/]+)\/([^/?#;@]+)((?:;[^;@]*)*)$/
/** Default ports of ClickHouse. */
const PORTS = { http: 8123, https: 8443 } as const

function addressOf(from: string, { workspace, cluster }: Arguments, stage: Stage): ConnectOptions {
  const [, scheme, asker, hosts, path, settings] = ADDRESS.exec(from) ?? []
  if (scheme === undefined) return stage.refuse(`--from: expected ${FORMS}, got something else`)
  const isSpark = scheme === 'sc'
  const secret = isSpark ? 'SPARK_CONNECT_AUTHENTICATE_TOKEN' : 'CLICKHOUSE_PASSWORD'
  if (asker?.includes(':') || /;\s*token=/i.test(settings)) {
    stage.refuse(
      `--from: expected an address without a password, which other users of this machine could read: set ${secret} instead`,
    )
  }
  const common = { ...tableOf(path, workspace, stage), ...onlyGiven({ password: process.env[secret] }) }
  if (isSpark) {
    if (asker !== undefined)
      stage.refuse("--from: with Spark the user follows the table: 'sc://host/table;user_id=ann'")
    if (cluster !== undefined) stage.refuse('--cluster requires --from clickhouse://')
    return { ...common, spark: `sc://${hosts}/${settings}` }
  }
  if (settings !== '') stage.refuse(`--from: expected ${FORMS}, got settings after the table`)
  const protocol = scheme === 'clickhouse' ? 'http' : 'https'
  const servers = hosts.split(',').map((host) => (/:\d+$/.test(host) ? host : `${host}:${PORTS[protocol]}`))
  const user = asker === undefined ? process.env.CLICKHOUSE_USER : decoded(asker, stage)
  return { ...common, ...onlyGiven({ user, cluster }), clickhouse: servers.map((server) => `${protocol}://${server}`) }
}

/** The table, and the database in which tables are created. */
function tableOf(path: string, workspace: string | undefined, stage: Stage) {
  const names = path.split('.').map((name) => decoded(name, stage))
  if (names.includes('') || names.length > 2) {
    stage.refuse("--from: expected 'table' or 'database.table' after the host; write a dot within a name as %2E")
  }
  const [table, database] = names.reverse() as [string, string | undefined]
  return { table, ...onlyGiven({ database, workspace: workspace ?? database }) }
}

function decoded(text: string, stage: Stage): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return stage.refuse("--from: expected '%' followed by two hexadecimal digits; write '%' itself as '%25'")
  }
}

/** Weights of pairs in the database; rows that are read into memory are weighed there. */
function weightsOf({ weighted, signals }: Arguments, stage: Stage): Pick<ConnectOptions, 'weighted' | 'signals'> {
  if (signals === 'auto')
    return stage.refuse('--signals auto: a database cannot find rules automatically: give signals and weights')
  return onlyGiven({ weighted, signals })
}

/** Default roles of the columns to read. */
export const PAIRS: readonly ColumnRole[] = ['user', 'item', 'value', 'signal']

function columnsOf(given: Columns, roles: readonly ColumnRole[], stage: Stage): ConnectOptions['columns'] {
  // '-' means none, as for a file.
  const columns = Object.entries(given).filter(([, name]) => name !== null)
  const other = columns.find(([role]) => !roles.some((one) => one === role))
  if (other !== undefined) {
    stage.refuse(`--columns ${other[0]}=: only ${roles.join(', ')} are read here; create a view for anything else`)
  }
  if (columns.some(([, name]) => typeof name !== 'string'))
    return stage.refuse('--columns: use names for columns of a table in a database, not numbers')
  return { user: 'user', item: 'item', ...Object.fromEntries(columns) }
}

const KINDS = { text: 'text', int32: 'int', float32: 'single', float64: 'double' } as const

/** Writes results to a new table, with the columns of a file. */
export const tableWriter =
  (engine: SqlEngine, to: string, { signal }: Pick<Stage, 'signal'>): Write =>
  async (results, { columns, of }) => {
    const kinds = Object.entries(columns).map(([name, type]) => [name, KINDS[type as keyof typeof KINDS]] as const)
    const rows = async function* () {
      for await (const result of results) for (const row of of(result)) yield row as (string | number)[]
    }
    await engine.write(to, Object.fromEntries(kinds) satisfies TableColumns, rows(), { signal })
  }

/** Names of the library's options on the command line. */
const WORDS = [
  ['SqlEngine.connect', '--from'],
  ['SqlEngine.inspect', '--from'],
  ['SqlEngine.plan', '--from'],
  ['SqlEngine.read', '--from'],
  [', or run the method in the database with SqlEngine.connect', ''],
  ["the option 'table'", 'the table of --from'],
  ["the options 'database' and 'workspace'", '--from and --workspace'],
  ["the options 'user' and 'password'", 'the user and CLICKHOUSE_PASSWORD, or SPARK_CONNECT_AUTHENTICATE_TOKEN'],
  ["the option 'columns'", '--columns'],
  ['explain() shows', '--dry-run shows'],
  [' deadlineMs sets how long to retry.', ''],
  [", option 'cluster'", ' --cluster'],
] as const

/** A message about a table in the words of this command line. */
export const inWordsOfFlags = (message: string): string =>
  WORDS.reduce((text, [option, flag]) => text.replaceAll(option, flag), message)
