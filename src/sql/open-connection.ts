import { refusedOption } from '../support/options.ts'
import { AnyDatabase } from './any-database.ts'
import { connectClickHouse } from './clickhouse.ts'
import type { ResolvedConnectOptions } from './connect-options.ts'
import type { Connection } from './connection.ts'
import { persist, whileAlive } from './patience.ts'
import { connectSpark } from './spark-connect.ts'

/** Timeout of the first contact, shorter than later ones because the address may be wrong. */
const FIRST_DEADLINE_MS = 10_000

/** A health check that always fails: while connecting, only the response itself counts. */
const silence = (): Promise<void> => Promise.reject(new Error('no response yet'))

/** Opens the connection that the options name: ClickHouse, Spark, or one of the caller. @param who the function that was called */
export async function openConnection(
  who: string,
  asked: ResolvedConnectOptions,
  signal?: AbortSignal,
): Promise<Connection> {
  const patience = { deadlineMs: Math.min(asked.deadlineMs, FIRST_DEADLINE_MS) }
  const { clickhouse, spark, connection, cluster, user, password, workspace, deadlineMs } = asked
  const given = [clickhouse, spark, connection].filter((one) => one !== undefined).length
  if (given !== 1) {
    throw refusedOption(who, 'clickhouse', {
      expected: 'exactly one of clickhouse, spark and connection',
      got: given === 0 ? 'none of them' : `${given} of them`,
      todo: "Give { clickhouse: 'http://host:8123' }, { spark: 'sc://host:15002' }, or { connection: { dialect: 'duckdb', query } }.",
    })
  }
  const answered = (connect: (signal: AbortSignal) => Promise<Connection>): Promise<Connection> =>
    persist('connect', patience, () => whileAlive(connect, silence, patience.deadlineMs, signal), signal)
  if (connection !== undefined) return new AnyDatabase(connection)
  if (spark !== undefined) {
    const address = { url: spark, user, token: password, workspace, deadlineMs }
    return answered((alive) => connectSpark(address, alive))
  }
  const urls = typeof clickhouse === 'string' ? [clickhouse] : (clickhouse ?? [])
  if (urls.length > 1 && cluster === undefined) {
    throw refusedOption(who, 'cluster', {
      expected: `the name of the cluster of these ${urls.length} addresses`,
      got: 'none',
      todo: 'SELECT cluster FROM system.clusters lists the names.',
    })
  }
  const address = { urls, user, password, database: workspace, cluster: cluster ?? null, deadlineMs }
  return answered((alive) => connectClickHouse(address, alive))
}
