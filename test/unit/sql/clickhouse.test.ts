/** ClickHouse against a server of this process, which says what a server that was killed would. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { connectClickHouse } from '../../../src/sql/clickhouse.ts'
import { PassingFailure } from '../../../src/sql/patience.ts'

const REMAINS =
  'Code: 117, e.displayText() = DB::Exception: Data directory for table already containing data parts - probably it was unclean DROP table'

let server: Server | null = null
afterEach(() => server?.close())

/** @returns statements that it is asked, of which those that begin with CREATE are refused */
async function serve() {
  const asked: string[] = []
  server = createServer((request, response) => {
    void text(request).then((sql) => {
      asked.push(sql)
      if (sql.startsWith('CREATE')) response.writeHead(500).end(REMAINS)
      else response.end()
    })
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const address = { user: 'ann', password: '', database: 'default', cluster: null, deadlineMs: 5000 }
  return { connection: await connectClickHouse({ urls: [url], ...address }), asked }
}

const statement = { name: 'make panel', sql: 'CREATE TABLE p (i Int32) ENGINE = MergeTree ORDER BY i' }

it('takes up again what a server was dropping when it was killed, so that it can be made anew', async () => {
  const { connection, asked } = await serve()
  await expect(connection.run({ ...statement, isRemade: true })).rejects.toBeInstanceOf(PassingFailure)
  expect(asked).toContain(statement.sql.replace('CREATE', 'ATTACH'))
})

it('takes up nothing of somebody else', async () => {
  const { connection, asked } = await serve()
  await expect(connection.run(statement)).rejects.toMatchObject({ code: 'READ_FAILED' })
  expect(asked.some((sql) => sql.startsWith('ATTACH'))).toBe(false)
})
