/** Ports where somebody listens and says nothing: a connection is given up in time, and the process ends. */
import { execFile } from 'node:child_process'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SqlEngine } from '../../../src/sql.ts'
import { built } from '../../build.ts'

let server: Server
let host: string
beforeAll(async () => {
  server = createServer((socket) => socket.resume().on('error', () => undefined))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const TLS = { code: 'READ_FAILED', message: expect.stringContaining('a TLS server on this port') as string }
const SILENT = { code: 'DEADLINE', message: expect.stringContaining('all servers to respond') as string }

it.concurrent.each([
  ['https of ClickHouse', () => ({ clickhouse: `https://${host}` }), TLS],
  ['TLS of Spark', () => ({ spark: `sc://${host}/;use_ssl=true` }), TLS],
  ['ClickHouse', () => ({ clickhouse: `http://${host}` }), SILENT],
  ['Spark', () => ({ spark: `sc://${host}` }), SILENT],
])('%s', async (_, address, refusal) => {
  await expect(SqlEngine.connect({ ...address(), table: 'events' })).rejects.toMatchObject(refusal)
})

it.concurrent.each([
  ['ClickHouse', () => ({ clickhouse: `http://${host}` })],
  ['https of ClickHouse', () => ({ clickhouse: `https://${host}` })],
  ['Spark', () => ({ spark: `sc://${host}` })],
  ['TLS of Spark', () => ({ spark: `sc://${host}/;use_ssl=true` })],
])('%s, by a deadline, and nothing keeps the process alive', async (_, address) => {
  const options = JSON.stringify({ ...address(), table: 'events', deadlineMs: 1000 })
  const program = `import { SqlEngine } from '${pathToFileURL(built('src/sql.ts')).href}'
    await SqlEngine.connect(${options}).catch(({ code }) => console.log(code))`
  const asked = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 120_000 })
  expect((await asked).stdout).toBe('DEADLINE\n')
})
