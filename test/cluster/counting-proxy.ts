/** A way to a server that counts the bytes that pass, both ways. */
import { connect, createServer, type Server, type Socket } from 'node:net'

export class CountingProxy implements AsyncDisposable {
  bytes = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(to: number) {
    this.#server = createServer((socket) => {
      const onward = connect(to, '127.0.0.1')
      for (const [one, other] of [
        [socket, onward],
        [onward, socket],
      ]) {
        this.#sockets.add(one)
        one.on('data', (part: Buffer) => (this.bytes += part.length))
        one.pipe(other)
        one.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(one))
      }
    })
  }

  /** Listens at a port of 127.0.0.1 for one at another. */
  static async start(at: number, to: number): Promise<CountingProxy> {
    const proxy = new CountingProxy(to)
    await new Promise<void>((resolve) => proxy.#server.listen(at, '127.0.0.1', resolve))
    return proxy
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
