/**
 * gRPC calls with one request message and any number of response messages. Every call has its own connection, so that a lost one does not affect other calls.
 *
 *   frame = 0 (not compressed), length (uint32, big endian), message; the status and its message come as trailers
 *
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  type IncomingHttpHeaders,
} from 'node:http2'
import { expectHandshake } from './handshake.ts'
import { PassingFailure } from './patience.ts'
import { joined } from './protobuf.ts'

export interface GrpcServer {
  /** `http://host:port`, or https. */
  readonly origin: string
  /** Sent with every call. */
  readonly headers: Readonly<Record<string, string>>
}

/** A status other than OK. */
export class GrpcStatus extends Error {
  override readonly name = 'GrpcStatus'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

const START = 5
/** Maximum bytes in flight to this process. */
const WINDOW_BYTES = 16 * 2 ** 20
/** Idle time after which TCP keep-alive probes a connection. */
const LOOK_AFTER_MS = 30_000

/** @throws {GrpcStatus} for a status other than 0, PassingFailure for a lost connection */
export async function call(
  server: GrpcServer,
  method: string,
  message: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  signal?.throwIfAborted()
  const session = open(server.origin, { settings: { initialWindowSize: WINDOW_BYTES } })
  const stop = (): void => session.destroy()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await answer(session, server, method, message)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    session.destroy()
  }
}

/** Checks that a server responds. @param signal aborts the check @throws PassingFailure if it does not respond */
export async function ping({ origin }: GrpcServer, signal: AbortSignal): Promise<void> {
  const session = open(origin)
  const stop = (): void => session.destroy(new Error('the check was aborted'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      session.once('error', reject)
      session.once('connect', () => session.ping((error) => (error === null ? resolve() : reject(error))))
    })
  } catch (cause) {
    throw new PassingFailure(`no response from ${new URL(origin).host}`, { cause })
  } finally {
    signal.removeEventListener('abort', stop)
    session.destroy()
  }
}

function open(origin: string, options: ClientSessionOptions = {}): ClientHttp2Session {
  const session = connect(origin, options)
  expectHandshake(session.socket, (error) => session.destroy(error))
  return session
}

function answer(
  session: ClientHttp2Session,
  { origin, headers }: GrpcServer,
  method: string,
  message: Uint8Array,
): Promise<Uint8Array[]> {
  return new Promise((resolve, reject) => {
    const lost = (cause?: Error): void =>
      reject(new PassingFailure(`no response from ${new URL(origin).host}`, { cause }))
    session.once('error', lost)
    session.once('close', () => lost())
    session.once('connect', (_, socket) => {
      session.setLocalWindowSize(WINDOW_BYTES)
      socket.setKeepAlive(true, LOOK_AFTER_MS)
    })
    const stream = session.request({
      ...headers,
      ...{ ':method': 'POST', ':path': method, 'content-type': 'application/grpc', te: 'trailers' },
    })
    stream.once('error', lost)
    collect(stream, resolve, reject, lost)
    const start = new DataView(new ArrayBuffer(START))
    start.setUint32(1, message.length)
    stream.write(new Uint8Array(start.buffer))
    stream.end(message)
  })
}

function collect(
  stream: ClientHttp2Stream,
  resolve: (messages: Uint8Array[]) => void,
  reject: (error: Error) => void,
  lost: () => void,
): void {
  const pieces: Uint8Array[] = []
  let end: IncomingHttpHeaders = {}
  stream.on('response', (headers) => {
    end = headers
  })
  stream.on('trailers', (trailers) => {
    end = { ...end, ...trailers }
  })
  stream.on('data', (piece: Uint8Array) => pieces.push(piece))
  stream.once('end', () => {
    const { ':status': status, 'grpc-status': code, 'grpc-message': said } = end
    if (status !== undefined && Number(status) !== 200) reject(new GrpcStatus(2, `status ${String(status)} of HTTP`))
    else if (code === undefined) lost()
    else if (code === '0') resolve(messagesOf(joined(pieces)))
    else reject(new GrpcStatus(Number(code), decoded(String(said ?? ''))))
  })
}

function messagesOf(frames: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = []
  const view = new DataView(frames.buffer)
  for (let at = 0; at + START <= frames.length;) {
    const end = at + START + view.getUint32(at + 1)
    messages.push(frames.subarray(at + START, end))
    at = end
  }
  return messages
}

function decoded(said: string): string {
  try {
    return decodeURIComponent(said)
  } catch {
    return said
  }
}
