/** A way to a server by TLS, with a certificate of its own that OpenSSL made; no secret of it is kept. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'

/** Why there can be none here; `null` if there can. */
export function lacksOpenssl(): string | null {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'openssl'
  }
}

export class TlsProxy implements AsyncDisposable {
  /** The file of its certificate, which it signed itself. */
  readonly certificate: string
  readonly #folder: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(folder: string, to: number, protocols: string[]) {
    this.#folder = folder
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    this.certificate = certificate
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    execFileSync('openssl', ['req', ...made, '-keyout', key, '-out', certificate, ...names], { stdio: 'ignore' })
    const secrets = { key: readFileSync(key), cert: readFileSync(certificate), ALPNProtocols: protocols }
    this.#server = createServer(secrets, (socket) => {
      const onward = connect(to, '127.0.0.1')
      for (const [one, other] of [
        [socket, onward],
        [onward, socket],
      ]) {
        this.#sockets.add(one)
        one.pipe(other)
        one.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(one))
      }
    })
  }

  /** Listens on a free port of 127.0.0.1 for a server at another one. @param protocols what it says that it speaks: 'http/1.1', 'h2' */
  static async start(to: number, protocols: string[]): Promise<TlsProxy> {
    const proxy = new TlsProxy(mkdtempSync(join(tmpdir(), 'rivulet-tls-')), to, protocols)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  /** `127.0.0.1:port`. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
