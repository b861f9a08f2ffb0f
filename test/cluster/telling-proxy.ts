/** A way to a ClickHouse server that tells of each statement before it passes, and may answer in its place. */
import { createServer, request, type Server } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'

/** What the server is made to say. */
export interface Answer {
  readonly status: number
  readonly text: string
}

export class TellingProxy implements AsyncDisposable {
  readonly #server: Server

  private constructor(to: URL, onStatement: (sql: string) => Promise<Answer | undefined>) {
    this.#server = createServer((asked, answer) => {
      const pass = async (): Promise<void> => {
        const body = await buffer(asked)
        const path = asked.url ?? '/'
        const said = await onStatement(new URL(path, to).searchParams.get('query') ?? body.toString())
        if (said !== undefined) return void answer.writeHead(said.status).end(said.text)
        const { method, headers } = asked
        const onward = request(new URL(path, to), { method, headers }, (given) => {
          answer.writeHead(given.statusCode ?? 0, given.headers)
          given.pipe(answer)
        })
        onward.on('error', () => answer.destroy()).end(body)
      }
      pass().catch(() => answer.destroy())
    })
  }

  /** @param onStatement what to say in the server's place, if anything */
  static async start(to: string, onStatement: (sql: string) => Promise<Answer | undefined>): Promise<TellingProxy> {
    const proxy = new TellingProxy(new URL(to), onStatement)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
