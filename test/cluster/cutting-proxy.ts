/** A way to a server that is cut again and again: before a request has passed, or when its answer comes. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export class CuttingProxy implements AsyncDisposable {
  /** How often it was cut. */
  cuts = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #requests = 0

  private constructor(port: number, every: number) {
    this.#server = createServer((socket) => {
      const onward = connect(port, '127.0.0.1')
      for (const one of [socket, onward]) {
        this.#sockets.add(one)
        one.on('error', () => undefined).on('close', () => this.#sockets.delete(one))
      }
      let fate: 'passes' | 'is lost' | 'is not answered' = 'passes'
      socket.on('data', (bytes) => {
        if (bytes.subarray(0, 5).toString() === 'POST ') {
          this.#requests++
          const cut = this.#requests % every === 0
          fate = !cut ? 'passes' : this.#requests % (2 * every) === 0 ? 'is lost' : 'is not answered'
        }
        if (fate === 'is lost') return this.#cut(socket)
        onward.write(bytes)
      })
      onward.on('data', (bytes) => (fate === 'is not answered' ? this.#cut(socket) : socket.write(bytes)))
      onward.on('close', () => socket.destroy())
      // What was lost there goes on at the server, which learns of nothing.
      socket.on('close', () => setTimeout(() => onward.destroy(), 2_000).unref())
    })
  }

  /** Cuts one of so many requests. */
  static async start(port: number, every: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port, every)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  #cut(socket: Socket): void {
    this.cuts++
    socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
