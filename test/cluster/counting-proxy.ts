/** A way to a server that counts the bytes that pass, both ways, and lets them pass late if it is told to. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { Transform } from 'node:stream'

export class CountingProxy implements AsyncDisposable {
  bytes = 0
  /** How late bytes pass, in milliseconds; `Infinity`: never. */
  lateMs = 0
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
        one.pipe(this.#passing()).pipe(other)
        one.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(one))
      }
    })
  }

  #passing(): Transform {
    return new Transform({
      transform: (part: Buffer, _, pass) => {
        this.bytes += part.length
        if (this.lateMs === 0) pass(null, part)
        else if (this.lateMs < Infinity) setTimeout(() => pass(null, part), this.lateMs)
      },
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
