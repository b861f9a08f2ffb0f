/** HTTP requests without a time limit: `fetch` fails if a response does not start within five minutes. */
import { request as plain, type IncomingMessage } from 'node:http'
import { request as secure } from 'node:https'
import { expectHandshake } from './handshake.ts'
import { joined } from './protobuf.ts'

/** Idle time after which TCP keep-alive probes a connection. */
const LOOK_AFTER_MS = 30_000

export interface HttpRequest {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

/** Sends a request. Resolves when the response starts; its body is read from the stream. */
export function ask({ url, method, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? secure : plain
    const request = send(url, { method, headers, ...(signal && { signal }) })
    request.once('error', reject)
    request.once('response', resolve)
    request.once('socket', (socket) => expectHandshake(socket, (error) => request.destroy(error)))
    request.setSocketKeepAlive(true, LOOK_AFTER_MS)
    request.end(body)
  })
}

/** The whole body of a response. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of answer) pieces.push(piece as Uint8Array)
  return new TextDecoder().decode(joined(pieces))
}
