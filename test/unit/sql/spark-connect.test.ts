/** Spark Connect against a server of this process, which answers, refuses, cuts and is silent as it is told. */
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { writeArrow } from '../../../src/sql/arrow-stream.ts'
import { PassingFailure } from '../../../src/sql/patience.ts'
import { fieldsOf, message } from '../../../src/sql/protobuf.ts'
import { sparkServer } from '../../../src/sql/spark-address.ts'
import { connectSpark } from '../../../src/sql/spark-connect.ts'

let server: Http2Server | null = null
afterEach(() => server?.close())

/** What the server was asked, and how it is told to answer. */
async function serve(answer: (stream: ServerHttp2Stream, asked: Uint8Array, path: string) => void): Promise<string> {
  server = createServer()
  server.on('stream', (stream, headers) => {
    const pieces: Buffer[] = []
    stream.on('data', (piece: Buffer) => pieces.push(piece))
    stream.on('error', () => undefined)
    stream.on('end', () => answer(stream, Buffer.concat(pieces).subarray(5), String(headers[':path'])))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `sc://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function end(stream: ServerHttp2Stream, code: number, said: string, frame: Uint8Array = new Uint8Array(0)): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () =>
    stream.sendTrailers({ 'grpc-status': String(code), 'grpc-message': encodeURIComponent(said) }),
  )
  stream.end(frame)
}

/** An answer in two frames, as servers send it: a column, then nothing but the session. */
function rows(values: readonly number[]): Uint8Array {
  const batch = message([1, 's'], [2, message([1, values.length], [2, writeArrow({ n: values }, { n: 'int' })])])
  const frames = [batch, message([1, 's'])].map((body) => {
    const start = Buffer.alloc(5)
    start.writeUInt32BE(body.length, 1)
    return Buffer.concat([start, body])
  })
  return Buffer.concat(frames)
}

const address = (url: string, more: object = {}) => ({
  ...{ url, user: 'ann', token: '', workspace: 'default', deadlineMs: 5000 },
  ...more,
})
const statement = { name: 'count rows', sql: 'SELECT 1 AS n' }

describe('Spark Connect', () => {
  it('sends a statement with its session and user, and gives columns', async () => {
    const asked: string[][] = []
    const url = await serve((stream, request) => {
      const [plan] = fieldsOf(request, 3)
      const [sql] = fieldsOf(fieldsOf(fieldsOf(plan, 1)[0], 10)[0], 1)
      const [session, user] = [fieldsOf(request, 1)[0], fieldsOf(fieldsOf(request, 2)[0], 1)[0]]
      asked.push([session, user, sql].map((bytes) => Buffer.from(bytes).toString()))
      end(stream, 0, '', rows([1, 2]))
    })
    const connection = await connectSpark(address(`${url}/;session_id=abc`))
    expect(await connection.run(statement)).toEqual([{ n: Int32Array.of(1, 2) }])
    expect(asked[1]).toEqual(['abc', 'ann', statement.sql])
  })

  it.each([
    [14, 'no worker', null],
    [16, 'who are you', 'a valid user and password'],
    [13, '[TABLE_OR_VIEW_NOT_FOUND] nope', 'an existing table'],
    [13, 'strange %', 'a statement that the server can run'],
  ])('status %d, %s, is what it means', async (code, said, expected) => {
    const url = await serve((stream) => end(stream, code, said))
    const refused = await connectSpark(address(url)).catch((error: unknown) => error)
    expect((refused as Error).message).toContain(said)
    if (expected === null) expect(refused).toBeInstanceOf(PassingFailure)
    else expect(refused).toMatchObject({ code: 'READ_FAILED', message: expect.stringContaining(expected) as string })
  })

  it('may be tried again when its answer is cut, or nobody is there', async () => {
    const url = await serve((stream) => {
      stream.respond({ ':status': 200 })
      stream.write(rows([1]).subarray(0, 9), () => stream.session?.destroy())
    })
    await expect(connectSpark(address(url))).rejects.toBeInstanceOf(PassingFailure)
    await expect(connectSpark(address('sc://127.0.0.1:1'))).rejects.toBeInstanceOf(PassingFailure)
  })

  it('interrupts what it is asked to end', async () => {
    const paths: string[] = []
    const interrupted = withResolvers()
    const url = await serve((stream, _, path) => {
      paths.push(path.split('/').at(-1) ?? '')
      if (paths.length === 1) return end(stream, 0, '', rows([1]))
      if (!path.endsWith('Interrupt')) return abort.abort(new Error('enough'))
      end(stream, 0, '')
      interrupted.resolve()
    })
    const abort = new AbortController()
    const connection = await connectSpark(address(url))
    await expect(connection.run(statement, abort.signal)).rejects.toThrow('enough')
    await interrupted.promise
    expect(paths).toEqual(['ExecutePlan', 'ExecutePlan', 'Interrupt'])
  })

  it('interrupts what was lost before it is tried again', async () => {
    const paths: string[] = []
    const url = await serve((stream, _, path) => {
      paths.push(path.split('/').at(-1) ?? '')
      if (paths.length === 2) return stream.session?.destroy()
      end(stream, 0, '', rows([1]))
    })
    const connection = await connectSpark(address(url))
    await expect(connection.run(statement)).rejects.toBeInstanceOf(PassingFailure)
    expect(paths).toEqual(['ExecutePlan', 'ExecutePlan', 'Interrupt'])
  })
})

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}

describe('addresses of Spark', () => {
  it.each([
    ['sc://host', 'http://host:15002'],
    ['sc://host:443/;use_ssl=true', 'https://host:443'],
    ['sc://host/;token=a%3Bb;user_id=x', 'https://host:15002'],
    ['sc://[::1]:9/', 'http://[::1]:9'],
  ])('%s is %s', (url, origin) => {
    expect(sparkServer(url)?.origin).toBe(origin)
  })

  it.each(['host', 'sc://', 'sc://host:99999', 'sc://a b', 'sc://host/path', 'sc://u:p@host', 'sc://host/;token=%'])(
    '%s is none',
    (url) => {
      expect(sparkServer(url)).toBeNull()
    },
  )
})
