/** ClickHouse over HTTP: statements go out as text, rows come and go in its Native format. */
import { RivuletError, show } from '../support/errors.ts'
import { numbersOf, textsOf, type Columns, type Connection } from './connection.ts'
import { DIALECTS } from './dialect.ts'
import { PassingFailure } from './patience.ts'
import { readNative, writeNative } from './native-format.ts'
import type { NumberKind, Statement } from './statement.ts'

export interface ClickHouseAddress {
  /** Of one server, or of every server of a cluster, in any order: `http://host:8123`. */
  readonly urls: readonly string[]
  readonly user: string
  readonly password: string
  /** Where tables of ours are made. */
  readonly database: string
  /** The name of the cluster; `null` for one server. */
  readonly cluster: string | null
}

/** Answers that may be other ones later: too many queries, time-outs and lost connections between servers. */
const PASSING = new Set([3, 32, 159, 202, 209, 210, 242, 279, 319, 425, 999])
/** What an answer says when another server was lost in the middle of it, whatever its code. */
const LOST = /receiving packet from|connection (reset|refused)|broken pipe/i

/** Connects, and asks for the shards of a cluster. @throws {RivuletError} READ_FAILED, INVALID_OPTION for a cluster or a database that is not known */
export async function connectClickHouse(address: ClickHouseAddress, signal?: AbortSignal): Promise<Connection> {
  const servers = address.urls.map((url) => new Server(url, address))
  const { cluster } = address
  if (cluster === null) {
    await servers[0].run({ name: 'connect', sql: 'SELECT 1 AS one' }, signal)
    return new ClickHouse(servers, [0], null)
  }
  return new ClickHouse(servers, await shardsOf(servers, cluster, signal), cluster)
}

/** Of each shard the first number that sends a row there. */
async function shardsOf(servers: readonly Server[], cluster: string, signal?: AbortSignal): Promise<number[]> {
  const sql = `SELECT cluster, shard_num AS shard, max(shard_weight) AS weight FROM system.clusters GROUP BY cluster, shard_num ORDER BY cluster, shard_num`
  const blocks = await servers[0].run({ name: 'shards of the cluster', sql }, signal)
  const names = textsOf(blocks, 'cluster')
  const weights = numbersOf(blocks, 'weight').filter((_, row) => names[row] === cluster)
  if (weights.length !== servers.length) {
    const known = [...new Set(names)].join(', ') || 'none'
    throw new RivuletError('INVALID_OPTION', {
      who: "SqlEngine.connect, option 'cluster'",
      expected: `a cluster of as many shards as there are addresses (${servers.length})`,
      got: `${show(cluster)} with ${weights.length} shards (known: ${known})`,
      todo: 'Name a cluster that the servers are configured with, and give the address of one server of each shard.',
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
  readonly #servers: readonly Server[]

  constructor(servers: readonly Server[], shards: readonly number[], cluster: string | null) {
    this.#servers = servers
    this.shards = shards
    this.cluster = cluster
  }

  async run(statement: Statement, signal?: AbortSignal): Promise<Columns[]> {
    const asked = statement.where === 'every' ? this.#servers : this.#servers.slice(0, 1)
    return (await Promise.all(asked.map(async (server) => server.run(statement, signal)))).flat()
  }

  async insert(
    table: string,
    columns: Columns,
    kinds: Readonly<Record<string, NumberKind>>,
    signal?: AbortSignal,
  ): Promise<void> {
    const names = Object.keys(columns).map(DIALECTS.clickhouse.identifier)
    const sql = `INSERT INTO ${table} (${names.join(', ')}) FORMAT Native`
    await this.#servers[0].run({ name: `write ${table}`, sql }, signal, writeNative(columns, kinds))
  }
}

class Server {
  /** Without user and password, which nobody is to read. */
  readonly #url: URL
  readonly #authorization: string
  readonly #database: string

  constructor(url: string, { user, password, database }: ClickHouseAddress) {
    this.#url = new URL(url)
    const [name, secret] = [this.#url.username, this.#url.password].map(decodeURIComponent)
    const both = new TextEncoder().encode(`${name || user}:${secret || password}`)
    this.#authorization = `Basic ${btoa(Array.from(both, (byte) => String.fromCharCode(byte)).join(''))}`
    this.#url.username = ''
    this.#url.password = ''
    this.#database = database
  }

  async run(statement: Statement, signal?: AbortSignal, body?: Uint8Array): Promise<Columns[]> {
    const id = `rivulet-${crypto.randomUUID()}`
    const onAbort = (): void => void this.#kill(id)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const reads = /^SELECT/i.test(statement.sql)
      const sql = reads ? `${statement.sql} FORMAT Native` : statement.sql
      const response = await this.#post(
        statement.name,
        { query_id: id, ...(body && { query: sql }) },
        body ?? sql,
        signal,
      )
      const blocks: Columns[] = []
      if (response.body === null || !reads) await response.arrayBuffer()
      else for await (const block of readNative(piecesOf(response.body))) blocks.push(block)
      return blocks
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  async #post(
    what: string,
    parameters: Readonly<Record<string, string>>,
    body: string | Uint8Array,
    signal?: AbortSignal,
  ): Promise<Response> {
    const url = new URL(this.#url)
    const settings = { database: this.#database, wait_end_of_query: '1', insert_distributed_sync: '1', ...parameters }
    for (const [name, value] of Object.entries(settings)) url.searchParams.set(name, value)
    let response: Response
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: { authorization: this.#authorization },
        body: body as RequestInit['body'] & (string | Uint8Array),
        ...(signal && { signal }),
      })
    } catch (cause) {
      signal?.throwIfAborted()
      throw new PassingFailure(`${what}: no answer from ${this.#url.host}`, { cause })
    }
    if (response.ok) return response
    throw refusal(what, this.#url.host, response.status, await response.text())
  }

  /** Ends a query that nobody waits for; whether it could be ended changes nothing for the caller. */
  async #kill(id: string): Promise<void> {
    await this.#post('cancel', {}, `KILL QUERY WHERE query_id = '${id}' ASYNC`).catch(() => undefined)
  }
}

async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value
}

/** What a server's refusal means for the caller. */
function refusal(what: string, host: string, status: number, text: string): Error {
  const code = Number(/Code: (\d+)/.exec(text)?.[1] ?? 0)
  const said = text.trim().replaceAll(/\s+/g, ' ').slice(0, 400) || `status ${status}`
  if (PASSING.has(code) || LOST.test(said) || (code === 0 && status >= 500))
    return new PassingFailure(`${what}: ${host} says: ${said}`)
  const [expected, todo] = MEANINGS.find(({ codes }) => codes.includes(code))?.means ?? [
    'a statement that the server runs',
    'Read what it says; the statement is among those of explain().',
  ]
  return new RivuletError('READ_FAILED', {
    who: `the database at ${host}, ${what}`,
    expected,
    got: said,
    todo,
    details: { host, step: what, serverCode: code, status },
  })
}

const MEANINGS: readonly { readonly codes: readonly number[]; readonly means: readonly [string, string] }[] = [
  {
    codes: [192, 193, 194, 195, 516],
    means: ['a user and a password that it knows', 'Check the options user and password.'],
  },
  { codes: [81], means: ['a database that is there', "Check the option 'database'."] },
  {
    codes: [60],
    means: [
      'a table that is there',
      "Check the option 'table'. Tables of this run are there until it is closed: nobody else may drop them.",
    ],
  },
  { codes: [16, 47], means: ['columns that are there', "Check the option 'columns'."] },
  {
    codes: [497, 164, 291],
    means: ['the right to do this', 'Give the user the right to make tables in that database.'],
  },
  { codes: [46, 59], means: ['functions that this version has', 'Ask a server of a later version.'] },
  {
    codes: [241],
    means: ['enough memory for it', 'Raise max_memory_usage of the user, or ask for fewer columns a query.'],
  },
  { codes: [243], means: ['enough room on its disk', 'Make room there.'] },
]
