/** ClickHouse over HTTP: statements are sent as text, rows in its Native format. */
import { RivuletError, show } from '../support/errors.ts'
import { numbersOf, textsOf, type Columns, type Connection } from './connection.ts'
import { DIALECTS } from './dialect.ts'
import { ask, textOf } from './http.ts'
import { readNative, writeNative } from './native-format.ts'
import { LONGEST_END_MS, PassingFailure, whileAlive } from './patience.ts'
import { meaningOf, oneLine, refusal, tlsRefusal, type Meaning } from './refusal.ts'
import type { ColumnKind, Statement } from './statement.ts'

export interface ClickHouseAddress {
  /** `http://host:8123` of one server, or of one server per shard of a cluster, in any order. */
  readonly urls: readonly string[]
  readonly user: string
  readonly password: string
  /** The database in which the tables of a run are created. */
  readonly database: string
  /** Name of the cluster; `null` for one server. */
  readonly cluster: string | null
  /** How long a server may be silent, in milliseconds. */
  readonly deadlineMs: number
}

/** Error codes that a retry may fix: too many queries, time-outs and lost connections between servers. */
const PASSING = new Set([3, 32, 159, 202, 209, 210, 242, 279, 319, 425, 999])
/** The message for data left behind by a server that was killed while it dropped a table. */
const REMAINS = /data directory for table already contain/i
/** Of the codes in PASSING, those for a server that cannot reach another one. */
const UNREACHED = new Set([32, 159, 209, 210, 279])
/** Marks a message from another server of the cluster. */
const FROM_ANOTHER = /Received from /
/** Message of a response during which another server was lost, whatever its code. */
const LOST = /receiving packet from|connection (reset|refused)|broken pipe/i

/** Connects to each server, and reads the shards of a cluster. @throws {RivuletError} READ_FAILED, INVALID_OPTION for an unknown cluster or database */
export async function connectClickHouse(address: ClickHouseAddress, signal?: AbortSignal): Promise<Connection> {
  const servers = address.urls.map((url) => new Server(url, address))
  await Promise.all(servers.map(async (server) => server.run({ name: 'connect', sql: 'SELECT 1 AS one' }, signal)))
  const { cluster } = address
  const shards = cluster === null ? [0] : await shardsOf(servers, cluster, signal)
  return new ClickHouse(servers, shards, address)
}

/** For each shard, the smallest sharding key that ClickHouse sends to it. */
async function shardsOf(servers: readonly Server[], cluster: string, signal?: AbortSignal): Promise<number[]> {
  const sql = `SELECT cluster, shard_num AS shard, max(shard_weight) AS weight FROM system.clusters GROUP BY cluster, shard_num ORDER BY cluster, shard_num`
  const blocks = await servers[0].run({ name: 'shards of the cluster', sql }, signal)
  const names = textsOf(blocks, 'cluster')
  const weights = numbersOf(blocks, 'weight').filter((_, row) => names[row] === cluster)
  if (weights.length !== servers.length) {
    const known = [...new Set(names)].join(', ') || 'none'
    throw new RivuletError('INVALID_OPTION', {
      who: "SqlEngine.connect, option 'cluster'",
      expected: `a cluster with one shard per address (${servers.length})`,
      got: `${show(cluster)} with ${weights.length} shards (known: ${known})`,
      todo: 'Name a cluster from the configuration of the servers, and give the address of one server per shard.',
      details: { cluster, shards: weights.length, servers: servers.length },
    })
  }
  let first = 0
  return Array.from(weights, (weight) => (first += weight) - weight)
}

class ClickHouse implements Connection {
  readonly dialect = 'clickhouse'
  readonly shards: readonly number[]
  readonly cluster: string | null
  /** Tables are named with their database: a server queried by another one may have a different default database. */
  readonly workspace: string
  readonly #servers: readonly Server[]

  constructor(servers: readonly Server[], shards: readonly number[], { cluster, database }: ClickHouseAddress) {
    this.#servers = servers
    this.shards = shards
    this.cluster = cluster
    this.workspace = database
  }

  async run(statement: Statement, signal?: AbortSignal): Promise<Columns[]> {
    const asked = statement.where === 'every' ? this.#servers : this.#servers.slice(0, 1)
    return (await Promise.all(asked.map(async (server) => server.run(statement, signal)))).flat()
  }

  async insert(
    table: string,
    columns: Columns,
    kinds: Readonly<Record<string, ColumnKind>>,
    signal?: AbortSignal,
  ): Promise<void> {
    const names = Object.keys(columns).map(DIALECTS.clickhouse.identifier)
    const sql = `INSERT INTO ${table} (${names.join(', ')}) FORMAT Native`
    await this.#servers[0].run({ name: `write ${table}`, sql }, signal, writeNative(columns, kinds))
  }
}

class Server {
  /** Without user and password, which must not be shown. */
  readonly #url: URL
  readonly #authorization: string
  readonly #database: string
  readonly #deadlineMs: number
  readonly #silenceSeconds: string
  readonly #cluster: string | null
  /** There is nothing to cancel on a server that has never responded. */
  #hasAnswered = false
  /** Whether the user is read-only, and must not change settings either. */
  #mayOnlyRead = false

  constructor(url: string, { user, password, database, deadlineMs, cluster }: ClickHouseAddress) {
    this.#url = new URL(url)
    const [name, secret] = [this.#url.username, this.#url.password].map(decodeURIComponent)
    const both = new TextEncoder().encode(`${name || user}:${secret || password}`)
    this.#authorization = `Basic ${btoa(Array.from(both, (byte) => String.fromCharCode(byte)).join(''))}`
    this.#url.username = ''
    this.#url.password = ''
    this.#database = database
    this.#deadlineMs = deadlineMs
    this.#cluster = cluster
    this.#silenceSeconds = String(Math.min(LONGEST_SILENCE_S, Math.ceil(deadlineMs / 1000)))
  }

  async run(statement: Statement, signal?: AbortSignal, body?: Uint8Array): Promise<Columns[]> {
    const id = `rivulet-${crypto.randomUUID()}`
    const onAbort = (): void => void this.#kill(id)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return await whileAlive(
        (alive) => this.#answer(statement, id, body, alive),
        (over) => this.#look(over),
        this.#deadlineMs,
        signal,
      )
    } catch (error) {
      // A statement that still runs there must not write into the table that the retry creates.
      if (error instanceof PassingFailure && signal?.aborted !== true) await this.#kill(id)
      throw error
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  async #answer(
    statement: Statement,
    id: string,
    body: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Columns[]> {
    const { name, sql } = statement
    const reads = /^SELECT/i.test(sql)
    const text = reads ? `${sql} FORMAT Native` : sql
    const blocks: Columns[] = []
    try {
      const parameters = { query_id: id, ...(body && { query: text }) }
      const answer = await this.#post(parameters, body ?? text, signal)
      this.#hasAnswered = true
      const status = answer.statusCode ?? 0
      if (status !== 200) {
        const said = await textOf(answer)
        if (codeOf(said) !== READ_ONLY || !reads || this.#mayOnlyRead)
          throw await this.#refused(statement, status, said, signal)
        this.#mayOnlyRead = true
        return await this.#answer(statement, id, body, signal)
      }
      if (!reads) await textOf(answer)
      else for await (const block of readNative(answer)) blocks.push(block)
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof RivuletError || cause instanceof PassingFailure) throw cause
      const refused = tlsRefusal(name, this.#url.host, cause)
      if (refused !== null) throw refused
      throw new PassingFailure(`${name}: no response from ${this.#url.host}`, { cause })
    }
    return blocks
  }

  #post(
    parameters: Readonly<Record<string, string>>,
    body: string | Uint8Array,
    signal?: AbortSignal,
  ): ReturnType<typeof ask> {
    const url = new URL(this.#url)
    const settings = {
      ...{ insert_distributed_sync: '1', max_query_size: String(MOST_LETTERS) },
      // A server waits for another one as long as this process would.
      receive_timeout: this.#silenceSeconds,
      // The tables of a run are on the first replica of each shard.
      ...(this.#cluster !== null && { load_balancing: 'in_order' }),
    }
    const given = {
      ...{ database: this.#database, wait_end_of_query: '1' },
      ...(!this.#mayOnlyRead && settings),
      ...parameters,
    }
    for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value)
    return ask({ url, method: 'POST', headers: { authorization: this.#authorization }, body, signal })
  }

  /** The error for a refused statement. Data left behind by a killed server are attached as a table, which the retry then drops. */
  async #refused(
    { name, sql, isRemade }: Statement,
    status: number,
    text: string,
    signal: AbortSignal,
  ): Promise<Error> {
    if (isRemade !== true || !REMAINS.test(text)) return refused(name, this.#url.host, status, text)
    await textOf(await this.#post({}, sql.replace(/^CREATE/, 'ATTACH'), signal))
    return new PassingFailure(`${name}: ${this.#url.host} was stopped while it dropped a table of that name`)
  }

  /** Any response shows that a single server is alive. In a cluster it must also reach the others, because it would wait for silent ones without end. */
  async #look(signal: AbortSignal): Promise<void> {
    if (this.#cluster === null) {
      await textOf(await ask({ url: this.#url, method: 'GET', headers: {}, signal }))
      return
    }
    const sql = `SELECT count(*) FROM cluster(${DIALECTS.clickhouse.quoteText(this.#cluster)}, system, one)`
    const said = await textOf(
      await this.#post(
        {},
        sql,
        AbortSignal.any([signal, AbortSignal.timeout(Math.min(LONGEST_LOOK_MS, this.#deadlineMs))]),
      ),
    )
    if (UNREACHED.has(codeOf(said))) throw new PassingFailure(oneLine(said))
  }

  /** Cancels an abandoned query, and waits until it has ended. Errors are ignored: nobody waits for its result. */
  async #kill(id: string): Promise<void> {
    if (!this.#hasAnswered) return
    const signal = AbortSignal.timeout(Math.ceil(Math.min(LONGEST_END_MS, this.#deadlineMs)))
    await this.#post({}, `KILL QUERY WHERE query_id = '${id}' SYNC`, signal)
      .then(textOf)
      .catch(() => undefined)
  }
}

/** Maximum length of a statement: mixing a wide panel takes more than the 256 KiB of the server's default. */
const MOST_LETTERS = 2 ** 24
/** Timeout of a health check. */
const LONGEST_LOOK_MS = 60_000
/** Largest value of the setting receive_timeout, in seconds: a day. */
const LONGEST_SILENCE_S = 86_400

const READ_ONLY = 164
const codeOf = (text: string): number => Number(/Code: (\d+)/.exec(text)?.[1] ?? 0)

function refused(what: string, host: string, status: number, text: string): Error {
  const code = codeOf(text)
  const said = oneLine(text) || `status ${status}`
  if (PASSING.has(code) || LOST.test(said) || (code === 0 && status >= 500))
    return new PassingFailure(`${what}: ${host} responded: ${said}`)
  const known = MEANINGS.find(({ codes }) => codes.includes(code))?.meaning ?? meaningOf(said)
  const meaning = known === 'table' && FROM_ANOTHER.test(said) ? 'replica' : known
  return refusal(meaning, what, host, said, { serverCode: code, status })
}

const MEANINGS: readonly { readonly codes: readonly number[]; readonly meaning: Meaning }[] = [
  { codes: [192, 193, 194, 195, 516], meaning: 'login' },
  { codes: [81], meaning: 'database' },
  { codes: [60], meaning: 'table' },
  { codes: [16, 47], meaning: 'columns' },
  { codes: [497, READ_ONLY, 291], meaning: 'right' },
  { codes: [46, 59], meaning: 'functions' },
  { codes: [241, 173], meaning: 'memory' },
  { codes: [243], meaning: 'disk' },
]
