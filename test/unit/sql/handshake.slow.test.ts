/** Ports where somebody listens and says nothing: a connection is given up in time, and nothing of it is left. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SqlEngine } from '../../../src/sql.ts'

const sockets = new Set<Socket>()
let server: Server
let host: string
beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.resume()
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const TLS = { code: 'READ_FAILED', message: expect.stringContaining('a TLS server on this port') as string }
const SILENT = { code: 'DEADLINE', message: expect.stringContaining('no response for') as string }

it.concurrent.each([
  ['https of ClickHouse', () => ({ clickhouse: `https://${host}` }), TLS],
  ['TLS of Spark', () => ({ spark: `sc://${host}/;use_ssl=true` }), TLS],
  ['ClickHouse', () => ({ clickhouse: `http://${host}` }), SILENT],
  ['Spark', () => ({ spark: `sc://${host}` }), SILENT],
  ['ClickHouse, by a deadline', () => ({ clickhouse: `http://${host}`, deadlineMs: 1000 }), SILENT],
  ['https of ClickHouse, by a deadline', () => ({ clickhouse: `https://${host}`, deadlineMs: 1000 }), SILENT],
  ['Spark, by a deadline', () => ({ spark: `sc://${host}`, deadlineMs: 1000 }), SILENT],
])('%s', { timeout: 120_000 }, async (_, address, refusal) => {
  await expect(SqlEngine.connect({ ...address(), table: 'events' })).rejects.toMatchObject(refusal)
})

it('leaves no connection', { timeout: 60_000 }, async () => {
  await expect.poll(() => sockets.size, { timeout: 30_000 }).toBe(0)
})
