/**
 * Spark over Spark Connect: statements are sent as SQL relations, rows as Arrow. Fields of its messages are given by their numbers in the .proto files.
 *
 * https://github.com/apache/spark/tree/master/sql/connect/common/src/main/protobuf/spark/connect
 */
import { readArrow, writeArrow } from './arrow-stream.ts'
import { rowStatements } from './any-database.ts'
import type { Columns, Connection } from './connection.ts'
import { call, GrpcStatus, ping, type GrpcServer } from './grpc.ts'
import { LONGEST_END_MS, PassingFailure, whileAlive } from './patience.ts'
import { fieldsOf, joined, message } from './protobuf.ts'
import { sparkServer, type SparkAddress } from './spark-address.ts'
import { meaningOf, oneLine, refusal, tlsRefusal } from './refusal.ts'
import type { ColumnKind, NumberKind, Statement } from './statement.ts'

const SERVICE = '/spark.connect.SparkConnectService/'
const CLIENT = 'rivulet'
/** Bytes of rows per message; servers accept 128 MiB. */
const PIECE_BYTES = 2 ** 25
const BYTES_A_NUMBER = 8

/** The interrupt type that names an operation. */
const BY_OPERATION = 3
/** Write mode and method: append to an existing table. */
const [APPEND, INSERT_INTO] = [1, 2]

/** gRPC's codes: unavailable, deadline exceeded, resource exhausted, aborted. */
const PASSING = new Set([14, 4, 8, 10])
const [CANCELLED, UNAUTHENTICATED, PERMISSION_DENIED] = [1, 16, 7]

/** Connects, and reads one row. @throws {RivuletError} READ_FAILED */
export async function connectSpark(address: SparkAddress, signal?: AbortSignal): Promise<Connection> {
  const connection = new Spark(address)
  await connection.run({ name: 'connect', sql: 'SELECT 1 AS one' }, signal)
  return connection
}

class Spark implements Connection {
  readonly dialect = 'spark'
  readonly shards = [0]
  readonly cluster = null
  readonly workspace: string
  readonly #server: GrpcServer
  readonly #host: string
  readonly #deadlineMs: number
  /** There is nothing to cancel on a server that has never responded. */
  #hasAnswered = false
  /** The fields of every request: session and user. */
  readonly #asker: Uint8Array

  constructor({ url, user, token, workspace, deadlineMs }: SparkAddress) {
    const { origin, settings } = sparkServer(url) ?? { origin: '', settings: {} }
    const secret = settings.token ?? token
    const headers = Object.entries(settings).filter(([name]) => name.startsWith('x-'))
    this.#server = {
      origin: secret === '' ? origin : origin.replace('http:', 'https:'),
      headers: { ...Object.fromEntries(headers), ...(secret !== '' && { authorization: `Bearer ${secret}` }) },
    }
    this.#host = new URL(origin).host
    this.#deadlineMs = deadlineMs
    this.workspace = workspace
    this.#asker = message([1, settings.session_id ?? crypto.randomUUID()], [2, message([1, settings.user_id ?? user])])
  }

  async run({ name, sql }: Statement, signal?: AbortSignal): Promise<Columns[]> {
    const answers = await this.#execute(name, message([1, message([10, message([1, sql])])]), signal)
    return answers
      .flatMap((answer) => fieldsOf(answer, 2))
      .flatMap((batch) => fieldsOf(batch, 2))
      .flatMap(readArrow)
  }

  async insert(
    table: string,
    columns: Columns,
    kinds: Readonly<Record<string, ColumnKind>>,
    signal?: AbortSignal,
  ): Promise<void> {
    if (!areNumbers(kinds)) {
      for (const sql of rowStatements(this.dialect, table, columns, kinds))
        await this.run({ name: `write ${table}`, sql }, signal)
      return
    }
    const names = Object.keys(columns)
    const rows = columns[names[0]].length
    const many = Math.max(1, Math.floor(PIECE_BYTES / (BYTES_A_NUMBER * names.length)))
    const into = message([1, table], [2, INSERT_INTO])
    for (let from = 0; from < rows; from += many) {
      const part = names.map((name) => [name, Array.prototype.slice.call(columns[name], from, from + many) as number[]])
      const local = message([11, message([1, writeArrow(Object.fromEntries(part) as Columns, kinds)])])
      await this.#execute(
        `write ${table}`,
        message([2, message([2, message([1, local], [4, into], [5, APPEND])])]),
        signal,
      )
    }
  }

  async #execute(what: string, plan: Uint8Array, signal?: AbortSignal): Promise<Uint8Array[]> {
    const operation = crypto.randomUUID()
    const request = joined([this.#asker, message([3, plan], [4, CLIENT], [6, operation])])
    const onAbort = (): void => void this.#interrupt(operation)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const work = (alive: AbortSignal): Promise<Uint8Array[]> =>
        call(this.#server, `${SERVICE}ExecutePlan`, request, alive)
      const answers = await whileAlive(work, (over) => ping(this.#server, over), this.#deadlineMs, signal)
      this.#hasAnswered = true
      return answers
    } catch (error) {
      // A statement that still runs there must not write into the table that the retry creates.
      if (error instanceof PassingFailure && signal?.aborted !== true) await this.#interrupt(operation)
      const refused = error instanceof PassingFailure ? tlsRefusal(what, this.#host, error.cause) : null
      if (refused !== null) throw refused
      if (error instanceof PassingFailure) throw new PassingFailure(`${what}: ${error.message}`, { cause: error })
      throw error instanceof GrpcStatus ? this.#refused(what, error) : error
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Cancels an abandoned statement. Errors are ignored: nobody waits for its result. */
  async #interrupt(operation: string): Promise<void> {
    if (!this.#hasAnswered) return
    const request = joined([this.#asker, message([3, CLIENT], [4, BY_OPERATION], [6, operation])])
    const signal = AbortSignal.timeout(Math.ceil(Math.min(LONGEST_END_MS, this.#deadlineMs)))
    await call(this.#server, `${SERVICE}Interrupt`, request, signal).catch(() => undefined)
  }

  #refused(what: string, { code, message: text }: GrpcStatus): Error {
    const said = oneLine(text) || `status ${code} of gRPC`
    if (PASSING.has(code) || code === CANCELLED) return new PassingFailure(`${what}: ${this.#host} responded: ${said}`)
    if (code === UNAUTHENTICATED) return refusal('login', what, this.#host, said, { serverCode: code })
    if (code === PERMISSION_DENIED) return refusal('right', what, this.#host, said, { serverCode: code })
    return refusal(meaningOf(said), what, this.#host, said, { serverCode: code })
  }
}

/** Only numbers are sent as Arrow. */
const areNumbers = (kinds: Readonly<Record<string, ColumnKind>>): kinds is Readonly<Record<string, NumberKind>> =>
  !Object.values(kinds).includes('text')
